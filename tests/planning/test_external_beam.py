"""External-beam fractions beside the cycles: in totals, in plans, in arrays."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from theratwin.case import ExternalBeam, parse_external_beam
from theratwin.core import Exponentials, Pulses
from theratwin.core import Total as SumOfCurves
from theratwin.core.errors import InputError
from theratwin.planning import at_most, bed, bounds, dose, plan
from theratwin.planning.dose_arrays import crossing_of
from theratwin.response import effect_of, tissue
from theratwin.twin import calibrate

from .test_plan import simulated

BEAM = ExternalBeam.regular({"lesion_1": "3 Gy", "kidneys": "0.4 Gy"}, fractions=3, first="6 h")


@pytest.fixture(scope="module")
def twin():
    return calibrate(simulated(), draws=200, seed=1)


@pytest.mark.parametrize("region", ["kidneys", "lesion_1"])
def test_totals_are_those_of_one_dose_rate_of_cycle_and_fractions(make_course, region):
    course = replace(make_course(kidneys=[3.0, 5.0], lesion_1=[10.0, 20.0]), beams=(BEAM,))
    known = course.regions[region]
    together = SumOfCurves.of(known.dose_rates[0], BEAM.pulses(region))
    expected = effect_of(together, known.known_tissue)
    np.testing.assert_allclose(course.total(bed(region)).at(0, 0.0), expected.bed, rtol=1e-12)
    np.testing.assert_allclose(course.total(dose(region)).at(0, 0.0), expected.dose, rtol=1e-12)


def test_a_cycle_and_a_fraction_meet_as_in_closed_form():
    """Of one exponential and one fraction: twice what repair leaves of each for the other."""
    kidneys = tissue("kidneys")
    (mu,) = kidneys.repair.rates
    rate, decay, time, fraction = 0.2, np.log(2.0) / 50.0, 6.0, 3.0
    before = rate * (np.exp(-decay * time) - np.exp(-mu * time)) / (mu - decay)
    after = rate * np.exp(-decay * time) / (mu + decay)
    known = SimpleNamespace(
        dose_rates=[Exponentials([[rate]], [decay])],
        dose=np.array([[rate / decay]]),
        quadratic=np.array([[rate**2 / (decay * (mu + decay))]]),
        known_tissue=kidneys,
    )
    found = crossing_of(known, Pulses([time], [fraction]))
    expected = 2.0 * fraction * (before + after) / (rate / decay)
    np.testing.assert_allclose(found, [[expected]], rtol=1e-9)


def test_a_further_cycle_meets_the_fractions_by_its_activity(make_course):
    """Between the activities the cross term is linear: three points are on one parabola."""
    course = replace(make_course(kidneys=[3.0, 5.0], further=1), beams=(BEAM,))
    without = replace(course, beams=())
    extra = [
        course.total(bed("kidneys")).at(1, a) - without.total(bed("kidneys")).at(1, a)
        for a in (0.0, 4000.0, 8000.0)
    ]
    np.testing.assert_allclose(extra[1] - extra[0], extra[2] - extra[1], rtol=1e-9)
    assert np.all(extra[1] > extra[0])


def test_arrays_and_resampled_courses_keep_the_fractions(make_course):
    course = replace(make_course(kidneys=[3.0, 5.0, 7.0]), beams=(BEAM,))
    chosen = course.resampled(np.array([2, 0]))
    np.testing.assert_allclose(
        chosen.total(bed("kidneys")).at(2, 5000.0),
        course.total(bed("kidneys")).at(2, 5000.0)[[2, 0]],
        rtol=1e-12,
    )


def test_a_beam_to_the_kidneys_leaves_less_activity(twin):
    limits = [at_most("20 Gy", bed("kidneys"), probability=0.95)]
    free = bounds("50 GBq", 2)
    alone = plan(twin, limits=limits, bounds=free)
    beamed = plan(twin, limits=limits, bounds=free, external_beam=[BEAM])
    assert beamed.activity < alone.activity
    assert beamed.best.probabilities[0] >= 0.95
    assert any("External beam" in note for note in beamed.notes)
    assert beamed.to_dict()["external_beam"][0]["doses"] == {"lesion_1": 3.0, "kidneys": 0.4}


def test_a_beam_to_the_lesion_adds_its_kill(twin):
    to_lesion = ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=3, first="3 weeks")
    alone = plan(twin, bounds=bounds("5 GBq", 2))
    beamed = plan(twin, bounds=bounds("5 GBq", 2), external_beam=[to_lesion])
    lesion = "lesion_1"
    # Three weeks after a cycle little dose rate is left to meet the fractions.
    by_itself = 9.0 * (1.0 + 3.0 / 1.5)
    gained = beamed.best.bed[lesion].median - alone.best.bed[lesion].median
    assert gained == pytest.approx(by_itself, rel=0.05)


def test_a_region_without_a_dose_is_refused(twin):
    beam = ExternalBeam.regular({"liver": "1 Gy"}, fractions=1, first="1 week")
    with pytest.raises(InputError, match="no dose is predicted"):
        plan(twin, external_beam=[beam])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lesion_1 3 Gy", "no external-beam"),
        ("lesion_1: 3 Gy x 0 from 1 week", "at least one fraction"),
        ("lesion_1: 3 mGy/h x 2 from 1 week", "Gy"),
        ("lesion_1: -3 Gy x 2 from 1 week", "positive"),
    ],
)
def test_texts_that_describe_no_beam_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_external_beam(text)
