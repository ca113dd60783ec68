"""Monte Carlo transport of photons, electrons, positrons and alpha particles."""

from theratwin.physics.transport.electron_tables import ElectronCutoffs
from theratwin.physics.transport.emission import Emission
from theratwin.physics.transport.energy_book import EnergyBook
from theratwin.physics.transport.region_sums import WeightedVoxels
from theratwin.physics.transport.regions import (
    RegionDeposition,
    RegionTransport,
    region_deposition,
)
from theratwin.physics.transport.scenes import Settings
from theratwin.physics.transport.voxel_matter import VoxelMatter
from theratwin.physics.transport.voxels import VoxelDeposition, voxel_deposition

__all__ = [
    "ElectronCutoffs",
    "Emission",
    "EnergyBook",
    "RegionDeposition",
    "RegionTransport",
    "Settings",
    "VoxelDeposition",
    "VoxelMatter",
    "WeightedVoxels",
    "region_deposition",
    "voxel_deposition",
]
