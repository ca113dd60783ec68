"""The amounts of events as sums over what a patient is given, to the last bit as `plan` has them.

An event adds to a state, or sets a switch, by one dose; or it sets a switch to the rates of all
infusions that then run: amount = zero + value / divisor + value / divisor ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.solving.dosing import Bolus, Dose, Infusion, Jump, plan
from theratwin.dynamics.solving.engine import Engine


@dataclass(frozen=True, eq=False)
class DoseTerms:
    """A patient's values in a row, and the terms of each event's amount.

    Parameters
    ----------
    names
        What the values are of: parameters, switches, and doses, which may have no name.
    defaults
        The values where none are given.
    zeros
        What each event's terms are added to: a zero, for one dose alone the negative one, to which
        anything can be added without change.
    terms
        Event, place in the row, divisor; in the order of addition.
    """

    names: tuple[str, ...]
    defaults: Float[np.ndarray, " value"]
    zeros: Float[np.ndarray, " event"]
    terms: tuple[tuple[int, int, float], ...]

    @classmethod
    def of(cls, doses: Sequence[Dose], engine: Engine, start: float) -> DoseTerms:
        """Return the terms of some doses.

        Raises
        ------
        UnsupportedError
            If they do not give the amounts that `plan` gives.
        """
        system, slots = engine.system, engine.slots
        values = [
            *(system.parameters[name] for name in slots.parameters),
            *(system.switches[name] for name in slots.switches),
            *(_amount(dose) for dose in doses),
        ]
        names = (*slots.parameters, *slots.switches, *(dose.name for dose in doses))
        parts = _Doses(tuple(doses), engine, start)
        found = cls(names, np.array(values, dtype=float), *parts.terms())
        # Values of no regularity, to tell apart whatever could be mistaken for another.
        for factor in (1.0, np.sqrt(np.arange(2.0, 2.0 + len(values)))):
            row = found.defaults * factor + (factor - 1.0)
            if found.amounts(row).tobytes() != parts.amounts(row).tobytes():
                raise UnsupportedError("doses whose amounts are not sums of terms", field="road")
        return found

    def places(self, name: str) -> list[int]:
        """Return where in the row a value of that name stands."""
        return [place for place, known in enumerate(self.names) if known == name]

    def amounts(self, row: Float[np.ndarray, " value"]) -> Float[np.ndarray, " event"]:
        """Return the amounts of all events."""
        amounts = self.zeros.copy()
        for event, place, divisor in self.terms:
            amounts[event] += row[place] / divisor
        return amounts


@dataclass(frozen=True, eq=False)
class _Doses:
    doses: tuple[Dose, ...]
    engine: Engine
    start: float

    def terms(self) -> tuple[np.ndarray, tuple[tuple[int, int, float], ...]]:
        """Return the zeros and the terms."""
        slots, states = self.engine.slots, self.engine.slots.public_names
        first = len(slots.parameters) + len(slots.switches)
        # Every dose gets a name of its own: the slopes tell what it contributes to.
        named = [replace(dose, name=f"{i}") for i, dose in enumerate(self.doses)]
        found = plan(named, states, slots.switches, 1, self.start, self._initial())
        infused = {dose.switch for dose in self.doses if isinstance(dose, Infusion)}
        zeros, terms = np.full(found.times.shape[1], -0.0), []
        for event, target in enumerate(found.targets[0]):
            switch = int(target) - len(states)
            if switch >= 0 and slots.switches[switch] in infused:
                zeros[event] = 0.0
                terms.append((event, len(slots.parameters) + switch, 1.0))
            for i in np.flatnonzero(found.slopes[0, event, : len(named)]):
                terms.append((event, first + int(i), getattr(self.doses[i], "duration", 1.0)))
        return zeros, tuple(terms)

    def _initial(self) -> dict[str, float]:
        system = self.engine.system
        return {name: system.switches[name] for name in self.engine.slots.switches}

    def amounts(self, row: np.ndarray) -> np.ndarray:
        """Return the amounts as `plan` has them."""
        slots = self.engine.slots
        first, begin = len(slots.parameters), len(slots.parameters) + len(slots.switches)
        initial = dict(zip(slots.switches, row[first:begin], strict=True))
        doses = [
            replace(dose, **{_field(dose): row[begin + i]}) for i, dose in enumerate(self.doses)
        ]
        return plan(doses, slots.public_names, slots.switches, 1, self.start, initial).amounts[0]


def _field(dose: Dose) -> str:
    """Return the field that may be given by name."""
    for kind, name in ((Bolus, "amount"), (Infusion, "amount"), (Jump, "value")):
        if type(dose) is kind:
            return name
    raise UnsupportedError(f"doses of the kind {type(dose).__name__}", field="road")


def _amount(dose: Dose) -> float:
    return float(getattr(dose, _field(dose)))
