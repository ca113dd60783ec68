"""Conserved moieties by exact elimination, against what is known and against rank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.dynamics.models import model
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.moiety import check_moieties, conserved_moieties, moiety_total
from theratwin.dynamics.networks.network import Network


def closed_binding() -> Network:
    b = NetworkBuilder("closed")
    place = b.compartment("place")
    k = b.parameter("k", 1.0, "1/h", note="example")
    a, c, ac = (
        b.species(name, place, contains=made_of)
        for name, made_of in (("a", "A"), ("c", "C"), ("ac", {"A": 2, "C": 1}))
    )
    b.reaction("bind", {a: 2, c: 1}, ac, k * a)
    b.reaction("unbind", ac, {a: 2, c: 1}, k * ac)
    return b.freeze()


def test_binding_conserves_both_partners() -> None:
    network = closed_binding()
    found = conserved_moieties(network)
    assert len(found) == 2
    check_moieties(network, found)
    check_moieties(network, [moiety_total(network, "A"), moiety_total(network, "C")])


def test_a_sum_that_changes_is_named_with_its_reaction() -> None:
    with pytest.raises(InputError, match="reaction bind: a turn changes the sum by -2"):
        check_moieties(closed_binding(), [{"a": 1}])
    with pytest.raises(InputError, match="unknown species"):
        check_moieties(closed_binding(), [{"b": 1}])
    with pytest.raises(InputError, match="no species contains this moiety"):
        moiety_total(closed_binding(), "B")


def test_receptors_of_the_benchmark_are_conserved() -> None:
    network = model("benchmark-93")
    found = conserved_moieties(network)
    assert len(found) == 5  # one receptor in each of five organs; the ligand is excreted
    kidney = {f"kidney.membrane.{what}": 1 for what in ("hot", "cold", "receptor")}
    assert kidney in found
    check_moieties(network, found)
    assert conserved_moieties(model("benchmark-88")) == ()


@given(st.lists(st.lists(st.integers(-2, 2), min_size=6, max_size=6), min_size=1, max_size=8))
def test_basis_is_the_left_null_space(stoichiometry: list[list[int]]) -> None:
    b = NetworkBuilder("random")
    place = b.compartment("place")
    rate = b.parameter("rate", 1.0, "nmol/h", note="example")
    species = [b.species(f"s{i}", place) for i in range(6)]
    for j, column in enumerate(stoichiometry):
        if any(column):
            taken = {s: -n for s, n in zip(species, column, strict=True) if n < 0}
            given_out = {s: n for s, n in zip(species, column, strict=True) if n > 0}
            b.reaction(f"r{j}", taken, given_out, rate)
    network = b.freeze()
    found = conserved_moieties(network)
    check_moieties(network, found)
    matrix = np.array(stoichiometry)
    assert len(found) == 6 - np.linalg.matrix_rank(matrix)
    basis = [[moiety.get(f"s{i}", 0) for i in range(6)] for moiety in found]
    if basis:
        assert np.linalg.matrix_rank(np.array(basis)) == len(basis)
