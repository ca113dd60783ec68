"""S values of spheres against published ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.emissions import emissions
from theratwin.physics.progeny import chain_weights
from theratwin.physics.s_value import direct_sphere_s_value, sphere_s_value

PER_BQ_S = 1 / 3.6e9  # Gy/(MBq h) to Gy/(Bq s)
M_PER_MBQ_S = 1e3 / 3600  # Gy/(MBq h) to mGy/(MBq s)


def test_lutetium_spheres():
    """PyTheranostics' sphere table, soft tissue (radius 1 mm and up: its density is 1.03)."""
    mass = [4.31e-3, 1.46e-2, 3.45e-2, 0.116, 0.276, 0.539, 0.932, 2.21, 4.31, 14.6, 34.5, 116.0,
            276.0, 539.0, 932.0]  # fmt: skip
    published = [4.54e-9, 1.44e-9, 6.29e-10, 1.93e-10, 8.26e-11, 4.27e-11, 2.49e-11, 1.06e-11,
                 5.46e-12, 1.63e-12, 6.93e-13, 2.07e-13, 8.81e-14, 4.54e-14, 2.65e-14]  # fmt: skip
    ratio = sphere_s_value("Lu-177", mass, 1.03).total * PER_BQ_S / published
    # found: -0.6 to +0.1 %; the three digits typed are good to 0.5 %
    assert ratio == pytest.approx(1.0, abs=0.01)


def test_lutetium_kidneys_as_two_spheres():
    s = sphere_s_value("Lu-177", 155.0)
    pair = s.total * M_PER_MBQ_S / 2  # half of the activity in each; no dose across
    # OLINDA 2.2, male: 310 g. Found +0.3 %; a sphere keeps more photons than a kidney does, the
    # dose across that is left out takes less away
    assert pair == pytest.approx(7.76e-5, rel=0.015)
    electrons = s.electrons * M_PER_MBQ_S / 2
    # all of the electrons' energy left in 310 g is 7.645e-5; 0.6 % leaves such spheres
    assert electrons == pytest.approx(7.645e-5 * 0.994, rel=2e-3)


@pytest.mark.parametrize(
    ("mass", "published"),
    [(153.0, 1.5662e-4), (157.0, 1.5283e-4), (1800.0, 1.371e-5)],  # OpenDose, kidneys and liver
)
def test_lutetium_organs_of_the_icrp_adult(mass, published):
    s = sphere_s_value("Lu-177", mass)
    # found +0.4 to +0.7 %: a sphere in endless tissue, not an organ in a body
    assert s.total * M_PER_MBQ_S == pytest.approx(published, rel=0.015)


def test_iodine_kidneys():
    # OLINDA 2.2: 1.14e-4 for 310 g. Found +1.1 %, photons being 15 % of it
    s = sphere_s_value("I-131", 155.0)
    assert s.total * M_PER_MBQ_S / 2 == pytest.approx(1.14e-4, rel=0.02)


def test_terbium_spheres():
    """Tb-152 (positrons, hard gammas), OLINDA 2, mGy/(MBq h): PMC6560118, table 3."""
    mass = [0.1, 1, 2, 4, 6, 8, 10]
    published = [678, 111, 60.9, 33.0, 23.0, 17.8, 14.6]
    ratio = 1e3 * sphere_s_value("Tb-152", mass, 1.0).total / published
    # found -1.3 to -4.5 %: electrons that hard gammas set free leave small spheres, 20 % of the
    # photons' part of 1 g at 1 MeV; with that energy kept where it starts, ours is -1.3 to +1.6 %
    assert ratio == pytest.approx(0.97, abs=0.02)


def test_yttrium_in_a_large_sphere_leaves_its_skin():
    s = sphere_s_value("Y-90", 1800.0)
    local = emissions("Y-90").electrons.energy_per_decay * 1.602176634e-10 * 3.6e9 / 1800
    # 3 <r> / 4 R leaves, R = 74.5 mm; <r> is near the radius that holds half, 2.4 mm by another
    # run (test_point_source), a little more for the long tail: 2.4 to 3 mm. Bremsstrahlung, of
    # which such a sphere keeps a fifth, takes 0.2 % more.
    assert 1 - 0.75 * 3.0 / 74.5 - 0.003 < s.total / local < 1 - 0.75 * 2.4 / 74.5


@pytest.mark.parametrize("name", ["Lu-177", "Y-90", "I-131", "In-111"])
def test_table_against_direct(name):
    mass = np.random.default_rng(3).uniform(np.log(1e-3), np.log(1e5), 40)
    read, direct = (f(name, np.exp(mass)) for f in (sphere_s_value, direct_sphere_s_value))
    # found below 1e-6
    assert read.total == pytest.approx(direct.total, rel=1e-5)
    assert read.photons == pytest.approx(direct.photons, rel=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["Lu-177", "Y-90", "I-131"]), st.floats(1e-4, 4.6e5), st.floats(1.001, 2.0))
def test_dose_falls_and_energy_grows_with_mass(name, mass, factor):
    # at 1.04 g/mL the table ends at 1e6 / 1.04^2 = 9.245e5 g, above twice 4.6e5 g
    small, large = sphere_s_value(name, [mass, mass * factor]).total
    assert large < small
    assert large * mass * factor >= small * mass


def test_alphas_stay_where_they_are():
    s = sphere_s_value("Po-212", [1.0, 10.0])
    energy = 8.78508 + 0.16898  # alpha and recoil, MeV
    # 3 <r> / 4 R of the alphas leaves: half their range of 91 um, R = 6.1 mm
    assert s.alphas == pytest.approx(energy * 0.57678 / np.array([1, 10]), rel=8e-3)
    assert (s.alphas < energy * 0.57678 / np.array([1, 10])).all()
    assert s.total == pytest.approx(s.alphas, rel=1e-6)


def test_chains_are_refused_until_one_says_whether_they_count():
    with pytest.raises(UnsupportedError, match="Ac-225"):
        sphere_s_value("225Ac", 20.0)


def test_progeny_adds_its_members():
    mass = np.array([1e-3, 20.0, 1500.0])
    whole = sphere_s_value("Bi-213", mass, progeny="all")
    parts = [
        weight * sphere_s_value(name, mass, progeny="none").total
        for name, weight in chain_weights("Bi-213", "all").items()
    ]
    # each table is read by PCHIP
    np.testing.assert_allclose(whole.total, sum(parts), rtol=1e-3)
    assert whole.progeny == ("Po-213", "Tl-209", "Pb-209")
    direct = direct_sphere_s_value("Bi-213", mass, progeny="all")
    np.testing.assert_allclose(whole.total, direct.total, rtol=1e-3)


def test_what_hardly_counts_makes_no_difference_unasked():
    asked, unasked = sphere_s_value("I-131", 20.0, progeny="none"), sphere_s_value("I-131", 20.0)
    assert asked.total == unasked.total


@pytest.mark.parametrize("mass", [0.0, -2.0, np.nan, 1e7, 1e-8])
def test_bad_mass(mass):
    with pytest.raises(InputError, match="mass"):
        sphere_s_value("Lu-177", mass)


def test_bad_density():
    with pytest.raises(InputError, match="density"):
        sphere_s_value("Lu-177", 1.0, -1.0)


def test_shape_follows_mass():
    s = sphere_s_value("Lu-177", np.full((4, 3), 20.0))
    assert s.total.shape == s.alphas.shape == (4, 3)
