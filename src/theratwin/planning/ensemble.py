r"""Draws moved to where a measurement, not yet made, would put them.

With the logarithms of doses :math:`x_i` and of what a scan would show :math:`s_i` of every draw,
taken as jointly normal, a scan that shows y with the covariance R of its errors moves each draw to

.. math:: x_i' = x_i + C_{xs} (C_{ss} + R)^{-1} (y + \varepsilon_i - s_i), \qquad
          \varepsilon_i \sim N(0, R)

(the ensemble Kalman update with perturbed observations: citation ``evensen_2003``). Exact for
log-normal doses; unlike weights it does not leave few draws when a scan says much.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from theratwin.planning.course import Course
from theratwin.planning.dose_arrays import Doses


def conditioned(
    course: Course,
    seen: Float[np.ndarray, "draws values"],
    shown: Float[np.ndarray, " values"],
    spread: Float[np.ndarray, " values"],
    generator: np.random.Generator,
) -> Course:
    """Return a course as a scan would have it.

    Parameters
    ----------
    course
        The course as it is known.
    seen
        Logarithm of what each draw says that the scan shows.
    shown
        Logarithm of what it shows.
    spread
        Standard deviation of its errors.
    generator
        Of the perturbed observations.
    """
    centered = seen - seen.mean(axis=0)
    errors = spread * generator.standard_normal(seen.shape)
    innovation = np.linalg.solve(
        centered.T @ centered / (len(seen) - 1) + np.diag(spread**2), (shown + errors - seen).T
    ).T
    regions: dict[str, Doses] = {}
    for name in course.regions:
        arrays = course.arrays(name)
        square = None if arrays.square is None else _moved(arrays.square, centered, innovation)
        dose = _moved(arrays.dose, centered, innovation)
        regions[name] = replace(arrays, dose=dose, square=square)
    return replace(course, regions=regions)


def _moved(values: np.ndarray, centered: np.ndarray, innovation: np.ndarray) -> np.ndarray:
    """Move positive values along their covariance with the scan; zeros stay."""
    present = values > 0.0
    logarithms = np.log(np.where(present, values, 1.0))
    covariance = centered.T @ (logarithms - logarithms.mean(axis=0)) / (len(values) - 1)
    return np.where(present, np.exp(logarithms + innovation @ covariance), 0.0)
