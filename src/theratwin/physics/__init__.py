"""Nuclides, their chains and emissions, and the energy that spheres and bodies absorb of them."""

from theratwin.physics.absorbed_fraction import (
    ellipsoid_absorbed_fraction,
    sphere_absorbed_fraction,
)
from theratwin.physics.body import (
    body_absorbed_fraction,
    body_photon_s_value,
    photon_energy_per_decay,
)
from theratwin.physics.chain_emissions import chain_emissions, weighted_emissions
from theratwin.physics.decay import DecayChain, chain_activities, chain_integrals, decay_chain
from theratwin.physics.emissions import Emissions, Lines, emissions
from theratwin.physics.nuclide import Branch, Nuclide, nuclide, nuclide_names
from theratwin.physics.progeny import chain_weights, progeny_energy_ratio, refuse_progeny
from theratwin.physics.s_value import SphereSValue, direct_sphere_s_value, sphere_s_value
from theratwin.physics.voxel_kernel import VoxelKernel
from theratwin.physics.voxel_kernel_file import read_voxel_kernel, write_voxel_kernel

__all__ = [
    "Branch",
    "DecayChain",
    "Emissions",
    "Lines",
    "Nuclide",
    "SphereSValue",
    "VoxelKernel",
    "body_absorbed_fraction",
    "body_photon_s_value",
    "chain_activities",
    "chain_emissions",
    "chain_integrals",
    "chain_weights",
    "decay_chain",
    "direct_sphere_s_value",
    "ellipsoid_absorbed_fraction",
    "emissions",
    "nuclide",
    "nuclide_names",
    "photon_energy_per_decay",
    "progeny_energy_ratio",
    "read_voxel_kernel",
    "refuse_progeny",
    "sphere_absorbed_fraction",
    "sphere_s_value",
    "weighted_emissions",
    "write_voxel_kernel",
]
