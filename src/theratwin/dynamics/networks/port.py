"""Inputs bound to curves: an expression of time, with switches that jump at its breakpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.curve import Curve, Exponentials, Pieces, Total
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    exp,
    maximum,
    symbol,
)

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network


@dataclass(frozen=True)
class SwitchChange:
    """A switch that takes a value at a time (h); the solver restarts there."""

    time: float
    switch: str
    value: float


@dataclass(frozen=True)
class Bound:
    """What an input stands for: an expression, its parameters, its switches and their jumps."""

    value: Expression
    parameters: Mapping[str, float] = field(default_factory=dict)
    switches: Mapping[str, float] = field(default_factory=dict)
    changes: tuple[SwitchChange, ...] = ()


def schedule(network: Network, bindings: Mapping[str, Any]) -> tuple[SwitchChange, ...]:
    """Return the jumps of the switches that `Network.system` makes of bound curves, by time."""
    from theratwin.dynamics.networks.flatten import bind_inputs

    bound = bind_inputs(network, bindings)
    changes = [change for port in bound.values() for change in port.changes]
    return tuple(sorted(changes, key=lambda change: change.time))


def bind(port: str, given: Any) -> Bound:
    """Return what an input stands for when it is bound to a curve or a number.

    Numbers of the curve become parameters, so that the form of the equations, and with it what is
    compiled, is the same for every curve with as many terms.

    Raises
    ------
    InputError
        If it is neither, or a curve of several patients.
    UnsupportedError
        If it has pulses, whose value is infinite.
    """
    if isinstance(given, int | float | np.number) and not isinstance(given, bool):
        return Bound(symbol(port), {port: float(given)})
    if not isinstance(given, Curve):
        raise InputError(
            "an input is bound to a curve or a number",
            field=f"bindings.{port}",
            value=type(given).__name__,
        )
    if given.batch_shape:
        raise InputError(
            "the curve must be that of one patient",
            field=f"bindings.{port}",
            value=given.batch_shape,
            remedy=f"Bind one, curve[0], and give the others by the parameters {port}.*",
        )
    parts = given.parts if isinstance(given, Total) else (given,)
    if len(parts) == 1:
        return _bound(port, parts[0])
    return _sum([_bound(f"{port}.part{i + 1}", part) for i, part in enumerate(parts)])


def _bound(port: str, curve: Curve) -> Bound:
    if isinstance(curve, Exponentials):
        return _exponentials(port, curve)
    if isinstance(curve, Pieces):
        return _pieces(port, curve)
    raise UnsupportedError(
        "a pulse has no finite value to bind",
        field=f"bindings.{port}",
        value=type(curve).__name__,
        allowed="Exponentials, Pieces, or their sum",
        remedy="Give it as a dose to a state",
    )


def _sum(parts: list[Bound]) -> Bound:
    value: Expression = ZERO
    parameters: dict[str, float] = {}
    switches: dict[str, float] = {}
    for part in parts:
        value = value + part.value
        parameters.update(part.parameters)
        switches.update(part.switches)
    return Bound(value, parameters, switches, tuple(c for part in parts for c in part.changes))


def _exponentials(port: str, curve: Exponentials) -> Bound:
    """Terms with one start share a switch that is zero before it and one from it on."""
    starts = sorted({float(start) for start in curve.starts})
    value: Expression = ZERO
    parameters: dict[str, float] = {}
    switches: dict[str, float] = {}
    changes: list[SwitchChange] = []
    for i, start in enumerate(starts):
        begin, on = f"{port}.start{i + 1}", f"{port}.on{i + 1}"
        parameters[begin] = start
        switches[on] = float(start <= 0.0)
        if start > 0.0:
            changes.append(SwitchChange(start, on, 1.0))
        # Before the start the exponential would grow, and infinity times zero is no number.
        elapsed = maximum(TIME - symbol(begin), 0.0)
        terms: Expression = ZERO
        for k in np.flatnonzero(curve.starts == start):
            names = [f"{port}.term{k + 1}.{what}" for what in ("amplitude", "rate")]
            numbers = (float(curve.amplitudes[k]), float(curve.rates[k]))
            parameters.update(zip(names, numbers, strict=True))
            terms = terms + symbol(names[0]) * exp(-symbol(names[1]) * elapsed)
        value = value + symbol(on, Binding.SEGMENT) * terms
    return Bound(value, parameters, switches, tuple(changes))


def _pieces(port: str, curve: Pieces) -> Bound:
    """The coefficients of the piece at hand are switches, so that there may be any number."""
    breaks = np.asarray(curve.breaks)
    powers = curve.coefficients.shape[-1]
    names = [f"{port}.origin", *(f"{port}.coefficient{j}" for j in range(powers))]
    rows = np.column_stack([breaks[:-1], np.asarray(curve.coefficients)])
    rows = np.vstack([rows, np.zeros(powers + 1)])
    before = np.searchsorted(breaks, 0.0, side="right") - 1
    at_start = rows[before] if before >= 0 else np.zeros(powers + 1)
    changes = tuple(
        SwitchChange(float(time), name, float(number))
        for time, row in zip(breaks, rows, strict=True)
        if time > 0.0
        for name, number in zip(names, row, strict=True)
    )
    switch = [symbol(name, Binding.SEGMENT) for name in names]
    value: Expression = ZERO
    for coefficient in reversed(switch[1:]):
        value = value * (TIME - switch[0]) + coefficient
    start = dict(zip(names, map(float, at_start), strict=True))
    return Bound(value, {}, start, changes)
