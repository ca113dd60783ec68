"""Emissions of chains: weighted sums, choices, energies published."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import chain_weights, decay_chain
from theratwin.physics.chain_emissions import chain_emissions, weighted_emissions
from theratwin.physics.emissions import KINDS, emissions


@pytest.mark.parametrize("name", ["Ac-225", "Ra-223", "Th-227", "Pb-212", "At-211", "Lu-177m"])
@pytest.mark.parametrize("kind", [*KINDS, "photons", "electrons", "alphas"])
def test_every_kind_is_the_weighted_sum(name, kind):
    whole = getattr(chain_emissions(name), kind)
    parts = {
        member: weight * getattr(emissions(member), kind).energy_per_decay
        for member, weight in chain_weights(name, "all").items()
    }
    assert whole.energy_per_decay == pytest.approx(sum(parts.values()), rel=1e-12)


def test_alpha_energy_of_actinium_by_hand():
    # ICRP-107: energies of the members; At-217 to Bi-213 is 0.99988, Bi-213 to Po-213 0.9791
    beyond = 0.99988 * (0.12218 + 0.9791 * 8.37654)
    expected = 5.78718 + 6.30361 + 7.06800 + beyond
    assert chain_emissions("Ac-225").alpha.energy_per_decay == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(
    ("name", "alphas", "tolerance"),
    [  # number of alphas a decay of the parent, whose paths all hold as many
        ("Ac-225", 4.0, 1e-3),
        ("Ra-223", 4.0, 1e-3),
        ("Th-227", 5.0, 1e-3),
        ("Pb-212", 1.0, 1e-4),
        ("Ra-224", 4.0, 1e-3),
        # Bi-207's few decays in a year emit none; EC and alpha each lead to one alpha
        ("At-211", 1.0, 1e-3),
    ],
)
def test_number_of_alphas(name, alphas, tolerance):
    assert chain_emissions(name).alpha.yields.sum() == pytest.approx(alphas, abs=tolerance)


def test_progeny_is_a_choice():
    alone = chain_emissions("Ac-225", "none")
    assert alone.progeny == ()
    assert alone.energy_per_decay == emissions("Ac-225").energy_per_decay
    few = chain_emissions("Ac-225", ["Po-213", "Fr-221"])
    assert few.progeny == ("Fr-221", "Po-213")
    assert few.nuclide == "Ac-225"
    assert chain_emissions("Ac-225").progeny == decay_chain("Ac-225").names[1:]
    with pytest.raises(InputError, match="Bi-212"):
        chain_emissions("Ac-225", ["Bi-212"])


def test_long_lived_daughters_hardly_count():
    added = (
        chain_emissions("At-211", ["Bi-207"]).photons.energy_per_decay
        - emissions("At-211").photons.energy_per_decay
    )
    # 2.1 % of Bi-207 (32.9 y), itself reached in 41.8 %, decay within a year
    expected = 0.418 * (1 - 2 ** (-1 / 32.9)) * emissions("Bi-207").photons.energy_per_decay
    assert added == pytest.approx(expected, rel=2e-3)


def test_retention_scales_daughters():
    half = weighted_emissions(chain_weights("Ac-225", "all", 0.5))
    own, whole = emissions("Ac-225"), chain_emissions("Ac-225")
    for kind in KINDS:
        mean = 0.5 * (getattr(own, kind).energy_per_decay + getattr(whole, kind).energy_per_decay)
        assert getattr(half, kind).energy_per_decay == pytest.approx(mean, rel=1e-12)


def test_spectra_are_kept():
    chain = chain_emissions("Bi-213")
    parts = [emissions(name).beta_minus for name in decay_chain("Bi-213").names]
    assert chain.beta_minus.energy.size == sum(lines.energy.size for lines in parts)
    assert chain.beta_minus.energy.max() == max(lines.energy.max(initial=0.0) for lines in parts)
    assert np.all(chain.beta_minus.yields >= 0)


@pytest.mark.parametrize("name", ["Cf-252", "Cm-250"])
def test_fission_within_the_chain_is_refused(name):
    with pytest.raises(UnsupportedError):
        chain_emissions(name)
