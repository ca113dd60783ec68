"""Decay chains: members, order, branches, ends."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics.decay import decay_chain
from theratwin.physics.nuclide import nuclide, nuclide_names

CHAINS = {
    "Ac-225": "Fr-221 At-217 Bi-213 Po-213 Tl-209 Pb-209",
    "Ra-223": "Rn-219 Po-215 Pb-211 Bi-211 Tl-207 Po-211",
    "Pb-212": "Bi-212 Po-212 Tl-208",
    "At-211": "Po-211 Bi-207",
    "Lu-177m": "Lu-177",
    "Sr-90": "Y-90",
    "Y-90": "",
    "Mo-99": "Tc-99m Tc-99",
}


@pytest.mark.parametrize("name", CHAINS)
def test_members(name):
    chain = decay_chain(name)
    assert chain.parent.name == name
    assert set(chain.names[1:]) == set(CHAINS[name].split())


def test_all_chains_are_in_order_and_hold_all_branches():
    for name in nuclide_names():
        chain = decay_chain(name)
        assert not np.triu(chain.branching).any(), name
        given = [sum(branch.fraction for branch in m.branches) for m in chain.members]
        left = chain.branching.sum(axis=0) + sum(chain.ends.values())
        np.testing.assert_allclose(left, given, rtol=1e-12, err_msg=name)
        assert set(chain.ends).isdisjoint(nuclide_names()), name
    assert len(decay_chain("Es-254m").members) == 30  # the longest


def test_paths_that_meet_add_up():
    chain = decay_chain("Bi-213")
    into = dict(zip(chain.names, chain.branching[chain.names.index("Pb-209")], strict=True))
    assert into == {"Bi-213": 0.0, "Po-213": 1.0, "Tl-209": 1.0, "Pb-209": 0.0}
    # both of Bi-213's branches end there
    assert chain.decays()[chain.names.index("Pb-209")] == pytest.approx(1.0, rel=1e-12)


def test_two_branches_to_one_daughter_add_up():
    branches = [b for b in nuclide("Mo-99").branches if b.daughter == "Tc-99"]
    chain = decay_chain("Mo-99")
    direct = chain.branching[chain.names.index("Tc-99"), 0]
    assert direct == pytest.approx(sum(b.fraction for b in branches))


def test_spontaneous_fission_ends_a_path():
    chain = decay_chain("Cf-252")
    assert "SF" not in chain.names
    assert chain.ends["SF"][0] == pytest.approx(0.03092, rel=1e-3)  # ICRP-107


@pytest.mark.parametrize("name", ["Ac-225", "Ra-223", "Pb-212", "U-235", "Th-232", "Mo-99"])
def test_every_decay_ends_somewhere(name):
    chain = decay_chain(name)
    ends = {end: float(left @ chain.decays()) for end, left in chain.ends.items()}
    # ICRP-107 rounds branches and leaves out small ones
    assert sum(ends.values()) == pytest.approx(1.0, abs=3e-4)
    heavy = {"Ac-225": "Bi-209", "Ra-223": "Pb-207", "U-235": "Pb-207", "Mo-99": "Ru-99"}
    assert max(ends, key=lambda end: ends[end]) == heavy.get(name, "Pb-208")


def test_spelling_and_nuclide_are_taken_alike():
    assert decay_chain(nuclide("Ac-225")) is decay_chain("225Ac")
    with pytest.raises(InputError, match="unknown nuclide"):
        decay_chain("Ac-777")
