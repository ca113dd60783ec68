"""The gradient of a scalar by the discrete adjoint: all directions for the cost of a few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics.solving.adjoint_run import TapedRun
from theratwin.dynamics.solving.request import Request
from theratwin.dynamics.solving.solution import Solution

if TYPE_CHECKING:
    from theratwin.dynamics.solving.engine import Engine

#: Cotangents of outputs by name: numbers that broadcast to ``(patient, time)``.
Cotangents = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Gradient:
    """What a scalar changes with.

    Parameters
    ----------
    solution
        Where it was differentiated.
    by
        Direction to derivative, each of shape ``(patient,)``; NaN for a patient who failed.
    """

    solution: Solution
    by: Mapping[str, Float[np.ndarray, " patient"]]

    def __getitem__(self, name: str) -> Float[np.ndarray, " patient"]:
        if name not in self.by:
            raise InputError("no such direction", field="name", value=name, allowed=self.by)
        return self.by[name]


def pull_back(
    engine: Engine,
    request: Request,
    cotangents: Cotangents | Callable[[Solution], Cotangents],
    by: Iterable[str] | None,
) -> Gradient:
    """Return the gradient that `Engine.pull_back` describes."""
    _refuse_events(engine)
    directions = _directions(engine, request, by)
    run = TapedRun(engine, request)
    given = cotangents(run.solved()) if callable(cotangents) else cotangents
    found = _named(engine, request, run.pulled_back(_spread(engine, given, run.out_shape)))
    return Gradient(run.found, {name: found[name] for name in directions})


def refuse_options(settings: Mapping[str, Any]) -> None:
    """Refuse what `Engine.solve` takes and the adjoint does not pass."""
    remedies = {
        "steady": "Ask for sensitivities.",
        "to_infinity": "Put a late time among the times: a quadrature stands there.",
        "fallback": "Ask Engine.solve: the fallback has no derivatives.",
    }
    for name, remedy in remedies.items():
        if settings.get(name):
            raise UnsupportedError("not in pull_back", field=name, value=True, remedy=remedy)


def _refuse_events(engine: Engine) -> None:
    if engine.system.events:
        raise UnsupportedError(
            "the adjoint does not pass state events",
            field="pull_back",
            remedy="Ask Engine.solve for sensitivities, which pass them.",
        )


def _directions(engine: Engine, request: Request, by: Iterable[str] | None) -> tuple[str, ...]:
    """Return what is asked for, or all that there is."""
    ops = engine.slots
    if by is None:
        return (*ops.parameters, *ops.switches, *engine.system.names, *request.plan.names)
    from theratwin.dynamics.solving.slope_programs import check_directions

    directions = tuple(by)
    check_directions(directions, ops, request.plan.names)
    return directions


def _spread(
    engine: Engine, given: Cotangents, shape: tuple[int, int]
) -> dict[str, Float[np.ndarray, "patient time"]]:
    """Return cotangents of the outputs' shape.

    Raises
    ------
    InputError
        If a name is no output or a shape does not fit.
    """
    known = [*engine.slots.public_names, *engine.slots.observables]
    found = {}
    for name, value in given.items():
        if name not in known:
            raise InputError("no such output", field="cotangents", value=name, allowed=known)
        array = np.asarray(value, dtype=float)
        try:
            found[name] = np.ascontiguousarray(np.broadcast_to(array, shape))
        except ValueError as error:
            raise InputError(
                "does not broadcast to patients and times",
                field=f"cotangents.{name}",
                value=array.shape,
                allowed=str(shape),
            ) from error
    return found


def _named(
    engine: Engine, request: Request, found: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    ops, plan = engine.slots, request.plan
    columns = dict(zip((*ops.parameters, *ops.switches), found["parameters"].T, strict=True))
    columns |= dict(zip(ops.names, found["initial"].T, strict=True))
    amounts = np.einsum("pe,pen->np", found["events"], plan.slopes)
    # The rates of infusions stand on the starting value of their switch.
    for name, value in zip(plan.directions, amounts, strict=True):
        columns[name] = columns[name] + value if name in plan.bases else value
    return columns
