"""Pharmacodynamics: limits, competition, and the network against the functions."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics import evaluate
from theratwin.response.drugs import drug, drug_effects, inhibition, trapping

CONCENTRATIONS = np.array([0.0, 1e-4, 5e-3, 0.1, 10.0])


def outputs(network, inputs):
    values = {p.name: p.value for p in network.parameters} | inputs
    return {o.name: float(evaluate([o.value], values)[0]) for o in network.outputs}


def test_inhibition_rises_from_zero_to_one():
    found = inhibition(CONCENTRATIONS, 5e-3)
    assert found[0] == 0.0
    assert found[2] == 0.5
    assert np.all(np.diff(found) > 0)
    assert found[-1] == pytest.approx(1.0, abs=1e-3)


def test_a_drug_shared_between_two_syringes_is_one_drug():
    split = inhibition([CONCENTRATIONS, 2 * CONCENTRATIONS], [0.1, 0.1])
    assert split == pytest.approx(inhibition(3 * CONCENTRATIONS, 0.1), rel=1e-15)
    trapped = trapping([CONCENTRATIONS, 2 * CONCENTRATIONS], [0.1, 0.1], [4.0, 4.0])
    assert trapped == pytest.approx(trapping(3 * CONCENTRATIONS, 0.1, 4.0), rel=1e-15)


def test_a_weak_trapper_displaces_a_strong_one():
    """Competition for one site: enough of a drug that does not trap takes the trapping away."""
    alone = trapping(0.1, 0.1, 10.0)
    beside = trapping([0.1, 10.0], [0.1, 0.1], [10.0, 0.0])
    assert float(beside) == pytest.approx(10.0 * 1.0 / 102.0, rel=1e-12)
    assert float(beside) < 0.02 * float(alone) * 1.01


def test_network_gives_the_functions():
    olaparib, talazoparib, peposertib = drug("olaparib"), drug("talazoparib"), drug("peposertib")
    network = drug_effects([olaparib, talazoparib, peposertib])
    given = {"drug.olaparib": 0.3, "drug.talazoparib": 2e-3, "drug.peposertib": 0.2}
    found = outputs(network, given)
    both = [given["drug.olaparib"], given["drug.talazoparib"]]
    names = (olaparib, talazoparib)
    assert found["parp_inhibition"] == pytest.approx(
        float(inhibition(both, [d.value("half_inhibition") for d in names])), rel=1e-14
    )
    expected = trapping(
        both,
        [d.value("half_trapping") for d in names],
        [d.value("trapping_strength") for d in names],
    )
    assert found["parp_trapping"] == pytest.approx(float(expected), rel=1e-14)
    assert found["dnapk_inhibition"] == pytest.approx(2.0 / 3.0, rel=1e-14)
    assert found["atm_inhibition"] == found["atr_inhibition"] == 0.0


def test_equal_concentrations_trap_in_the_published_order():
    order = ("talazoparib", "niraparib", "olaparib", "veliparib")
    network = {name: drug_effects([drug(name)]) for name in order}
    strengths = [outputs(network[n], {f"drug.{n}": 0.03})["parp_trapping"] for n in order]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] / strengths[2] == pytest.approx(0.03 / 0.031 / (0.03 / 0.13), rel=1e-12)


def test_a_drug_given_twice_is_refused():
    with pytest.raises(InputError, match="olaparib"):
        drug_effects([drug("olaparib"), drug("olaparib")])
    with pytest.raises(InputError, match="at least one"):
        drug_effects([])


def test_functions_differentiate_in_jax():
    """d/dc c/(c + K) = K/(c + K)^2, and the same for trapping times its strength."""
    from theratwin.core._jax import jax

    slope = jax.grad(lambda c: inhibition(c, 5e-3))(2e-3)
    assert float(slope) == pytest.approx(5e-3 / 7e-3**2, rel=1e-12)
    slope = jax.grad(lambda c: trapping(c, 0.1, 3.0))(0.2)
    assert float(slope) == pytest.approx(3.0 * 0.1 / 0.3**2, rel=1e-12)
