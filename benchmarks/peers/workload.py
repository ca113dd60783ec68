"""What every peer solves: the 88-state model, its patients, times and tolerance."""

from __future__ import annotations

from functools import cache

import numpy as np

from theratwin.core.seed import stream
from theratwin.dynamics import model
from theratwin.dynamics.solving.operations import Operations, operations
from theratwin.dynamics.system import System

MODEL = "benchmark-88"
RTOL, ATOL = 1e-6, 1e-9
#: Forty times from a minute to a week, and the start (h).
TIMES = np.concatenate([[0.0], np.geomspace(1.0 / 60.0, 168.0, 40)])
VARIATION = 0.3
#: A nuclide's half-life is no patient's.
FIXED = ("half_life",)
#: Patients that are compared with the reference.
COMPARED = 8


@cache
def system() -> System:
    """Return the equations."""
    return model(MODEL).system()


@cache
def programs() -> Operations:
    """Return them with slow coefficients apart: what every peer is given."""
    return operations(system())


@cache
def population(patients: int) -> np.ndarray:
    """Return parameters, shape ``(patient, parameter)``: log-normal, the default as the mean."""
    defaults = system().parameters
    width = np.sqrt(np.log1p(VARIATION**2))
    # By patient, so that the first ones are the same in a larger population.
    factors = np.exp(
        width * stream(1, "engine", "patients").standard_normal((patients, len(defaults)))
        - 0.5 * width**2
    )
    factors[:, [list(defaults).index(name) for name in FIXED]] = 1.0
    return factors * np.array(list(defaults.values()))


def named(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return parameters by name."""
    return dict(zip(system().parameters, rows.T, strict=True))


def errors(found: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """Return the largest and the root mean square error in units of the tolerance.

    The tolerance is that of the solvers, 1e-9 nmol plus 1e-6 of the value; both arrays have the
    shape ``(patient, time, state)``.
    """
    ratio = np.abs(found - reference) / (ATOL + RTOL * np.abs(reference))
    return {"largest": float(ratio.max()), "rms": float(np.sqrt(np.mean(ratio**2)))}
