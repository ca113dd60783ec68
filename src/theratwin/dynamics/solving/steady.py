"""Starting from rest: the steady state without doses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.solving.dosing import no_doses
from theratwin.dynamics.solving.request import FOREVER, Request
from theratwin.dynamics.solving.slots import QUADRATURE, Slots
from theratwin.dynamics.solving.solution import Solution
from theratwin.dynamics.system import System


def check_events(system: System) -> None:
    """Raise `UnsupportedError` if a state event sets a switch, or ends the solution.

    At rest the one would be lost, and the other comes before it.
    """
    if any(event.final for event in system.events):
        raise UnsupportedError("no steady state with state events that end the solution")
    lost = {name for event in system.events for name in event.assignments} & {*system.switches}
    if lost:
        raise UnsupportedError(
            "no steady state with state events that set switches",
            field="steady",
            value=sorted(lost),
            remedy="Make them states without a rate of change.",
        )


if TYPE_CHECKING:
    from jaxtyping import Bool


def steadied(
    request: Request, slots: Slots, run: Callable[[Request, bool], Solution]
) -> tuple[Request, Bool[np.ndarray, " patient"]]:
    """Return a request that starts from the steady state, and who has none.

    The equations run a thousand years without doses. What they reach, less what they were to start
    from, is given as a bolus at the start, with its derivatives.
    """
    start, patients = request.inputs.start, request.inputs.patients
    times = start + np.array([0.0, FOREVER / 2.0, FOREVER])
    inputs = replace(request.inputs, times=times, ends=np.full(patients, times[-1]))
    size = slots.size
    resting = replace(
        request,
        inputs=inputs,
        plan=no_doses(patients),
        kept=np.arange(size),
        curves=np.arange(0),
    )
    found = run(resting, False)
    names = [name.removeprefix(QUADRATURE) for name in slots.names]
    values = np.stack([found[name] for name in names], axis=-1)
    carried = np.array([not name.startswith(QUADRATURE) for name in slots.names])
    amounts = np.where(carried, values[:, 2] - values[:, 0], 0.0)
    slopes = np.zeros((patients, size, len(request.directions)))
    for k, direction in enumerate(request.directions):
        by = np.stack([found.slopes[direction][name] for name in names], axis=-1)
        slopes[..., k] = np.where(carried, by[:, 2] - by[:, 0], 0.0)
    settings = request.settings
    scale = settings.atol * np.array(slots.scales) + settings.rtol * np.abs(values[:, 2])
    # The step control keeps each half to the tolerance: ten times that is still rest.
    near = np.abs(values[:, 2] - values[:, 1]) <= 10.0 * scale
    unsteady = ~np.all(near | ~carried, axis=1)
    return replace(request, first_amounts=amounts, first_slopes=slopes), unsteady
