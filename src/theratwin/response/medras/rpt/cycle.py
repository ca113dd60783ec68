"""How cells are spread over the phases of an undisturbed cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

PHASES = ("G1", "S", "G2")


def growth_rate(durations: Sequence[float]) -> float:
    r"""Return the rate r (1/h) at which cells grow whose phases end at random.

    .. math:: 2 \prod_i \frac{1}{1 + r\,T_i} = 1

    Parameters
    ----------
    durations
        Mean time :math:`T_i` in each phase (h).

    Examples
    --------
    >>> round(float(growth_rate([10.0])), 6)
    0.1
    """
    times = np.asarray(durations, dtype=float)
    # The logarithm is concave in r: steps of Newton from below never overshoot.
    rate = 0.0
    for _ in range(60):
        value = np.sum(np.log1p(rate * times)) - np.log(2.0)
        step = value / np.sum(times / (1.0 + rate * times))
        rate -= step
        if abs(step) <= 1e-15 * abs(rate):
            break
    return float(rate)


def asynchronous_fractions(durations: Mapping[str, float]) -> dict[str, float]:
    r"""Return the fraction of cells in each phase in steady exponential growth.

    .. math:: (r + 1/T_i)\,f_i = f_{i-1} / T_{i-1}, \qquad
              (r + 1/T_1)\,f_1 = 2 f_3 / T_3

    Young cells outnumber old ones, so G1 holds more than its share of the time.

    Examples
    --------
    >>> found = asynchronous_fractions({"G1": 11.0, "S": 8.0, "G2": 5.0})
    >>> {phase: round(part, 4) for phase, part in found.items()}
    {'G1': 0.5304, 'S': 0.3055, 'G2': 0.1641}
    """
    times = [durations[phase] for phase in PHASES]
    rate = growth_rate(times)
    parts = [times[0] / (1.0 + rate * times[0])]
    for before, own in pairwise(times):
        parts.append(parts[-1] / before * own / (1.0 + rate * own))
    total = sum(parts)
    return {phase: part / total for phase, part in zip(PHASES, parts, strict=True)}
