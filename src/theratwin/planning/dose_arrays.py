"""Draws of a region's dose by cycle, as arrays: no curve behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float

from theratwin.core import Pulses, Total
from theratwin.core.errors import InputError
from theratwin.response import Tissue, protraction_integral
from theratwin.twin import RegionDose


@dataclass(frozen=True, eq=False)
class DoseArrays:
    """Draws of a region's dose by cycle.

    Parameters
    ----------
    region, lesion
        Its name, and whether it is a lesion.
    tissue
        Radiosensitivity and repair; None if unknown.
    mass
        Draws of the mass (g).
    dose
        Absorbed dose (Gy) by each cycle.
    square
        G D² (Gy²) of each cycle; None where no tissue is known.
    crossing
        What G D² of a cycle and external-beam fractions together has beyond that of each, over
        the cycle's dose (Gy); None without fractions.
    """

    region: str
    lesion: bool
    tissue: Tissue | None
    mass: Float[np.ndarray, " draws"]
    dose: Float[np.ndarray, "draws cycles"]
    square: Float[np.ndarray, "draws cycles"] | None
    crossing: Float[np.ndarray, "draws cycles"] | None = None

    @classmethod
    def of(cls, doses: Doses, fractions: Pulses | None = None) -> DoseArrays:
        """Return the arrays of a region that external-beam fractions reach, or none."""
        if isinstance(doses, DoseArrays):
            return doses
        known = doses.tissue is not None
        return cls(
            doses.region,
            doses.lesion,
            doses.tissue,
            doses.mass,
            doses.dose,
            doses.quadratic if known else None,
            crossing_of(doses, fractions) if known and fractions is not None else None,
        )

    @property
    def known_tissue(self) -> Tissue:
        """The tissue; an error if none is known."""
        if self.tissue is None:
            raise InputError(
                "no radiosensitivity is known for this region", field=f"bed.{self.region}"
            )
        return self.tissue

    @property
    def quadratic(self) -> Float[np.ndarray, "draws cycles"]:
        """G D² (Gy²) of each cycle."""
        _ = self.known_tissue
        assert self.square is not None
        return self.square

    def __getitem__(self, draws: Any) -> DoseArrays:
        square = None if self.square is None else self.square[draws]
        crossing = None if self.crossing is None else self.crossing[draws]
        return replace(
            self, mass=self.mass[draws], dose=self.dose[draws], square=square, crossing=crossing
        )


def crossing_of(doses: Doses, fractions: Pulses) -> Float[np.ndarray, "draws cycles"]:
    r"""Return what fractions and a cycle do together, over the cycle's dose (Gy).

    :math:`G D^2` is a quadratic form Q of the dose rate, so that of a cycle :math:`\dot D` and of
    fractions :math:`\dot F` there is :math:`Q(\dot D + \dot F) - Q(\dot D) - Q(\dot F)` beyond
    each, linear in the cycle's activity.
    """
    if isinstance(doses, DoseArrays):
        if doses.crossing is None:
            raise InputError(
                "these doses do not know the fractions", field=f"external_beam.{doses.region}"
            )
        return doses.crossing
    repair = doses.known_tissue.repair
    apart = protraction_integral(fractions, repair)
    columns = []
    for rate, dose, square in zip(doses.dose_rates, doses.dose.T, doses.quadratic.T, strict=True):
        if rate is None:
            columns.append(np.zeros(dose.shape))
            continue
        together = protraction_integral(Total.of(rate, fractions), repair)
        columns.append(np.divide(together - square - apart, dose, out=0.0 * dose, where=dose > 0))
    return np.stack(columns, axis=-1)


#: What planning knows of a region: with curves behind it, or arrays alone.
Doses: TypeAlias = "RegionDose | DoseArrays"
