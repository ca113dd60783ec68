"""An electron or positron from its birth to its end: class II steps with a random hinge."""

from __future__ import annotations

import math

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.electron_step import column, electron_step, located
from theratwin.physics.transport.electron_tables import MAJORANT, RANGE, SOFT_LOSS
from theratwin.physics.transport.photon_history import annihilate
from theratwin.physics.transport.random_stream import uniform
from theratwin.physics.transport.scene import ELECTRON, ESCAPED, POSITRON, deposit
from theratwin.physics.transport.single_collision import single_collision
from theratwin.physics.transport.walk import ARRIVED, LEFT


@compiled
def follow_electron(scene, row, stack, height, tally, book, state):
    """Follow the electron or positron of a stack's row to its end; return the stack's height."""
    sort, energy, x, y, z = int(abs(row[0])), row[1], row[2], row[3], row[4]
    u, v, w, weight = row[5], row[6], row[7], row[8]
    kind, tables = sort - ELECTRON, scene.electrons
    nx, ny, nz = scene.shape
    ix = min(max(int(x / scene.size[0]), 0), nx - 1)
    iy = min(max(int(y / scene.size[1]), 0), ny - 1)
    iz = min(max(int(z / scene.size[2]), 0), nz - 1)
    while True:
        voxel = (ix * ny + iy) * nz + iz
        matter = scene.matter[voxel]
        if _stays(scene, kind, energy, matter, voxel, x, y, z, ix, iy, iz):
            deposit(scene, tally, book, voxel, x, y, z, energy * weight)
            if sort == POSITRON and scene.annihilates:
                height = annihilate(scene, stack, height, book, x, y, z, weight, state)
            return height
        low, share = located(tables, energy)
        rate = column(tables.values, matter, kind, low, share, SOFT_LOSS)
        majorant = tables.values[matter, kind, low, MAJORANT]
        step = -math.log(1.0 - uniform(state)) / majorant
        longest = tables.step * energy / rate
        collides = step < longest
        energy, x, y, z, u, v, w, ix, iy, iz, end = electron_step(
            scene, tally, book, matter, kind, energy, rate, min(step, longest),
            x, y, z, u, v, w, ix, iy, iz, weight, state,
        )  # fmt: skip
        if end == LEFT:
            book[ESCAPED] += energy * weight
            return height
        if end == ARRIVED and collides and energy > scene.electron_cutoff:
            energy, u, v, w, height = single_collision(
                tables, stack, height, matter, kind, energy, majorant, x, y, z, u, v, w, weight,
                state,
            )  # fmt: skip


@compiled
def _stays(scene, kind, energy, matter, voxel, x, y, z, ix, iy, iz):
    """Return whether it ends here: too slow, not followed, or held by its voxel."""
    if energy <= scene.electron_cutoff or not scene.follow_electrons:
        return True
    if energy >= scene.reject_below:
        return False
    low, share = located(scene.electrons, energy)
    reach = column(scene.electrons.values, matter, kind, low, share, RANGE)
    sx, sy, sz = scene.size
    near = min(x - ix * sx, (ix + 1) * sx - x)
    near = min(near, min(y - iy * sy, (iy + 1) * sy - y))
    near = min(near, min(z - iz * sz, (iz + 1) * sz - z))
    return reach < near * scene.density[voxel]
