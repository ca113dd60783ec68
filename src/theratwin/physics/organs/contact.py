"""Electrons across the face between two structures: what small targets get of soft electrons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.matter import csda_range, material
from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.regions import mass_by_organ

Array = NDArray[np.float64]


def face_areas(phantom: VoxelPhantom) -> Array:
    """Return the area (mm2) of the faces that two structures share, shape (256, 256)."""
    total = np.zeros((256, 256))
    for axis in range(3):
        area = float(np.prod(phantom.voxel_size) / phantom.voxel_size[axis])
        ends = np.moveaxis(phantom.organ, axis, 0)
        codes = ends[:-1].astype(np.int32) * 256 + ends[1:]
        counts = np.bincount(codes.ravel(), minlength=65536).reshape(256, 256)
        total += area * (counts + counts.T)
    np.fill_diagonal(total, 0.0)
    return total


def contact(
    phantom: VoxelPhantom, source: str, parts: Sequence[Sequence[int]], areas: Array
) -> Array:
    r"""Return :math:`\sum_f A_f\, a_f / \rho_f` of a source by group, cm2/g.

    Faces :math:`f` of area :math:`A_f` part the group from voxels with the share :math:`a_f` of the
    source's activity a volume and density :math:`\rho_f`. Groups that hold activity get zero.
    """
    masses = mass_by_organ(phantom, source)
    total = sum(masses.values())
    found = np.zeros(len(parts))
    for number, mass in masses.items():
        volume = phantom.voxels[number] * phantom.voxel_volume  # mL
        density = phantom.organs[number].density
        weight = mass / total / volume / density * 1e-2  # mm2 in cm2
        found += [weight * areas[number, list(numbers)].sum() for numbers in parts]
    held = np.array([any(n in masses for n in numbers) for numbers in parts])
    return np.where(held, 0.0, found)


def crossing(contacts: Array, energy: float) -> Array:
    r"""Return the fraction of their energy that electrons carry into groups, on straight tracks.

    .. math:: \phi = \frac R8 \sum_f A_f\, a_f / \rho_f

    (`layer_share` of a thick layer.) Scattered electrons carry less, and stepped surfaces are no
    planes: `assemble` scales it to the Monte Carlo's sum over all pairs.

    Parameters
    ----------
    contacts
        Of `contact`, any shape.
    energy
        MeV.
    """
    return contacts * float(csda_range(material("soft"), energy)) / 8
