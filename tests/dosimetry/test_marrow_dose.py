"""Marrow dose by blood, image and activity: closed forms, published values, agreement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import InputError, UnsupportedError, parameter_set
from theratwin.dosimetry import (
    Measured,
    Source,
    marrow_from_activity,
    marrow_from_blood,
    marrow_from_image,
    marrow_model,
    marrow_self_s_value,
    marrow_to_blood,
)
from theratwin.physics import emissions

PER_MBQ_S = 1e3 / 3600.0  # Gy/(MBq h) in mGy/(MBq s)
REMAINDER = Source(Measured(30_000.0, 0.05), Measured(1e-7, 0.2))


def test_ratio_is_the_published_one():
    # Sgouros 1993: hematocrit 0.47 and extracellular fraction 0.19 give 0.36.
    assert marrow_to_blood(0.47) == pytest.approx(0.36, abs=5e-3)  # rounding of the publication
    assert marrow_to_blood(0.30) == pytest.approx(0.19 / 0.7)


def test_self_s_value_is_the_published_one():
    # ICRP Publication 133: 9.76e-6 mGy/(MBq s) at 1394 g; required within 10 %, met to rounding.
    assert marrow_self_s_value("Lu-177", 1394.0) * PER_MBQ_S == pytest.approx(9.76e-6, rel=5e-3)


def test_blood_by_hand():
    # 1 MBq h/mL at ratio 0.36: 0.1479 MeV a decay, 0.574 of it kept, 1.03 g/mL.
    found = marrow_from_blood("Lu-177", Measured(1.0), Measured(0.36))
    energy = 0.574 * emissions("Lu-177").electrons.energy_per_decay
    by_hand = 0.36 * 3.6e9 * energy * 1.602176634e-10 / 1.03
    assert found.dose == pytest.approx(by_hand, rel=1e-9)


def test_three_ways_to_the_same_concentration_agree():
    # 2 MBq h/mL in marrow: from blood, from vertebrae half of marrow, from 515 g of it.
    density = parameter_set("dosimetry", "red_marrow").value("density")
    doses = [
        marrow_from_blood("Lu-177", Measured(5.0), Measured(0.4)).dose,
        marrow_from_image("Lu-177", Measured(1.0), Measured(0.5)).dose,
        marrow_from_activity("Lu-177", Measured(1000.0), Measured(500.0 * density)).dose,
    ]
    assert doses == pytest.approx([doses[0]] * 3, rel=1e-12)


def test_it_is_the_twins_model():
    # The same dose as the model that the twin uses, remainder taken as the whole body.
    model = marrow_model("Lu-177", 80_000.0, 1760.0)
    body = Source(Measured(30_000.0), Measured(model.body_s_value))
    found = marrow_from_blood("Lu-177", Measured(2.0), Measured(1.0), {"body": body})
    twin = 2.0 * model.activity_for_blood * model.self_s_value + 30_000.0 * model.body_s_value
    assert found.dose == pytest.approx(twin, rel=1e-12)


@given(
    activities=st.lists(st.floats(1.0, 1e5), min_size=1, max_size=4),
    scale=st.floats(0.1, 10.0),
)
def test_sources_add_up_and_scale(activities, scale):
    def total(factor):
        sources = {
            f"organ {i}": Source(Measured(factor * a), Measured(1e-7 * (i + 1)))
            for i, a in enumerate(activities)
        }
        blood = Measured(2.0 * factor)
        return marrow_from_blood("Lu-177", blood, Measured(1.0), sources).first_order.values

    one, more = total(1.0), total(scale)
    assert one["dose"] == pytest.approx(sum(v for k, v in one.items() if k != "dose"))
    assert more["dose"] == pytest.approx(scale * one["dose"])


def test_budget_of_a_sum_weighs_parts_by_their_dose():
    found = marrow_from_blood(
        "Lu-177", Measured(2.0, 0.05), Measured(1.0, 0.1), {"remainder": REMAINDER}
    )
    values, budget = found.first_order.values, found.first_order.budgets["dose"]
    own = values["itself"] / values["dose"]
    # Relative uncertainties this small equal the standard deviation of the logarithm to 1 %.
    assert budget.parts["ratio"] == pytest.approx(own * 0.1, rel=0.01)
    assert budget.parts["remainder S value"] == pytest.approx((1.0 - own) * 0.2, rel=0.025)


def test_draws_of_the_same_model_agree():
    found = marrow_from_blood(
        "Lu-177", Measured(2.0, 0.05), Measured(1.0, 0.05), {"remainder": REMAINDER}
    )
    dose = found.sample(100_000, seed=1)["dose"]
    # Standard error 0.22 %; a sum of log-normals is nearly one, at 30 % of the self S value.
    assert np.std(np.log(dose)) == pytest.approx(found.first_order.relative_sd("dose"), rel=0.01)
    assert np.median(dose) == pytest.approx(found.dose, rel=5e-3)


def test_a_typical_therapy_has_the_clinical_dose():
    # Two phases in blood after 7.4 GBq of Lu-177-PSMA in 5 L: published 0.03 to 0.11 Gy/GBq
    # by the same blood-based schema, doses to the whole marrow.
    blood = 0.2 * 7400.0 / 5000.0 * 10.8 / np.log(2.0)
    model = marrow_model("Lu-177", 80_000.0, 1760.0)
    body = Source(Measured(7400.0 * 30.0), Measured(model.body_s_value))
    found = marrow_from_blood("Lu-177", Measured(blood), Measured(1.0), {"remainder": body})
    assert 0.02 < found.dose / 7.4 < 0.11


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: marrow_to_blood(42.0), "hematocrit"),
        (lambda: marrow_from_blood("Lu-177", Measured(-1.0), Measured(1.0)), "blood"),
        (lambda: marrow_from_image("Lu-177", Measured(1.0), Measured(1.2)), "marrow_fraction"),
        (lambda: marrow_from_image("Lu-177", Measured(1.0), Measured(0.0)), "marrow fraction"),
        (lambda: marrow_from_activity("Lu-177", Measured(1.0), Measured(0.0)), "mass"),
        (
            lambda: marrow_from_blood(
                "Lu-177",
                Measured(1.0),
                Measured(1.0),
                {"liver": Source(Measured(1.0), Measured(0.0))},
            ),
            "liver S value",
        ),
    ],
)
def test_wrong_numbers_are_named(call, word):
    with pytest.raises(InputError, match=word):
        call()


@pytest.mark.parametrize("nuclide", ["Ra-223", "Ac-225"])
def test_alpha_emitters_are_refused(nuclide):
    with pytest.raises(UnsupportedError):
        marrow_from_blood(nuclide, Measured(1.0), Measured(1.0))
