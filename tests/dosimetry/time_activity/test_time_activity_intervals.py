"""AICc, averaging, intervals and their coverage, and the trapezoid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from theratwin.core import InputError
from theratwin.dosimetry.time_activity import (
    SHAPES,
    Samples,
    aicc,
    akaike_weights,
    bootstrap,
    compare,
    fit_model,
    interval_of,
    profile_interval,
    trapezoid,
)

LU = np.log(2.0) / 159.53
TIMES = np.array([2.0, 6.0, 24.0, 48.0, 96.0, 168.0])


def noisy(seed: int, error: float = 0.05, name: str = "mono", phi=(-4.5,)) -> Samples:
    true = SHAPES[name].curve(2000.0, np.array(phi), LU)(TIMES)
    sd = error * true
    return Samples(TIMES, true + sd * np.random.default_rng(seed).standard_normal(TIMES.size), sd)


def test_aicc_by_hand():
    # 6 points, 3 parameters: 4 + 6 + 2*3*4/2.
    assert aicc(4.0, 6, 3) == 22.0
    # Scale estimated: 6 ln(1.5 / 6) + 6 + 12.
    assert aicc(1.5, 6, 3, known_sd=False) == pytest.approx(6 * math.log(0.25) + 18.0)
    assert aicc(4.0, 4, 3) == math.inf
    weights = akaike_weights({"a": 22.0, "b": 24.0, "c": math.inf})
    assert weights["a"] == pytest.approx(1.0 / (1.0 + math.exp(-1.0)))
    assert weights["c"] == 0.0


def test_average_and_its_unconditional_error_by_hand():
    found = compare(noisy(3, name="bi", phi=(-4.5, -2.0, 0.3)), LU, ["mono", "bi"])
    w, fits = found.weights, found.fits
    assert sum(w.values()) == pytest.approx(1.0)
    mean = sum(w[m] * fits[m].integral for m in w)
    error = sum(
        w[m]
        * math.sqrt((fits[m].integral * fits[m].relative_sd) ** 2 + (fits[m].integral - mean) ** 2)
        for m in w
    )
    assert (found.integral, found.sd) == (pytest.approx(mean), pytest.approx(error))


def test_what_is_left_out_is_said():
    few = Samples(TIMES[:4], [10.0, 9.0, 7.0, 5.0], [0.5] * 4)
    found = compare(few, LU)
    assert list(found.fits) == ["mono"]
    assert "4 parameters need at least 6 points, 4 are given" in found.left_out["bi"]
    with pytest.raises(InputError, match="too few points to compare models: mono"):
        compare(Samples(TIMES[:2], [10.0, 9.0]), LU)


def test_profile_is_the_linear_interval_where_the_fit_is_nearly_linear():
    fit = fit_model(noisy(1, error=0.005), "mono", LU)
    assert profile_interval(fit) == pytest.approx(interval_of(fit), rel=1e-3)


def test_profile_crosses_where_chi_square_rises_by_the_quantile():
    fit = fit_model(noisy(2), "mono", LU)
    for edge in profile_interval(fit):
        # Least chi-square with the integral held there, over a fine grid of the rate.
        phi = np.linspace(-6.0, -3.5, 20001)[:, None]
        u, _ = SHAPES["mono"].evaluate(phi, TIMES, LU)
        chi = np.sum(((edge * u - fit.samples.activities) / fit.samples.spread) ** 2, axis=-1)
        assert chi.min() - fit.chi_square == pytest.approx(1.6448536**2, rel=2e-3)


def test_profile_without_an_upper_end():
    # Two nearly equal activities and an error as large: any integral up to the floor's is allowed,
    # and the floor bounds it.
    fit = fit_model(Samples([1.0, 3.0], [10.0, 9.0], [2.0, 2.0]), "mono", LU)
    low, high = profile_interval(fit)
    assert low < fit.integral < high < 20.0 / LU


@pytest.mark.parametrize("kind", ["parametric", "residual"])
def test_bootstrap_spreads_as_the_covariance_says(kind):
    samples = noisy(5, error=0.02)
    samples = Samples(samples.times, samples.activities)  # scale estimated
    fit = fit_model(samples, "mono", LU)
    draws = bootstrap(fit, draws=2000, seed=4, kind=kind)
    # Standard error of a standard deviation from 2000: 1.6 %; the residuals' own variance, centered
    # and enlarged, differs from the estimate by up to a sixth with six of them.
    tolerance = 0.06 if kind == "parametric" else 0.25
    assert np.std(np.log(draws)) == pytest.approx(fit.relative_sd, rel=tolerance)
    assert np.array_equal(draws, bootstrap(fit, draws=2000, seed=4, kind=kind))


def coverage(interval, patients: int = 200) -> int:
    inside = 0
    for seed in range(patients):
        low, high = interval(noisy(1000 + seed))
        inside += low < 2000.0 < high
    return inside


def test_coverage_of_the_intervals_on_200_patients():
    # 90 % of 200, within the central 99.9 % of the binomial distribution: 165 to 192.
    least, most = binom.ppf([0.0005, 0.9995], 200, 0.9)
    assert least <= coverage(lambda s: interval_of(fit_model(s, "mono", LU))) <= most
    assert least <= coverage(lambda s: profile_interval(fit_model(s, "mono", LU))) <= most


def test_coverage_of_the_average_on_200_patients():
    # The unconditional error is wider than the fit's, never narrower: no upper bound.
    least = binom.ppf(0.0005, 200, 0.9)
    models = ["mono", "mono_uptake", "gamma"]
    assert coverage(lambda s: compare(s, LU, models).interval()) >= least


def test_trapezoid_with_both_tails_and_heads():
    samples = Samples([10.0, 20.0], [8.0, 4.0], [0.8, 0.4])
    physical = trapezoid(samples, LU, tail="physical")
    assert physical.integral == pytest.approx(40.0 + 60.0 + 4.0 / LU)
    constant = trapezoid(samples, LU, tail="physical", head="constant")
    assert constant.integral == pytest.approx(80.0 + 60.0 + 4.0 / LU)
    last = trapezoid(samples, LU)
    assert last.integral == pytest.approx(100.0 + 40.0 / math.log(2.0))
    rising = trapezoid(Samples([10.0, 20.0], [4.0, 8.0]), LU)
    assert rising.at_floor
    assert rising.tail_rate == LU
    assert rising.sd is None


@pytest.mark.parametrize("tail", ["physical", "last_two"])
def test_error_of_the_trapezoid_is_that_of_small_random_errors(tail):
    samples = Samples([10.0, 20.0, 60.0], [8.0, 6.0, 2.0], [0.08, 0.06, 0.02])
    random = np.random.default_rng(1)
    drawn = [
        trapezoid(
            Samples(samples.times, samples.activities + samples.spread * random.standard_normal(3)),
            LU,
            tail=tail,
        ).integral
        for _ in range(4000)
    ]
    # Standard error of a standard deviation from 4000: 1.1 %.
    assert trapezoid(samples, LU, tail=tail).sd == pytest.approx(np.std(drawn), rel=0.04)
