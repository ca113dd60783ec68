"""Electrons and positrons of nuclides that emit both."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import FitError
from theratwin.physics.beta_signs import end_point, positron_share, tilted
from theratwin.physics.emissions import emissions

BOTH = ["Ag-106", "Ag-108", "As-74", "Br-78", "Br-80", "Cl-36", "Cs-130", "Cs-132", "Cu-64",
        "Eu-150m", "Eu-152", "Eu-152m", "I-126", "I-128", "In-112", "In-114", "K-40", "Mn-54",
        "Rb-84", "Rh-102", "Sb-122", "Tm-168"]  # fmt: skip


@pytest.mark.parametrize(
    ("z", "mean", "end"),
    [  # mean energies of ICRP-107, end points of nuclear data (ENSDF), MeV
        (30, 0.190428, 0.5794),  # Cu-64, electrons
        (-28, 0.27822, 0.6530),  # Cu-64, positrons
        (-8, 0.2498, 0.6339),  # F-18
        (-30, 0.8360, 1.8991),  # Ga-68, main transition
    ],
)
def test_end_points_of_allowed_transitions(z, mean, end):
    # neither the atom's electrons nor the nucleus's size are in the shape: 1 %
    assert end_point(z, mean) == pytest.approx(end, rel=0.01)


@pytest.mark.parametrize("name", BOTH)
def test_the_two_signs_are_the_listed_spectrum_together(name):
    e = emissions(name)
    assert e.beta_minus.yields.size > 0
    assert e.beta_plus.yields.size > 0
    assert e.beta.energy_per_decay == pytest.approx(
        e.beta_minus.energy_per_decay + e.beta_plus.energy_per_decay
    )
    # each positron annihilates into two quanta
    assert e.annihilation.yields.sum() == pytest.approx(2 * e.beta_plus.yields.sum(), rel=1e-4)
    assert (e.beta_minus.yields >= 0).all()
    assert (e.beta_plus.yields >= 0).all()


@pytest.mark.parametrize("name", BOTH)
def test_parting_hardly_bends_the_spectrum(name):
    """What the allowed shape gets wrong shows as a sum that is not the spectrum listed."""
    e = emissions(name)
    energies = np.union1d(e.beta_minus.energy, e.beta_plus.energy)
    sums = np.zeros(len(energies))
    for lines in (e.beta_minus, e.beta_plus):
        sums[np.searchsorted(energies, lines.energy)] += lines.yields
    listed = listed_counts(name)
    listed *= sums.sum() / listed.sum()
    # the worst is Tm-168, 0.56 %
    assert np.abs(sums - listed).sum() < 0.01 * listed.sum()


def listed_counts(name):
    import json
    from importlib.resources import files

    from theratwin.physics.emissions import _binned

    source = files("icrp107_database").joinpath("icrp107", f"{name}.json")
    data = json.loads(json.loads(source.read_text(encoding="utf-8")))["emissions"]
    return _binned(np.array(data["b-spectra"], dtype=float)).yields


def test_electrons_reach_down_and_positrons_up():
    e = emissions("Cu-64")
    assert e.beta_plus.energy.max() > e.beta_minus.energy.max()
    slow = [
        float(b.yields[b.energy < 0.02].sum() / b.yields.sum()) for b in (e.beta_minus, e.beta_plus)
    ]
    # the nucleus holds electrons back and drives positrons out
    assert slow[0] > 10 * slow[1]


def test_one_sign_has_it_all():
    energy = np.array([0.1, 0.2])
    np.testing.assert_array_equal(positron_share(energy, 39, [(0.9, 1.0)], []), 0.0)
    np.testing.assert_array_equal(positron_share(energy, 9, [], [(0.25, 0.97)]), 1.0)


def test_tilt():
    energy = np.linspace(0.05, 0.95, 10)
    weight = np.ones(10)
    found = tilted(energy, weight, 0.7, 0.6)
    assert found.sum() == pytest.approx(0.7, rel=1e-12)
    assert found @ energy / found.sum() == pytest.approx(0.6, rel=1e-12)
    np.testing.assert_allclose(np.diff(np.log(found), 2), 0.0, atol=1e-10)
    with pytest.raises(FitError):
        tilted(energy, weight, 1.0, 0.97)
