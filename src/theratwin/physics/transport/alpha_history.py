"""An alpha particle: a straight track in continuous slowing down."""

from __future__ import annotations

import math

import numpy as np

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.photon_collisions import interpolated
from theratwin.physics.transport.scene import ESCAPED, deposit
from theratwin.physics.transport.walk import to_face

LOWEST, HIGHEST, ENERGIES = 1e-2, 12.0, 401  # MeV, grid of the ranges
_PER_LOG = (ENERGIES - 1) / np.log(HIGHEST / LOWEST)
_LOG_FIRST = np.log(LOWEST)


@compiled
def follow_alpha(scene, row, tally, book):
    """Follow the alpha particle of a stack's row along its range."""
    energy, x, y, z, u, v, w, weight = (
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
    )
    ix, iy, iz = int(x / scene.size[0]), int(y / scene.size[1]), int(z / scene.size[2])
    ranges = scene.alpha_range
    left = interpolated(ranges, (math.log(energy) - _LOG_FIRST) * _PER_LOG)
    while True:
        voxel = (ix * scene.shape[1] + iy) * scene.shape[2] + iz
        ax, bx = to_face(x, u, ix, scene.size[0])
        ay, by = to_face(y, v, iy, scene.size[1])
        az, bz = to_face(z, w, iz, scene.size[2])
        far = min(ax, min(ay, az))
        reached = left - far * scene.density[voxel]
        if reached <= ranges[0]:
            deposit(scene, tally, book, voxel, x, y, z, energy * weight)
            return
        kept = energy_of_range(ranges, reached)
        deposit(scene, tally, book, voxel, x, y, z, (energy - kept) * weight)
        energy, left = kept, reached
        x, y, z = x + far * u, y + far * v, z + far * w
        if far == ax:
            ix += bx
        elif far == ay:
            iy += by
        else:
            iz += bz
        outside = ix < 0 or iy < 0 or iz < 0
        if outside or ix >= scene.shape[0] or iy >= scene.shape[1] or iz >= scene.shape[2]:
            book[ESCAPED] += energy * weight
            return


@compiled
def energy_of_range(ranges, reach):
    """Return the energy (MeV) of a range (g/cm2)."""
    high = min(max(np.searchsorted(ranges, reach), 1), ranges.size - 1)
    share = (reach - ranges[high - 1]) / (ranges[high] - ranges[high - 1])
    return math.exp(_LOG_FIRST + (high - 1 + share) / _PER_LOG)
