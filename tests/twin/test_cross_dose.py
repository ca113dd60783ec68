"""Dose from other regions: sums of S values times activity, and what stays out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core import Exponentials
from theratwin.physics import chain_emissions
from theratwin.physics.organs import organ_s_values, shipped_saf_table
from theratwin.twin.cross_dose import BODY, cross_dose


def curve(integral):
    """A curve of one draw with that integral, MBq h."""
    rate = np.log(2) / 50.0
    return (Exponentials([[integral * rate]], [[rate]]),)


@pytest.fixture
def case(make_case, rows):
    return make_case(rows("kidneys", "cycle 1", (24.0, 96.0), at_zero=100.0, half_life=50.0))


@pytest.fixture(scope="module")
def values():
    table, emitted = shipped_saf_table("AM"), chain_emissions("Lu-177", "none")
    return {name: organ_s_values(table, emitted, name) for name in ("kidneys", "liver", BODY)}


def test_organs_and_the_remainder_add_up(case, values):
    activities = {"kidneys": curve(100.0), "liver": curve(300.0), "whole_body": curve(2000.0)}
    cross = cross_dose(case, tuple(activities))
    mass = {name: value.source_mass for name, value in values.items()}
    rest = mass[BODY] - mass["kidneys"] - mass["liver"]
    of_rest = (
        mass[BODY] * values[BODY]["kidneys"]
        - mass["kidneys"] * values["kidneys"]["kidneys"]
        - mass["liver"] * values["liver"]["kidneys"]
    ) / rest
    expected = 300.0 * values["liver"]["kidneys"] + 1600.0 * of_rest
    assert cross.to("kidneys", activities, 0) == pytest.approx(expected)
    # about a tenth of the body's mean dose, and below a hundredth of the kidneys' own
    assert 0 < expected < 0.02 * 100.0 * values["kidneys"]["kidneys"]


def test_lesions_count_as_remainder_and_get_nothing(case):
    activities = {"kidneys": curve(100.0), "lesion_1": curve(50.0)}
    with_lesion = cross_dose(case, ("kidneys", "lesion_1"))
    assert with_lesion.to("lesion_1", activities, 0) == 0.0
    assert with_lesion.to("kidneys", activities, 0) > 0.0
    alone = {"kidneys": curve(100.0)}
    assert with_lesion.to("kidneys", alone, 0) == pytest.approx(0.0)


def test_glands_get_nothing_of_their_own_from_the_remainder(case):
    activities = {"parotid_glands": curve(50.0), "whole_body": curve(2000.0)}
    cross = cross_dose(case, tuple(activities))
    dose = cross.to("parotid_glands", activities, 0)
    body = 1950.0 * shipped_body_mean()
    # photons of the body around: 3 to 20 % of the body's mean dose, which is by electrons
    assert 0.02 * body < dose < 0.3 * body
    both = activities | {"submandibular_glands": curve(20.0)}
    more = cross_dose(case, tuple(both))
    assert more.to("parotid_glands", both, 0) == pytest.approx(dose * 1930 / 1950)


def shipped_body_mean():
    table, emitted = shipped_saf_table("AM"), chain_emissions("Lu-177", "none")
    return organ_s_values(table, emitted, BODY)[BODY]


def test_none_for_animals_and_for_chains(case):
    mouse = replace(case, patient=replace(case.patient, species="mouse"))
    assert cross_dose(mouse, ("kidneys",)) is None
    drug = replace(case.radiopharmaceutical, nuclide="Ac-225")
    assert cross_dose(replace(case, radiopharmaceutical=drug), ("kidneys",)) is None
