"""A network opened for coupling: parameters that come in, observables that go out."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from theratwin.core import Exponentials, InputError
from theratwin.dynamics import Engine, model, opened

TIMES = [1.0, 24.0]


def test_an_input_bound_to_the_parameter_changes_nothing():
    network = model("one-compartment")
    value = next(p.value for p in network.parameters if p.name == "clearance")
    free = opened(network, ["clearance"], ["concentration"])
    before = Engine(network.system()).solve({}, TIMES)["concentration"]
    after = Engine(free.system({"clearance": value})).solve({}, TIMES)["concentration"]
    assert_allclose(after, before, rtol=1e-12)


def test_an_input_may_change_in_time():
    network = model("one-compartment")
    value = next(p.value for p in network.parameters if p.name == "clearance")
    free = opened(network, ["clearance"])
    falling = Exponentials.from_half_lives([value], [5.0])
    slow = Engine(free.system({"clearance": falling})).solve({}, TIMES)["concentration"]
    assert slow[0, 1] > Engine(network.system()).solve({}, TIMES)["concentration"][0, 1]


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="clearance"):
        opened(model("one-compartment"), ["clearence"])
    with pytest.raises(InputError, match="no such observable"):
        opened(model("one-compartment"), [], ["clearance"])
