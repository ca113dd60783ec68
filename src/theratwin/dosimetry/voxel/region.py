"""What a dose map says of one region: its distribution, and how well its mean is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError
from theratwin.dosimetry.budget import Budget
from theratwin.dosimetry.voxel.distribution import DoseDistribution
from theratwin.dosimetry.voxel.maps import VoxelDose, checked_density, flat_indices

#: Name of the voxels' noise among the parts of the budget.
NOISE = "noise of the voxels"
#: Relative difference of a region's mean dose between voxels and batches: rounding, no more.
SAME_MEAN = 1e-6


@dataclass(frozen=True, eq=False)
class RegionVoxels:
    """The dose of one region's voxels.

    Parameters
    ----------
    name
        Name of the region.
    distribution
        Doses (Gy) of the voxels that count.
    apart
        Voxels of the region that do not count, as they hold air or the like.
    noise
        Relative standard uncertainty of the mean from the noise of a calculation; None where the
        map does not tell it.
    systematic
        Relative standard uncertainties that all voxels share, by name.
    """

    name: str
    distribution: DoseDistribution
    apart: int = 0
    noise: float | None = None
    systematic: Mapping[str, float] = field(default_factory=dict)

    @property
    def budget(self) -> Budget:
        """The parts of the mean's relative standard uncertainty that are known."""
        own = {} if self.noise is None else {NOISE: self.noise}
        return Budget({**own, **self.systematic})


def region_voxels(
    found: VoxelDose,
    voxels: ArrayLike | None = None,
    *,
    name: str = "all voxels",
    density: ArrayLike | None = None,
    systematic: Mapping[str, float] | None = None,
    noise: float | None = None,
) -> RegionVoxels:
    r"""Return the dose of a region's voxels, and the uncertainty of its mean.

    Noise of voxels averages out. A region that the map's calculation knew by this name
    (`VoxelDose.region_means`) has the standard error of its mean from there, which holds what its
    voxels have in common. Of others

    .. math:: u(\bar D) = \frac{1}{n} \sqrt{\textstyle\sum_i u_i^2 D_i^2} ,

    with voxels taken as independent, which they are not where a particle crosses several of them.
    What all voxels share, such as the calibration, does not average out; it is stated apart.

    Parameters
    ----------
    found
        The dose map.
    voxels
        The region: flat indices into the map, or a mask of its shape; the whole map by default.
    density
        g/mL; where given, voxels that were set apart as too thin do not count.
    systematic
        Relative standard uncertainties shared by all voxels, by name, beside those of the map.
    noise
        Relative noise of the region's mean where it is known otherwise.

    Raises
    ------
    InputError
        If no voxel is left, an index lies outside the map, or the calculation had other voxels
        under this name.

    Examples
    --------
    >>> from theratwin.dosimetry.voxel import local_dose
    >>> dose = local_dose(np.ones((2, 2, 2)), 1.0, (4, 4, 4), 0.147)
    >>> kidney = region_voxels(dose, [0, 1], name="kidney_left", systematic={"calibration": 0.05})
    >>> round(kidney.distribution.volume, 3), kidney.noise, kidney.budget.total
    (0.128, None, 0.05)
    """
    chosen = flat_indices(voxels, found.dose.shape)
    apart = 0
    if density is not None:
        rho = checked_density(density, found.dose.shape)
        kept = rho.flat[chosen] >= found.apart_below
        apart = int(kept.size - np.count_nonzero(kept))
        chosen = chosen[kept]
    if not chosen.size:
        raise InputError(
            "the region has no voxel that gets a dose",
            field=name,
            value=f"{apart} voxels below {found.apart_below:g} g/mL" if apart else "no voxel",
        )
    doses = found.dose.reshape(-1)[chosen].astype(float)
    return RegionVoxels(
        name,
        DoseDistribution(doses, found.voxel_volume),
        apart,
        _noise(found, name, chosen, doses) if noise is None else noise,
        {**found.systematic, **(systematic or {})},
    )


def _noise(found: VoxelDose, name: str, chosen: np.ndarray, doses: np.ndarray) -> float | None:
    if name in found.region_means:
        return _noise_from_batches(found, name, float(doses.mean()))
    if found.relative_uncertainty is None:
        return None
    total = float(doses.sum())
    own = found.relative_uncertainty.reshape(-1)[chosen].astype(float) * doses
    return float(np.sqrt(np.sum(own**2))) / total if total > 0 else 0.0


def _noise_from_batches(found: VoxelDose, name: str, mean: float) -> float:
    known = found.region_means[name]
    if not np.isclose(known.dose, mean, rtol=SAME_MEAN, atol=0.0):
        raise InputError(
            "the calculation had other voxels under this name",
            field=name,
            value=f"mean dose {mean:.6g} Gy",
            allowed=f"{known.dose:.6g} Gy",
            remedy="Give the same voxels, and the density, so that air does not count; or another "
            "name, or the noise",
        )
    return known.noise
