"""Balances: reactions conserve moieties, flows leave as they enter, or the node is named."""

from __future__ import annotations

import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics.models import model
from theratwin.dynamics.networks.builder import NetworkBuilder


def binding(products: dict[str, int], **options) -> NetworkBuilder:
    b = NetworkBuilder("binding")
    place = b.compartment("place")
    b.species("ligand", place, contains=("ligand",))
    b.species("receptor", place, contains={"receptor": 1})
    b.species("bound", place, contains=("ligand", "receptor"))
    rate = b.parameter("rate", 1.0, "nmol/h", note="example")
    b.reaction("bind", ("ligand", "receptor"), products, rate, **options)
    return b


def test_a_balanced_reaction_passes() -> None:
    assert binding({"bound": 1}).freeze().reactions[0].net == {
        "ligand": -1.0,
        "receptor": -1.0,
        "bound": 1.0,
    }


def test_a_reaction_that_makes_something_is_named() -> None:
    with pytest.raises(InputError, match=r"reaction bind: .* takes 1 ligand and gives 2"):
        binding({"bound": 1, "ligand": 1}).freeze()
    with pytest.raises(InputError, match="takes 1 receptor and gives 0"):
        binding({"ligand": 1}).freeze()


def test_what_is_declared_may_be_lost() -> None:
    assert binding({"ligand": 1}, not_conserved=["receptor"]).freeze()


def circulation(back: str) -> NetworkBuilder:
    b = NetworkBuilder("circulation")
    v = b.parameter("v", 1.0, "mL", note="example")
    heart, gut, brain = (b.compartment(name, v) for name in ("heart", "gut", "brain"))
    flows = {
        name: b.parameter(name, value, "mL/h", note="example")
        for name, value in {"to_gut": 3.0, "to_brain": 2.0, "measured": 5.0}.items()
    }
    flows["summed"] = b.rule("summed", flows["to_gut"] + flows["to_brain"], "mL/h")
    b.flow("gut_in", heart, gut, flows["to_gut"])
    b.flow("brain_in", heart, brain, flows["to_brain"])
    b.flow("joined", brain, gut, flows["to_brain"])
    b.flow("back", gut, heart, flows[back])
    return b


def test_a_closed_circulation_passes() -> None:
    assert len(circulation("summed").freeze().flows) == 4


def test_a_leak_is_named() -> None:
    with pytest.raises(InputError, match=r"compartment gut: 5 mL/h flow in and 3 mL/h flow out"):
        circulation("to_gut").freeze()


def test_a_flow_that_balances_by_chance_is_refused() -> None:
    """A patient with other flows would leak: the sum must be a rule."""
    with pytest.raises(InputError, match=r"when parameters vary.*Derive one flow"):
        circulation("measured").freeze()


def test_flows_from_outside_count() -> None:
    b = NetworkBuilder("open")
    place = b.compartment("place", b.parameter("v", 1.0, "mL", note="example"))
    flow = b.parameter("flow", 1.0, "mL/h", note="example")
    b.flow("in", None, place, flow)
    with pytest.raises(InputError, match="1 mL/h flow in and 0 mL/h flow out"):
        b.freeze()
    b.flow("out", place, None, flow)
    assert b.freeze()


def test_the_benchmark_is_checked() -> None:
    network = model("benchmark-88")
    assert len(network.flows) == 32
    assert all(species.contains for species in network.species)
