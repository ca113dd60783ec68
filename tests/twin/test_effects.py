"""What may follow from foretold doses: lesions and blood counts, as draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import Schedule
from theratwin.core import parameter_set
from theratwin.response import log_cell_kill_of
from theratwin.twin import calibrate, predict
from theratwin.twin.effects import DRAWS, effects

from ..planning.test_plan import simulated


@pytest.fixture(scope="module")
def prediction():
    twin = calibrate(simulated(), draws=300, seed=1)
    return predict(twin, Schedule.regular("7.4 GBq", cycles=2, every="6 weeks"))


@pytest.fixture(scope="module")
def found(prediction):
    return effects(prediction)


def test_lesions_start_at_their_mass_and_are_killed_by_their_dose(prediction, found):
    region, course = prediction["lesion_1"], found.lesions["lesion_1"]
    chosen = np.unique(np.linspace(0, 299, DRAWS).astype(int))
    assert_allclose(course.volume[:, 0], region.mass[chosen] / 1.04)
    whole = log_cell_kill_of(region.total_dose_rate, region.known_tissue)[chosen]
    # Alpha differs between draws by 30 %, log-normal: kill over that of the median alpha.
    ratio = course.log_kill[:, -1] / whole
    assert np.median(ratio) == pytest.approx(1.0, abs=0.06)
    assert np.std(np.log(ratio)) == pytest.approx(np.sqrt(np.log1p(0.3**2)), rel=0.15)


def test_counts_follow_the_marrow_dose(found):
    fractions = found.counts.nadir("platelets").fraction
    assert fractions.shape == (DRAWS,)
    assert np.all((fractions < 1.0) & (fractions > 0.3))
    assert found.starts == (0.0, 1008.0)


def test_the_same_prediction_gives_the_same_draws(prediction, found):
    again = effects(prediction)
    assert_allclose(again.lesions["lesion_1"].volume, found.lesions["lesion_1"].volume, rtol=0)


def test_of_lesions_without_radiosensitivity_and_of_animals_nothing_is_said(prediction):
    unknown = replace(prediction["lesion_1"], tissue=None)
    bare = replace(prediction, regions={**prediction.regions, "lesion_1": unknown})
    assert not effects(bare).lesions
    mouse = replace(prediction.case, patient=replace(prediction.case.patient, species="mouse"))
    nothing = effects(replace(prediction, case=mouse))
    assert not nothing.lesions
    assert nothing.counts is None


def test_a_large_lesion_is_followed_too_and_grows_back_as_slowly(prediction):
    """By 2 L of tumor: the capacity is far above it, so that growth hardly depends on volume."""
    region = prediction["lesion_1"]
    large = replace(region, mass=region.mass * (2000.0 / np.median(region.mass)))
    found = effects(replace(prediction, regions={**prediction.regions, "lesion_1": large}))
    small = effects(prediction).lesions["lesion_1"]
    course = found.lesions["lesion_1"]
    growth = course.log_living[:, -1] - course.log_living[:, 0] + course.log_kill[:, -1]
    expected = small.log_living[:, -1] - small.log_living[:, 0] + small.log_kill[:, -1]
    assert np.median(growth / expected) == pytest.approx(1.1, abs=0.08)


def test_what_differs_between_patients_spans_the_range_of_its_source():
    cv = parameter_set("response", "between_patients").value("tumor.clearance_half_time")
    spread = 2.0 * 1.6449 * np.sqrt(np.log1p(cv**2))
    assert np.exp(spread) == pytest.approx(10.0, rel=0.05)


def test_a_lesion_that_no_cycle_reaches_is_not_followed(prediction):
    untouched = replace(prediction["lesion_1"], dose_rates=(None, None))
    later = replace(prediction, regions={**prediction.regions, "lesion_1": untouched})
    assert not effects(later).lesions
    assert untouched.total_dose_rate.batch_shape == (300,)
    assert_allclose(untouched.total_dose_rate.integral(), 0.0)
