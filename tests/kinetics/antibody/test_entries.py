"""Models of antibodies for the library: each is written, balanced and solved."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.dynamics import Engine
from theratwin.kinetics.antibody import antibody_entries
from theratwin.kinetics.tmdd import tmdd_entries
from theratwin.testing import check_balance

ENTRIES = {**antibody_entries(), **tmdd_entries()}


@pytest.mark.parametrize("name", ENTRIES)
def test_each_is_named_balanced_and_solved(name):
    summary, write = ENTRIES[name]
    network = write()
    check_balance(network)
    assert network.name == name
    assert len(summary) < 100
    found = Engine(network.system()).solve({}, np.array([0.0, 24.0])).require()
    given = sum(values[0, 0] for values in found.states.values())
    assert given > 13.0
    assert all(np.all(values > -1e-9) for values in found.states.values())


def test_the_activity_given_is_a_gigabecquerel():
    network = ENTRIES["antibody-cd66"][1]()
    found = Engine(network.system()).solve({}, np.array([0.0])).require()
    assert found["activity.whole_body"][0, 0] == pytest.approx(1000.0, rel=1e-3)
