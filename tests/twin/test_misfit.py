"""Values that scatter more than their uncertainties allow are told, in words."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.twin import calibrate
from theratwin.twin.laplace import laplace
from theratwin.twin.misfit import misfit
from theratwin.twin.target import Target

TIMES = (4.0, 24.0, 72.0, 144.0)


def _scattered(make_case, spread, stated):
    rng = np.random.default_rng(5)
    rows = [
        ("kidneys", "cycle 1", t, 90.0 * 2.0 ** (-t / 40.0) * np.exp(spread * z), stated)
        for t, z in zip((2, *TIMES, 192.0), rng.standard_normal(6), strict=True)
    ]
    return make_case(rows)


def test_uncertainties_stated_too_small_are_told(make_case):
    twin = calibrate(_scattered(make_case, spread=0.15, stated=0.02), seed=1, draws=200)
    (warning,) = [text for text in twin.warnings if "chi-square" in text]
    assert warning.startswith("kidneys, ")
    assert "scatter more than their stated uncertainties allow" in warning
    assert "state larger uncertainties" in warning


def test_honest_uncertainties_are_not(make_case):
    assert (
        calibrate(_scattered(make_case, spread=0.05, stated=0.05), seed=1, draws=200).warnings == ()
    )


def test_one_scan_cannot_misfit(make_case):
    twin = calibrate(make_case([("kidneys", "cycle 1", 48.0, 60.0)]), seed=1, draws=200)
    found = twin.posterior("kidneys").misfit
    assert found.expected < 0.01
    assert found.probability > 0.1


def test_probabilities_are_uniform_if_the_model_holds(line):
    # Curves drawn from the priors, values from the curves: 200 times, mean 1/2 with a standard
    # error of 0.02; a tenth of them below 0.1, give or take 0.02.
    rng = np.random.default_rng(2)
    found = []
    for _ in range(200):
        model = line(TIMES, (1.0,) * 4)
        theta = np.array([p.log_mean + p.log_sd * rng.standard_normal() for p in model.priors])
        values = model.predicted(theta) + model.sd * rng.standard_normal(4)
        seen = line(TIMES, tuple(np.exp(values)))
        found.append(misfit(seen, laplace(Target(seen))).probability)
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.06)
