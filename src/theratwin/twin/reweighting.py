"""From one temperature to the next: the step, the weights, what they leave of the particles."""

from __future__ import annotations

import numpy as np

#: Share of the particles that stays effective from one temperature to the next.
_KEPT = 0.5


def next_temperature(log_ratio: np.ndarray, beta: float) -> float:
    """Return the temperature that keeps the given share of the particles effective."""

    def enough(step: float) -> bool:
        normalized, _ = weights(log_ratio, step)
        return 1.0 / np.sum(normalized**2) >= _KEPT * np.sum(np.isfinite(log_ratio))

    if enough(1.0 - beta):
        return 1.0
    # A bisection of the step's logarithm: first steps may be tiny.
    low, high = np.log(1e-12), np.log(1.0 - beta)
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if enough(np.exp(middle)) else (low, middle)
    return min(beta + float(np.exp(low)), 1.0)


def weights(log_ratio: np.ndarray, step: float) -> tuple[np.ndarray, float]:
    """Return normalized weights, and the logarithm of their mean."""
    powered = step * log_ratio
    top = powered.max()
    heights = np.exp(powered - top)
    return heights / heights.sum(), float(top + np.log(heights.mean()))


def moments(places: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the covariance of weighted places."""
    location = weight @ places
    centered = places - location
    covariance = (weight[:, None] * centered).T @ centered
    # A floor for directions in which few heavy particles agree by chance.
    return location, covariance + 1e-9 * np.eye(len(location))


def systematic(weight: np.ndarray, size: int, generator: np.random.Generator) -> np.ndarray:
    """Return indices drawn in proportion to weights, in order."""
    positions = (np.arange(size) + generator.random()) / size
    return np.searchsorted(np.cumsum(weight), positions).clip(max=weight.size - 1)


def effective_size(chosen: np.ndarray, memory: float) -> float:
    r"""Return the effective number of draws.

    Draws of one ancestor, which occurs :math:`m` times, are correlated by the square of their
    memory :math:`\rho`: :math:`N / (1 + \rho^2 (\sum m^2 / N - 1))`.
    """
    size = len(chosen)
    _, counts = np.unique(chosen, return_counts=True)
    return float(size / (1.0 + memory**2 * (np.sum(counts**2) / size - 1.0)))
