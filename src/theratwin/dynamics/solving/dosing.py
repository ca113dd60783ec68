"""What is given to a patient when: boluses, infusions, parameters that jump."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from jaxtyping import Float, Int

Number: TypeAlias = "float | Float[Any, ' patient']"


@dataclass(frozen=True, eq=False)
class Bolus:
    """An amount added to a state in no time.

    Parameters
    ----------
    state
        The state.
    time
        When (h), one for all patients or one each; infinite for a patient who gets none.
    amount
        How much, in the state's unit, likewise.
    name
        By which sensitivities in the amount are asked for.
    """

    state: str
    time: Number
    amount: Number
    name: str = ""


@dataclass(frozen=True, eq=False)
class Infusion:
    """An amount given at a constant rate through a switch; several on one switch add up.

    Parameters
    ----------
    switch
        The switch that holds the rate of infusion.
    time, duration
        When it begins, and how long it lasts (h).
    amount
        How much in all.
    name
        By which sensitivities in the amount are asked for.
    """

    switch: str
    time: Number
    duration: Number
    amount: Number
    name: str = ""


@dataclass(frozen=True, eq=False)
class Jump:
    """A switch that takes a new value.

    Parameters
    ----------
    switch
        The switch.
    time
        When (h).
    value
        Its value from then on.
    name
        By which sensitivities in the value are asked for.
    """

    switch: str
    time: Number
    value: Number
    name: str = ""


Dose = Bolus | Infusion | Jump


@dataclass(frozen=True, eq=False)
class Plan:
    """Doses of all patients in the order of time, as the engine reads them.

    Parameters
    ----------
    times, amounts
        Shape ``(patient, event)``.
    targets
        The state, or the number of states plus the switch; shape ``(patient, event)``.
    slopes
        Derivative of the amounts by each direction, ``(patient, event, direction)``.
    names
        The named doses.
    bases
        The switches whose starting values the edges of infusions follow; the directions are the
        named doses, then these.
    """

    times: Float[np.ndarray, "patient event"]
    amounts: Float[np.ndarray, "patient event"]
    targets: Int[np.ndarray, "patient event"]
    slopes: Float[np.ndarray, "patient event direction"]
    names: tuple[str, ...]
    bases: tuple[str, ...] = ()

    @property
    def directions(self) -> tuple[str, ...]:
        """What the amounts can be differentiated by."""
        return (*self.names, *self.bases)


@dataclass(frozen=True, eq=False)
class _Event:
    """One column of the table: time, amount, target, and slopes of the amount by direction."""

    time: np.ndarray
    amount: np.ndarray
    target: int
    slopes: Mapping[str, np.ndarray]


def plan(
    doses: Sequence[Dose],
    states: Sequence[str],
    switches: Sequence[str],
    patients: int,
    start: float,
    initial: Mapping[str, Number],
) -> Plan:
    """Return the events of the doses, sorted by time for each patient.

    Parameters
    ----------
    doses
        In the order in which those at one time are given. Those of one name are one direction:
        an amount, or a value, added to each of them.
    states, switches
        Their names, in order.
    patients
        Their number.
    start
        The time at which the solution starts (h).
    initial
        Values of the switches at the start.

    Raises
    ------
    InputError
        If a dose has an unknown target, a shape that does not fit, comes before the start, or
        mixes infusions with jumps on one switch.
    """
    targets = {name: i for i, name in enumerate((*states, *switches))}
    names = tuple(dict.fromkeys(dose.name for dose in doses if dose.name))
    given = [
        _checked(dose, i, states if isinstance(dose, Bolus) else switches, patients, start)
        for i, dose in enumerate(doses)
    ]
    events = [_instant(dose, targets) for dose in given if not isinstance(dose, Infusion)]
    events += _infusions(given, targets, initial)
    if not events:
        return no_doses(patients, names)
    bases = tuple(dict.fromkeys(d.switch for d in given if isinstance(d, Infusion)))
    return _Table.of(events, (*names, *bases), patients).sorted(names, bases)


def no_doses(patients: int, names: tuple[str, ...] = ()) -> Plan:
    """Return a plan without events."""
    empty = np.empty((patients, 0))
    slopes = np.empty((patients, 0, len(names)))
    return Plan(empty, empty, empty.astype(np.int64), slopes, names)


@dataclass(frozen=True, eq=False)
class _Table:
    times: np.ndarray
    amounts: np.ndarray
    targets: np.ndarray
    slopes: np.ndarray

    @classmethod
    def of(cls, events: Sequence[_Event], names: tuple[str, ...], patients: int) -> _Table:
        zero = np.zeros(patients)
        slopes = [
            [np.broadcast_to(e.slopes.get(n, zero), (patients,)) for n in names] for e in events
        ]
        stacked = np.array(slopes).reshape(len(events), len(names), patients)
        return cls(
            np.stack([e.time for e in events], axis=1),
            np.stack([e.amount for e in events], axis=1),
            np.broadcast_to([e.target for e in events], (patients, len(events))),
            np.moveaxis(stacked, 2, 0),
        )

    def sorted(self, names: tuple[str, ...], bases: tuple[str, ...]) -> Plan:
        order = np.argsort(self.times, axis=1, kind="stable")
        times, amounts, targets = (
            np.ascontiguousarray(np.take_along_axis(array, order, axis=1))
            for array in (self.times, self.amounts, self.targets.astype(np.int64))
        )
        slopes = np.ascontiguousarray(np.take_along_axis(self.slopes, order[..., None], axis=1))
        return Plan(times, amounts, targets, slopes, names, bases)


def _checked(dose: Dose, index: int, targets: Sequence[str], patients: int, start: float) -> Dose:
    """Return a dose with its numbers spread over the patients."""
    field = f"doses[{index}]"
    target = dose.state if isinstance(dose, Bolus) else dose.switch
    if target not in targets:
        kind = "state" if isinstance(dose, Bolus) else "switch"
        raise InputError(f"no such {kind}", field=field, value=target, allowed=targets)
    values = {}
    for name, array in _numbers(dose).items():
        if array.shape not in ((), (patients,)):
            raise InputError(
                "one number, or one for each patient, is needed",
                field=f"{field}.{name}",
                value=array.shape,
                allowed=f"() or ({patients},)",
            )
        values[name] = np.broadcast_to(array, (patients,))
    if not np.all(values["time"] >= start):
        raise InputError(
            "a dose cannot come before the start",
            field=f"{field}.time",
            value=float(np.min(values["time"])),
            allowed=f"{start:g} h or later",
        )
    if "duration" in values and not np.all(values["duration"] > 0):
        raise InputError(
            "an infusion takes time", field=f"{field}.duration", remedy="Give a Bolus."
        )
    return type(dose)(target, *values.values(), name=dose.name)


def _numbers(dose: Dose) -> dict[str, np.ndarray]:
    names = ("time", "duration", "amount", "value")
    return {n: np.asarray(getattr(dose, n), dtype=float) for n in names if hasattr(dose, n)}


def shapes(doses: Sequence[Dose]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the doses' numbers, by field."""
    return {
        f"doses[{i}].{name}": array.shape
        for i, dose in enumerate(doses)
        for name, array in _numbers(dose).items()
    }


