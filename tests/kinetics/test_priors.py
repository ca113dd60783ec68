"""Priors from the population: what is published is recovered, biology goes with any nuclide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from theratwin.core import LogNormal, UnsupportedError, parameter_set
from theratwin.kinetics import effective_half_life, region_prior
from theratwin.kinetics.priors import biological_half_life, cycle_changes
from theratwin.kinetics.region_curve import CycleChange
from theratwin.physics import nuclide

LUTETIUM = nuclide("Lu-177").decay_constant


@pytest.mark.parametrize(
    ("region", "target", "lesion"),
    [
        ("kidneys", "psma", False),
        ("parotid_glands", "psma", False),
        ("lesion_1", "psma", True),
        ("kidneys", "sstr", False),
        ("lesion_9", "sstr", True),
        ("spleen", "fap", False),
    ],
)
def test_effective_half_lives_are_the_published_ones(region, target, lesion):
    population = parameter_set("kinetics", "effective_half_lives")
    names = {"parotid_glands": "salivary_glands"}
    kind = "lesion" if lesion else names.get(region, region)
    path = f"{target}.{kind}" if f"{target}.{kind}" in population else "any.other"
    published = population[path].distribution
    found = effective_half_life(region, target, LUTETIUM, lesion=lesion)
    assert found.median == pytest.approx(published.median, rel=1e-12)
    assert found.gsd == pytest.approx(published.gsd, rel=1e-12)


def test_draws_of_the_biological_half_life_give_the_published_median_and_stay_below_decay():
    prior = region_prior("kidneys", "psma", lesion=False).base["biological_half_life"]
    biological = prior.sample(np.random.default_rng(1), 100_000)
    effective = 1.0 / (1.0 / biological + LUTETIUM / np.log(2.0))
    # Standard error of the median's logarithm: 1.25 * 0.68 / sqrt(1e5) = 0.3 %.
    assert np.median(effective) == pytest.approx(35.5, rel=0.01)
    assert effective.max() < np.log(2.0) / LUTETIUM
    # Bounded above, the spread is a little below the published one, which it meets to first order.
    central = np.subtract(*np.percentile(np.log(effective), (60.0, 40.0)))
    first_order = np.log(1.97) * 2 * 0.25335
    assert central == pytest.approx(first_order, rel=0.03)


def test_another_nuclide_has_the_same_biology():
    yttrium = nuclide("Y-90").decay_constant
    found = effective_half_life("kidneys", "sstr", yttrium, lesion=False)
    biological = 1.0 / (1.0 / 51.0 - 1.0 / nuclide("Lu-177").half_life)
    assert found.median == pytest.approx(1.0 / (1.0 / biological + yttrium / np.log(2.0)), rel=1e-9)
    assert found.median < 64.1 < biological


def test_a_median_slower_than_decay_is_refused():
    with pytest.raises(UnsupportedError, match="not below the physical"):
        biological_half_life(LogNormal(200.0, 1.5), LUTETIUM)


def test_tumor_uptake_falls_as_published():
    change = cycle_changes("psma", lesion=True)["uptake"]
    course = np.cumprod([change.ratio(step).median for step in range(1, 6)])
    # Siebinga 2024: 73 %, 50 %, 44 % of cycle 1, then no further change; typed to three digits.
    np.testing.assert_allclose(course, [0.73, 0.50, 0.44, 0.44, 0.44], rtol=5e-3)


def test_the_last_ratio_repeats():
    change = CycleChange((LogNormal(0.7, 1.2), LogNormal(0.9, 1.3)))
    assert [change.ratio(step).median for step in (1, 2, 3, 9)] == [0.7, 0.9, 0.9, 0.9]


def test_uptake_prior_spans_what_one_scan_may_show():
    uptake = region_prior("kidneys", "psma", lesion=False).base["uptake"]
    low, high = (uptake.median * uptake.gsd**step for step in (-1.645, 1.645))
    assert low < 1e-4
    assert high > 1.0


def test_the_methods_page_shows_every_half_life():
    page = (Path(__file__).parents[2] / "docs" / "methods" / "kinetics.md").read_text("utf-8")
    population = parameter_set("kinetics", "effective_half_lives")
    for path in population:
        known = population[path]
        prior = known.distribution
        assert f"| {path} | {prior.median:g} | {prior.gsd:g} | {known.source} |" in page
