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
    EMITTED,
    PHOTON,
    STACK,
    deposit,
    push,
)


@compiled_with_arrays
def run_batch(scene, source, emission, seed, first, count, tally, kerma, book):
    """Follow the histories ``first`` to ``first + count`` and score into the last three arrays.

    Parameters
    ----------
    source
        Flat indices of the voxels of the source, and their cumulated weights (empty if even).
    emission
        Kinds, energies (MeV) and cumulated yields of what is emitted.
    """
    voxels, weights = source
    kinds, energies, yields = emission
    stack = np.empty((STACK, 9))
    row = np.empty(9)
    state = np.empty(2, np.uint64)
    sx, sy, sz = scene.size
    _, ny, nz = scene.shape
    for history in range(count):
        start_stream(state, seed, first + history)
        # evenly over the source and at random within each part, so that a batch covers all of it
        share = (history + uniform(state)) / count
        if weights.size > 0:
            at = np.searchsorted(weights, share * weights[-1])
        else:
            at = int(share * voxels.size)
        voxel = voxels[min(at, voxels.size - 1)]
        ix, rest = voxel // (ny * nz), voxel % (ny * nz)
        iy, iz = rest // nz, rest % nz
        if scene.radial:
            x, y, z = 0.5 * sx, 0.5 * sy, 0.5 * sz
        else:
            x = (ix + uniform(state)) * sx
            y = (iy + uniform(state)) * sy
            z = (iz + uniform(state)) * sz
        line = 0
        if yields.size > 1:
            line = min(np.searchsorted(yields, uniform(state) * yields[-1]), yields.size - 1)
        energy, kind = energies[line], kinds[line]
        book[EMITTED] += energy
        u, v, w = isotropic(state)
        # a photon straight from the source bears a negative sign, see `follow_photon`
        sign = -1.0 if kind == PHOTON else 1.0 * kind
        if energy <= _cutoff(scene, kind) and kind != 2:
            deposit(scene, tally, book, voxel, x, y, z, energy)
            continue
        height = push(stack, 0, sign, energy, x, y, z, u, v, w, 1.0)
        while height > 0:
            height -= 1
            row[:] = stack[height]
            if row[0] <= 0:
                height = follow_photon(scene, row, stack, height, tally, kerma, book, state)
            elif row[0] == ALPHA:
                follow_alpha(scene, row, tally, book)
            else:
                height = follow_electron(scene, row, stack, height, tally, book, state)


@compiled
def _cutoff(scene, kind):
    if kind == PHOTON:
        return scene.photon_cutoff
    return 0.0 if kind == ALPHA else scene.electron_cutoff
