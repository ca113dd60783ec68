"""What ``theratwin dose voxel`` tells of each region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dosimetry import DoseDistribution, region_voxels
from theratwin.dosimetry.voxel import VoxelCourse, VoxelDose
from theratwin.imaging import Segment
from theratwin.physics.progeny import Progeny, chain_weights

#: The name of all voxels, where no labels are given.
IMAGE = "image"
_HOTTEST = {"D98": 0.98, "D95": 0.95, "D50": 0.50, "D2": 0.02}


def region_rows(
    segments: Sequence[Segment],
    density: Any,
    found: VoxelDose,
    course: VoxelCourse | None,
    *,
    tissues: Mapping[str, str],
    above: Sequence[float],
    exponent: float | None,
    shared: Mapping[str, float],
) -> tuple[dict[str, dict[str, Any]], dict[str, DoseDistribution]]:
    """Return a record for each region that gets a dose, and the distribution of it.

    Raises
    ------
    InputError
        If a tissue belongs to no region, there is no course in time to compute BED from, or every
        region is of air.
    """
    regions = named_regions(segments, found.dose.size)
    _check_tissues(tissues, regions, course)
    rows, distributions = {}, {}
    for name, voxels in regions.items():
        if not _counted(density, found, voxels).size:
            continue  # air has no dose; the notes name it
        region = region_voxels(found, voxels, name=name, density=density, systematic=shared)
        distributions[name] = region.distribution
        row = _doses(region.distribution, above, exponent)
        row |= {"voxels_apart": region.apart, "uncertainty": dict(region.budget.parts)}
        row["relative_uncertainty"] = region.budget.total if region.budget.parts else None
        if name in tissues and course is not None:
            row |= _effect(course, tissues[name], _counted(density, found, voxels))
        rows[name] = row
    if not rows:
        raise InputError(
            f"no region holds a voxel of {found.apart_below:g} g/mL or more",
            field="--labels",
            value=", ".join(regions),
        )
    return rows, distributions


def named_regions(segments: Sequence[Segment], size: int) -> dict[str, np.ndarray]:
    """Return the voxels of each region by name; all of the image where none is given."""
    return {each.region: each.voxels for each in segments} or {IMAGE: np.arange(size)}


def check_low_let(nuclide: str, progeny: Progeny | None) -> None:
    """Refuse BED where alphas are emitted.

    Raises
    ------
    UnsupportedError
        If they are, or whether progeny counts is not said.
    """
    from theratwin.physics.chain_emissions import weighted_emissions

    emitted = weighted_emissions(chain_weights(nuclide, progeny))
    if emitted.alphas.energy_per_decay > 0:
        raise UnsupportedError(
            "the linear-quadratic model here has no relative biological effectiveness for alphas",
            field="--tissue",
            value=nuclide,
            remedy="Leave it out: absorbed doses do without it",
        )


def _doses(
    found: DoseDistribution, above: Sequence[float], exponent: float | None
) -> dict[str, Any]:
    from theratwin.response import generalized_eud

    row: dict[str, Any] = {
        "volume": found.volume,
        "mean": found.mean,
        "sd": found.sd,
        "min": found.minimum,
        "max": found.maximum,
        **{name: found.to_hottest(fraction) for name, fraction in _HOTTEST.items()},
    }
    if above:
        row["volume_above"] = {f"{dose:g} Gy": found.volume_above(dose) for dose in above}
    if exponent is not None:
        row["geud"] = float(generalized_eud(found.doses, exponent, found.volumes))
    return row


def _counted(density: Any, found: VoxelDose, voxels: np.ndarray) -> np.ndarray:
    """Return those of a region's voxels that are dense enough to get a dose."""
    if density is None:
        return voxels
    rho = np.broadcast_to(density, found.dose.shape)
    return voxels[rho.reshape(-1)[voxels] >= found.apart_below]


def _effect(course: VoxelCourse, tissue_name: str, voxels: np.ndarray) -> dict[str, Any]:
    from theratwin.response import tissue
    from theratwin.twin import voxel_effect

    effect = voxel_effect(course, tissue(tissue_name), voxels)
    told = {"tissue": tissue_name, "G": effect.G, "bed_mean": effect.bed.mean}
    return told | {"eubed": effect.eubed, "eud": effect.eud}


def _check_tissues(
    tissues: Mapping[str, str], regions: Mapping[str, Any], course: VoxelCourse | None
) -> None:
    if tissues and course is None:
        raise InputError(
            "BED needs the dose rate over time, and the map is integrated already",
            field="--tissue",
            remedy="Give the map of a scan, with --time and --effective-half-life",
        )
    for name in tissues:
        if name not in regions:
            raise InputError("no such region", field="--tissue", value=name, allowed=list(regions))
