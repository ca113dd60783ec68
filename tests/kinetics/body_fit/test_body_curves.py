"""A whole-body model as a block: predictions, slopes, curves against the engine's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import Administration, Schedule
from theratwin.core import InputError, Pieces
from theratwin.core.seed import stream
from theratwin.dynamics import Jump
from theratwin.kinetics.body_fit import body_block
from theratwin.response import Repair, protraction_factor


@pytest.fixture(scope="module")
def curves(small_body):
    case, _ = small_body.simulated_case(
        small_body.scans("cycle 1", "cycle 2"), small_body.cycles(2)
    )
    return body_block(small_body.body_model(), case).alternatives[0]


@pytest.fixture(scope="module")
def draws(curves):
    mean = np.array([prior.log_mean for prior in curves.priors])
    sd = np.array([prior.log_sd for prior in curves.priors])
    return mean + 0.7 * sd * stream(1, "draws").standard_normal((40, len(mean)))


def test_predictions_are_those_of_the_engine_asked_by_hand(curves, draws, small_body):
    theta = draws[0]
    model = curves.model
    named = dict(zip(curves.parameter_names, np.exp(theta), strict=True))
    jumps = [
        Jump(f"{name}.ratio", 1008.0, named.pop(f"{name}_ratio[cycle 2]"))
        for name in ("lesion_1.capacity", "patient.clearance")
    ]
    given = [*model.doses(small_body.cycles(2)), *jumps]
    times = [24.0, 1008.0 + 72.0]
    by_hand = model.engine.solve({**model.fixed, **named}, times, doses=given, rtol=1e-9)
    found = {
        (m.region, m.administration, m.time): value
        for m, value in zip(curves.measurements, curves.predicted(theta), strict=True)
    }
    for k, key in enumerate((("lesion_1", "cycle 1", 24.0), ("lesion_1", "cycle 2", 72.0))):
        expected = np.log(by_hand["activity.lesion_1"][0, k])
        assert found[key] == pytest.approx(expected, abs=1e-5)  # the solver's tolerance, summed up


def test_predictions_err_by_what_their_tolerances_state(curves, draws):
    exact = curves._predicted(draws, 1e-10)
    np.testing.assert_allclose(curves.predicted(draws), exact, atol=3e-5)
    np.testing.assert_allclose(curves.roughly(draws), exact, atol=3e-4)


def test_slopes_agree_with_differences(curves, draws):
    some = draws[:5]
    predicted, slopes = curves.linearized(some)
    np.testing.assert_allclose(predicted, curves.predicted(some), atol=1e-6)
    step = 1e-2
    for k in range(some.shape[1]):
        away = step * np.eye(some.shape[1])[k]
        rise = curves.predicted(some + away) - curves.predicted(some - away)
        # Third derivatives of order ten: truncation 2e-4; solver noise 1e-6 / 1e-2.
        np.testing.assert_allclose(slopes[..., k], rise / (2 * step), atol=2e-3)


def test_urine_counts_what_left_and_only_decays_there(curves, draws):
    first = [m for m in curves.measurements if m.administration == "cycle 1"]
    rows = {(m.region, m.time): curves.measurements.index(m) for m in first}
    found = np.exp(curves.predicted(draws))
    given = curves.administrations[0].activity * np.exp(-curves.model.decay_constant * 4.0)
    body, urine = found[:, rows["whole_body", 4.0]], found[:, rows["excreted_urine", 4.0]]
    np.testing.assert_allclose(body + urine, given, rtol=1e-3)  # decay while it was infused


def test_the_error_is_that_of_scan_and_model_by_class(curves):
    of = {m.region: sd for m, sd in zip(curves.measurements, curves.observed_sd, strict=True)}
    assert of["kidneys"] == pytest.approx(np.hypot(0.05, 0.10), rel=0.01)
    assert of["lesion_1"] == pytest.approx(np.hypot(0.05, 0.15), rel=0.01)
    assert of["blood"] == pytest.approx(np.hypot(0.05, 0.20), rel=0.02)


@pytest.fixture(scope="module")
def course(small_body):
    return Schedule(small_body.cycles(3))


def test_integrals_are_those_of_the_engine_and_add_up(curves, draws, course):
    found = curves.curves(draws, course, stream(1, "future"))
    longer = curves.walk.carried(draws, 3, stream(1, "future"))
    exact = curves._solve(
        longer,
        course.administrations,
        np.array([1008.0, 2016.0, 8000.0]),
        keep=list(curves.model.integrals.values()),
        tolerance=1e-9,
    )
    for region, name in curves.model.integrals.items():
        by_cycle = np.stack([curve.integral() for curve in found[region]], axis=-1)
        whole = np.cumsum(by_cycle, axis=-1)
        # Exact by construction but for the solver's tolerance and 20 half-lives of the tail.
        np.testing.assert_allclose(whole, exact[name], rtol=2e-5)


def test_derivatives_by_the_amount_agree_with_differences(curves, draws, course):
    """Of two cycles together, the first left alone; the values are those without derivatives."""
    theta, later, step = draws[:4], ("cycle 2", "cycle 3"), 0.5
    plain = curves.curves(theta, course, stream(1, "future"))
    found, slopes = curves.curves_by_amount(theta, course, stream(1, "future"), later)

    def moved(sign):
        changed = Schedule(
            tuple(
                replace(a, amount=a.amount + sign * step) if a.name in later else a for a in course
            )
        )
        return curves.curves(theta, changed, stream(1, "future"))

    more, less = moved(1.0), moved(-1.0)
    for region in curves.regions:
        for k in range(3):
            assert np.array_equal(found[region][k].coefficients, plain[region][k].coefficients)
            rise = more[region][k].integral() - less[region][k].integral()
            # Of a thousandth of the amount: truncation 1e-5; the solver's noise over the step.
            noise = 1e-5 * np.max(plain[region][k].integral())
            np.testing.assert_allclose(
                slopes[region][k].integral(), rise / (2 * step), rtol=1e-3, atol=noise
            )
        assert np.all(slopes[region][0].integral() == 0.0)


def test_a_curve_follows_the_solution_between_its_knots(curves, draws, course):
    found = curves.curves(draws, course, stream(1, "future"))
    times = np.concatenate([np.geomspace(0.02, 900.0, 97), 1008.0 + np.geomspace(0.3, 900.0, 37)])
    longer = curves.walk.carried(draws, 3, stream(1, "future"))
    exact = curves._solve(longer, course.administrations, times, tolerance=1e-8)
    for region, name in curves.model.activities.items():
        if region in found:
            shown = sum(curve(times) for curve in found[region] if curve is not None)
            largest = exact[name].max(axis=1, keepdims=True)
            np.testing.assert_allclose(shown / largest, exact[name] / largest, atol=3e-3)


def test_protraction_is_that_of_a_finer_curve(curves, draws, course):
    theta = draws[:5]
    coarse = curves.curves(theta, course, stream(1, "future"))["kidneys"][0]
    times = np.unique(np.concatenate([np.linspace(0, 0.25, 60), np.geomspace(0.25, 1007.0, 3000)]))
    fine = curves._solve(theta[:, :9], course.administrations[:1], times, tolerance=1e-9)
    curve = Pieces.from_samples(times, fine["activity.kidneys"])
    repair = Repair.single(1.9)
    np.testing.assert_allclose(
        protraction_factor(coarse, repair), protraction_factor(curve, repair), rtol=1e-3
    )


def test_no_instant_counts_for_two_administrations(curves, draws, course):
    found = curves.curves(draws, course, stream(1, "future"))["whole_body"]
    first, second, _ = found
    assert np.all(first(1008.0) == 0)
    assert np.all(second(np.nextafter(1008.0, 0)) == 0)
    assert np.all(found[2].breaks[-1] > 2016.0 + 20 * 159)


def test_a_lesion_has_no_curve_before_it_appears(small_body, course):
    case, _ = small_body.simulated_case(small_body.scans("cycle 2"), small_body.cycles(2))
    late = replace(case, lesions=(replace(case.lesions[0], appears="cycle 2"),))
    curves = body_block(small_body.body_model(), late).alternatives[0]
    theta = np.array([[prior.log_mean for prior in curves.priors]])
    found = curves.curves(theta, course, stream(1, "future"))
    assert found["lesion_1"][0] is None
    assert found["lesion_1"][1] is not None
    assert found["kidneys"][0] is not None


def test_a_bolus_is_served_as_an_infusion_is(small_body):
    bolus, infused = (
        body_block(
            small_body.body_model(),
            small_body.simulated_case(small_body.scans("cycle 1"), small_body.cycles(1, **d))[0],
        ).alternatives[0]
        for d in ({"duration": 0.0}, {"duration": 0.25})
    )
    theta = np.array([[prior.log_mean for prior in bolus.priors]])
    areas = [
        each.curves(theta, Schedule(each.administrations), stream(1))["kidneys"][0].integral()
        for each in (bolus, infused)
    ]
    # A slower supply saturates the receptors a little less.
    assert areas[0] == pytest.approx(areas[1], rel=0.02)
    assert areas[0] < areas[1]


def test_the_fingerprint_tells_of_other_numbers(curves, small_body):
    other = replace(curves, model=small_body.body_model("Y-90"))
    assert curves.fingerprint != other.fingerprint
    again = replace(curves, model=small_body.body_model())
    assert curves.fingerprint == again.fingerprint


def test_an_unknown_region_and_no_measurement_are_refused(small_body):
    administrations = (Administration("cycle 1", 0.0, 7400.0, amount=60.0),)
    spleen = small_body.case_of([small_body.row("spleen", "cycle 1", 24.0, 5.0)], administrations)
    with pytest.raises(InputError, match="no such region") as caught:
        body_block(small_body.body_model(), spleen)
    assert "kidneys" in str(caught.value)
    with pytest.raises(InputError, match="nothing was measured"):
        body_block(small_body.body_model(), small_body.case_of([], administrations))


def test_a_model_that_names_what_the_network_lacks_is_refused(small_body):
    model = small_body.body_model()
    for change in (
        {"fixed": {"half_lives": 1.0}},
        {"priors": {}},
        {"activities": {"kidneys": "activity.kidney"}},
        {"switches": {}},
    ):
        with pytest.raises(InputError, match="has no such thing"):
            replace(model, **change)
