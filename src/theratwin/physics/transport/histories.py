"""Histories of a batch: from emission until every secondary has come to rest or left."""

from __future__ import annotations

import numpy as np

from theratwin.physics.transport.alpha_history import follow_alpha
from theratwin.physics.transport.compiled import compiled, compiled_with_arrays
from theratwin.physics.transport.directions import isotropic
from theratwin.physics.transport.electron_history import follow_electron
from theratwin.physics.transport.photon_history import follow_photon
from theratwin.physics.transport.random_stream import start_stream, uniform
from theratwin.physics.transport.scene import (
    ALPHA,
    DROPPED,
    EMITTED,
    PHOTON,
    deposit,
    push,
)

SLICE = 50_000  # histories that cover the source evenly, without a look whether to stop


@compiled_with_arrays
def run_batch(scene, source, emission, seed, part, turn, rows, tally, kerma, book):
    """Follow a part of a batch by one thread, whose stack has so many rows: see `run_thread`."""
    room = np.zeros((rows, 9)), np.empty(2, np.uint64)
    run_thread(scene, source, emission, seed, part, turn, room, tally, kerma, book)


@compiled
def run_thread(scene, source, emission, seed, part, turn, room, tally, kerma, book):
    """Follow those histories of a part of a batch whose turn it is; score into the last three.

    Parameters
    ----------
    source
        Flat indices of the voxels of the source, and their cumulated weights (empty if even).
    emission
        Kinds, energies (MeV) and cumulated yields of what is emitted.
    part
        Number of the first history of the batch, size of the batch, and where in it the part
        begins and how many histories it has.
    turn
        Number of the thread, and of how many.
    room
        What a thread works in: a stack, whose last row is zero at first, and a stream.
    """
    first, size, begun, count = part
    thread, threads = turn
    for history in range(begun + thread, begun + count, threads):
        start = history // SLICE * SLICE
        covering = min(SLICE, size - start)
        follow_history(
            scene, source, emission, seed, first + start, history - start, covering, room, tally,
            kerma, book,
        )  # fmt: skip
    book[DROPPED] += room[0][-1, 0]


@compiled
def follow_history(scene, source, emission, seed, first, history, count, room, tally, kerma, book):
    """Follow one of the ``count`` histories that cover the source evenly together."""
    stack, state = room
    start_stream(state, seed, first + history)
    voxel, x, y, z = _place(scene, source, history, count, state)
    energy, kind = _line(emission, state)
    book[EMITTED] += energy
    u, v, w = isotropic(state)
    # a photon straight from the source bears a negative sign, see `follow_photon`
    sign = -1.0 if kind == PHOTON else 1.0 * kind
    if energy <= _cutoff(scene, kind) and kind != 2:
        deposit(scene, tally, book, voxel, x, y, z, energy)
        return
    height = push(stack, 0, sign, energy, x, y, z, u, v, w, 1.0)
    while height > 0:
        height -= 1
        row = stack[height]  # whoever follows reads it before anything is pushed
        if row[0] <= 0:
            height = follow_photon(scene, row, stack, height, tally, kerma, book, state)
        elif row[0] == ALPHA:
            follow_alpha(scene, row, tally, book)
        else:
            height = follow_electron(scene, row, stack, height, tally, book, state)


@compiled
def _place(scene, source, history, count, state):
    """Return a voxel of the source, and where in it a history starts."""
    voxels, weights = source
    sx, sy, sz = scene.size
    _, ny, nz = scene.shape
    # evenly over the source and at random within each part, so that a batch covers all of it
    share = (history + uniform(state)) / count
    if weights.size > 0:
        at = np.searchsorted(weights, share * weights[-1])
    else:
        at = int(share * voxels.size)
    voxel = voxels[min(at, voxels.size - 1)]
    if scene.radial:
        return voxel, 0.5 * sx, 0.5 * sy, 0.5 * sz
    ix, rest = voxel // (ny * nz), voxel % (ny * nz)
    iy, iz = rest // nz, rest % nz
    x = (ix + uniform(state)) * sx
    y = (iy + uniform(state)) * sy
    z = (iz + uniform(state)) * sz
    return voxel, x, y, z


@compiled
def _line(emission, state):
    """Return the energy (MeV) and kind of a particle that the source emits."""
    kinds, energies, yields = emission
    line = 0
    if yields.size > 1:
        line = min(np.searchsorted(yields, uniform(state) * yields[-1]), yields.size - 1)
    return energies[line], kinds[line]


@compiled
def _cutoff(scene, kind):
    if kind == PHOTON:
        return scene.photon_cutoff
    return 0.0 if kind == ALPHA else scene.electron_cutoff
