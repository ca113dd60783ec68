"""Reductions of target-mediated disposition: their own laws, their limits, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import TIME, Engine, NetworkBuilder, model
from theratwin.kinetics.models import psma_body
from theratwin.kinetics.tmdd import (
    CENTRAL_TARGET,
    Target,
    michaelis_menten,
    quasi_equilibrium,
    quasi_steady_state,
    tmdd_network,
)
from theratwin.testing import check_balance

TIMES = np.array([0.0, 24.0, 72.0, 168.0, 336.0, 672.0])
TIGHT = {"rtol": 1e-10, "atol": 1e-13}
REDUCTIONS = [quasi_equilibrium, quasi_steady_state, michaelis_menten]


def solved(network, times=TIMES, **parameters):
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return Engine(network.system()).solve(named, times, **TIGHT).require()


def error(reduction, times=TIMES, **parameters):
    """Return the largest error of the total ligand, relative to the full model."""
    network = tmdd_network()
    full = solved(network, times, **parameters)["total"][0, 1:]
    found = solved(reduction(network, CENTRAL_TARGET), times, **parameters)["total"][0, 1:]
    return np.max(np.abs(found / full - 1.0))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_each_is_a_balanced_network_with_fewer_states(reduction):
    network = reduction(tmdd_network(), CENTRAL_TARGET)
    check_balance(network)
    assert len(network.species) == (2 if reduction is michaelis_menten else 3)
    assert {"central.ligand", "central.receptor", "central.complex"} <= set(network.symbols)


@pytest.mark.parametrize("reduction", REDUCTIONS[:2])
def test_totals_and_the_law_of_mass_action(reduction):
    """Free and bound make the totals, and L R = K C, at all times."""
    network = tmdd_network()
    values = {p.name: p.value for p in network.parameters}
    reduced = reduction(network, CENTRAL_TARGET)
    found = solved(reduced)
    shown = ("central.ligand.free", "central.receptor.free", "central.complex.bound")
    free, receptor, bound = (found[name][0] for name in shown)
    assert free + bound == pytest.approx(found["central.ligand.total"][0], rel=1e-9)
    assert receptor + bound == pytest.approx(found["central.receptor.total"][0], rel=1e-9)
    off = values["ligand.k_off"]
    if reduction is quasi_steady_state:
        off += values["complex.internalization"]
    half = off * values["central.volume"] / values["ligand.k_on"]
    assert free * receptor == pytest.approx(half * bound, rel=1e-9)


@pytest.mark.parametrize("reduction", REDUCTIONS[:2])
def test_a_trace_among_many_receptors_is_lost_at_constant_rates(reduction):
    """Free part K / (K + R), all else bound: one exponential, over ten decades of excess."""
    times = np.array([0.0, 24.0, 96.0])
    fixed = {"dose": 1e-6, "receptor__amount": 1e4, "ligand__exchange": 0.0}
    network = reduction(tmdd_network(), CENTRAL_TARGET)
    named = {name.replace("__", "."): value for name, value in fixed.items()}
    options = {"rtol": 1e-10, "atol": 1e-20}
    found = Engine(network.system()).solve(named, times, **options).require()
    k = {p.name: p.value for p in network.parameters} | named
    off = k["ligand.k_off"]
    if reduction is quasi_steady_state:
        off += k["complex.internalization"]
    half = off * k["central.volume"] / k["ligand.k_on"]
    free = half / (half + 1e4)
    rate = free * k["ligand.clearance"] / k["central.volume"]
    rate += (1.0 - free) * k["complex.internalization"]
    total = found["central.ligand.total"][0]
    assert total == pytest.approx(1e-6 * np.exp(-rate * times), rel=1e-8)
    assert found["central.ligand.free"][0] == pytest.approx(free * total, rel=1e-6)


def test_equilibrium_is_of_first_order_in_fast_binding():
    """At the same affinity, ten times faster binding leaves a tenth of the error."""
    errors = [
        error(quasi_equilibrium, ligand__k_on=300.0 * f, ligand__k_off=0.03 * f)
        for f in (10.0, 100.0, 1000.0)
    ]
    assert np.array(errors[:-1]) / errors[1:] == pytest.approx([10.0, 10.0], rel=0.15)
    assert errors[-1] < 1e-3


def test_steady_state_holds_where_equilibrium_fails():
    """Little unbinding against the loss: equilibrium keeps ligand bound far too well."""
    slow = {"ligand__k_off": 1e-4, "dose": 30.0}
    assert error(quasi_steady_state, **slow) < 0.2
    assert error(quasi_equilibrium, **slow) > 3.0 * error(quasi_steady_state, **slow)


def test_without_loss_steady_state_is_equilibrium():
    """The rate constant of the loss is zero, so that both have the same K."""
    both = [
        solved(reduction(tmdd_network(), CENTRAL_TARGET), complex__internalization=0.0)["total"]
        for reduction in (quasi_equilibrium, quasi_steady_state)
    ]
    assert both[0] == pytest.approx(both[1], rel=1e-9)


def test_michaelis_menten_needs_more_ligand_than_receptor():
    """Its error falls with the dose: what the receptor holds is no part of it."""
    early = np.array([0.0, 24.0, 72.0])
    errors = [error(michaelis_menten, early, dose=dose) for dose in (100.0, 1e3, 1e4)]
    assert errors[0] > 0.3
    assert errors[1] < 0.05
    assert errors[2] < 0.005


def test_michaelis_menten_of_few_receptors_with_fast_turnover():
    """As receptors become few and the loss fast at the same capacity, it becomes exact."""
    few = {
        "receptor__amount": 0.03,
        "receptor__degradation": 50.0,
        "complex__internalization": 50.0,
    }
    full = {"ligand__k_on": 3e5, "ligand__k_off": 30.0, "dose": 100.0, **few}
    # Apart from hours after the dose, in which 0.03 of 100 nmol bind: 3e-4 and some.
    assert error(michaelis_menten, **full) < 2e-3


def test_linear_limits():
    """No receptors: all three are the two-compartment model."""
    network = tmdd_network()
    full = solved(network, receptor__amount=0.0)["total"]
    for reduction in REDUCTIONS:
        found = solved(reduction(network, CENTRAL_TARGET), receptor__amount=0.0)["total"]
        assert found == pytest.approx(full, rel=1e-8)


def test_a_network_of_the_library():
    """The example of binding in dynamics: reduced by equilibrium, bound as in the full one."""
    network = model("receptor-binding")
    reduced = quasi_equilibrium(network, Target("ligand", "receptor", "bound"))
    fast = {"k_on": 3e6, "k_off": 300.0}
    times = np.array([0.0, 1.0, 5.0, 20.0])
    full = Engine(network.system()).solve(fast, times, **TIGHT).require()
    found = Engine(reduced.system()).solve(fast, times, **TIGHT).require()
    assert found["occupancy"][0, 1:] == pytest.approx(full["occupancy"][0, 1:], rel=2e-3)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_sensitivities_are_those_of_differences(reduction):
    network = reduction(tmdd_network(), CENTRAL_TARGET)
    engine, times = Engine(network.system()), np.array([0.0, 48.0, 200.0])
    name, step = "receptor.amount", 1e-4
    found = engine.solve({}, times, sensitivities=(name,), **TIGHT).require()
    varied = [
        engine.solve({name: 30.0 + sign * step}, times, **TIGHT).require()["total"][0]
        for sign in (1.0, -1.0)
    ]
    difference = (varied[0] - varied[1]) / (2.0 * step)
    slope = found.slopes[name]["total"][0]
    assert slope[1:] == pytest.approx(difference[1:], rel=1e-4)


def _small(law=None, event=False, loss=True, both=None):
    b = NetworkBuilder("small")
    rate = b.parameter("rate", 1.0, "1/h", note="example")
    pair = b.parameter("pair", 1.0, "1/(nmol h)", note="example")
    b.compartment("dish")
    start = b.parameter("start", 1.0, "nmol", note="example")
    left, right, held = (b.species(name, "dish", start) for name in ("l", "r", "c"))
    if both is None:
        b.reaction("on", (left, right), held, law(rate, left) if law else pair * left * right)
    if both is None:
        b.reaction("off", held, (left, right), rate * held)
    else:
        b.reaction("net", (left, right), held, both(pair, rate, left, right, held))
    if loss:
        b.reaction("loss", held, None, rate * held)
    if event:
        b.event("wash", TIME - 1.0 / rate, {left: 0.0 * left})
    return b.freeze()


TRIPLE = Target("l", "r", "c")


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binding_and_unbinding_in_one_law(reduction):
    """As SBML has them: one reversible reaction, reduced to the same as two."""
    one = _small(both=lambda pair, rate, left, right, held: pair * left * right - rate * held)
    times = np.array([0.0, 0.3, 2.0])
    state = "l" if reduction is michaelis_menten else "l.total"
    alone, together = (solved(reduction(net, TRIPLE), times)[state] for net in (_small(), one))
    assert together == pytest.approx(alone, rel=1e-9)
    with pytest.raises(UnsupportedError, match="mass action"):
        reduction(_small(both=lambda pair, rate, left, right, held: pair * left * held), TRIPLE)


def test_receptors_for_which_ligands_compete_are_refused():
    """Free receptors of the whole-body models are a rule of hot and cold; the error says so."""
    network = psma_body().network
    target = Target("gut.interstitial.hot", "gut.free_receptors", "gut.bound.hot")
    with pytest.raises(UnsupportedError, match=r"compete.*Keep the full network"):
        quasi_steady_state(network, target)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_what_it_cannot_reduce_is_refused(reduction):
    with pytest.raises(InputError, match="unknown species"):
        reduction(_small(), Target("l", "r", "x"))
    with pytest.raises(InputError, match="reactions of binding"):
        reduction(_small(), Target("c", "r", "l"))
    with pytest.raises(UnsupportedError, match="mass action"):
        reduction(_small(lambda rate, left: rate * left), TRIPLE)
    with pytest.raises(UnsupportedError, match="mass action"):
        reduction(_small(lambda rate, left: rate * left * left / (left + left)), TRIPLE)
    with pytest.raises(UnsupportedError, match="event"):
        reduction(_small(event=True), TRIPLE)


def test_michaelis_menten_needs_a_loss():
    with pytest.raises(UnsupportedError, match="not lost"):
        michaelis_menten(_small(loss=False), TRIPLE)


@pytest.mark.parametrize("name", ["k_on", "vein.volume", "kon"])
def test_a_value_that_the_set_lacks_is_refused(name):
    with pytest.raises(InputError, match=rf"given: no such parameter.*{name}.*ligand\.k_on"):
        tmdd_network({name: 1.0})
