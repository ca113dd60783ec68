"""Calibration of a whole body: mode and Laplace approximation, and the full posterior.

One simulated patient, 7 regions and blood at 5 times. The peer of the mode is SciPy's least squares
on the same residuals of the same engine, from the prior's center: with differences for derivatives,
as one does without sensitivities, and with the engine's derivatives. They take turns; medians of
wall time over rounds, and of the processors' time, which other work on the machine disturbs less.
Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from theratwin.case import Schedule
from theratwin.core.files import write_text
from theratwin.kinetics.body_fit import psma_block
from theratwin.physics import nuclide
from theratwin.twin import calibrate, update
from theratwin.twin.laplace import laplace
from theratwin.twin.sloped_target import SlopedTarget, target_of

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "verify"))

from simulated_bodies import body_patient

SEED, PATIENT, ROUNDS = 2026, 2, 5
DRAWS = 1000
SCANS = (4.0, 24.0, 48.0, 96.0, 168.0)  # h
REGIONS = (
    "kidneys",
    "parotid_glands",
    "liver",
    "spleen",
    "lesion_1",
    "lesion_2",
    "whole_body",
    "blood",
)
COURSE = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol")
RESULT = Path(__file__).parent / "results/body_calibration.json"


def timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Return seconds by the wall and by all processors, and what came of the work."""
    began, used = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - began, time.process_time() - used), found


def by_scipy(posterior: SlopedTarget, exact: bool) -> float:
    """Return half the sum of squares where SciPy's search ends."""

    def jacobian(theta: np.ndarray) -> np.ndarray:
        return posterior.jacobian(theta)

    # Differences in steps that the solver's tolerance allows.
    options: dict[str, Any] = {"jac": jacobian} if exact else {"jac": "2-point", "diff_step": 1e-3}
    found = least_squares(posterior.residuals, posterior.prior_mean.copy(), method="lm", **options)
    return float(found.cost)


def modes(posterior: SlopedTarget) -> dict[str, Any]:
    """Return times of the mode by each, and of the mode with the Laplace approximation."""

    def own() -> float:
        mode = posterior.mode()
        assert mode is not None
        return 0.5 * float(np.sum(posterior.residuals(mode) ** 2))

    runs: dict[str, Callable[[], Any]] = {
        "mode": own,
        "mode_and_laplace": lambda: laplace(posterior),
        "scipy_differences": lambda: by_scipy(posterior, exact=False),
        "scipy_derivatives": lambda: by_scipy(posterior, exact=True),
    }
    costs = {name: run() for name, run in runs.items()}
    rounds = [{name: timed(run)[0] for name, run in runs.items()} for _ in range(ROUNDS)]
    found = {name: _seconds([each[name] for each in rounds]) for name in runs}
    for name in ("scipy_differences", "scipy_derivatives"):
        ratio = statistics.median(each[name][1] / each["mode"][1] for each in rounds)
        found[name] |= {"over_mode": ratio, "cost_above_mode": costs[name] - costs["mode"]}
    return found


def _seconds(values: list[tuple[float, float]]) -> dict[str, float]:
    wall, used = (statistics.median(each) for each in zip(*values, strict=True))
    return {"wall_s": wall, "processors_s": used}


def main() -> None:
    """Measure, print and write."""
    load = os.getloadavg()[0]
    truth = body_patient(PATIENT, seed=SEED)
    first, second = (truth.scan(COURSE, name, SCANS, REGIONS) for name in COURSE.names)
    case = truth.case(COURSE, first)
    decay = nuclide(case.radiopharmaceutical.nuclide).decay_constant
    posterior = target_of(psma_block(case, decay)[0].alternatives[0])
    assert isinstance(posterior, SlopedTarget)
    found = modes(posterior)

    def full() -> Any:
        twin = calibrate(case, seed=1, draws=DRAWS, posterior="smc")
        return twin.posteriors[0].best.resampled

    rounds = [timed(full) for _ in range(3)]
    resampled = rounds[0][1]
    twin = calibrate(case, seed=1)
    update(twin, second)
    updates = [timed(lambda: update(twin, second))[0] for _ in range(3)]
    content = {
        "measurements": posterior.observations,
        "parameters": posterior.size,
        "processors": os.cpu_count(),
        "load_before": load,
        "mode": found,
        "resampled": _seconds(
            [timed(lambda: calibrate(case, seed=1, posterior="laplace"))[0] for _ in range(3)]
        ),
        "full_posterior": {
            **_seconds([seconds for seconds, _ in rounds]),
            "effective_draws": resampled.effective_size,
            "solutions": DRAWS * (1 + sum(resampled.tempering.moves)),
        },
        "update_to_two_cycles": _seconds(updates),
    }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
