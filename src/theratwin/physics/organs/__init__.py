"""Organ S values: reference phantoms, specific absorbed fractions, and their folding."""

from theratwin.physics.organs.mass_scaling import scaled_to_masses
from theratwin.physics.organs.organ_values import OrganSValues, Radiation, Walls
from theratwin.physics.organs.phantom import Organ, VoxelPhantom, read_phantom
from theratwin.physics.organs.regions import region_name, region_title
from theratwin.physics.organs.s_value import organ_s_values
from theratwin.physics.organs.saf_curves import saf_at
from theratwin.physics.organs.saf_table import (
    SafTable,
    parse_saf_table,
    read_saf_table,
    write_saf_table,
)
from theratwin.physics.organs.shipped import shipped_saf_table
from theratwin.physics.organs.voxel_matter import phantom_matter

__all__ = [
    "Organ",
    "OrganSValues",
    "Radiation",
    "SafTable",
    "VoxelPhantom",
    "Walls",
    "organ_s_values",
    "parse_saf_table",
    "phantom_matter",
    "read_phantom",
    "read_saf_table",
    "region_name",
    "region_title",
    "saf_at",
    "scaled_to_masses",
    "shipped_saf_table",
    "write_saf_table",
]
