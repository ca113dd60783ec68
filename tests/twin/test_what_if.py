"""Doses of one patient against the amount of ligand and the tumor burden: limits and balances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from theratwin.case import (
    Administration,
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core import InputError, UnsupportedError
from theratwin.core.seed import stream
from theratwin.physics import nuclide
from theratwin.twin import amount_study, calibrate, predict, sink_study
from theratwin.twin.models import MODELS, blocks_of
from theratwin.twin.thinned import thinned

ORGANS = ("kidneys", "parotid_glands", "liver")
REGIONS = (*ORGANS, "lesion_1", "lesion_2", "blood", "whole_body")
OWN = 57.0
DRAWS = 100


def case_of(volumes=(20.0, 150.0), regions=REGIONS):
    """Return a case of a hidden patient at the medians of the priors, with 5 % noise."""
    names = [f"lesion_{k + 1}" for k in range(len(volumes))]
    blank = Case(
        "a patient with much tumor",
        Patient(
            "male",
            80_000.0,
            69.0,
            1760.0,
            organs={
                "kidneys": Volume(311.0, 0.08),
                "parotid_glands": Volume(32.0, 0.1),
                "liver": Volume(1700.0, 0.05),
            },
        ),
        Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule((Administration("cycle 1", 0.0, 7400.0, amount=OWN, duration=0.25),)),
        lesions=tuple(
            Lesion(name, Volume(volume, 0.1)) for name, volume in zip(names, volumes, strict=True)
        ),
        measurements=Measurements(
            tuple(
                Measurement(
                    region,
                    "cycle 1",
                    time,
                    1.0,
                    0.05,
                    Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY,
                )
                for region in regions
                if not region.startswith("lesion") or region in names
                for time in (2.0, 24.0, 72.0, 168.0)
            )
        ),
        model="psma",
    )
    (alternative,) = blocks_of(MODELS["psma"], blank)[0].alternatives
    medians = np.array([prior.log_mean for prior in alternative.priors])
    noise = 0.05 * stream(4, "noise").standard_normal(len(blank.measurements))
    values = np.exp(alternative.predicted(medians) + noise)
    rows = (
        replace(m, value=float(value)) for m, value in zip(blank.measurements, values, strict=True)
    )
    return replace(blank, measurements=Measurements(tuple(rows)))


@pytest.fixture(scope="module")
def twin():
    return calibrate(case_of(), seed=1, draws=DRAWS)


@pytest.fixture(scope="module")
def amounts(twin):
    return amount_study(twin, [20.0, OWN, 150.0, 400.0])


@pytest.fixture(scope="module")
def burdens(twin):
    return sink_study(twin, [0.0, 0.5, 1.0, 2.0, 4.0])


def test_the_own_amount_and_burden_are_the_prediction(twin, amounts, burdens):
    """The same equations, draws and tolerance: to the byte. A lesion left as it is counts too."""
    told = predict(twin)
    assert amounts.own == OWN
    assert set(amounts.doses) == set(burdens.doses) == set(told.regions)
    for region in told.regions:
        expected = told[region].dose[:, 0] / 7.4
        assert_array_equal(amounts.doses[region][:, 1], expected)
        assert_array_equal(burdens.doses[region][:, 2], expected)


def test_the_dose_that_saturates_falls_with_the_amount_in_every_draw(amounts):
    for region in (*ORGANS, "lesion_1", "lesion_2"):
        assert np.all(np.diff(amounts.doses[region], axis=1) < 0.0), region


def test_no_tumor_leaves_most_to_the_organs_and_more_takes_more_in_every_draw(burdens):
    for region in (*ORGANS, "lesion_1", "lesion_2"):
        assert np.all(np.diff(burdens.doses[region], axis=1) < 0.0), region


def test_a_small_lesion_loses_more_to_a_large_one_than_the_other_way_round(burdens):
    left = {name: burdens.doses[name][:, 4] / burdens.doses[name][:, 0] for name in burdens.lesions}
    assert np.median(left["lesion_1"]) < np.median(left["lesion_2"])


def test_without_receptors_the_tumor_holds_no_more_than_blood_and_fluid(twin):
    """Balance of the other kind: what tumor took is what the others get and the urine."""
    (alternative,) = [each for each, _ in twin.posteriors[0].each_share()]
    draws = twin.posteriors[0].best.resampled.draws.copy()
    names = alternative.parameter_names
    for name in ("lesion_1", "lesion_2", "undelineated_tumor"):
        draws[:, names.index(f"{name}.receptor_density")] = -np.inf
    curves = alternative.curves(draws, twin.case.schedule, stream(1))
    integral = curves["lesion_2"][0].integral()
    decay = nuclide("Lu-177").decay_constant
    # 150 mL of which nothing binds: less than 1 % of what decays in the whole body.
    assert np.all(integral < 0.01 * curves["whole_body"][0].integral())
    assert np.all(curves["whole_body"][0].integral() < 7400.0 / decay)


def test_with_a_negligible_tumor_the_sink_vanishes():
    regions = tuple(region for region in REGIONS if region != "whole_body")
    twin = calibrate(case_of((0.001,), regions), seed=1, draws=DRAWS)
    study = sink_study(twin, [0.0, 4.0])
    for organ in ORGANS:
        # A receptor in 300,000 is the tumor's; the solver's tolerance is 1e-6.
        assert_allclose(study.doses[organ][:, 1], study.doses[organ][:, 0], rtol=1e-4)
    # The only tumor there is: no other could change while it stays.
    assert study.lesions == ()


def test_a_sink_that_is_full_takes_the_same_share_of_less(twin):
    """The larger the amount, the less the tumor's receptors matter to the kidneys."""
    lost = []
    for amount in (OWN, 2000.0):
        course = Schedule((replace(twin.case.schedule["cycle 1"], amount=amount),))
        study = sink_study(twin, [0.0, 4.0], schedule=course, draws=20)
        kidneys = study.doses["kidneys"]
        lost.append(np.median(1.0 - kidneys[:, 1] / kidneys[:, 0]))
    assert lost[1] < 0.2 * lost[0]


