"""How further cycles are given, beside their activity and number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from theratwin.case import Administration
from theratwin.planning.bounds import Bounds


@dataclass(frozen=True)
class Regimen:
    """How further cycles are given, all alike.

    Parameters
    ----------
    interval
        From one administration to the next (h).
    amount
        Ligand of each, hot and cold (nmol); None if unknown.
    duration
        Length of each infusion (h).
    """

    interval: float
    amount: float | None
    duration: float

    @classmethod
    def first(cls, bounds: Bounds, last: Administration) -> Regimen:
        """Return the regimen to begin a search with: as before, as far as the bounds allow.

        Parameters
        ----------
        bounds
            The bounds; what they leave open is as in ``last``.
        last
            The last administration that was given.
        """
        amount, duration = last.amount, last.duration
        if bounds.amount is not None:
            usual = bounds.amount.low if amount is None else amount
            amount = min(max(usual, bounds.amount.low), bounds.amount.high)
        if bounds.duration is not None:
            duration = min(max(duration, bounds.duration.low), bounds.duration.high)
        return cls(bounds.interval.low, amount, duration)

    def changed(self, name: str, value: float) -> Regimen:
        """Return the regimen with another value of one setting."""
        return replace(self, **{name: float(value)})

    @property
    def words(self) -> str:
        """As a reader would say it.

        Examples
        --------
        >>> Regimen(1008.0, 57.0, 0.5).words
        '57 nmol of ligand over 30 min, 6 weeks apart'
        """
        parts = [] if self.amount is None else [f"{self.amount:.3g} nmol of ligand"]
        infused = f"over {60.0 * self.duration:.3g} min" if self.duration else "as a bolus"
        return f"{' '.join([*parts, infused])}, {self.interval / 168.0:.3g} weeks apart"

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers: h, nmol, h."""
        return {"interval": self.interval, "amount": self.amount, "duration": self.duration}
