"""Decays of the members for each decay of the parent."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError
from theratwin.physics.decay import HORIZON, chain_decays, decay_chain


@pytest.mark.parametrize("name", ["Ac-225", "Ra-223", "Th-227", "Pb-212", "Mo-99", "Lu-177m"])
def test_ratios_of_integrals_to_infinity(name):
    chain = decay_chain(name)
    forever = 200 / chain.decay_constants.min()
    integrals = chain.integrals(forever)
    np.testing.assert_allclose(chain.decays(), integrals / integrals[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["Ac-225", "Pb-212", "Mo-99"])
def test_ratios_of_integrals_of_what_is_cleared(name):
    chain = decay_chain(name)
    removal = np.linspace(0.0, 2.0, len(chain.members))
    integrals = chain.integrals(2e4, removal=removal)
    reached = chain.decays(removal=removal)
    if name == "Mo-99":  # Tc-99 is far from decayed but cleared with 2/h
        assert reached[-1] < 1e-9
    np.testing.assert_allclose(reached, integrals / integrals[0], rtol=1e-12)


def test_products_of_branches_by_hand():
    chain = decay_chain("Bi-212")
    found = dict(zip(chain.names, chain.decays(), strict=True))
    assert found == pytest.approx({"Bi-212": 1.0, "Po-212": 0.6406, "Tl-208": 0.3594}, rel=1e-3)


def test_long_lived_progeny_does_not_count_for_a_patient():
    chain = decay_chain("At-211")
    whole, year = (
        dict(zip(chain.names, found, strict=True))
        for found in (chain.decays(), chain.decays(HORIZON))
    )
    # Bi-207, 32.9 y, of which a year sees 2.1 %
    assert whole["Bi-207"] == pytest.approx(0.418, abs=1e-3)
    assert year["Bi-207"] == pytest.approx(0.418 * (1 - 2 ** (-1 / 32.9)), rel=2e-3)
    assert year["Po-211"] == whole["Po-211"]


def test_derivatives():
    chain = decay_chain("Ac-225")
    removal = jnp.full(len(chain.members), 0.3)

    def decays(constants, removal):
        return chain_decays(constants, jnp.asarray(chain.branching), HORIZON, removal)

    by_removal = jax.jit(jax.jacfwd(decays, 1))(jnp.asarray(chain.decay_constants), removal)
    step = 1e-6
    at = chain.names.index("Bi-213")
    sides = [np.array(removal), np.array(removal)]
    sides[0][at] -= step
    sides[1][at] += step
    low, high = (chain.decays(HORIZON, side) for side in sides)
    np.testing.assert_allclose(by_removal[:, at], (high - low) / (2 * step), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(("given", "field"), [({"horizon": 0.0}, "horizon"),
                                              ({"removal": -1.0}, "removal")])  # fmt: skip
def test_what_makes_no_sense_is_refused(given, field):
    with pytest.raises(InputError) as raised:
        decay_chain("Ac-225").decays(**given)
    assert raised.value.field == field


def test_stable_members_are_refused():
    with pytest.raises(InputError) as raised:
        chain_decays([0.1, 0.0], [[0, 0], [1, 0]])
    assert raised.value.field == "decay_constants"
