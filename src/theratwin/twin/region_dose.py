"""Draws of a region's dose rate over a course, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import Curve, Exponentials, joined
from theratwin.core.errors import InputError
from theratwin.response import Tissue, protraction_integral


@dataclass(frozen=True, eq=False)
class RegionDose:
    """The dose rate in one region, cycle by cycle, as draws.

    Parameters
    ----------
    region
        Canonical name, or a lesion's.
    dose_rates
        Dose rate (Gy/h) by each administration, batch ``(draws,)``; None before it appears.
    activities
        Activity (MBq) by each administration likewise.
    tissue
        Radiosensitivity and repair; None if none is known, then there is no BED.
    mass
        Draws of the mass (g).
    lesion
        Whether it is a tumor lesion.
    cross_share
        Dose by other regions over the region's own, which the dose rates hold; None where it is
        not told apart.
    """

    region: str
    dose_rates: tuple[Curve | None, ...]
    activities: tuple[Curve | None, ...]
    tissue: Tissue | None
    mass: Float[np.ndarray, " draws"]
    lesion: bool
    cross_share: Float[np.ndarray, "draws cycles"] | None = None

    @cached_property
    def dose(self) -> Float[np.ndarray, "draws cycles"]:
        """Absorbed dose (Gy) by each administration."""
        return self._by_cycle(lambda rate: rate.integral())

    @cached_property
    def cross_dose(self) -> Float[np.ndarray, "draws cycles"] | None:
        """The part (Gy) that comes from other regions, by each administration."""
        if self.cross_share is None:
            return None
        return self.dose * self.cross_share / (1.0 + self.cross_share)

    @cached_property
    def quadratic(self) -> Float[np.ndarray, "draws cycles"]:
        r"""The product :math:`G D^2` (Gy^2) of each administration."""
        tissue = self.known_tissue
        return self._by_cycle(lambda rate: protraction_integral(rate, tissue.repair))

    def quadratic_slope(self, slope: RegionDose) -> Float[np.ndarray, "draws cycles"]:
        r"""Return the derivative of :math:`G D^2` along that of the dose rate.

        The product is a quadratic form Q of the dose rate, so that along :math:`\dot D'`

        .. math:: Q' = \tfrac{1}{2}\left[Q(\dot D + \dot D') - Q(\dot D - \dot D')\right]

        exactly.

        Parameters
        ----------
        slope
            The derivative of the dose rate, as that of the same region.
        """
        repair = self.known_tissue.repair
        columns = [
            np.zeros(self.mass.shape)
            if rate is None or along is None
            else 0.5
            * (
                protraction_integral(joined([rate, along]), repair)
                - protraction_integral(joined([rate, along * -1.0]), repair)
            )
            for rate, along in zip(self.dose_rates, slope.dose_rates, strict=True)
        ]
        return np.stack(columns, axis=-1)

    @cached_property
    def bed(self) -> Float[np.ndarray, "draws cycles"]:
        """Biologically effective dose (Gy) by each administration.

        Cycles are weeks apart, so that sublethal damage of one is repaired before the next.
        """
        return self.dose + self.quadratic / self.known_tissue.alpha_beta

    @property
    def known_tissue(self) -> Tissue:
        """The tissue; an error if none is known."""
        if self.tissue is None:
            raise InputError(
                "no radiosensitivity is known for this region", field=f"bed.{self.region}"
            )
        return self.tissue

    @cached_property
    def total_dose_rate(self) -> Curve:
        """The dose rate (Gy/h) of all administrations together; zero before a lesion appears."""
        given = [rate for rate in self.dose_rates if rate is not None]
        return joined(given) if given else Exponentials(np.zeros((len(self.mass), 1)), [1.0])

    @cached_property
    def total_activity(self) -> Curve:
        """The activity (MBq) of all administrations together."""
        return joined(filter(None, self.activities))

    def _by_cycle(self, of: Any) -> np.ndarray:
        draws = self.mass.shape[0]
        columns = [np.zeros(draws) if rate is None else of(rate) for rate in self.dose_rates]
        return np.stack([np.broadcast_to(column, (draws,)) for column in columns], axis=-1)
