"""Everything that a network alone can be checked for: sound ones pass, odd ones are named."""

from __future__ import annotations

import pytest

from theratwin.core.errors import FitError, InputError
from theratwin.dynamics import NetworkBuilder, model
from theratwin.testing import check_model


@pytest.mark.parametrize("name", ["one-compartment", "linear-chain", "tumor-feedback"])
def test_models_of_the_library_pass(name):
    check_model(model(name))


def test_a_model_that_grows_without_bound_is_refused():
    b = NetworkBuilder("explosion")
    rate = b.parameter("rate", 1e3, "1/h", note="example")
    start = b.parameter("start", 1.0, "mL", note="example")
    size = b.variable("size", start, "mL")
    b.rate(size, rate * size * size / start)
    with pytest.raises(FitError, match="growth without bound"):
        check_model(b.freeze())


def test_an_open_port_is_refused():
    b = NetworkBuilder("open")
    inflow = b.input("inflow", "nmol/h")
    amount = b.species("amount", b.compartment("place"))
    b.reaction("in", None, amount, inflow)
    with pytest.raises(InputError, match="inflow"):
        check_model(b.freeze())
