"""What a dose map says of one region: its distribution, and how well its mean is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError
from theratwin.dosimetry.budget import Budget
from theratwin.dosimetry.voxel.distribution import DoseDistribution
from theratwin.dosimetry.voxel.maps import VoxelDose, checked_density

#: Name of the voxels' noise among the parts of the budget.
NOISE = "noise of the voxels"


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
        Relative standard uncertainty of the mean from noise that is each voxel's own; None where
        the map does not tell it.
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

    Noise that is each voxel's own, as that of counting or of a Monte Carlo calculation, averages
    out,

    .. math:: u(\bar D) = \frac{1}{n} \sqrt{\textstyle\sum_i u_i^2 D_i^2} ,

    taken as independent between voxels (a particle that crosses several makes them vary
    together, so that the mean is known somewhat less well). What is shared, such as the
    calibration, does not; it is stated apart.

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
        Relative noise of the region's mean where it is known itself, as from batches of a Monte
        Carlo calculation, in place of that of its voxels.

    Raises
    ------
    InputError
        If no voxel is left, or an index lies outside the map.

    Examples
    --------
    >>> from theratwin.dosimetry.voxel import local_dose
    >>> dose = local_dose(np.ones((2, 2, 2)), 1.0, (4, 4, 4), 0.147)
    >>> kidney = region_voxels(dose, [0, 1], name="kidney_left", systematic={"calibration": 0.05})
    >>> round(kidney.distribution.volume, 3), kidney.noise, kidney.budget.total
    (0.128, None, 0.05)
    """
    chosen = _indices(voxels, found.dose.shape)
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
        _noise(found, chosen, doses) if noise is None else noise,
        {**found.systematic, **(systematic or {})},
    )


def _indices(voxels: ArrayLike | None, shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    if voxels is None:
        return np.arange(size)
    given = np.asarray(voxels)
    if given.dtype == bool:
        if given.shape != shape:
            raise InputError(
                "not on the grid of the map", field="voxels", value=given.shape, allowed=str(shape)
            )
        return np.flatnonzero(given)
    chosen = given.ravel().astype(np.intp)
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < size):
        raise InputError("a voxel lies outside the map", field="voxels", value=int(chosen.max()))
    return chosen


def _noise(found: VoxelDose, chosen: np.ndarray, doses: np.ndarray) -> float | None:
    if found.relative_uncertainty is None:
        return None
    total = float(doses.sum())
    own = found.relative_uncertainty.reshape(-1)[chosen].astype(float) * doses
    return float(np.sqrt(np.sum(own**2))) / total if total > 0 else 0.0
