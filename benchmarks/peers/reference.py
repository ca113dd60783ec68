"""A tight reference by two solvers that share nothing with the engine's: LSODA and Radau."""

from __future__ import annotations

import numpy as np
from scipy.integrate import odeint, solve_ivp

from peers import coefficients, python_code, workload
from peers.solvers import compiled

#: LSODA near what doubles allow; Radau a little looser, it is the check.
TIGHT, CHECK = (1e-12, 1e-15), (1e-10, 1e-13)


def reference(patients: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the states by LSODA and by Radau, each of shape ``(patient, time, state)``."""
    rows = workload.population(patients)
    values, begin = coefficients.values(rows), coefficients.initial(rows)
    slope_into = compiled(python_code.slope_source(), "slope", fast=False)
    jacobian_into = compiled(python_code.jacobian_source(), "jacobian", fast=False)
    count = begin.shape[1]
    matrix = np.zeros((count, count))

    def slope(t: float, y: np.ndarray, k: np.ndarray) -> np.ndarray:
        rates = np.empty(count)
        slope_into(y, k, rates)
        return rates

    def jacobian(t: float, y: np.ndarray, k: np.ndarray) -> np.ndarray:
        jacobian_into(y, k, matrix)
        return matrix

    def by_lsoda(y: np.ndarray, k: np.ndarray) -> np.ndarray:
        rtol, atol = TIGHT
        return odeint(
            slope,
            y,
            workload.TIMES,
            args=(k,),
            Dfun=jacobian,
            tfirst=True,
            rtol=rtol,
            atol=atol,
            mxstep=1_000_000,
        )

    def by_radau(y: np.ndarray, k: np.ndarray) -> np.ndarray:
        rtol, atol = CHECK
        # At the ends of its steps and between them, by collocation polynomials of order three;
        # it is therefore begun anew at each time.
        rows, now = [y], 0.0
        for time in workload.TIMES[1:]:
            found = solve_ivp(
                slope,
                (now, time),
                rows[-1],
                "Radau",
                rtol=rtol,
                atol=atol,
                args=(k,),
                jac=jacobian,
            )
            rows.append(found.y[:, -1])
            now = time
        return np.array(rows)

    pairs = list(zip(begin, values, strict=True))
    return (
        np.stack([by_lsoda(y, k) for y, k in pairs]),
        np.stack([by_radau(y, k) for y, k in pairs]),
    )
