"""Organ S values: reference phantoms, specific absorbed fractions, and their folding."""

from theratwin.physics.organs.phantom import Organ, VoxelPhantom, read_phantom

__all__ = ["Organ", "VoxelPhantom", "read_phantom"]
