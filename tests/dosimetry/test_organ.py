"""Doses of organs: sums over sources, the remainder, uncertainty."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dosimetry.organ import CumulatedActivity, organ_doses
from theratwin.physics import Lines
from theratwin.physics.organs import SafTable, organ_s_values

NOTHING = Lines(np.empty(0), np.empty(0))
MASSES = {"kidney_left": 150.0, "kidney_right": 160.0, "liver": 1800.0, "whole_body": 73000.0}


@pytest.fixture(scope="module")
def table() -> SafTable:
    """Every source spreads all its energy by mass over itself and a tenth over the body."""
    sources = {**MASSES, "kidneys": 310.0}
    names, masses = list(sources), np.array(list(sources.values()))
    saf = np.full((len(names), len(names)), 0.1e3 / 73000)
    for i in range(3):
        saf[i, i] += 0.9e3 / masses[i]
    for i in range(4):  # the body: the mean of all parts, kidneys: of their sides
        saf[3, i] = 1e3 / 73000
    saf[4] = (150 * saf[0] + 160 * saf[1]) / 310
    saf[:, 4] = (150 * saf[:, 0] + 160 * saf[:, 1]) / 310
    energy = np.array([0.001, 1.0, 4.0])
    cube = np.repeat(saf[..., None], 3, axis=-1)
    error = np.zeros(cube.shape)
    both = {"photon": cube, "electron": cube}
    grid = dict.fromkeys(both, energy)
    return SafTable("AM", sources, sources, grid, both, dict.fromkeys(both, error))


@pytest.fixture(scope="module")
def beta():
    return SimpleNamespace(
        photons=NOTHING, electrons=Lines(np.array([0.5]), np.array([1.0])), alphas=NOTHING
    )


def given(**activities: float):
    return {name: CumulatedActivity(value, 0.1) for name, value in activities.items()}


def test_doses_are_sums_of_activity_times_s(table, beta):
    found = organ_doses(table, beta, given(liver=1000.0, kidneys=50.0))
    liver = organ_s_values(table, beta, "liver")
    kidneys = organ_s_values(table, beta, "kidneys")
    assert found.total == pytest.approx(1000 * liver.total + 50 * kidneys.total)
    place = list(found.target_mass).index("liver")
    assert found.self_dose[place] == pytest.approx(1000 * liver["liver"])
    assert found.cross_dose[place] == pytest.approx(50 * kidneys["liver"])
    left = list(found.target_mass).index("kidney_left")
    assert found.self_dose[left] == pytest.approx(50 * kidneys["kidney_left"])


def test_uncertainty_is_that_of_activity_and_s(table, beta):
    found = organ_doses(table, beta, given(liver=1000.0))
    place = list(found.target_mass).index("liver")
    assert found.relative_uncertainty[place] == pytest.approx(np.hypot(0.1, 0.01), rel=1e-3)
    two = organ_doses(table, beta, given(kidney_left=10.0, kidney_right=10.0))
    doses = np.array([two.by_source[n][-1] for n in ("kidney_left", "kidney_right")])
    expected = np.hypot(0.1, 0.01) * np.sqrt((doses**2).sum()) / doses.sum()
    assert two.relative_uncertainty[-1] == pytest.approx(expected, rel=1e-3)


def test_activity_by_mass_is_activity_of_the_body(table, beta):
    """Liver and remainder with the same activity a gram: as the whole body."""
    whole = organ_doses(table, beta, given(whole_body=73000.0))
    parts = organ_doses(table, beta, given(liver=1800.0, remainder=71200.0))
    assert parts.total == pytest.approx(whole.total, rel=1e-9)


def test_a_smaller_organ_gets_more(table, beta):
    found = organ_doses(table, beta, given(kidneys=10.0), masses={"kidneys": 155.0})
    usual = organ_doses(table, beta, given(kidneys=10.0))
    assert found.total[-1] == pytest.approx(2 * usual.total[-1])
    assert found.target_mass["kidneys"] == 155.0


@pytest.mark.parametrize(
    ("activities", "words"),
    [
        ({}, "no time-integrated activity"),
        ({"liver": -1.0}, "must not be negative"),
        ({"liver": 1.0, "Liver": 2.0}, "stands twice"),
        ({"kidneys": 1.0, "left kidney": 2.0}, "overlap"),
        ({"elbow": 1.0}, "no such region"),
        ({"whole_body": 1.0, "remainder": 2.0}, "no remainder"),
    ],
)
def test_wrong_activities_are_refused(table, beta, activities, words):
    with pytest.raises(InputError, match=words):
        organ_doses(table, beta, given(**activities))
