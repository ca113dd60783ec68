"""Inputs bound to curves: an expression of time, with switches that jump at its breakpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

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
    from jaxtyping import Float

    from theratwin.dynamics.networks.network import Network

Number: TypeAlias = "float | Float[np.ndarray, ' patient']"


@dataclass(frozen=True)
class SwitchChange:
    """A switch that takes a value at a time (h); the solver restarts there.

    Time and value are numbers, or one for each patient where a curve of several was bound.
    """

    time: Number
    switch: str
    value: Number


@dataclass(frozen=True)
class Bound:
    """What an input stands for: an expression, its parameters, its switches and their jumps.

    Numbers are floats, or arrays of shape ``(patient,)``.
    """

    value: Expression
    parameters: Mapping[str, Number] = field(default_factory=dict)
    switches: Mapping[str, Number] = field(default_factory=dict)
    changes: tuple[SwitchChange, ...] = ()


def schedule(network: Network, bindings: Mapping[str, Any]) -> tuple[SwitchChange, ...]:
    """Return the jumps of the switches that `Network.system` makes of bound curves, by time.

    Those of curves of several patients stand in the order of their earliest time.
    """
    from theratwin.dynamics.networks.flatten import bind_inputs

    bound = bind_inputs(network, bindings)
    changes = [change for port in bound.values() for change in port.changes]
    return tuple(sorted(changes, key=lambda change: float(np.min(change.time))))


def numbers(network: Network, bindings: Mapping[str, Any]) -> dict[str, Number]:
    """Return the parameters and starting switches that bound curves stand for, by name.

    They are what differs between patients whose curves are of one form: each a float, or an array
    of shape ``(patient,)``.
    """
    from theratwin.dynamics.networks.flatten import bind_inputs

    found: dict[str, Number] = {}
    for port in bind_inputs(network, bindings).values():
        found |= {**port.parameters, **port.switches}
    return found


def bind(port: str, given: Any) -> Bound:
    """Return what an input stands for when it is bound to a curve or a number.

    Numbers of the curve become parameters, so that the form of the equations, and with it what is
    compiled, is the same for every curve with as many terms. A curve of several patients gives
    them one number each.

    Raises
    ------
    InputError
        If it is neither, or a curve with more than one axis of patients.
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
    if len(given.batch_shape) > 1:
        raise InputError(
            "a curve has at most one axis of patients here",
            field=f"bindings.{port}",
            value=given.batch_shape,
            allowed="() or (patient,)",
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
    parameters: dict[str, Number] = {}
    switches: dict[str, Number] = {}
    for part in parts:
        value = value + part.value
        parameters.update(part.parameters)
        switches.update(part.switches)
    return Bound(value, parameters, switches, tuple(c for part in parts for c in part.changes))


def _exponentials(port: str, curve: Exponentials) -> Bound:
    """Terms with one start share a switch that is zero before it and one from it on."""
    starts = np.asarray(curve.starts)
    value: Expression = ZERO
    parameters: dict[str, Number] = {}
    switches: dict[str, Number] = {}
    changes: list[SwitchChange] = []
    for i, terms in enumerate(_sharing(starts)):
        start = starts[..., terms[0]]
        begin, on = f"{port}.start{i + 1}", f"{port}.on{i + 1}"
        parameters[begin] = _number(start)
        switches[on] = _number(start <= 0.0)
        if np.any(start > 0.0):
            # A patient whose term runs from the beginning gets no jump.
            changes.append(SwitchChange(_number(np.where(start > 0.0, start, np.inf)), on, 1.0))
        # Before the start the exponential would grow, and infinity times zero is no number.
        elapsed = maximum(TIME - symbol(begin), 0.0)
        decaying: Expression = ZERO
        for k in terms:
            names = [f"{port}.term{k + 1}.{what}" for what in ("amplitude", "rate")]
            fields = (curve.amplitudes[..., k], curve.rates[..., k])
            parameters.update(zip(names, map(_number, fields), strict=True))
            decaying = decaying + symbol(names[0]) * exp(-symbol(names[1]) * elapsed)
        value = value + symbol(on, Binding.SEGMENT) * decaying
    return Bound(value, parameters, switches, tuple(changes))


def _sharing(starts: np.ndarray) -> list[list[int]]:
    """Return the terms that start together in every patient, by their start."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for k in range(starts.shape[-1]):
        groups.setdefault(tuple(np.ravel(starts[..., k]).tolist()), []).append(k)
    return [groups[start] for start in sorted(groups)]


def _pieces(port: str, curve: Pieces) -> Bound:
    """The coefficients of the piece at hand are switches, so that there may be any number."""
    breaks = np.asarray(curve.breaks)
    powers = curve.coefficients.shape[-1]
    names = [f"{port}.origin", *(f"{port}.coefficient{j}" for j in range(powers))]
    batch = curve.batch_shape
    origins = np.broadcast_to(breaks[:-1], (*batch, breaks.size - 1))[..., None]
    rows = np.concatenate([origins, np.asarray(curve.coefficients)], axis=-1)
    rows = np.concatenate([rows, np.zeros((*batch, 1, powers + 1))], axis=-2)
    before = np.searchsorted(breaks, 0.0, side="right") - 1
    at_start = rows[..., before, :] if before >= 0 else np.zeros((*batch, powers + 1))
    changes = tuple(
        SwitchChange(float(time), name, _number(rows[..., k, j]))
        for k, time in enumerate(breaks)
        if time > 0.0
        for j, name in enumerate(names)
    )
    switch = [symbol(name, Binding.SEGMENT) for name in names]
    value: Expression = ZERO
    for coefficient in reversed(switch[1:]):
        value = value * (TIME - switch[0]) + coefficient
    start = {name: _number(at_start[..., j]) for j, name in enumerate(names)}
    return Bound(value, {}, start, changes)


def _number(value: Any) -> Number:
    array = np.asarray(value, dtype=float)
    return array if array.ndim else float(array)
