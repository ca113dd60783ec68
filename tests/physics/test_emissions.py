"""Emissions: energy sums, spectra."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.emissions import emissions
from theratwin.physics.nuclide import nuclide, nuclide_names

# MeV a decay, summed over ICRP-107's lines (its mean beta energies, not its spectra)
SUMS = {
    "Lu-177": {"gamma": 0.03156, "x_ray": 0.00354, "beta": 0.13327, "conversion": 0.01352,
               "auger": 0.00113},
    "Lu-177m": {"gamma": 0.91947, "x_ray": 0.08102, "beta": 0.03185, "conversion": 0.21870},
    "Y-90": {"gamma": 0.0, "beta": 0.93290, "conversion": 0.00020},
    "I-131": {"gamma": 0.38124, "x_ray": 0.00152, "beta": 0.18187, "conversion": 0.00957},
    "Tb-161": {"gamma": 0.02397, "x_ray": 0.01255, "beta": 0.15426, "conversion": 0.03929,
               "auger": 0.00894},
    "Ac-225": {"alpha": 5.78718, "recoil": 0.10481, "gamma": 0.01043, "beta": 0.0},
    "Bi-213": {"beta": 0.42482, "alpha": 0.12218, "gamma": 0.12413},
    "Tl-208": {"gamma": 3.35390, "beta": 0.55705},
    "F-18": {"beta": 0.2416, "annihilation": 0.9886},
    "Ga-68": {"beta": 0.7374, "annihilation": 0.9087},
    "Cu-64": {"beta": 0.0484 + 0.07427, "annihilation": 0.1779},
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n, sums in SUMS.items() for k in sums])
def test_energy_sums(name, kind):
    found = getattr(emissions(name), kind).energy_per_decay
    # half of the last digit typed; betas come from the spectrum: 0.1 % (Ho-166 is the worst)
    digit = 6e-5 if name in ("F-18", "Ga-68", "Cu-64") else 6e-6
    assert found == pytest.approx(SUMS[name][kind], rel=1e-3 if kind == "beta" else 0, abs=digit)


def test_parts_add_up():
    e = emissions("Lu-177")
    assert e.electrons.energy_per_decay == pytest.approx(0.1480, abs=1e-4)
    # RADTABS, the MIRD committee's own tables, gives 0.03509
    assert e.photons.energy_per_decay == pytest.approx(0.03509, abs=2e-5)
    whole = e.electrons.energy_per_decay + e.photons.energy_per_decay
    assert e.energy_per_decay == pytest.approx(whole, rel=1e-14)


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


def test_every_other_nuclide_of_the_table_reads():
    for name in sorted(set(nuclide_names()) - set(FISSION)):
        e = emissions(name)
        for lines in (e.photons, e.electrons, e.alphas):
            assert lines.energy.shape == lines.yields.shape, name
            assert np.isfinite(lines.energy).all(), name
            assert (lines.energy > 0).all(), name
            assert (lines.yields >= 0).all(), name
        assert e.energy_per_decay > 0, name


def test_unknown_nuclide_is_refused():
    with pytest.raises(InputError, match="unknown nuclide"):
        emissions("Xx-1")
