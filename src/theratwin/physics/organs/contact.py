"""Electrons across the face between two structures: what small targets get of soft electrons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, eq=False)
class Contact:
    """What a source's electrons do in each group, per unit of their range; shape (groups,).

    Parameters
    ----------
    start
        Share of the source's activity in the group.
    into, out
        Sum over faces of area times activity a volume over density, cm2/g: of activity on the
        other side of the group's faces, and of its own.
    """

    start: Array
    into: Array
    out: Array


def contact(
    phantom: VoxelPhantom, source: str, parts: Sequence[Sequence[int]], areas: Array
) -> Contact:
    """Return how a source touches the groups; activity is in proportion to mass."""
    masses = mass_by_organ(phantom, source)
    total = sum(masses.values())
    weight = np.zeros(256)
    for number, mass in masses.items():
        volume = phantom.voxels[number] * phantom.voxel_volume  # mL
        density = phantom.organs[number].density
        weight[number] = mass / total / volume / density * 1e-2  # mm2 in cm2
    start, into, out = (np.zeros(len(parts)) for _ in range(3))
    for place, numbers in enumerate(parts):
        own = list(numbers)
        others = np.setdiff1d(np.arange(256), own)
        start[place] = sum(masses.get(n, 0.0) for n in numbers) / total
        faces = areas[own][:, others]
        into[place] = (faces @ weight[others]).sum()
        out[place] = (weight[own] @ faces).sum()
    return Contact(start, into, out)


def reach(energy: float) -> float:
    r"""Return an eighth of the range of electrons, g/cm2.

    .. math:: \phi = w + \frac R8 \left(\sum_f A_f\, a_f / \rho_f
              - \sum_f A_f\, a'_f / \rho'_f\right)

    is the fraction of their energy that electrons on straight tracks leave in a group that holds
    the share :math:`w` of the activity: :math:`a_f` is the activity a volume beyond the face f of
    area :math:`A_f`, :math:`a'_f` that of the group itself (`layer_share` of a thick layer).
    Scattered electrons carry less, and stepped surfaces are no planes: `assemble` scales it to the
    Monte Carlo's sum over all pairs.
    """
    return float(csda_range(material("soft"), energy)) / 8
