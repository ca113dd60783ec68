"""The Lea-Catcheside factor: closed form against quadrature and an ODE solver.

The same work in one run: G of 1000 draws of a two-term dose rate with biphasic repair, to a
relative 1e-8. Peers are what one would write with SciPy. Run with `make bench`.
"""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path

import numpy as np
import scipy
from scipy.integrate import quad, solve_ivp

from theratwin.core import Exponentials
from theratwin.core.files import write_text
from theratwin.core.seed import stream
from theratwin.response import Repair, protraction_factor

DRAWS = 1000
SAMPLE = 20
RESULT = Path(__file__).parent / "results/protraction.json"
REPAIR = Repair((0.5663, 0.4337), (0.333, 2.66))


def draws() -> tuple[np.ndarray, np.ndarray]:
    """Return amplitudes (Gy/h) and rates (1/h)."""
    random = stream(1, "protraction")
    amplitudes = np.array([1.0, 0.5]) * np.exp(0.2 * random.standard_normal((DRAWS, 2)))
    half_lives = np.array([5.0, 60.0]) * np.exp(0.2 * random.standard_normal((DRAWS, 2)))
    return amplitudes, np.log(2.0) / half_lives


def by_quadrature(amplitudes: np.ndarray, rates: np.ndarray) -> float:
    """Integrate numerically over the delay; the inner integral is a sum of exponentials."""

    def remaining(delay: float) -> float:
        repaired = sum(
            fraction * np.exp(-rate * delay)
            for fraction, rate in zip(REPAIR.fractions, REPAIR.rates, strict=True)
        )
        pairs = amplitudes[:, None] * amplitudes * np.exp(-rates * delay)
        return repaired * np.sum(pairs / (rates[:, None] + rates))

    total, _ = quad(remaining, 0.0, np.inf, epsrel=1e-10, limit=500)
    return 2.0 * total / np.sum(amplitudes / rates) ** 2


def by_ode(amplitudes: np.ndarray, rates: np.ndarray) -> float:
    """Integrate the repair states and the dose product to twenty of the longest half-lives."""
    repair = np.array(REPAIR.rates)

    def slope(t: float, state: np.ndarray) -> np.ndarray:
        rate = np.sum(amplitudes * np.exp(-rates * t))
        unrepaired = state[:-1]
        return np.append(
            rate - repair * unrepaired, 2.0 * rate * np.dot(REPAIR.fractions, unrepaired)
        )

    end = 20.0 * np.log(2.0) / rates.min()
    found = solve_ivp(slope, (0.0, end), np.zeros(3), "LSODA", rtol=1e-10, atol=1e-13)
    return found.y[-1, -1] / np.sum(amplitudes / rates) ** 2


def main() -> None:
    """Run all three in turn, print ratios, and write them."""
    amplitudes, rates = draws()
    protraction_factor(Exponentials(amplitudes, rates), REPAIR)
    began = time.perf_counter()
    ours = protraction_factor(Exponentials(amplitudes, rates), REPAIR)
    each = {"theratwin": (time.perf_counter() - began) / DRAWS}
    worst = {}
    for name, peer in (("scipy quad", by_quadrature), ("scipy LSODA", by_ode)):
        began = time.perf_counter()
        found = np.array([peer(amplitudes[k], rates[k]) for k in range(SAMPLE)])
        each[name] = (time.perf_counter() - began) / SAMPLE
        worst[name] = float(np.max(np.abs(found / ours[:SAMPLE] - 1.0)))
    summary = {
        "microseconds_each": {name: round(1e6 * value, 2) for name, value in each.items()},
        "times_slower_than_theratwin": {
            name: round(value / each["theratwin"]) for name, value in each.items()
        },
        "largest_relative_difference": {name: float(f"{v:.1e}") for name, v in worst.items()},
        "versions": {"scipy": scipy.__version__, "python": platform.python_version()},
    }
    print(json.dumps(summary, indent=1))
    write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
