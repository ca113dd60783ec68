"""Progeny: what may be treated alone."""

from __future__ import annotations

import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.decay import decay_chain
from theratwin.physics.progeny import chain_weights, progeny_energy_ratio, refuse_progeny

ALONE = ["Lu-177", "Y-90", "I-131", "Tb-161", "Tc-99m", "In-111", "Zr-89", "F-18", "Re-188"]
CHAINS = ["Ac-225", "Ra-223", "Th-227", "Pb-212", "At-211", "Bi-213", "Ra-224", "Tb-149", "Lu-177m"]


@pytest.mark.parametrize("name", ALONE)
def test_alone(name):
    assert progeny_energy_ratio(name) <= 0.01
    assert refuse_progeny(name).name == name


@pytest.mark.parametrize("name", CHAINS)
def test_chains_are_refused_by_name(name):
    with pytest.raises(UnsupportedError, match=name):
        refuse_progeny(name)


def test_iodine_by_hand():
    # Xe-131m: 1.18 % of decays, 0.1644 MeV (isomeric level), of which a year keeps all
    assert progeny_energy_ratio("I-131") == pytest.approx(0.011759 * 0.1639 / 0.5746, rel=0.03)


def test_long_lived_daughter_adds_what_decays_in_a_year():
    # Tc-99: 0.1013 MeV a decay, 2.111e5 y; Tc-99m: 0.1427 MeV
    year = 1 - 2 ** (-1 / 2.111e5)
    assert progeny_energy_ratio("Tc-99m") == pytest.approx(year * 0.1013 / 0.1427, rel=0.01)


def test_weights_of_named_daughters():
    assert chain_weights("Ac-225", "none") == {"Ac-225": 1.0}
    assert list(chain_weights("Ac-225", "all")) == list(decay_chain("Ac-225").names)
    # in the order of the chain, with what reaches them through those that do not count
    assert chain_weights("Ac-225", ["Po-213", "Fr221"]) == pytest.approx(
        {"Ac-225": 1.0, "Fr-221": 1.0, "Po-213": 0.9791 * 0.99988}, rel=1e-9
    )


def test_weights_hold_to_the_horizon():
    weights = chain_weights("At-211", "all")
    assert weights["Bi-207"] == pytest.approx(0.418 * (1 - 2 ** (-1 / 32.9)), rel=2e-3)


@pytest.mark.parametrize("progeny", ["some", ["Lu-177"], ["Fr-221", "Bi-212"], ["nothing"]])
def test_unknown_progeny_is_refused(progeny):
    with pytest.raises(InputError):
        chain_weights("Ac-225", progeny)


def test_progeny_that_counts_must_be_decided_on():
    with pytest.raises(UnsupportedError, match="progeny all, or none"):
        chain_weights("Ac-225")
    assert chain_weights("Lu-177") == {"Lu-177": 1.0}
