"""The marrow model: from blood and body, in units, against a published S value."""

from __future__ import annotations

import pytest

from theratwin.dosimetry import marrow_model
from theratwin.physics import body_photon_s_value, emissions
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

PER_MBQ_S = 1e3 / 3600.0  # Gy/(MBq h) in mGy/(MBq s)


def test_self_dose_is_the_published_one_at_its_mass():
    # 9.76e-6 mGy/(MBq s) at 1394 g, from which the absorbed fraction was derived: rounding.
    model = marrow_model("Lu-177", 73_000.0, 1760.0, marrow_mass=1394.0)
    assert model.self_s_value * PER_MBQ_S == pytest.approx(9.76e-6, rel=5e-3)


@pytest.mark.parametrize("mass", [45_000.0, 140_000.0])
def test_marrow_mass_cancels_in_the_dose_from_blood(mass):
    own, reference = (
        model.self_s_value * model.activity_for_blood
        for model in (
            marrow_model("Lu-177", mass, 1760.0),
            marrow_model("Lu-177", 73_000.0, 1760.0, marrow_mass=55.0),
        )
    )
    assert own == pytest.approx(reference, rel=1e-12)


def test_dose_from_blood_is_that_of_its_concentration():
    # 1 MBq h/mL in marrow of 1.03 g/mL: electrons of 0.148 MeV, 0.574 of which stay.
    model = marrow_model("Lu-177", 73_000.0, 1760.0)
    energy = emissions("Lu-177").electrons.energy_per_decay
    by_hand = 0.574 * energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / 1.03
    assert model.self_s_value * model.activity_for_blood == pytest.approx(by_hand, rel=1e-12)


def test_the_body_acts_by_its_photons():
    model = marrow_model("Lu-177", 80_000.0, 1800.0)
    assert model.body_s_value == body_photon_s_value("Lu-177", 80_000.0, 1800.0)
    # Photons are 19 % of the energy, a third of it absorbed, spread over a body 68 times as heavy.
    assert model.body_s_value < 0.01 * model.self_s_value
    assert marrow_model("Y-90", 80_000.0, 1800.0).body_s_value < 1e-3 * model.body_s_value


def test_marrow_mass_goes_with_the_body():
    assert marrow_model("Lu-177", 36_500.0, 1500.0).mass == pytest.approx(585.0)


def test_typical_therapy_gives_the_clinical_dose():
    # Blood of two phases (0.16 h, 10.8 h) from 7.4 GBq in 5 L, a body's residence of 30 h:
    # published for Lu-177-PSMA: 0.03 to 0.11 Gy/GBq.
    model = marrow_model("Lu-177", 80_000.0, 1760.0)
    blood = 0.2 / 5000.0 * 10.8 / 0.693  # MBq h/mL for 1 MBq
    dose = model.self_s_value * model.activity_for_blood * blood + model.body_s_value * 30.0
    assert 0.02 < 1e3 * dose < 0.11
