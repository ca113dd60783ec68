"""The S value of a shrinking tumor: against the table of spheres, limits, published power laws."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError, UnsupportedError
from theratwin.dynamics import NetworkBuilder, evaluate
from theratwin.physics import sphere_s_value
from theratwin.response.tumor import SelfDose


@pytest.mark.parametrize(
    ("nuclide", "progeny"),
    [("Lu-177", None), ("Y-90", None), ("I-131", None), ("Ac-225", "all"), ("Pb-212", "all")],
)
def test_it_stays_within_half_a_percent_of_the_spheres(nuclide, progeny):
    law = SelfDose.sphere(nuclide, progeny)
    mass = np.geomspace(1e-4, 1e4, 333)
    expected = sphere_s_value(nuclide, mass, progeny=progeny).total
    assert_allclose(law(mass), expected, rtol=5.5e-3)
    assert law.deviation <= 5e-3


def test_large_spheres_absorb_all_electrons_so_mass_scaling_holds():
    # From 20 to 200 g a Lu-177 sphere's S value falls nearly as 1/m: electrons stop inside, and
    # photons, 1 to 3 % of it, make up the rest.
    law = SelfDose.sphere("Lu-177")
    assert_allclose(law(200.0) / law(20.0), 0.1, rtol=0.03)


def test_small_spheres_lose_electrons():
    law = SelfDose.sphere("Y-90")
    assert law(1e-3) / law(1.0) < 0.5 * 1e3


def test_beyond_the_bounds_the_end_counts():
    law = SelfDose.sphere("Lu-177")
    assert_allclose(law([1e-9, 1e9]), law([1e-4, 1e4]), rtol=1e-12)


def test_a_power_law_is_itself():
    law = SelfDose.power_law(0.0849, -0.99, "italia_code")
    mass = np.array([0.01, 1.0, 30.0])
    assert_allclose(law(mass), 0.0849 * mass**-0.99, rtol=1e-12)


def test_the_expression_is_the_function():
    law = SelfDose.sphere("Y-90")
    b = NetworkBuilder("mass")
    gram, unit = (
        b.parameter("gram", 1.0, "g", note="x"),
        b.parameter("unit", 1.0, "Gy/(MBq h)", note="x"),
    )
    mass = b.parameter("mass", 2.5, "g", note="x")
    value = law.expression(mass, gram, unit)
    (found,) = evaluate([value], {"gram": 1.0, "unit": 1.0, "mass": 2.5})
    assert_allclose(found, law(2.5), rtol=1e-13)


def test_progeny_must_be_said():
    with pytest.raises(UnsupportedError):
        SelfDose.sphere("Ac-225")
    with pytest.raises(InputError):
        SelfDose.power_law(-1.0, -1.0, "assumption")
