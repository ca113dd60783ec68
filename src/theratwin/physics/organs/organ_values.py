"""S values of one source: by target and radiation, with masses and uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.emissions import Lines
from theratwin.physics.organs.regions import region_name

Array = NDArray[np.float64]
Walls = Literal["mean", "surface"]


class Radiation(Protocol):
    """What is emitted a decay: `Emissions`, or the sum of a chain."""

    @property
    def photons(self) -> Lines: ...
    @property
    def electrons(self) -> Lines: ...
    @property
    def alphas(self) -> Lines: ...


@dataclass(frozen=True, eq=False)
class OrganSValues:
    """Absorbed dose to targets for each unit of time-integrated activity in one source.

    The parts are unweighted absorbed dose, Gy/(MBq h), of shape (targets,): no radiation
    weighting factor, no tissue weighting factor.

    Parameters
    ----------
    phantom, source
        Reference phantom and source region.
    source_mass, target_mass
        Masses that the values stand for, g; the latter by target, in the order of the parts.
    photons, electrons, alphas
        Parts by radiation; recoils belong to alphas.
    relative_uncertainty
        Relative standard uncertainty of the sum: Monte Carlo and models.
    walls
        What the dose of a wall from its content is: ``"mean"`` or ``"surface"``.
    """

    phantom: str
    source: str
    source_mass: float
    target_mass: Mapping[str, float]
    photons: Array
    electrons: Array
    alphas: Array
    relative_uncertainty: Array
    walls: Walls = "mean"

    @property
    def total(self) -> Array:
        """The sum of the parts, Gy/(MBq h)."""
        return self.photons + self.electrons + self.alphas

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets."""
        return tuple(self.target_mass)

    def mgy_per_mbq_s(self) -> dict[str, float]:
        """Return the sums by target in mGy/(MBq s), the usual unit of tables."""
        return {n: float(s) / 3.6 for n, s in zip(self.targets, self.total, strict=True)}

    def __getitem__(self, target: str) -> float:
        """Return the sum for one target, Gy/(MBq h)."""
        name = region_name(target, self.targets, "target")
        return float(self.total[self.targets.index(name)])
