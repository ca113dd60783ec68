"""Doses of a course: linear in activity, shared factors, cycles measured and not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import Administration, Schedule, SharedUncertainty, Volume
from theratwin.core import InputError
from theratwin.dosimetry import self_s_value
from theratwin.physics import nuclide
from theratwin.twin import calibrate, predict
from theratwin.twin.doses import region_doses

TWO = (24.0, 96.0)
ORGANS = {"kidneys": Volume(310.0, 0.0), "liver": Volume(1700.0, 0.0)}


@pytest.fixture(scope="module")
def seven():
    return Schedule.regular("7.4 GBq", cycles=6, every="6 weeks")


@pytest.fixture
def twin(make_case, rows):
    case = make_case(
        rows("kidneys", "cycle 1", TWO, at_zero=120, half_life=40)
        + rows("lesion_1", "cycle 1", TWO, at_zero=40, half_life=60)
    )
    return calibrate(case, seed=1, draws=500)


def test_dose_is_time_integrated_activity_times_the_s_value(make_case, rows):
    certain = make_case(
        rows("kidneys", "cycle 1", (4, 24, 72, 144), at_zero=120, half_life=40, relative=0.002),
        organs=ORGANS,
        uncertainty=SharedUncertainty(0.0, 0.0),
    )
    dose = predict(calibrate(certain, seed=1, draws=1000))["kidneys"].dose[:, 0]
    area = 120.0 * 40.0 / np.log(2.0)
    expected = area * float(self_s_value("Lu-177", 310.0 * 1.05, bodies=2))
    # The dose factor's 2 % over 1000 draws; an uptake before the first scan may take 1 % away.
    assert np.median(dose) == pytest.approx(expected, rel=0.015)
    assert np.std(np.log(dose)) == pytest.approx(0.02, rel=0.25)


def test_doses_are_linear_in_the_activity_and_g_d2_in_its_square(twin, seven):
    twice = Schedule(tuple(replace(a, activity=2.0 * a.activity) for a in seven))
    one, two = predict(twin, seven)["kidneys"], predict(twin, twice)["kidneys"]
    np.testing.assert_allclose(two.dose, 2.0 * one.dose, rtol=1e-12)
    np.testing.assert_allclose(two.quadratic, 4.0 * one.quadratic, rtol=1e-12)


def test_a_cycle_is_the_same_in_a_short_and_in_a_long_course(twin, seven):
    for region in ("kidneys", "lesion_1"):
        long = predict(twin, seven)[region].dose
        short = predict(twin, Schedule(seven.administrations[:3]))[region].dose
        np.testing.assert_array_equal(short, long[:, :3])


def test_a_course_shorter_than_measured_takes_its_first_cycles(make_case, rows):
    case = make_case(
        rows("kidneys", "cycle 1", TWO, at_zero=120, half_life=40)
        + rows("kidneys", "cycle 2", TWO, at_zero=60, half_life=40)
    )
    twin = calibrate(case, seed=1, draws=300)
    short = predict(twin, Schedule(case.schedule.administrations[:1]))["kidneys"].dose
    np.testing.assert_array_equal(short, predict(twin)["kidneys"].dose[:, :1])


def test_doubt_grows_over_cycles_without_scans(twin, seven):
    dose = predict(twin, seven)["kidneys"].dose
    spread = np.std(np.log(dose), axis=0)
    assert np.all(np.diff(spread) > 0)


def test_tumors_take_up_less_in_later_cycles_and_organs_do_not(twin, seven):
    found = {r: np.median(predict(twin, seven)[r].dose, axis=0) for r in ("kidneys", "lesion_1")}
    # Published: 73 % of the first cycle in the second, 44 % in the fourth; 500 draws of 40 %.
    assert found["lesion_1"][1] / found["lesion_1"][0] == pytest.approx(0.73, rel=0.1)
    assert found["lesion_1"][3] / found["lesion_1"][0] == pytest.approx(0.44, rel=0.15)
    assert found["kidneys"][5] / found["kidneys"][0] == pytest.approx(1.0, abs=0.1)


def test_calibration_is_shared_by_regions_and_the_rest_is_not(make_case, rows):
    exact = rows("kidneys", "cycle 1", (4, 24, 96), at_zero=120, half_life=40, relative=0.001)
    exact += rows("liver", "cycle 1", (4, 24, 96), at_zero=200, half_life=25, relative=0.001)
    correlations = []
    for calibration in (0.0, 0.2):
        case = make_case(exact, organs=ORGANS, uncertainty=SharedUncertainty(calibration, 0.0))
        prediction = predict(calibrate(case, seed=1, draws=2000))
        doses = [np.log(prediction[r].dose[:, 0]) for r in ("kidneys", "liver")]
        correlations.append(np.corrcoef(doses)[0, 1])
    # Without it what is left (fit, dose factor) is independent: 1 / sqrt(2000) = 0.022.
    assert abs(correlations[0]) < 0.08
    assert correlations[1] > 0.95


def test_recovery_acts_on_lesions_and_glands_only(make_case, rows):
    case = make_case(
        rows("kidneys", "cycle 1", (4, 24, 96), at_zero=120, half_life=40, relative=0.001)
        + rows("lesion_1", "cycle 1", (4, 24, 96), at_zero=40, half_life=60, relative=0.001),
        organs=ORGANS,
        uncertainty=SharedUncertainty(0.0, 0.3),
    )
    prediction = predict(calibrate(case, seed=1, draws=1000))
    assert np.std(np.log(prediction["kidneys"].dose[:, 0])) < 0.05
    assert np.std(np.log(prediction["lesion_1"].dose[:, 0])) > 0.25


def test_a_volume_delineated_anew_counts_in_its_cycle(make_case, rows):
    case = make_case(
        rows("lesion_1", "cycle 1", TWO, at_zero=40, half_life=60)
        + rows("lesion_1", "cycle 2", TWO, at_zero=40, half_life=60)
    )
    halved = [
        replace(m, volume=2.5) if m.administration == "cycle 2" else m for m in case.measurements
    ]
    shrunk = replace(case, measurements=type(case.measurements)(tuple(halved)))
    whole, half = (
        predict(calibrate(each, seed=1, draws=200))["lesion_1"].dose for each in (case, shrunk)
    )
    np.testing.assert_array_equal(whole[:, 0], half[:, 0])
    # Half the mass, nearly twice the dose: electrons leave a small sphere more easily.
    assert np.all((half[:, 1] / whole[:, 1] > 1.9) & (half[:, 1] / whole[:, 1] < 2.0))


def test_a_lesion_that_appears_later_has_no_dose_before(make_case, rows):
    case = make_case(rows("lesion_2", "cycle 2", TWO, at_zero=20, half_life=60), appears="cycle 2")
    twin = calibrate(case, seed=1, draws=200)
    lesion = predict(twin)["lesion_2"]
    assert lesion.dose_rates[0] is None
    assert np.all(lesion.dose[:, 0] == 0)
    assert np.all(lesion.dose[:, 1] > 0)
    alone = predict(twin, Schedule(case.schedule.administrations[:1]))["lesion_2"]
    assert alone.dose.shape == (200, 1)
    assert np.all(alone.dose == 0)
    assert np.all(alone.bed == 0)


def test_bed_is_dose_and_its_protracted_square(twin):
    kidneys = predict(twin)["kidneys"]
    np.testing.assert_allclose(kidneys.bed, kidneys.dose + kidneys.quadratic / 2.5)
    # One exponential: G = lambda / (lambda + mu), here of 40 h and 2.8 h; other structures and
    # half-lives near it.
    rate, repair = np.log(2) / 40.0, np.log(2) / 2.8
    ratio = kidneys.quadratic[:, 0] / kidneys.dose[:, 0] ** 2
    assert np.median(ratio) == pytest.approx(rate / (rate + repair), rel=0.1)


def test_tables_hold_ordered_intervals(twin, seven):
    prediction = predict(twin, seven)
    for table in (prediction.dose(), prediction.dose_per_activity(), prediction.bed()):
        for intervals in table.rows.values():
            assert len(intervals) == len(table.columns)
            assert all(i.low < i.median < i.high for i in intervals)
    total = prediction.dose().rows["kidneys"][-1].median
    per_activity = prediction.dose_per_activity().rows["kidneys"][-1].median
    assert per_activity == pytest.approx(total / 44.4, rel=1e-12)


def test_a_region_without_a_dose_is_refused_with_advice(twin):
    with pytest.raises(InputError, match="red marrow needs blood"):
        predict(twin)["red_marrow"]


BLOOD = [("blood", "cycle 1", t, 0.03 * 2 ** (-t / 15.0)) for t in (1.0, 24.0, 48.0)]
BODY = [("whole_body", "cycle 1", t, 7000 * 2 ** (-t / 40.0)) for t in (1.0, 24.0, 96.0)]


def test_marrow_from_blood_and_body(make_case):
    twin = calibrate(make_case(BLOOD + BODY), seed=1, draws=500)
    marrow = predict(twin)["red_marrow"]
    dose = np.median(marrow.dose[:, 0])
    own = 0.03 * 15 / np.log(2) * 0.574 * 0.14792 * 0.57672 / 1.03
    body = 7000 * 40 / np.log(2) * 1.0e-7
    # Electrons in blood's concentration, photons of the body (1.0e-7 Gy/(MBq h) at 80 kg, 10 %),
    # and curves that may take up or wash out before the first scan.
    assert dose == pytest.approx(own + body, rel=0.15)
    assert not marrow.lesion


def test_remainder_and_regions_stand_for_the_body(make_case, rows):
    kidneys = rows("kidneys", "cycle 1", TWO, at_zero=120, half_life=40)
    lesion = rows("lesion_2", "cycle 2", TWO, at_zero=20, half_life=60)
    remainder = [("remainder", c, t, v) for _, c, t, v in BODY]
    case = make_case(BLOOD + remainder + kidneys + lesion, appears="cycle 2")
    prediction = predict(calibrate(case, seed=1, draws=200))
    assert prediction["red_marrow"].dose.shape == (200, 2)
    assert np.all(prediction["red_marrow"].dose > 0)
    assert "remainder" not in prediction.regions


def test_marrow_imaged_counts_with_the_mass_imaged(make_case, rows):
    imaged = rows("red_marrow", "cycle 1", TWO, at_zero=2.0, half_life=30)
    with pytest.raises(InputError, match=r"organs\.red_marrow\.volume"):
        calibrate(make_case(imaged + BODY), seed=1)
    doses = [
        predict(
            calibrate(
                make_case(imaged + BODY, organs={"red_marrow": Volume(volume, 0.1)}),
                seed=1,
                draws=300,
            )
        )["red_marrow"].dose[:, 0]
        for volume in (60.0, 120.0)
    ]
    body = 7000 * 40 / np.log(2) * 1.0e-7
    assert np.median(doses[0] - body) == pytest.approx(2 * np.median(doses[1] - body), rel=0.15)


def test_marrow_is_left_out_without_a_height(make_case):
    twin = calibrate(make_case(BLOOD + BODY, height=None), seed=1, draws=200)
    assert list(predict(twin).regions) == []


def test_a_single_kidney(make_case, rows):
    case = make_case(rows("kidneys", "cycle 1", TWO, at_zero=60, half_life=40))
    half = {"kidneys": Volume(155.0, 0.08)}
    pair = replace(case, patient=replace(case.patient, organs=half))
    single = replace(pair, patient=replace(pair.patient, absent=("kidney_left",)))
    doses = [predict(calibrate(each, seed=1, draws=200))["kidneys"].dose for each in (pair, single)]
    # One body of 155 g absorbs a little more of its own than two of 78 g.
    assert np.all((doses[1] / doses[0] > 1.0) & (doses[1] / doses[0] < 1.02))


def test_another_nuclide_decays_as_it_does(make_case, rows):
    case = make_case(rows("kidneys", "cycle 1", TWO, at_zero=100, half_life=25))
    yttrium = replace(case, radiopharmaceutical=replace(case.radiopharmaceutical, nuclide="Y-90"))
    twin = calibrate(yttrium, seed=1, draws=200)
    rates = predict(twin)["kidneys"].dose_rates[0].rates
    assert rates.min() > nuclide("Y-90").decay_constant


def test_infusions_and_later_times_shift_the_curve(twin):
    late = Schedule((Administration("late", 500.0, 7400.0, duration=1.0),))
    early = Schedule((Administration("early", 0.0, 7400.0),))
    shifted, plain = (
        region_doses(twin.case, twin.posteriors, course, cross=True, seed=1)[0]
        for course in (late, early)
    )
    np.testing.assert_allclose(shifted.dose, plain.dose, rtol=1e-12)
    assert np.all(shifted.total_dose_rate(500.4) == 0)
