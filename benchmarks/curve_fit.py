"""Time-activity curve fits against lmfit, which PyTheranostics fits with.

The same work in one run: biexponential curves with physical decay fixed, four scans each, the
best fit and its uncertainty. lmfit gets a least-squares fit with its covariance; theratwin the
same (mode and Laplace approximation), and then what lmfit does not give: four structures, their
average, and 2000 posterior draws. Run with `make bench`.
"""

from __future__ import annotations

import json
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path

import lmfit
import numpy as np

from theratwin.case import (
    Administration,
    Case,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
)
from theratwin.core.files import write_text
from theratwin.core.seed import stream
from theratwin.kinetics import RegionCurve, region_block
from theratwin.physics import nuclide
from theratwin.twin.laplace import laplace
from theratwin.twin.posterior import fit_block
from theratwin.twin.target import Target

TIMES = np.array([2.0, 24.0, 72.0, 144.0])
ERROR = 0.05
PATIENTS = 50
RESULT = Path(__file__).parent / "results/curve_fit.json"
DECAY = nuclide("Lu-177").decay_constant
LN2 = np.log(2.0)


def biexponential(time, uptake, half_life, ratio, washout):
    """Return the fraction of the injected activity, decay included."""
    slow = DECAY + LN2 / half_life
    return uptake * (np.exp(-slow * time) + ratio * np.exp(-(slow + LN2 / washout) * time))


def patients() -> list[np.ndarray]:
    """Return measured activities (MBq) of simulated kidneys."""
    random = stream(1, "benchmark")
    curves = []
    for _ in range(PATIENTS):
        half_life = 45.0 * np.exp(0.3 * random.standard_normal())
        true = 7400.0 * biexponential(TIMES, 0.025, half_life, 0.6, 5.0)
        curves.append(true * np.exp(ERROR * random.standard_normal(TIMES.size)))
    return curves


def by_lmfit(measured: np.ndarray) -> float:
    """Fit the logarithms by least squares; return the time-integrated activity (MBq h)."""
    model = lmfit.Model(
        lambda time, uptake, half_life, ratio, washout: np.log(
            7400.0 * biexponential(time, uptake, half_life, ratio, washout)
        )
    )
    names = {"uptake": 0.02, "half_life": 40.0, "ratio": 0.5, "washout": 4.0}
    start = model.make_params(**{name: {"value": v, "min": 1e-6} for name, v in names.items()})
    found = model.fit(np.log(measured), start, time=TIMES, weights=1.0 / ERROR)
    uptake, half_life, ratio, washout = (found.params[name].value for name in names)
    slow = DECAY + LN2 / half_life
    return 7400.0 * uptake * (1.0 / slow + ratio / (slow + LN2 / washout))


def case_of(measured: np.ndarray) -> Case:
    """Return a case with one region."""
    scans = tuple(
        Measurement("kidneys", "cycle 1", float(t), float(value), ERROR)
        for t, value in zip(TIMES, measured, strict=True)
    )
    return Case(
        "benchmark",
        Patient("male", 80000.0),
        Radiopharmaceutical("177Lu-PSMA", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule((Administration("cycle 1", 0.0, 7400.0),)),
        measurements=Measurements(scans),
    )


def by_laplace(measured: np.ndarray) -> float:
    """Fit the biexponential alone; return the time-integrated activity at the mode (MBq h)."""
    block = region_block(case_of(measured), "kidneys", DECAY)
    chosen = next(a for a in block.alternatives if a.name == "biexponential")
    assert isinstance(chosen, RegionCurve)
    return float(chosen.curve(laplace(Target(chosen)).mode).integral())


def by_posterior(measured: np.ndarray) -> float:
    """Fit and average four structures, with 2000 draws; return the median (MBq h)."""
    posterior = fit_block(region_block(case_of(measured), "kidneys", DECAY), draws=2000, seed=1)
    draws = posterior.scatter([a.curve(theta).integral() for a, theta in posterior.each_share()])
    return float(np.median(draws))


def timed(fit: Callable[[np.ndarray], float], data: list[np.ndarray]) -> tuple[float, np.ndarray]:
    """Return seconds for each patient and the results, after one warm-up."""
    fit(data[0])
    began = time.perf_counter()
    found = np.array([fit(measured) for measured in data])
    return (time.perf_counter() - began) / len(data), found


def main() -> None:
    """Run all three in turn, print ratios, and write them."""
    data = patients()
    seconds, results = {}, {}
    for name, fit in (("lmfit", by_lmfit), ("laplace", by_laplace), ("posterior", by_posterior)):
        seconds[name], results[name] = timed(fit, data)
    apart = np.abs(results["laplace"] / results["lmfit"] - 1.0)
    summary = {
        "patients": PATIENTS,
        "milliseconds_each": {name: round(1e3 * value, 2) for name, value in seconds.items()},
        "ratio_to_lmfit": {
            name: round(value / seconds["lmfit"], 3) for name, value in seconds.items()
        },
        "median_difference_of_integral_laplace_lmfit": round(float(np.median(apart)), 4),
        "peak_memory_MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "versions": {"lmfit": lmfit.__version__, "python": platform.python_version()},
    }
    print(json.dumps(summary, indent=1))
    write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
