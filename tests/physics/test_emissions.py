"""Emissions: energy sums, spectra."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.emissions import KINDS, emissions
from theratwin.physics.nuclide import nuclide, nuclide_names

# MeV a decay, summed over ICRP-107's lines and mean beta energies; what is not named is 0
SUMS = {
    "Lu-177": {"gamma": 0.03156, "x_ray": 0.00354, "beta_minus": 0.13327, "conversion": 0.01352,
               "auger": 0.00113},
    "Lu-177m": {"gamma": 0.91947, "x_ray": 0.08102, "beta_minus": 0.03185, "conversion": 0.21870,
                "auger": 0.01817},
    "Y-90": {"beta_minus": 0.93290, "conversion": 0.00020},
    "I-131": {"gamma": 0.38124, "x_ray": 0.00152, "beta_minus": 0.18187, "conversion": 0.00957,
              "auger": 0.00041},
    "Tb-161": {"gamma": 0.02397, "x_ray": 0.01255, "beta_minus": 0.15426, "conversion": 0.03929,
               "auger": 0.00894},
    "Ac-225": {"gamma": 0.01043, "x_ray": 0.00665, "conversion": 0.01980, "auger": 0.00497,
               "alpha": 5.78718, "recoil": 0.10481},
    "Fr-221": {"gamma": 0.02658, "x_ray": 0.00283, "conversion": 0.00832, "auger": 0.00058,
               "alpha": 6.30361, "recoil": 0.11627},
    "At-217": {"gamma": 0.00022, "alpha": 7.06800, "recoil": 0.13282},
    "Bi-213": {"gamma": 0.12413, "x_ray": 0.00360, "beta_minus": 0.42482, "conversion": 0.01869,
               "auger": 0.00054, "alpha": 0.12218, "recoil": 0.00234},
    "Po-213": {"alpha": 8.37654, "recoil": 0.16042},
    "Tl-209": {"gamma": 2.12485, "x_ray": 0.01779, "beta_minus": 0.65540, "conversion": 0.02932,
               "auger": 0.00283},
    "Pb-209": {"beta_minus": 0.19744},
    "Ra-223": {"gamma": 0.09147, "x_ray": 0.04979, "conversion": 0.06888, "auger": 0.00921,
               "alpha": 5.66660, "recoil": 0.10357},
    "Rn-219": {"gamma": 0.05691, "conversion": 0.00653, "alpha": 6.75438},
    "Po-215": {"gamma": 0.00018, "alpha": 7.38602},
    "Pb-211": {"gamma": 0.06370, "beta_minus": 0.44969, "conversion": 0.00439},
    "Bi-211": {"gamma": 0.04520, "beta_minus": 0.00048, "conversion": 0.00923, "alpha": 6.54902},
    "Tl-207": {"gamma": 0.00235, "beta_minus": 0.49511},
    "Po-211": {"gamma": 0.00816, "alpha": 7.44214},
    "Pb-212": {"gamma": 0.11453, "x_ray": 0.03050, "beta_minus": 0.10171, "conversion": 0.07026,
               "auger": 0.00466},
    "Bi-212": {"gamma": 0.10254, "x_ray": 0.00123, "beta_minus": 0.49291, "conversion": 0.00932,
               "auger": 0.00234, "alpha": 2.17451, "recoil": 0.04184},
    "Po-212": {"gamma": 0.0, "alpha": 8.78508},
    "Tl-208": {"gamma": 3.35390, "beta_minus": 0.55705, "conversion": 0.05329},
    "Cu-67": {"gamma": 0.11480, "beta_minus": 0.13589, "conversion": 0.01374, "auger": 0.00075},
    "In-111": {"gamma": 0.38612, "conversion": 0.02794, "auger": 0.00688},
    "I-123": {"gamma": 0.14811, "conversion": 0.02095, "auger": 0.00723},
    "Tc-99m": {"gamma": 0.12516, "conversion": 0.01524, "auger": 0.00094},
    "F-18": {"gamma": 0.0, "beta_minus": 0.0, "beta_plus": 0.2416, "annihilation": 0.9886},
    "Ga-68": {"gamma": 0.03961, "beta_minus": 0.0, "beta_plus": 0.7374, "annihilation": 0.9087},
    "Cu-64": {"gamma": 0.00637, "beta_minus": 0.07427, "beta_plus": 0.0484,
              "annihilation": 0.1779},
    "I-124": {"gamma": 0.86296, "beta_minus": 0.0, "beta_plus": 0.1873, "annihilation": 0.2336},
    "Zr-89": {"gamma": 0.91827, "beta_minus": 0.0, "beta_plus": 0.0899, "annihilation": 0.2324},
}  # fmt: skip
FOUR_DIGITS = ("beta_plus", "annihilation")


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n, sums in SUMS.items() for k in sums])
def test_energy_sums(name, kind):
    found = getattr(emissions(name), kind).energy_per_decay
    # half of the last digit typed
    assert found == pytest.approx(SUMS[name][kind], abs=6e-5 if kind in FOUR_DIGITS else 6e-6)


def test_parts_add_up():
    e = emissions("Lu-177")
    assert e.electrons.energy_per_decay == pytest.approx(0.1480, abs=1e-4)
    # RADTABS, the MIRD committee's own tables, gives 0.03509
    assert e.photons.energy_per_decay == pytest.approx(0.03509, abs=2e-5)
    whole = e.electrons.energy_per_decay + e.photons.energy_per_decay
    assert e.energy_per_decay == pytest.approx(whole, rel=1e-14)
    every = sum(getattr(e, kind).energy_per_decay for kind in KINDS)
    assert every == pytest.approx(whole, rel=1e-14)


def test_beta_spectrum_holds_the_number_of_betas():
    # one beta a decay; the spectrum as tabulated integrates to 1.000 to 1.002
    # half of the yields' last digit
    assert emissions("Y-90").beta.yields.sum() == pytest.approx(1.0, abs=5e-6)
    assert emissions("F-18").beta.yields.sum() == pytest.approx(0.9673, abs=5e-6)


FISSION = [n for n in nuclide_names() if any(b.mode == "SF" for b in nuclide(n).branches)]


@pytest.mark.parametrize("name", FISSION)
def test_spontaneous_fission_is_refused_by_name(name):
    with pytest.raises(UnsupportedError, match=name):
        emissions(name)


def test_every_other_nuclide_of_the_table_adds_up():
    """Checks of ICRP-107 against itself, all its nuclides in one read of the files."""
    for name in sorted(set(nuclide_names()) - set(FISSION)):
        e = emissions(name)
        for lines in (getattr(e, kind) for kind in KINDS):
            assert lines.energy.shape == lines.yields.shape, name
            assert np.isfinite(lines.energy).all(), name
            assert (lines.energy > 0).all(), name
            assert (lines.yields >= 0).all(), name
        assert e.energy_per_decay > 0, name
        betas_are_as_listed(e)
        branches_are_as_emitted(e)
        recoils_keep_momentum(e)


def betas_are_as_listed(e):
    listed = raw(e.nuclide)
    for sign, lines in (("beta-", e.beta_minus), ("beta+", e.beta_plus)):
        mean, number = np.array(listed[sign], dtype=float).reshape(-1, 2).T
        assert lines.yields.sum() == pytest.approx(number.sum(), rel=1e-12), e.nuclide
        assert lines.energy_per_decay == pytest.approx(mean @ number, rel=1e-12), e.nuclide
    # each positron annihilates into two quanta of 0.511 MeV; the yields have six digits
    quanta = e.annihilation
    assert quanta.yields.sum() == pytest.approx(2 * e.beta_plus.yields.sum(), rel=1e-5), e.nuclide
    np.testing.assert_allclose(quanta.energy, 0.511)


def branches_are_as_emitted(e):
    """Alphas and electrons are as many as the branches that emit them."""
    branches = nuclide(e.nuclide).branches
    alphas = sum(branch.fraction for branch in branches if branch.mode == "alpha")
    electrons = sum(branch.fraction for branch in branches if branch.mode == "beta-")
    # yields of a branch's lines are rounded (worst: Ag-115, 3e-5)
    assert e.alpha.yields.sum() == pytest.approx(alphas, abs=5e-5), e.nuclide
    assert e.beta_minus.yields.sum() == pytest.approx(electrons, abs=5e-5), e.nuclide


def recoils_keep_momentum(e):
    """A recoil's energy is the alpha's times the ratio of their masses."""
    if e.alpha.yields.size:
        ratio = e.recoil.energy_per_decay / e.alpha.energy_per_decay
        # masses of nuclei are whole units within 0.05 %
        expected = 4.0015 / (nuclide(e.nuclide).mass_number - 4)
        assert ratio == pytest.approx(expected, rel=5e-4), e.nuclide


def raw(name):
    source = files("icrp107_database").joinpath("icrp107", f"{name}.json")
    return json.loads(json.loads(source.read_text(encoding="utf-8")))["emissions"]


def test_unknown_nuclide_is_refused():
    with pytest.raises(InputError, match="unknown nuclide"):
        emissions("Xx-1")
