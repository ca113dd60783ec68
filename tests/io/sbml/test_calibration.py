"""Calibration of SBML models by the twin's fitting: closed forms, exact slopes, a whole body."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("libsbml", reason="python-libsbml is not installed")

from theratwin.core import LogNormal, Normal
from theratwin.core.errors import FitError, InputError, UnsupportedError
from theratwin.core.seed import stream
from theratwin.dynamics.expressions.expression import ZERO
from theratwin.io.sbml import calibrate_sbml, read_sbml, sbml_model
from theratwin.twin import Reading

TIMES = np.array([0.5, 1.0, 2.0, 4.0])
DOSE, RATE, ERROR = 10.0, 0.3, 0.1
PLACES = {
    "Kidney": ("Vas", "Int", "Intera", "Bound", "Intern"),
    "Tumor1": ("Vas", "Int", "Bound", "Intern"),
}
PSMA = Path(__file__).parents[4] / "shared" / "reference" / "psma_pbpk_sbml" / "PSMA.sbml"


def drug(sbml, **more):
    """A drug that leaves one compartment of volume 2 at a rate k: n = n0 exp(-k t)."""
    return sbml_model(
        sbml(
            parameters={"k": RATE},
            compartments={"C": 2.0},
            species={"S": ("C", DOSE, True)},
            reactions={"loss": ("S", "", "k * S")},
            **more,
        )
    )


def readings(scatter=(0.1, -0.1, 0.05, 0.0)):
    values = 12.0 * np.exp(-RATE * TIMES + np.array(scatter))
    pairs = zip(TIMES, values, strict=True)
    return [Reading("S", float(t), float(y), relative_error=ERROR) for t, y in pairs]


@pytest.fixture
def model(sbml):
    return drug(sbml)


def test_an_initial_amount_has_its_closed_posterior(model):
    # ln y = ln n0 - k t is linear in ln n0: precisions add up, means are weighted by them.
    found = calibrate_sbml(model, {"S.initial": LogNormal(DOSE, 1.5)}, readings(), seed=1)
    prior, data = np.log(1.5) ** -2, 1.0 / np.log1p(ERROR**2)
    logs = [np.log(r.value) + RATE * r.time for r in readings()]
    precision = prior + data * len(logs)
    mean = (prior * np.log(DOSE) + data * np.sum(logs)) / precision
    # The mode ends within 1e-4 of the spread; predictions are solved to 1e-6.
    assert np.log(found.mode["S.initial"]) == pytest.approx(mean, abs=1e-5)
    assert found.log_covariance[0, 0] == pytest.approx(1.0 / precision, rel=1e-4)
    logarithms = np.log(found.draws["S.initial"])
    # 2000 draws of 8000 proposals: four standard errors of a mean and of a spread.
    assert logarithms.mean() == pytest.approx(mean, abs=4 * precision**-0.5 / 2000**0.5)
    assert logarithms.std() == pytest.approx(precision**-0.5, rel=0.07)
    assert found.estimates[0].narrowing == pytest.approx((prior / precision) ** 0.5, rel=0.07)
    assert found.warnings == ()


def test_slopes_have_their_closed_form(model):
    both = [replace(r, relative_error=None, error=0.5) if i % 2 else r
            for i, r in enumerate(readings())]  # fmt: skip
    priors = {"k": LogNormal(RATE, 2.0), "S.initial": LogNormal(DOSE, 2.0)}
    fit = calibrate_sbml(model, priors, both, seed=1, draws=100, rtol=1e-9).fit
    theta = np.log([[0.2, 8.0], [0.5, 15.0]])
    values, slopes = fit.linearized(theta)
    rate, start = np.exp(theta).T[..., None]
    amount = start * np.exp(-rate * TIMES)
    is_log = np.array([True, False, True, False])
    np.testing.assert_allclose(values, np.where(is_log, np.log(amount), amount), rtol=1e-7)
    size = np.where(is_log, 1.0, amount)
    np.testing.assert_allclose(slopes[..., 0], -rate * TIMES * size, rtol=1e-7)
    np.testing.assert_allclose(slopes[..., 1], size, rtol=1e-7)


def test_doses_given_values_and_predictions(model):
    from theratwin.dynamics import Bolus

    found = calibrate_sbml(
        model,
        {"k": LogNormal(RATE, 2.0)},
        [Reading("concentration", t, y, error=0.01) for t, y in ((1.0, 2.0), (3.0, 3.0))],
        observables={"concentration": model.expression("S", "concentration")},
        given={"S.initial": 5.0},
        doses=[Bolus("S.amount", 2.0, 4.0)],
        seed=1,
        draws=100,
    )
    later = found.predict([0.0, 2.0], draws=7)["concentration"]
    rate = found.draws["k"][:7]
    np.testing.assert_allclose(later[:, 0], 2.5, rtol=1e-12)
    np.testing.assert_allclose(later[:, 1], 0.5 * (5.0 * np.exp(-2.0 * rate) + 4.0), rtol=1e-5)
    with pytest.raises(InputError, match="1 to 100, all there are"):
        found.predict([1.0], draws=101)
    assert [r.region for r in found.residuals] == ["concentration"]
    assert "k" in str(found)


def test_a_dose_by_an_event_is_fitted_too(sbml):
    event = {"trigger": "time >= 1.5", "set": {"S": "S + 5"}}
    amount = DOSE * np.exp(-RATE * TIMES)
    amount += 5.0 * (TIMES > 1.5) * np.exp(-RATE * (TIMES - 1.5))
    values = [Reading("S", t, y, relative_error=0.01) for t, y in zip(TIMES, amount, strict=True)]
    priors = {"k": LogNormal(0.2, 2.0)}
    found = calibrate_sbml(drug(sbml, events=(event,)), priors, values, seed=1, draws=100)
    # Exact values: the prior alone pulls, by 0.4 / 0.69^2 times a variance of 1e-5 at most.
    assert found.mode["k"] == pytest.approx(RATE, rel=1e-4)
    assert found.warnings == ()


def test_a_mode_at_the_edge_of_its_prior_is_told_of(model):
    values = [Reading("S", t, DOSE * np.exp(-3.0 * t), relative_error=0.1) for t in TIMES]
    found = calibrate_sbml(model, {"k": LogNormal(RATE, 1.2)}, values, seed=1, draws=100)
    assert any("k: its most probable value" in text and "6.0 spreads" in text
               for text in found.warnings)  # fmt: skip


def test_what_cannot_be_solved_says_why(model):
    from theratwin.dynamics import Bolus

    heap = [Bolus("S.amount", 1.0, float("inf"))]
    with pytest.raises(FitError, match="was not a finite number when a segment began"):
        calibrate_sbml(model, {"k": LogNormal(RATE, 2.0)}, readings(), seed=1, doses=heap)


def test_what_is_wrong_is_named(model, sbml):
    priors = {"k": LogNormal(RATE, 2.0)}

    def calibrate(other=model, priors=priors, values=None, **options):
        values = readings() if values is None else values
        return calibrate_sbml(other, priors, values, seed=1, **options)

    for changed, message in (
        ({"priors": {"kk": LogNormal(1.0, 2.0)}}, "no such parameter.*'kk'.*nearest match 'k'"),
        ({"priors": {"k": Normal(1.0, 0.1)}}, "priors.k: a prior is log-normal"),
        ({"priors": {}}, "nothing is to be estimated"),
        ({"values": []}, "nothing was measured"),
        ({"values": [Reading("T", 1.0, 1.0, error=1.0)]}, "no such id or name"),
        ({"given": {"k": 1.0}}, "given.k: is estimated, and given too"),
        ({"given": {"q": 1.0}}, "given: there is no such parameter"),
        ({"given": {"S.initial": np.nan}}, r"given\.S\.initial: a finite number is needed"),
        ({"draws": 10}, "too few draws"),
        ({"posterior": "mcmc"}, "unknown method"),
    ):
        with pytest.raises(InputError, match=message):
            calibrate(**changed)
    event = {"trigger": "time > 1", "set": {"S": "5"}, "delay": "1"}
    with pytest.raises(UnsupportedError, match="event"):
        calibrate(drug(sbml, events=(event,)))


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({}, "a value has one error"),
        ({"error": 1.0, "relative_error": 0.1}, "a value has one error"),
        ({"error": 0.0}, "the error is out of range"),
        ({"relative_error": 0.1, "value": 0.0}, "the value is out of range"),
        ({"relative_error": 0.1, "time": -1.0}, "the time is out of range"),
        ({"relative_error": 0.1, "value": float("nan")}, "the value is out of range"),
    ],
)
def test_a_reading_has_numbers_that_can_be(numbers, message):
    with pytest.raises(InputError, match=message):
        Reading(**{"observable": "S", "time": 1.0, "value": 2.0, **numbers})


@pytest.mark.skipif(not PSMA.exists(), reason="../shared/reference is not here")
def test_a_patient_of_a_published_whole_body_is_recovered():
    """Receptor densities and release rates from noisy hot amounts of kidneys and a tumor."""
    model = read_sbml(PSMA)
    truth = {"Rden_Kidney": 18.0, "lambdaRel_Kidney": 3.5e-4, "Rden_Tumor1": 40.0}
    truth["lambdaRel_Tumor1"] = 1e-4
    given = {"Vein.Hot.initial": 10.0, "Vein.Cold.initial": 100.0}
    minutes = 60.0 * np.array([1.0, 4.0, 24.0, 72.0, 168.0])
    names = [f"{organ}{part}.Hot" for organ, parts in PLACES.items() for part in parts]
    amounts = model.simulate(minutes.tolist(), [], amounts=names, parameters=truth | given)
    noise = stream(1, "noise")
    measured = []
    for organ, parts in PLACES.items():
        values = sum(amounts[f"{organ}{part}.Hot"][0] for part in parts)
        values = values * np.exp(np.sqrt(np.log1p(0.08**2)) * noise.standard_normal(len(minutes)))
        pairs = zip(minutes, values, strict=True)
        measured += [Reading(organ, float(t), float(y), relative_error=0.08) for t, y in pairs]
    hot = {
        organ: sum((model.expression(f"{organ}{part}.Hot", "amount") for part in parts), ZERO)
        for organ, parts in PLACES.items()
    }
    priors = {name: LogNormal(1.4 * value, 2.0) for name, value in truth.items()}
    found = calibrate_sbml(
        model,
        priors,
        measured,
        observables=hot,
        given=given,
        seed=1,
        draws=200,
        posterior="laplace",
    )
    logs = np.log([found.mode[name] / value for name, value in truth.items()])
    # Five scans of 8 % tell each to 13 % or better; 3.5 standard deviations for the worst of four.
    spread = np.sqrt(np.diag(found.log_covariance))
    assert np.all(spread < 0.2)
    assert np.all(np.abs(logs) < 3.5 * spread)
    assert found.warnings == ()
    exact = replace(found.fit, settings={"rtol": 1e-10, "atol": 1e-16})
    theta, steps = np.log([list(truth.values())]), 1e-4 * np.eye(4)
    # Central differences: their own error is 1e-8 times third derivatives of order one.
    rise = exact.predicted(theta + steps) - exact.predicted(theta - steps)
    np.testing.assert_allclose(exact.linearized(theta)[1][0].T, rise / 2e-4, atol=1e-6)
