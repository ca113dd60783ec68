"""A simulation of an SBML model: by the engine at once, or from event to event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Expression
from theratwin.dynamics.solving.engine import Engine
from theratwin.io.sbml.events import EventRun
from theratwin.io.sbml.names import parameters_of

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel


def simulate(
    model: SbmlModel,
    times: Sequence[float],
    observed: Mapping[str, Expression],
    parameters: Mapping[str, Any],
    settings: dict[str, Any],
    seed: int,
) -> dict[str, np.ndarray]:
    """Return the observables by name, shape ``(patient, time)``; see `SbmlModel.simulate`."""
    wanted = np.asarray(times, dtype=float)
    rising = wanted.ndim == 1 and wanted.size and bool(np.all(np.diff([0.0, *wanted]) >= 0.0))
    if not rising or not np.isfinite(wanted[-1]):
        raise InputError("times rise from zero or later, to a finite end", field="times")
    if model.has_jumps and len(wanted) > 1 and "largest_step" not in settings:
        # A pulse shorter than the stretch between two reports may still be passed over.
        settings["largest_step"] = max(float(np.max(np.diff(wanted))), 1e-6 * wanted[-1], 1e-12)
    if any(event.trigger is not None for event in model.document.events.values()):
        return _event_by_event(model, wanted, observed, parameters, settings, seed)
    engine = Engine(model.system(observed), level=0)
    given = parameters_of(model, parameters, engine.system.parameters)
    solution = engine.solve(given, wanted, keep=[], end=float(wanted[-1]), **settings)
    return dict(solution.require().observables)


def _event_by_event(
    model: SbmlModel,
    times: np.ndarray,
    observed: Mapping[str, Expression],
    parameters: Mapping[str, Any],
    settings: Mapping[str, Any],
    seed: int,
) -> dict[str, np.ndarray]:
    run = EventRun(model, observed, settings, seed)
    given = parameters_of(model, parameters, run.system.parameters)
    arrays = {name: np.asarray(value, dtype=float) for name, value in given.items()}
    sizes = {array.size for array in arrays.values() if array.ndim}
    if len(sizes) > 1:
        raise InputError("the numbers of patients differ", field="parameters", value=sorted(sizes))
    patients = sizes.pop() if sizes else 1
    rows = []
    for patient in range(patients):
        own = {name: float(np.broadcast_to(a, patients)[patient]) for name, a in arrays.items()}
        rows.append(run.patient(times, own))
    return {name: np.stack([row[name] for row in rows]) for name in observed}
