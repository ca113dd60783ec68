"""Media of ompmc's table 521icru, with the compositions that stand there."""

from __future__ import annotations

import numpy as np

from theratwin.physics.matter import Material, density_of_hounsfield
from theratwin.physics.transport import VoxelMatter

WATER = Material("H2O521ICRU", 1.0, {1: 0.111898, 8: 0.888102}, 78.0)
TISSUE = Material("ICRUTISSUE521ICRU", 1.0, {1: 0.101172, 6: 0.111, 7: 0.026, 8: 0.761828})
LUNG = Material(
    "LUNG521ICRU",
    0.26,
    {
        1: 0.103, 6: 0.105, 7: 0.031, 8: 0.749, 11: 0.002, 15: 0.002, 16: 0.003, 17: 0.003,
        19: 0.002,
    },
)  # fmt: skip
BONE = Material(
    "ICRPBONE521ICRU",
    1.85,
    {
        1: 0.047234, 6: 0.14433, 7: 0.04199, 8: 0.446096, 12: 0.0022, 15: 0.10497, 16: 0.00315,
        20: 0.20993, 30: 0.0001,
    },
)  # fmt: skip
MEDIA = (WATER, LUNG, BONE, TISSUE)


def layers(
    parts: list[tuple[Material, float]], pitch: float, across: tuple[int, float]
) -> tuple[VoxelMatter, np.ndarray]:
    """Return slabs along the first axis, and the number of the slab of each voxel.

    Parameters
    ----------
    parts
        Material and thickness (mm) of each slab.
    pitch
        Voxels' edge along the first axis, mm.
    across
        How many voxels along the other axes, and their edge, mm.
    """
    counts = [round(thickness / pitch) for _, thickness in parts]
    row = np.repeat([MEDIA.index(medium) for medium, _ in parts], counts)
    slab = np.repeat(np.arange(len(parts)), counts)
    shape = (row.size, across[0], across[0])
    index = np.broadcast_to(row[:, None, None], shape)
    density = np.array([medium.density for medium in MEDIA])[index]
    matter = VoxelMatter(MEDIA, index, density, (pitch, across[1], across[1]))
    return matter, np.broadcast_to(slab[:, None, None], shape)


def of_hounsfield(units: np.ndarray, voxel_size: tuple[float, float, float]) -> VoxelMatter:
    """Return four media by CT number (lung, water, tissue, bone) at Schneider's densities."""
    index = np.array([1, 0, 3, 2])[np.digitize(units, [-200, 20, 150])]
    return VoxelMatter(MEDIA, index, density_of_hounsfield(units), voxel_size)