def _instant(dose: Bolus | Jump, targets: Mapping[str, int]) -> _Event:
    amount, target = (
        (dose.amount, dose.state) if isinstance(dose, Bolus) else (dose.value, dose.switch)
    )
    slopes = {dose.name: np.ones(np.shape(amount))} if dose.name else {}
    return _Event(np.asarray(dose.time), np.asarray(amount), targets[target], slopes)


def _infusions(
    doses: Sequence[Dose], targets: Mapping[str, int], initial: Mapping[str, Number]
) -> list[_Event]:
    """Return the edges of the infusions, each with the sum of the rates from then on."""
    by_switch: dict[str, list[Infusion]] = {}
    for dose in doses:
        if isinstance(dose, Infusion):
            by_switch.setdefault(dose.switch, []).append(dose)
    jumping = {dose.switch for dose in doses if isinstance(dose, Jump)}
    for switch in jumping & set(by_switch):
        raise InputError("infusions and jumps cannot share a switch", field="doses", value=switch)
    return [
        _edge(np.asarray(edge), infusions, targets[switch], initial[switch])
        for switch, infusions in by_switch.items()
        for dose in infusions
        for edge in (dose.time, dose.time + dose.duration)
    ]


def _edge(time: np.ndarray, infusions: Sequence[Infusion], target: int, base: Number) -> _Event:
    # The rate is the base and what runs on top of it: by the base the slope is one.
    amount, slopes = np.zeros(time.shape) + base, {infusions[0].switch: np.ones(time.shape)}
    for dose in infusions:
        running = (dose.time <= time) & (time < dose.time + dose.duration)
        amount = amount + np.where(running, dose.amount / dose.duration, 0.0)
        if dose.name:
            rate = np.where(running, 1.0 / dose.duration, 0.0)
            slopes[dose.name] = slopes.get(dose.name, 0.0) + rate
    return _Event(time, amount, target, slopes)
