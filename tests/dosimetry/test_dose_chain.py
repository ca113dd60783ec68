"""The chain from counts to dose: its first order, its draws, and how they must differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import InputError
from theratwin.dosimetry import (
    DoseChain,
    Doubt,
    RecoveryCurve,
    first_order,
    log_sd,
    monte_carlo,
    outline_slope,
    self_s_value,
)

CURVE = RecoveryCurve(2.0, 0.8, np.array([[0.004, -0.001], [-0.001, 0.002]]))
SMALL = {"counts": 0.02, "fit": 0.02, "calibration": 0.03, "volume": 0.04, "S value": 0.02}


def s_value(mass):
    return 0.0853 / mass


def chain(uncertainties, **changes):
    given_ = {"recovery": CURVE, "outline": 0.5} | changes
    return DoseChain(400.0, 6.0, s_value, uncertainties, **given_)


def test_steps_by_hand():
    values = chain({}).first_order.values
    assert values["mass"] == pytest.approx(6.3)
    assert values["recovery"] == pytest.approx(1.0 / (1.0 + 3.0**-0.8))
    assert values["time-integrated activity"] == pytest.approx(400.0 * (1.0 + 3.0**-0.8))
    assert values["dose"] == pytest.approx(400.0 * (1.0 + 3.0**-0.8) * 0.0853 / 6.3)


def test_volume_enters_with_the_sum_of_what_it_does():
    found = chain(SMALL).first_order
    expected = 0.5 - float(CURVE.slope(6.0)) - 1.0
    # Central differences of step 1e-4.
    assert found.sensitivities["dose"]["volume"] == pytest.approx(expected, rel=1e-6)
    assert found.sensitivities["mass"]["volume"] == pytest.approx(1.0, rel=1e-6)


def test_covariances_of_the_steps_give_the_dose():
    # The guidance's way: activity and S value with their covariance, through the volume.
    found = chain(SMALL).first_order
    names = list(found.values)
    i, j = names.index("time-integrated activity"), names.index("S value")
    c = found.covariance
    together = c[i, i] + c[j, j] + 2.0 * c[i, j]
    assert found.relative_sd("dose") == pytest.approx(np.sqrt(together), rel=1e-6)
    assert found.budgets["dose"].total == pytest.approx(np.sqrt(together), rel=1e-6)
    # Counts that rise with the outline outweigh the recovery: the activity is too great where the
    # S value is too small.
    assert c[i, j] < 0


def test_without_the_covariance_the_uncertainty_is_another():
    found = chain({"volume": 0.3}).first_order
    apart = np.hypot(
        found.budgets["time-integrated activity"].parts["volume"],
        found.budgets["S value"].parts["volume"],
    )
    assert found.budgets["dose"].parts["volume"] < 0.95 * apart


def test_draws_agree_with_the_first_order_while_doubts_are_small():
    whole = chain(SMALL)
    drawn, found = whole.sample(200_000, seed=1), whole.first_order
    for name in found.values:
        # Standard error of a standard deviation 0.16 %, and second order in the recovery.
        assert np.std(np.log(drawn[name])) == pytest.approx(found.relative_sd(name), rel=0.01)
    low, high = np.quantile(drawn["dose"], (0.05, 0.95))
    assert found.budgets["dose"].interval(whole.dose) == pytest.approx((low, high), rel=3e-3)


def test_large_doubts_differ_by_the_second_order_of_a_log_normal():
    # Without recovery the model is a product of powers: exactly log-normal.
    large = {"counts": 0.2, "fit": 0.3, "calibration": 0.2, "volume": 0.6, "S value": 0.1}
    whole = chain(large, recovery=None)
    dose = whole.sample(400_000, seed=2)["dose"]
    u = whole.first_order.relative_sd("dose")
    assert u > 0.4
    assert np.median(dose) == pytest.approx(whole.dose, rel=5e-3)
    # Mean over median exp(u^2/2), here 10 % and more; three standard errors of 0.08 %.
    assert np.mean(dose) / whole.dose == pytest.approx(np.exp(0.5 * u**2), rel=3e-3)
    assert np.mean(dose) / whole.dose > 1.08
    relative = np.std(dose) / np.mean(dose)
    assert relative == pytest.approx(np.sqrt(np.expm1(u**2)), rel=0.01)
    assert relative > 1.03 * u


def test_a_curved_recovery_shows_beyond_the_first_order():
    # d ln R / d ln V falls from 2 to 0 over these volumes: no one tangent stands for them.
    whole = chain({"volume": 0.8}, outline=0.0, recovery=RecoveryCurve(6.0, 2.0, np.zeros((2, 2))))
    spread = np.std(np.log(whole.sample(100_000, seed=3)["time-integrated activity"]))
    assert spread != pytest.approx(
        whole.first_order.relative_sd("time-integrated activity"), rel=0.02
    )


@given(
    u=st.dictionaries(st.sampled_from(sorted(SMALL)), st.floats(0.0, 0.9), max_size=5),
    outline=st.floats(0.0, 1.0),
)
def test_budget_is_that_of_powers(u, outline):
    found = chain(u, outline=outline, recovery=None).first_order.budgets["dose"]
    powers = {"volume": outline - 1.0, "calibration": -1.0}
    for name, relative in u.items():
        assert found.parts[name] == pytest.approx(
            abs(powers.get(name, 1.0)) * log_sd(relative), rel=1e-5, abs=1e-9
        )


def test_a_lesion_as_in_the_clinic():
    # 4 mL after Lu-177, SPECT of 10 mm: small lesions are uncertain by tens of percent
    # (14 to 102 % over 154 tumors: Finocchiaro et al. 2020).
    recovery = float(CURVE.value(4.0))
    lesion = DoseChain(
        300.0,
        4.0,
        lambda mass: self_s_value("Lu-177", mass),
        {"counts": 0.05, "fit": 0.05, "calibration": 0.05, "volume": 0.35, "S value": 0.02},
        recovery=CURVE,
        outline=float(outline_slope(4.0, 10.0, recovery)),
    )
    total = lesion.first_order.budgets["dose"]
    assert 0.14 < total.total < 0.5
    assert max(total.shares, key=total.shares.get) == "volume"


def test_parts_of_a_component_may_depend_on_each_other():
    matrix = np.array([[0.01, 0.009], [0.009, 0.01]])
    doubts = {"pair": Doubt(("a", "b"), matrix)}

    def model(f):
        return {"sum": f["a"] * f["b"], "ratio": f["a"] / f["b"]}

    found = first_order(model, doubts)
    drawn = monte_carlo(model, doubts, draws=100_000, seed=4)
    assert found.relative_sd("sum") == pytest.approx(np.sqrt(0.038))
    assert found.relative_sd("ratio") == pytest.approx(np.sqrt(0.002))
    for name in ("sum", "ratio"):
        assert np.std(np.log(drawn[name])) == pytest.approx(found.relative_sd(name), rel=0.01)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: chain({"scatter": 0.1}), "unknown component"),
        (lambda: chain({"volume": -0.1}).first_order, "volume"),
        (lambda: DoseChain(-1.0, 6.0, s_value), "integral"),
        (lambda: Doubt(("a",), np.array([[-0.1]])), "no covariance"),
        (lambda: Doubt(("a", "b"), np.array([[0.1]])), "symmetric"),
        (
            lambda: first_order(lambda f: f, {"x": Doubt.of("a", 0.1), "y": Doubt.of("a", 0.1)}),
            "one component",
        ),
    ],
)
def test_wrong_doubts_are_refused(call, word):
    with pytest.raises(InputError, match=word):
        call()
