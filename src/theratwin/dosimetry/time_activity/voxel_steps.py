"""The arithmetic of voxel fits: weighted sums over the times, the start, and the steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

_ITERATIONS = 60
_TOLERANCE = 1e-9


class Sums(NamedTuple):
    """Weighted sums over times of ``e^2, t e^2, t^2 e^2, y e, t y e``, and chi-square."""

    s0: Float[np.ndarray, " voxels"]
    s1: Float[np.ndarray, " voxels"]
    s2: Float[np.ndarray, " voxels"]
    y0: Float[np.ndarray, " voxels"]
    y1: Float[np.ndarray, " voxels"]
    chi_square: Float[np.ndarray, " voxels"]


def sums(
    y: Float[np.ndarray, "times voxels"],
    w: Float[np.ndarray, "times voxels"],
    times: Float[np.ndarray, " times"],
    rate: Float[np.ndarray, " voxels"],
) -> Sums:
    """Return the sums at a rate, with ``e = exp(-rate t)``; chi-square at the best amplitude.

    Examples
    --------
    >>> found = sums(np.array([[4.0], [2.0]]), np.ones((2, 1)), np.array([0.0, 1.0]), np.log([2.0]))
    >>> round(float(found.y0[0] / found.s0[0]), 12), round(float(found.chi_square[0]), 12)
    (4.0, 0.0)
    """
    s0, s1, s2, y0, y1, yy = (np.zeros(y.shape[1]) for _ in range(6))
    for t, values, weights in zip(times, y, w, strict=True):
        e = np.exp(-t * rate)
        we = weights * e
        once, wee = we * values, we * e
        s0 += wee
        s1 += t * wee
        s2 += (t * t) * wee
        y0 += once
        y1 += t * once
        yy += weights * values * values
    return Sums(s0, s1, s2, y0, y1, yy - y0**2 / s0)


def starting_rate(
    y: np.ndarray, w: np.ndarray, times: np.ndarray, floor: float, fastest: float
) -> Float[np.ndarray, " voxels"]:
    """Return the rate of the weighted straight line through logarithms of positive values."""
    held = np.where(y > 0, y, 1.0)
    weight = np.where(y > 0, w * y * y, 0.0)
    logs, total = np.log(held), weight.sum(axis=0)
    mean_t = np.sum(weight * times[:, None], axis=0) / total
    apart = times[:, None] - mean_t
    slope = np.sum(weight * apart * logs, axis=0) / np.sum(weight * apart**2, axis=0)
    return np.clip(np.nan_to_num(-slope, nan=floor), floor, 0.5 * fastest)


def descend(
    y: np.ndarray,
    w: np.ndarray,
    times: np.ndarray,
    rate: np.ndarray,
    floor: float,
    fastest: float,
) -> tuple[Float[np.ndarray, " voxels"], Bool[np.ndarray, " voxels"]]:
    """Return rates after Gauss-Newton steps, and whether each settled."""
    best, settled = rate.copy(), np.zeros(rate.size, bool)
    running, at = np.arange(rate.size), sums(y, w, times, rate)
    tried = np.clip(rate + _step(at, rate), floor, fastest)
    lowest = at.chi_square
    for _ in range(_ITERATIONS):
        now = best[running]
        done = np.abs(tried - now) <= _TOLERANCE * now
        if done.any():
            settled[running[done]] = True
            keep = ~done
            running, y, w, tried, lowest, now = (
                array[..., keep] for array in (running, y, w, tried, lowest, now)
            )
        if not running.size:
            break
        at = sums(y, w, times, tried)
        better = at.chi_square <= lowest
        best[running] = np.where(better, tried, now)
        lowest = np.where(better, at.chi_square, lowest)
        ahead = np.clip(tried + _step(at, tried), floor, fastest)
        tried = np.where(better, ahead, 0.5 * (tried + now))
    return best, settled


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def _step(at: Sums, rate: np.ndarray) -> np.ndarray:
    """Return the Gauss-Newton step of the rate, no more than to half or double."""
    amplitude = at.y0 / at.s0
    step = -(at.y1 - amplitude * at.s1) / (amplitude * (at.s2 - at.s1**2 / at.s0))
    return np.clip(np.nan_to_num(step), -0.5 * rate, rate)
