"""The dose of red marrow as a calculation with doubts: itself, and a sum over other sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.dosimetry.propagation import Doubt, FirstOrder, first_order, monte_carlo


@dataclass(frozen=True)
class Measured:
    """A positive number and its relative standard uncertainty."""

    value: float
    relative_uncertainty: float = 0.0


@dataclass(frozen=True)
class Source:
    """A source outside the marrow.

    Parameters
    ----------
    activity
        Time-integrated activity (MBq h).
    s_value
        To red marrow, Gy/(MBq h).
    """

    activity: Measured
    s_value: Measured


@dataclass(frozen=True)
class MarrowDose:
    """The dose of red marrow as a product for itself and a sum over other sources.

    Parameters
    ----------
    method
        How the marrow's own activity was found.
    own
        Factors of the self-dose by component; the first in its unit, the rest up to Gy.
    sources
        By name.
    """

    method: str
    own: Mapping[str, Measured]
    sources: Mapping[str, Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = dict(self.own)
        for name, source in self.sources.items():
            numbers |= {f"{name} activity": source.activity, f"{name} S value": source.s_value}
        for name, number in numbers.items():
            if not (np.isfinite(number.value) and number.value > 0):
                raise InputError("must be positive", field=name, value=number.value)

    def quantities(self, factors: Mapping[str, Any]) -> dict[str, Any]:
        """Return the marrow's dose to itself, from each source, and in all (Gy)."""

        def taken(name: str, number: Measured) -> Any:
            return number.value * factors.get(name, 1.0)

        own: Any = 1.0
        for name, number in self.own.items():
            own = own * taken(name, number)
        parts = {"itself": own}
        for name, source in self.sources.items():
            activity = taken(f"{name} activity", source.activity)
            parts[name] = activity * taken(f"{name} S value", source.s_value)
        return parts | {"dose": sum(parts.values())}

    @property
    def doubts(self) -> dict[str, Doubt]:
        """The doubt about each number that is not certain."""
        numbers = dict(self.own)
        for name, source in self.sources.items():
            numbers |= {f"{name} activity": source.activity, f"{name} S value": source.s_value}
        return {
            name: Doubt.of(name, number.relative_uncertainty)
            for name, number in numbers.items()
            if number.relative_uncertainty > 0
        }

    @cached_property
    def first_order(self) -> FirstOrder:
        """Uncertainties to first order; the dose's budget is ``budgets["dose"]``."""
        return first_order(self.quantities, self.doubts)

    @property
    def dose(self) -> float:
        """Absorbed dose (Gy), all factors at their medians."""
        return self.first_order.values["dose"]

    def sample(self, draws: int, *, seed: int) -> dict[str, Float[np.ndarray, " draws"]]:
        """Return draws of the parts and of the dose (Gy)."""
        return monte_carlo(self.quantities, self.doubts, draws=draws, seed=seed)
