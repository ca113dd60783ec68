"""Doses as written on the command line: ``TARGET = AMOUNT @ TIME, ... [for DURATION]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dynamics import Dose, Network, System

_DOSE = re.compile(
    r"\s*(?P<target>[^=@]*?)\s*=\s*(?P<amount>[^=@]*?)\s*@\s*"
    r"(?P<times>[^=@]*?)(?:\s+for\s+(?P<duration>[^=@]*?))?\s*"
)
_FIELD = "--dose"


def read_doses(
    entries: Iterable[str], network: Network, system: System, end: float
) -> tuple[Dose, ...]:
    """Return the doses: boluses into states, infusions through switches, switches that jump.

    Parameters
    ----------
    entries
        As written; several times make several doses.
    network, system
        What is dosed, with the units.
    end
        When the last result is reported (h).

    Raises
    ------
    InputError
        If an entry cannot be read, names nothing that can be dosed, has another dimension, takes
        away, or comes after the end.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> network = model("one-compartment")
    >>> dose, = read_doses(["infusion = 2 umol @ 1 h for 30 min"], network, network.system(), 9.0)
    >>> dose.switch, dose.time, dose.duration, dose.amount
    ('infusion', 1.0, 0.5, 2000.0)
    """
    return tuple(dose for entry in entries for dose in _Entry(entry, network, system).doses(end))


class _Entry:
    """One entry of the command line, taken apart."""

    def __init__(self, text: str, network: Network, system: System) -> None:
        found = _DOSE.fullmatch(text)
        if found is None:
            raise InputError(
                "this cannot be read as a dose",
                field=_FIELD,
                value=text,
                allowed="TARGET = AMOUNT @ TIME, ... [for DURATION]",
                remedy=_examples(network, system),
            )
        self.text, self.network, self.system = text, network, system
        self.target, self.amount = found["target"], found["amount"]
        self.times, self.duration = found["times"].split(","), found["duration"]
        known = [*system.names, *system.switches]
        if self.target not in known:
            raise InputError(
                "no such state or switch", field=_FIELD, value=self.target, allowed=known
            )

    def doses(self, end: float) -> list[Dose]:
        """Return one dose for each time."""
        return [self._dose(self._time(text, end)) for text in self.times]

    def _time(self, text: str, end: float) -> float:
        time = self._number(text, "h")
        if not 0.0 <= time <= end:
            raise InputError(
                "a dose comes before the start or after the last result",
                field=_FIELD,
                value=text.strip(),
                allowed=f"0 h to {end:g} h",
            )
        return time

    def _dose(self, time: float) -> Dose:
        from theratwin.dynamics import Bolus, Infusion, Jump

        unit = self.network.units[self.target]
        if self.target in self.system.names:
            if self.duration is not None:
                raise InputError(
                    "a state takes a dose at once",
                    field=_FIELD,
                    value=self.text,
                    remedy=_infusible(self.system),
                )
            return Bolus(self.target, time, self._given(unit))
        if self.duration is None:
            return Jump(self.target, time, self._given(unit))
        duration = self._number(self.duration, "h")
        if not duration > 0.0:
            raise InputError("must be positive", field=_FIELD, value=self.duration)
        return Infusion(self.target, time, duration, self._given(amount_unit(unit)))

    def _given(self, unit: str) -> float:
        amount = self._number(self.amount, unit)
        if amount < 0.0:
            raise InputError("must not be negative", field=_FIELD, value=self.amount)
        return amount

    def _number(self, text: str, unit: str) -> float:
        from theratwin.core import parse

        return parse(text.strip(), unit, field=_FIELD)


def _examples(network: Network, system: System) -> str:
    state, switch = system.names[0], next(iter(system.switches), None)
    into = f'"{state} = 100 {network.units[state]} @ 0 h, 24 h"'
    if switch is None:
        return f"Write for example {into}"
    amount = amount_unit(network.units[switch])
    return f'Write for example {into} or "{switch} = 100 {amount} @ 2 h for 30 min"'


def _infusible(system: System) -> str:
    if not system.switches:
        return "Leave out the duration: this model has no switch through which to infuse"
    return f"Infuse through a switch ({', '.join(system.switches)}), or leave out the duration"


def as_data(doses: Sequence[Dose]) -> list[dict[str, Any]]:
    """Return doses for JSON.

    Examples
    --------
    >>> from theratwin.dynamics import Bolus
    >>> as_data([Bolus("plasma.drug", 0.0, 100.0)])
    [{'kind': 'bolus', 'target': 'plasma.drug', 'time': 0.0, 'amount': 100.0}]
    """
    return [
        {
            "kind": type(dose).__name__.lower(),
            "target": _target(dose),
            **{
                name: getattr(dose, name)
                for name in ("time", "duration", "amount", "value")
                if hasattr(dose, name)
            },
        }
        for dose in doses
    ]


def as_text(doses: Sequence[Dose], network: Network) -> list[str]:
    """Return a line for each dose."""
    lines = []
    for entry in as_data(doses):
        unit, at = network.units[entry["target"]], f"at {entry['time']:g} h"
        if entry["kind"] == "jump":
            lines.append(
                f"  {entry['target']} is {entry['value']:g} {unit} from {entry['time']:g} h"
            )
        elif entry["kind"] == "infusion":
            total = f"{entry['amount']:g} {amount_unit(unit)}"
            lines.append(f"  {total} through {entry['target']} {at} for {entry['duration']:g} h")
        else:
            lines.append(f"  {entry['amount']:g} {unit} into {entry['target']} {at}")
    return lines


def units(doses: Sequence[Dose], network: Network) -> dict[str, Any]:
    """Return the units of `as_data`, those of the amounts and values by target."""
    own = {
        entry["target"]: amount_unit(network.units[entry["target"]])
        if entry["kind"] == "infusion"
        else network.units[entry["target"]] or "1"
        for entry in as_data(doses)
    }
    return {"time": "h", "duration": "h", "amount": own, "value": own}


def amount_unit(rate: str) -> str:
    """Return the unit of an amount that comes at a rate.

    Examples
    --------
    >>> amount_unit("nmol/h"), amount_unit("mL/min")
    ('nmol', '(mL/min) h')
    """
    return rate.removesuffix("/h") if rate.endswith("/h") else f"({rate or '1'}) h"


def _target(dose: Any) -> str:
    return dose.state if hasattr(dose, "state") else dose.switch
