"""What the dose rate of a region's voxels does to its tissue: BED by voxel, EUBED and EUD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from theratwin.dosimetry import DoseDistribution
from theratwin.dosimetry.voxel import VoxelCourse
from theratwin.response import (
    Tissue,
    dose_of_bed,
    protraction_matrix,
    survival_eud,
    voxel_bed,
)


@dataclass(frozen=True, eq=False)
class VoxelEffect:
    """The linear-quadratic effect on a region of uneven dose.

    Parameters
    ----------
    bed
        BED of the voxels, Gy.
    G
        Lea-Catcheside factor of the region's mean dose rate.
    eubed
        Uniform BED with the same mean survival, Gy; None where the tissue's alpha is unknown.
    eud
        Uniform dose with that BED at the region's G, Gy; None likewise.
    """

    bed: DoseDistribution
    G: float
    eubed: float | None
    eud: float | None


def voxel_effect(
    course: VoxelCourse, tissue: Tissue, voxels: ArrayLike, until: float = float("inf")
) -> VoxelEffect:
    r"""Return the effect on a region.

    .. math:: EUBED = -\frac{1}{\alpha} \ln \frac{1}{n} \sum_v e^{-\alpha\,BED_v}

    Parameters
    ----------
    course
        Dose rate of the map, each source's with its course.
    tissue
        The region's radiosensitivity and repair.
    voxels
        Flat indices into the map.
    until
        The end (h).

    Raises
    ------
    InputError
        If no source has brought dose by then.

    References
    ----------
    Citations ``dale_1985`` and ``niemierko_1997``.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> from theratwin.dosimetry.voxel import Source, local_dose, voxel_course
    >>> from theratwin.response import Repair
    >>> decay = Source("lesion", np.arange(2), Exponentials.from_half_lives([1.0], [57.0]))
    >>> course = voxel_course([[[9.0, 1.0]]], 0.0, [decay],
    ...                       lambda map: local_dose(map, 1.0, (10, 10, 10), 0.147))
    >>> found = voxel_effect(course, Tissue(10.0, Repair.single(1.5), alpha=0.3), [0, 1])
    >>> round(found.bed.mean, 1), round(found.eubed, 1)
    (40.0, 9.4)
    """
    chosen = np.asarray(voxels).ravel()
    volume = course.parts[0].voxel_volume
    parts = [part.dose.reshape(-1)[chosen].astype(float) for part in course.parts]
    shares = [float(each.integral(end=until)) for each in course.courses]
    kept = [place for place, share in enumerate(shares) if share > 0]
    doses = [parts[place] * shares[place] for place in kept]
    courses = [course.courses[place] for place in kept]
    bed = DoseDistribution(voxel_bed(doses, courses, tissue, until), volume)
    G = _mean_protraction(doses, protraction_matrix(courses, tissue.repair, until))
    if tissue.alpha is None:
        return VoxelEffect(bed, G, None, None)
    eubed = max(float(survival_eud(bed.doses, tissue.alpha, bed.volumes)), 0.0)
    return VoxelEffect(bed, G, eubed, float(dose_of_bed(eubed, G, tissue.alpha_beta)))


def _mean_protraction(doses: list[np.ndarray], matrix: np.ndarray) -> float:
    """Return G of the dose rate averaged over the voxels."""
    means = np.array([dose.mean() for dose in doses])
    total = means.sum()
    return float(means @ matrix @ means) / total**2 if total > 0 else 0.0
