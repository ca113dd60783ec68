"""Draws of a region's dose by cycle, as arrays: no curve behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.response import Tissue
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
    """

    region: str
    lesion: bool
    tissue: Tissue | None
    mass: Float[np.ndarray, " draws"]
    dose: Float[np.ndarray, "draws cycles"]
    square: Float[np.ndarray, "draws cycles"] | None

    @classmethod
    def of(cls, doses: Doses) -> DoseArrays:
        """Return the arrays of a region."""
        square = None if doses.tissue is None else doses.quadratic
        return cls(doses.region, doses.lesion, doses.tissue, doses.mass, doses.dose, square)

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
        return replace(self, mass=self.mass[draws], dose=self.dose[draws], square=square)


#: What planning knows of a region: with curves behind it, or arrays alone.
Doses: TypeAlias = "RegionDose | DoseArrays"
