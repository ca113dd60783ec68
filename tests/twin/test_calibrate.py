"""From a case to its twin, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import Kind, Measurement, Measurements
from theratwin.core import InputError
from theratwin.twin import calibrate, predict

FOUR, TWO, ONE = (4.0, 24.0, 72.0, 144.0), (24.0, 96.0), (48.0,)


def _half_lives(posterior):
    shares = [a.effective_half_life(theta) for a, theta in posterior.each_share()]
    return posterior.scatter(shares)


def _kidneys(rows, times, **changes):
    defaults = {"at_zero": 120.0, "half_life": 40.0}
    return rows("kidneys", "cycle 1", times, **defaults | changes)


def test_exact_data_of_one_exponential_recover_half_life_and_area(make_case, rows):
    case = make_case(_kidneys(rows, FOUR, relative=0.002))
    posterior = calibrate(case, seed=1, draws=1000).posterior("kidneys")
    mono = posterior.fits[0]
    assert mono.alternative.effective_half_life(mono.approximation.mode) == pytest.approx(
        40.0,
        rel=1e-3,  # the priors' pull, (0.002 / prior's spread)^2 times their distance
    )
    area = mono.alternative.curve(mono.approximation.mode).integral()
    assert area == pytest.approx(120.0 * 40.0 / np.log(2.0), rel=1e-3)


def test_more_scans_narrow_the_interval(make_case, rows):
    spread = {
        times: np.std(np.log(_half_lives(_fit(make_case, rows, times))))
        for times in (FOUR, TWO, ONE)
    }
    assert spread[FOUR] < spread[TWO] < spread[ONE]


def _fit(make_case, rows, times):
    return calibrate(make_case(_kidneys(rows, times)), seed=1, draws=1000).posterior("kidneys")


def test_one_scan_leaves_the_half_life_to_the_population(make_case, rows):
    found = _half_lives(_fit(make_case, rows, ONE))
    low, middle, high = np.percentile(found, (5, 50, 95))
    assert middle == pytest.approx(35.5, rel=0.1)  # the published median
    assert high / low > 4.0  # the published range of 20 patients is 18-fold


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(make_case, rows):
    case = make_case(_kidneys(rows, TWO))
    first, second, other = (
        predict(calibrate(case, seed=seed, draws=300))["kidneys"].dose for seed in (1, 1, 2)
    )
    assert first.tobytes() == second.tobytes()
    assert first.tobytes() != other.tobytes()


def test_the_order_of_regions_does_not_matter(make_case, rows):
    kidneys = _kidneys(rows, TWO)
    liver = rows("liver", "cycle 1", TWO, at_zero=200, half_life=25)
    one, other = (
        predict(calibrate(make_case(order), seed=1, draws=300))
        for order in (kidneys + liver, liver + kidneys)
    )
    for region in ("kidneys", "liver"):
        assert one[region].dose.tobytes() == other[region].dose.tobytes()


def test_a_region_does_not_change_when_another_is_measured(make_case, rows):
    alone = calibrate(make_case(_kidneys(rows, TWO)), seed=1, draws=300)
    more = _kidneys(rows, TWO) + rows("liver", "cycle 1", TWO, at_zero=200, half_life=25)
    together = calibrate(make_case(more), seed=1, draws=300)
    one, other = (predict(twin)["kidneys"] for twin in (alone, together))
    assert one.activities[0].integral().tobytes() == other.activities[0].integral().tobytes()
    np.testing.assert_allclose(one.dose, other.dose - other.cross_dose, rtol=1e-12)


def test_structures_of_no_weight_have_no_draws_and_the_others_all(make_case, rows):
    case = make_case(_kidneys(rows, (1.0, *FOUR), relative=0.02))
    posterior = calibrate(case, seed=1, draws=500).posterior("kidneys")
    assert sum(fit.weight for fit in posterior.fits) == pytest.approx(1.0)
    positions = np.concatenate([positions for _, positions in posterior.shares])
    np.testing.assert_array_equal(np.sort(positions), np.arange(500))
    for number, fit in enumerate(posterior.fits):
        assert (fit.resampled is not None) == (number in {index for index, _ in posterior.shares})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "pbpk"}, "unknown model"),
        ({"draws": 10}, "too few draws"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_settings_are_refused(make_case, rows, change, words):
    with pytest.raises(InputError, match=words):
        calibrate(make_case(_kidneys(rows, ONE)), **{"seed": 1} | change)


def test_an_organ_without_a_volume_is_refused_at_once(make_case):
    with pytest.raises(InputError, match="volume is missing") as caught:
        calibrate(make_case([("spleen", "cycle 1", 24.0, 20.0)]), seed=1)
    assert "organs.spleen.volume" in str(caught.value)


@pytest.mark.parametrize(
    ("region", "kind"), [("kidneys", Kind.CONCENTRATION), ("blood", Kind.ACTIVITY)]
)
def test_a_value_of_the_wrong_kind_is_refused(make_case, region, kind):
    case = make_case([])
    wrong = Measurement(region, "cycle 1", 24.0, 1.0, 0.05, kind)
    with pytest.raises(InputError, match="is measured as"):
        calibrate(replace(case, measurements=Measurements((wrong,))), seed=1)


def test_posterior_predictive_intervals_hold_the_scan_left_out(make_case):
    # 40 patients drawn from the priors, the third scan predicted from two: on average 90 % of
    # them inside; 36 of 40, with a standard error of 1.9.
    rng = np.random.default_rng(8)
    inside = 0
    for _ in range(40):
        half_life = 1.0 / (1.0 / (45.7 * np.exp(0.87 * rng.standard_normal())) + 1.0 / 159.5)
        seen = [
            ("kidneys", "cycle 1", t, 100 * 2 ** (-t / half_life) * np.exp(0.05 * rng.normal()))
            for t in (24.0, 48.0, 120.0)
        ]
        posterior = calibrate(make_case(seen[:2]), seed=3, draws=300).posterior("kidneys")
        curves = [a.curve(theta)(120.0) for a, theta in posterior.each_share()]
        draws = posterior.scatter(curves) * np.exp(0.05 * rng.standard_normal(300))
        low, high = np.percentile(draws, (5, 95))
        inside += low <= seen[2][3] <= high
    assert 30 <= inside <= 40