def test_a_course_has_its_total_and_every_cycle_its_amount(twin):
    course = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol")
    study = amount_study(twin, [57.0], schedule=course, draws=DRAWS)
    told = predict(twin, course)
    expected = told["kidneys"].dose.sum(axis=1) / 14.8
    assert_array_equal(study.doses["kidneys"][:, 0], expected)
    mixed = Schedule((course["cycle 1"], replace(course["cycle 2"], amount=80.0)))
    assert amount_study(twin, [57.0], schedule=mixed, draws=10).own is None


def test_another_label_is_studied_as_it_is_predicted(twin):
    terbium = replace(twin.case.radiopharmaceutical, name="Tb-161 PSMA-617", nuclide="Tb-161")
    study = amount_study(twin, [OWN], radiopharmaceutical=terbium, draws=DRAWS)
    told = predict(twin, radiopharmaceutical=terbium)
    assert_array_equal(study.doses["kidneys"][:, 0], told["kidneys"].dose[:, 0] / 7.4)
    assert study.case.radiopharmaceutical.nuclide == "Tb-161"


def test_ranges_are_spaced_evenly_in_what_matters(twin):
    amounts = amount_study(twin, "20..500 nmol", points=3, draws=10)
    assert_allclose(amounts.values, [20.0, 100.0, 500.0])
    assert amounts.draws == 10
    burdens = sink_study(twin, "0..4", points=3, draws=10)
    assert_allclose(burdens.values, [0.0, 2.0, 4.0])
    assert set(burdens.intervals()) == set(burdens.doses)
    ratio = amounts.ratio("lesion_2")
    assert_array_equal(ratio, amounts.doses["lesion_2"] / amounts.doses["kidneys"])


def test_fewer_draws_are_some_of_the_draws(twin):
    few = thinned(twin, 7)
    assert few.draws == 7
    all_draws, some = (t.posteriors[0].best.resampled.draws for t in (twin, few))
    assert all(any(np.array_equal(one, each) for each in all_draws) for one in some)
    assert_array_equal(some[[0, -1]], all_draws[[0, -1]])
    assert thinned(twin, 1000) is twin


def test_structures_keep_their_share_when_draws_are_thinned():
    curves = calibrate(case_of(regions=ORGANS), seed=1, draws=400, model="curves")
    few = thinned(curves, 40)
    for before, after in zip(curves.posteriors, few.posteriors, strict=True):
        shares = {index: len(positions) / 400 for index, positions in before.shares}
        kept = {index: len(positions) / 40 for index, positions in after.shares}
        positions = np.sort(np.concatenate([each for _, each in after.shares]))
        assert_array_equal(positions, np.arange(40))
        for index, share in shares.items():
            # Positions are shuffled: four standard errors of a share of 40 draws.
            assert abs(kept.get(index, 0.0) - share) < 4 * np.sqrt(0.25 / 40)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"amounts": "500..20 nmol"}, "rises from a positive number"),
        ({"amounts": "0..20 nmol"}, "rises from a positive number"),
        ({"amounts": "20..500"}, "LOW..HIGH UNIT"),
        ({"amounts": []}, "amounts or factors"),
        ({"amounts": [-1.0]}, "amounts or factors"),
        ({"amounts": [5.0]}, "10.18 nmol and more"),
        ({"amounts": "20..500 nmol", "points": 1}, "two points"),
        ({"amounts": [57.0], "draws": 0}, "draws"),
    ],
)
def test_wrong_amounts_are_refused(twin, arguments, word):
    with pytest.raises(InputError, match=word):
        amount_study(twin, **arguments)


def test_wrong_burdens_and_bodies_without_tumor_are_refused(twin):
    with pytest.raises(InputError, match="rises from zero"):
        sink_study(twin, "-1..4")
    regions = ("kidneys", "liver")
    healthy = calibrate(case_of((), regions), seed=1, draws=DRAWS)
    with pytest.raises(InputError, match="no tumor"):
        sink_study(healthy)
    with pytest.raises(InputError, match="no dose there"):
        amount_study(healthy, [57.0], draws=10).ratio("lesion_1")


def test_curves_know_neither():
    curves = calibrate(case_of(regions=ORGANS), seed=1, draws=100, model="curves")
    for study in (lambda: amount_study(curves, "20..500 nmol"), lambda: sink_study(curves)):
        with pytest.raises(UnsupportedError, match="model of the whole body"):
            study()
