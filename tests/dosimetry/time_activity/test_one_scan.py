"""Single-time-point methods against the closed form of a monoexponential curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import Exponentials, InputError, LogNormal, parameter_set
from theratwin.dosimetry.time_activity import (
    best_scan_time,
    haenscheid,
    haenscheid_bounds,
    haenscheid_ratio,
    haenscheid_scan,
    half_lives,
    hou,
    hou_scan,
    jackson,
    jackson_scan,
    madsen,
    madsen_scan,
    one_scan_errors,
    scan_methods,
)
from theratwin.kinetics import effective_half_life
from theratwin.physics import nuclide

LU = nuclide("Lu-177").decay_constant
POPULATION = LogNormal(50.0, 1.3)


def _closed_form(activity: float, half_life: float) -> float:
    """Time-integrated activity of ``activity * 2**(-t / half_life)``."""
    return activity * half_life / np.log(2.0)


@given(half_life=st.floats(1.0, 200.0), activity=st.floats(0.1, 1e4))
def test_haenscheid_is_exact_one_and_two_half_lives_after(half_life, activity):
    for scan in (half_life, 2.0 * half_life):
        seen = activity * 2.0 ** (-scan / half_life)
        # Rounding only: 2 x 2^-x is 1 at x = 1 and x = 2.
        assert haenscheid(seen, scan) == pytest.approx(_closed_form(activity, half_life), 1e-12)


@given(half_life=st.floats(1.0, 200.0), share=st.floats(0.75, 2.5))
def test_haenscheid_errs_within_its_published_band(half_life, share):
    seen = 2.0**-share
    ratio = haenscheid(seen, share * half_life) / _closed_form(1.0, half_life)
    assert ratio == pytest.approx(haenscheid_ratio(share * half_life, half_life), 1e-12)
    # Published as -12 % to +6 %; the extremes of 2 x 2^-x there are 0.884 and 1.062.
    assert 0.88 < ratio < 1.065


def test_haenscheid_ratio_is_greatest_at_1_over_ln_2_half_lives():
    share = np.linspace(0.5, 3.0, 2501)
    greatest = share[np.argmax(haenscheid_ratio(share, 1.0))]
    assert greatest == pytest.approx(1.0 / np.log(2.0), abs=1e-3)  # the grid's step


@given(time=st.floats(1.0, 200.0))
def test_madsen_is_exact_for_the_half_life_of_the_population(time):
    half_life = effective_half_life(
        "kidneys", "psma", nuclide("Lu-177").decay_constant, lesion=False
    ).median
    seen = 80.0 * 2.0 ** (-time / half_life)
    assert madsen(seen, time, half_life) == pytest.approx(_closed_form(80.0, half_life), 1e-12)


def test_madsen_errs_when_the_half_life_is_wrong():
    seen = 2.0 ** (-48.0 / 50.0)
    assert madsen(seen, 48.0, 40.0) != pytest.approx(_closed_form(1.0, 50.0), 1e-3)


def test_methods_are_linear_in_activity():
    activities = np.array([1.0, 2.0, 5.0])
    np.testing.assert_allclose(haenscheid(activities, 72.0), activities * haenscheid(1.0, 72.0))
    np.testing.assert_allclose(madsen(activities, 72.0, 50.0), activities * madsen(1.0, 72.0, 50.0))


def test_haenscheid_bounds_are_those_of_its_range():
    shares = np.linspace(0.75, 2.5, 10001)
    ratios = haenscheid_ratio(shares, 1.0)
    # The grid misses the maximum by less than the square of its step.
    assert haenscheid_bounds() == pytest.approx((ratios.min(), ratios.max()), rel=1e-7)


@given(share=st.floats(0.75, 2.5), half_life=st.floats(5.0, 150.0))
def test_haenscheid_interval_holds_every_truth_of_its_range(share, half_life):
    found = haenscheid_scan(100.0 * 2.0**-share, share * half_life)
    low, high = found.interval
    assert low * (1 - 1e-12) <= _closed_form(100.0, half_life) <= high * (1 + 1e-12)


def test_half_lives_are_log_normal_below_the_physical_one():
    lives = half_lives(LogNormal(50.0, 1.3), LU, 4001)
    # Physical decay (159.5 h) cuts off 6e-6 of this population.
    assert np.median(lives) == pytest.approx(50.0, rel=1e-4)
    assert np.std(np.log(lives)) == pytest.approx(np.log(1.3), rel=2e-3)  # the outermost step
    wide = half_lives(LogNormal(100.0, 2.0), LU)
    assert wide.max() < np.log(2.0) / LU
    with pytest.raises(InputError, match="below the physical one"):
        half_lives(LogNormal(200.0, 1.2), LU)


@pytest.mark.parametrize("time", [24.0, 72.0, 150.0])
def test_hou_and_its_spread_by_draws(time):
    # An independent oracle: a million draws of the half-life, those above the physical dropped.
    drawn = POPULATION.sample(np.random.default_rng(1), 1_000_000)
    drawn = drawn[drawn < np.log(2.0) / LU]
    truth = 100.0 * drawn / np.log(2.0) * 2.0 ** (time / drawn)
    found = hou_scan(100.0, time, POPULATION, LU)
    # 0.3 %: the outermost of 1001 nodes, where the integrals rise steeply.
    assert found.integral == pytest.approx(truth.mean(), rel=3e-3)
    assert found.interval == pytest.approx(np.quantile(truth, (0.05, 0.95)), rel=3e-3)
    assert madsen_scan(100.0, time, POPULATION, LU).interval == found.interval


def test_error_of_the_activity_adds_to_that_of_the_half_life():
    without = madsen_scan(100.0, 100.0, POPULATION, LU)
    noisy = madsen_scan(100.0, 100.0, POPULATION, LU, relative_sd=0.1)
    # 101 normal nodes have 0.7 % less variance than the normal distribution.
    assert noisy.relative_sd == pytest.approx(np.hypot(without.relative_sd, 0.1), rel=5e-3)


def test_intervals_hold_nine_patients_of_ten():
    drawn = POPULATION.sample(np.random.default_rng(2), 4000)
    scans = [madsen_scan(100.0 * 2.0 ** (-72.0 / t), 72.0, POPULATION, LU) for t in drawn[:400]]
    inside = [
        scan.interval[0] <= _closed_form(100.0, t) <= scan.interval[1]
        for scan, t in zip(scans, drawn, strict=False)
    ]
    # Binomial standard deviation 1.5 %, three of them.
    assert np.mean(inside) == pytest.approx(0.9, abs=0.045)


@pytest.mark.parametrize("median", [30.0, 50.0, 80.0])
def test_best_time_of_a_narrow_population_is_one_over_ln_2_half_lives(median):
    found = best_scan_time(LogNormal(median, 1.01), LU)
    assert found.time == pytest.approx(median / np.log(2.0), rel=0.01)
    assert found.error < 1e-3  # second order in the spread


@pytest.mark.parametrize(("region", "target"), [("kidneys", "sstr"), ("salivary_glands", "psma")])
def test_best_time_agrees_with_the_published_one(region, target):
    population = effective_half_life(region, target, LU, lesion=False)
    published = parameter_set("dosimetry", "one_scan").value(f"best_time.{target}")
    # Published to the day on which a scan is made: half a day.
    assert best_scan_time(population, LU).time == pytest.approx(published, abs=12.0)


def test_jackson_is_exact_for_curves_of_one_shape():
    shape = Exponentials([2.0, -1.0], [0.015, 0.3])
    library = [shape * scale for scale in (1.0, 3.0, 0.2)]
    found = jackson_scan(50.0, 72.0, library)
    truth = 50.0 / float(shape(72.0)) * float(shape.integral())
    assert found.integral == pytest.approx(truth, rel=1e-12)
    assert found.interval == pytest.approx((truth, truth), rel=1e-6)  # rounding of the spread


def test_jackson_of_many_single_exponentials_is_hou():
    lives = half_lives(POPULATION, LU, 300)
    library = [Exponentials([1.0], [np.log(2.0) / life]) for life in lives]
    by_library = jackson(10.0, 90.0, library)
    assert by_library == pytest.approx(hou(10.0, 90.0, POPULATION, LU), rel=3e-3)  # fewer nodes


def test_errors_on_a_known_population_are_the_closed_forms():
    lives = POPULATION.sample(np.random.default_rng(3), 50)
    curves = [Exponentials([100.0], [np.log(2.0) / life]) for life in lives]
    times = np.array([24.0, 72.0, 120.0])
    found = one_scan_errors(curves, times, scan_methods(curves, POPULATION, LU))
    shares = times / lives[:, None]
    np.testing.assert_allclose(
        found["haenscheid"].relative, 2.0 * shares * 2.0**-shares - 1.0, rtol=1e-9
    )
    by_hand = (50.0 / lives)[:, None] * 2.0 ** (times / 50.0 - shares) - 1.0
    np.testing.assert_allclose(found["madsen"].relative, by_hand, rtol=1e-9, atol=1e-12)
    at = np.argmax(np.abs(by_hand[:, 2]))
    assert found["madsen"].worst[2] == pytest.approx(by_hand[at, 2])
    assert found["madsen"].sd[0] == pytest.approx(np.std(by_hand[:, 0], ddof=1))
    # Near 1.44 half-lives all of them do well; a day after the injection none does.
    for errors in found.values():
        assert errors.rms[1] < 0.12
        assert errors.rms[0] > 2.0 * errors.rms[1]


def test_jackson_leaves_out_the_curve_that_it_estimates():
    curves = [Exponentials([1.0], [rate]) for rate in (0.01, 0.02, 0.05)]
    found = one_scan_errors(curves, [48.0], scan_methods(curves, None, LU))["jackson"]
    alone = jackson(float(curves[0](48.0)), 48.0, curves[1:]) / float(curves[0].integral()) - 1.0
    assert found.relative[0, 0] == pytest.approx(float(alone), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: haenscheid_scan(-1.0, 72.0), "activity"),
        (lambda: haenscheid_scan(1.0, 0.0), "time"),
        (lambda: madsen_scan(1.0, 72.0, POPULATION, LU, relative_sd=-0.1), "relative_sd"),
        (lambda: hou_scan(1.0, 72.0, POPULATION, LU, probability=1.0), "probability"),
        (lambda: jackson_scan(1.0, 72.0, [Exponentials([1.0], [0.1])]), "two curves"),
        (lambda: jackson(1.0, 72.0, []), "needs curves"),
        (lambda: one_scan_errors([], [72.0], {}), "needs curves"),
        (lambda: one_scan_errors([Exponentials([1.0], [0.1])], [-1.0], {}), "times"),
    ],
)
def test_wrong_scans_are_refused(call, word):
    with pytest.raises(InputError, match=word):
        call()
