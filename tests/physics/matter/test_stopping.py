"""Stopping powers and ranges against ICRU 90 and NIST."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics.matter import (
    collision_stopping_power,
    csda_range,
    heavy_stopping_power,
    material,
    materials,
    radiative_stopping_power,
)
from theratwin.physics.matter.bethe import electron_bethe

WATER = material("water")


def test_formula_meets_icru_90_in_water():
    """The formula alone, with the general density effect, before water's table scales it."""
    energy = np.array([0.01, 0.1, 0.5, 1.0, 3.0, 10.0])
    known = np.array([22.39, 4.093, 2.025, 1.845, 1.844, 1.967])
    assert electron_bethe(WATER, energy, "electron") == pytest.approx(
        known, rel=0.015
    )  # 1.3 % at 10 MeV
    assert electron_bethe(WATER, energy[:3], "electron") == pytest.approx(known[:3], rel=1e-3)


def test_water_reproduces_icru_90():
    assert collision_stopping_power(WATER, [0.01, 1.0]) == pytest.approx([22.39, 1.845], rel=1e-6)
    assert collision_stopping_power(WATER, 0.001, "positron") == pytest.approx(141.5, rel=1e-6)
    assert radiative_stopping_power(WATER, 1.0) == pytest.approx(0.01276, rel=1e-6)


def test_electrons_in_air_against_icru_90():
    known = [19.75, 5.818]  # MeV cm2/g at 10 and 50 keV, table A.1
    assert collision_stopping_power(material("air"), [0.01, 0.05]) == pytest.approx(known, rel=3e-3)


def test_electron_ranges_of_icru_90():
    """Table A.3; the report starts its integral below 1 keV in another way."""
    found = csda_range(WATER, [0.1, 1.0, 10.0])
    assert found == pytest.approx([0.01439, 0.4384, 4.980], rel=1e-3)


def test_alpha_ranges_in_water():
    """47.9 and 84.9 um with another rule of integration and start below 1 keV (0.2 um)."""
    found = csda_range(WATER, [5.83, 8.375], "alpha") * 1e4
    assert found == pytest.approx([47.9, 84.9], rel=3e-3)


@pytest.mark.parametrize("name", ["muscle", "adipose", "cortical_bone"])
def test_protons_of_the_tissues_follow_bethe(name):
    """At 50 MeV: Z/A and I alone, the table against Bethe's logarithm (shells and density out)."""
    tissue, energy = material(name), 50.0
    gamma = 1 + energy / 938.272
    beta2 = 1 - gamma**-2

    def bethe(m):
        return m.z_over_a * (np.log(1.022e6 * beta2 * gamma**2 / m.mean_excitation) - beta2)

    found = heavy_stopping_power(tissue, energy, "proton") / heavy_stopping_power(
        WATER, energy, "proton"
    )
    assert found == pytest.approx(bethe(tissue) / bethe(WATER), rel=0.015)


@pytest.mark.parametrize("name", materials())
def test_electrons_stop_in_every_material(name):
    value = collision_stopping_power(material(name), np.geomspace(1e-3, 20, 40))
    assert np.all(value > 0)


def test_energy_outside_and_material_without_table_are_refused():
    with pytest.raises(InputError, match="outside the tables"):
        csda_range(WATER, 30.0)
    with pytest.raises(InputError, match="no stopping powers"):
        heavy_stopping_power(material("spongiosa"), 5.0)
