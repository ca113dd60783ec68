"""The hazard of a cell model in closed form, as a curve that a tumor can be bound to."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import Curve, Exposure, InputError, Pieces, UnsupportedError
from theratwin.response.cell_survival.model import CellModel

#: A jump of the kill, as by a pulse, is spread over this time (h) before it.
INSTANT = 1e-6
_FINEST, _PER_DECADE = 1e-2, 60
_RISES = 1e-6


def hazard_curve(model: CellModel, exposure: Exposure | Curve, end: float) -> Pieces:
    r"""Return the hazard (1/h) whose integral is a model's log kill so far.

    The kill :math:`K(t) = -\ln S` is asked of the model on a grid that is fine after every
    breakpoint of the dose rate; between its times the hazard is constant, so that the integral
    is exact at each of them.

    Parameters
    ----------
    model
        A cell-survival model; for one that is a network, join that one instead.
    exposure
        Without batch axes.
    end
        Up to when (h).

    Raises
    ------
    UnsupportedError
        If the model takes deaths back with time, so that there is no hazard.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> from theratwin.response.cell_survival import cell_model
    >>> hazard = hazard_curve(cell_model("lq"), Exponentials([0.1], [0.02]), 500.0)
    >>> round(float(hazard.integral()), 4)
    0.8623
    """
    grid = _grid(_breakpoints(exposure), end)
    kill = np.array([float(model.log_kill(exposure, float(time))) for time in grid])
    if not np.all(np.isfinite(kill)):
        raise InputError("the kill is not finite", field="exposure", value=model.name)
    rises = np.diff(kill, prepend=0.0)
    if np.any(rises < -_RISES * max(1.0, float(kill.max()))):
        raise UnsupportedError(
            f"the model {model.name} takes deaths back with time, so it has no hazard",
            field="cells",
            value=model.name,
            remedy="Take a model with a network, such as medras-rpt",
        )
    rates = np.maximum(rises[1:], 0.0) / np.diff(grid)
    # Only with a pulse at time 0 is there kill by then.
    rates[0] += max(rises[0], 0.0) / (grid[1] - grid[0])
    return Pieces(grid, rates[:, None])


def _breakpoints(exposure: Exposure | Curve) -> Any:
    if not isinstance(exposure, Exposure):
        return exposure.breakpoints
    return np.unique(np.concatenate([np.ravel(c.breakpoints) for c in exposure.dose_rate.values()]))


def _grid(breaks: Any, end: float) -> np.ndarray:
    """Return times from 0 to the end, geometric after every break."""
    within = [0.0, *(float(b) for b in breaks if 0.0 <= b < end)]
    decades = np.log10(max(end / _FINEST, 10.0))
    steps = np.geomspace(_FINEST, end, int(decades * _PER_DECADE) + 1)
    after = [b + steps for b in within]
    before = [b - INSTANT for b in within if b > INSTANT]
    times = np.concatenate([within, before, [INSTANT, end], *after])
    times = np.unique(times[times <= end])
    return times[np.append(True, np.diff(times) > 0.5 * INSTANT)]
