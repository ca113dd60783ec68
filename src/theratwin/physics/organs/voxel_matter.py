"""A phantom as the Monte Carlo takes it: material and density by voxel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theratwin.physics.organs.phantom import VoxelPhantom

if TYPE_CHECKING:
    from theratwin.physics.transport import VoxelMatter


def phantom_matter(phantom: VoxelPhantom) -> VoxelMatter:
    """Return the phantom's matter; each structure has its own density."""
    from theratwin.physics.transport import VoxelMatter

    numbers = sorted(phantom.media)
    places = {number: place for place, number in enumerate(numbers)}
    index = phantom.by_organ({n: places[o.medium] for n, o in phantom.organs.items()})
    density = phantom.by_organ({n: o.density for n, o in phantom.organs.items()})
    return VoxelMatter(
        tuple(phantom.media[number] for number in numbers),
        index.astype(np.uint8)[phantom.organ],
        density.astype(np.float32)[phantom.organ],
        phantom.voxel_size,
    )
