"""Doses of a region's voxels as a distribution: histogram, mean, spread, hottest and coldest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError

#: Of the volume: cumulated volumes are sums, whose last digits must not move a step of D_x.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class DoseDistribution:
    r"""Doses of voxels and their volumes, from the hottest to the coldest.

    Doses may be absorbed doses, BED or dose rates; the unit is carried through.

    Parameters
    ----------
    doses
        Doses :math:`D_i` (Gy), in any order and shape; kept falling, shape ``(voxels,)``.
    volumes
        Volume :math:`v_i` of each voxel (mL), or one for all.

    Raises
    ------
    InputError
        If there is no voxel, or a number is negative or not finite.

    Examples
    --------
    >>> found = DoseDistribution([1.0, 4.0, 2.0, 3.0], 0.5)
    >>> found.mean, found.to_hottest(0.5), found.volume_above(2.5)
    (2.5, 3.0, 1.0)
    """

    doses: Float[np.ndarray, " voxels"]
    volumes: Float[Any, " voxels"] = 1.0
    _filled: Float[np.ndarray, " voxels"] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        doses = _checked("doses", self.doses, "Gy").ravel()
        volumes = _checked("volumes", self.volumes, "mL")
        if volumes.ndim and volumes.size != doses.size:
            raise InputError(
                "as many as doses are needed", field="volumes", value=volumes.size, allowed="one"
            )
        order = np.argsort(-doses, kind="stable")
        spread = np.full(doses.size, volumes) if not volumes.ndim else volumes.ravel()[order]
        if not spread.sum() > 0:
            raise InputError("there is no volume", field="volumes", allowed="some above 0 mL")
        object.__setattr__(self, "doses", doses[order])
        object.__setattr__(self, "volumes", spread)
        object.__setattr__(self, "_filled", np.cumsum(spread))

    @property
    def volume(self) -> float:
        """Volume of all voxels, mL."""
        return float(self._filled[-1])

    @property
    def mean(self) -> float:
        r"""Mean over the volume, :math:`\sum v_i D_i / \sum v_i`, Gy."""
        return float(self.doses @ self.volumes) / self.volume

    @property
    def sd(self) -> float:
        """Standard deviation over the volume, Gy: the spread of dose, not its uncertainty."""
        apart = (self.doses - self.mean) ** 2
        return float(np.sqrt(apart @ self.volumes / self.volume))

    @property
    def minimum(self) -> float:
        """Dose of the coldest voxel, Gy."""
        return float(self.doses[-1])

    @property
    def maximum(self) -> float:
        """Dose of the hottest voxel, Gy; noise raises it."""
        return float(self.doses[0])

    def to_hottest(self, fraction: float) -> float:
        """Return :math:`D_x`, the dose that the hottest fraction of the volume gets at least, Gy.

        No interpolation: it is the dose of a voxel.

        Parameters
        ----------
        fraction
            Above 0 and at most 1: 0.95 for D95, the dose that 95 % of the volume gets.
        """
        if not 0 < fraction <= 1:
            raise InputError(
                "not a part of the volume", field="fraction", value=fraction, allowed="above 0 to 1"
            )
        return self.to_hottest_volume(fraction * self.volume)

    def to_hottest_volume(self, volume: float) -> float:
        """Return the dose that the hottest ``volume`` (mL) gets at least, Gy.

        Raises
        ------
        InputError
            If the region is smaller.
        """
        room = self.volume
        if not 0 < volume <= room * (1 + _ROUNDING):
            raise InputError(
                "not a part of the region",
                field="volume",
                value=f"{volume:g} mL",
                allowed=f"above 0 to {room:.4g} mL",
            )
        place = int(np.searchsorted(self._filled, volume - _ROUNDING * room))
        return float(self.doses[min(place, self.doses.size - 1)])

    def volume_above(self, dose: Any) -> Any:
        """Return :math:`V_x`, the volume (mL) that gets ``dose`` (Gy, any shape) or more."""
        hotter = np.searchsorted(-self.doses, -np.asarray(dose, float), side="right")
        found = np.insert(self._filled, 0, 0.0)[hotter]
        return float(found) if np.ndim(dose) == 0 else found

    def fraction_above(self, dose: Any) -> Any:
        """Return the part of the volume that gets ``dose`` (Gy, any shape) or more.

        At rising doses it is the cumulative dose-volume histogram.
        """
        return self.volume_above(dose) / self.volume

    def differential(self, edges: ArrayLike) -> Float[np.ndarray, " bins"]:
        """Return the differential dose-volume histogram, mL/Gy.

        Parameters
        ----------
        edges
            Rising doses (Gy), shape ``(bins + 1,)``; a dose on an edge counts above it, on the
            last edge below.

        Raises
        ------
        InputError
            If the edges do not rise.
        """
        edges = np.asarray(edges, float)
        if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0):
            raise InputError("at least two rising doses are needed", field="edges")
        volumes, _ = np.histogram(self.doses, edges, weights=self.volumes)
        return volumes / np.diff(edges)


def _checked(name: str, values: Any, unit: str) -> np.ndarray:
    numbers = np.asarray(values, dtype=float)
    if numbers.size == 0:
        raise InputError("there is no voxel", field=name)
    if not (numbers.min() >= 0 and np.isfinite(numbers.max())):
        raise InputError(
            "negative or not finite somewhere", field=name, allowed=f"finite numbers >= 0 {unit}"
        )
    return numbers
