"""What becomes of a patient under a therapy: doses, the lesion, blood counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import InputError
from theratwin.response.blood import BloodCounts
from theratwin.response.tumor import TumorCourse

if TYPE_CHECKING:
    from jaxtyping import Float

    from theratwin.dynamics import Solution


@dataclass(frozen=True, eq=False)
class TherapyCourse:
    """The solution of a therapy, read as its parts; one row a patient.

    Parameters
    ----------
    solution
        Of the whole system.
    tumor
        The lesion.
    counts
        Blood counts, if they were followed.
    """

    solution: Solution
    tumor: TumorCourse
    counts: BloodCounts | None

    def dose(self, region: str) -> Float[np.ndarray, "patient time"]:
        """Return the absorbed dose (Gy) so far of an organ, or of ``lesion``.

        That of a lesion has the weights of its ligands in it, if a therapy gives them.
        """
        return self.solution["tumor.dose" if region == "lesion" else self._known("dose", region)]

    def bed(self, organ: str) -> Float[np.ndarray, "patient time"]:
        """Return the biologically effective dose (Gy) so far of an organ."""
        return self.solution[self._known("bed", organ)]

    def _known(self, kind: str, organ: str) -> str:
        start = f"organs.{kind}."
        known = [name.removeprefix(start) for name in self.solution.quadratures if start in name]
        if organ not in known:
            raise InputError("not followed", field=kind, value=organ, allowed=known)
        return f"{start}{organ}"
