"""A tight reference by two solvers that share nothing with the engine's: LSODA and Radau."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.integrate import odeint, solve_ivp

from peers import coefficients, python_code, workload
from peers.solvers import compiled

#: LSODA near what doubles allow; Radau, which costs far more, is the check.
TIGHT, CHECK = (1e-12, 1e-15), (1e-10, 1e-13)

Law = Callable[[float, np.ndarray, np.ndarray], np.ndarray]


def reference(patients: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the states by LSODA and by Radau, each of shape ``(patient, time, state)``."""
    rows = workload.population(patients)
    return by_lsoda(rows), by_radau(rows)


def by_lsoda(rows: np.ndarray) -> np.ndarray:
    """Return the states at the times, shape ``(patient, time, state)``."""
    slope, jacobian = laws()
    rtol, atol = TIGHT
    return np.stack(
        [
            odeint(
                slope,
                begin,
                workload.TIMES,
                args=(values,),
                Dfun=jacobian,
                tfirst=True,
                rtol=rtol,
                atol=atol,
                mxstep=1_000_000,
            )
            for begin, values in _given(rows)
        ]
    )


def by_radau(rows: np.ndarray) -> np.ndarray:
    """Return the same by Radau, begun anew at each time: its dense output is of order three."""
    slope, jacobian = laws()
    rtol, atol = CHECK
    found = []
    for begin, values in _given(rows):
        states, now = [begin], 0.0
        for time in workload.TIMES[1:]:
            part = solve_ivp(
                slope,
                (now, time),
                states[-1],
                "Radau",
                rtol=rtol,
                atol=atol,
                args=(values,),
                jac=jacobian,
            )
            states.append(part.y[:, -1])
            now = time
        found.append(states)
    return np.array(found)


@cache
def laws() -> tuple[Law, Law]:
    """Return the rates of change and their Jacobian, in strict arithmetic."""
    slope_into = compiled(python_code.slope_source(), "slope", fast=False)
    jacobian_into = compiled(python_code.jacobian_source(), "jacobian", fast=False)
    count = len(workload.system().names)
    matrix = np.zeros((count, count))

    def slope(t: float, y: np.ndarray, k: np.ndarray) -> np.ndarray:
        rates = np.empty(count)
        slope_into(y, k, rates)
        return rates

    def jacobian(t: float, y: np.ndarray, k: np.ndarray) -> np.ndarray:
        jacobian_into(y, k, matrix)
        return matrix

    return slope, jacobian


def _given(rows: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(zip(coefficients.initial(rows), coefficients.values(rows), strict=True))
