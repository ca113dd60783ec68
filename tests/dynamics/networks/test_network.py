"""Networks: written, checked, flattened; ports bound to curves; library models."""

from __future__ import annotations

import importlib.util
import math
import pickle
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from theratwin.core import Exponentials, InputError, Pieces, Pulses, UnsupportedError
from theratwin.core.distribution import LogNormal
from theratwin.core.parameter import Parameter
from theratwin.dynamics.expressions.evaluate import (
    evaluate,
    initial_values,
    observables,
    right_hand_side,
)
from theratwin.dynamics.expressions.expression import TIME, Binding, Expression, symbol
from theratwin.dynamics.expressions.rate_laws import hill, mass_action, michaelis_menten, piecewise
from theratwin.dynamics.models import model, model_names, model_summary
from theratwin.dynamics.models.linear_chain import HALF_LIVES
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.network import Network
from theratwin.dynamics.networks.port import SwitchChange, schedule

ROOT = Path(__file__).parents[3]
PROTOTYPE = ROOT.parent / "shared" / "prototypes" / "kernel" / "model.py"


def small() -> NetworkBuilder:
    b = NetworkBuilder("small")
    plasma = b.compartment("plasma", b.parameter("volume", "3 L", "mL", note="example"))
    b.species("drug", plasma, b.parameter("dose", 6.0, "nmol", note="example"))
    return b


def amount(b: NetworkBuilder, name: str = "drug") -> Expression:
    return symbol(name, Binding.STATE)


def test_law_becomes_derivative() -> None:
    b = small()
    drug = amount(b)
    clearance = b.parameter("clearance", "1 L/h", "mL/h", note="example")
    b.reaction("elimination", drug, None, b.carried(clearance, drug))
    b.reaction("doubling", drug, {drug: 2}, b.parameter("k", 0.5, "1/h", note="example") * drug)
    system = b.freeze().system()
    assert initial_values(system).tolist() == [6.0]
    assert right_hand_side(system, 0.0, np.array([6.0])).tolist() == [-2.0 + 3.0]
    assert system.parameters["volume"] == 3000.0


def test_values_over_patients() -> None:
    system = model("one-compartment").system()
    patients = {"dose": np.array([1.0, 2.0, 4.0])}
    start = initial_values(system, patients)
    assert start.shape == (3, 1)
    change = right_hand_side(system, 0.0, start, patients)
    assert np.allclose(change[:, 0] / change[0, 0], [1, 2, 4], rtol=1e-15)
    assert observables(system, 0.0, start, patients)["imaged"].tolist() == [1.0, 2.0, 4.0]


def test_parameters_keep_their_source() -> None:
    b = NetworkBuilder("sourced")
    b.parameter(Parameter("density", "nmol/mL", LogNormal(30.0, 1.4), "kletting_2016"))
    assert b.freeze().parameters[0].source == "kletting_2016"
    assert b.freeze().system().parameters == {"density": 30.0}


def test_rules_and_initial_values_follow_each_other_in_any_order() -> None:
    b = NetworkBuilder("ordered")
    k = b.parameter("k", 3.0, note="example")
    second = b.rule("second", b.input("port") + 1.0)
    b.rule("first", 2.0 * second)
    x = b.variable("x", k)
    b.variable("y", 5.0 * x)
    b.observable("sum", second * x)
    system = b.freeze().system({"port": 4.0})
    assert initial_values(system).tolist() == [3.0, 15.0]
    assert observables(system, 0.0, np.array([2.0, 0.0]))["sum"] == 10.0
    assert system.parameters == {"k": 3.0, "port": 4.0}


def test_rules_in_a_circle_are_named() -> None:
    b = NetworkBuilder("circle")
    port = b.input("a")
    second = b.rule("second", 2.0 * b.rule("first", port))
    network = b.freeze()
    turned = (replace(network.rules[0], value=second), network.rules[1])
    with pytest.raises(InputError, match="circle: first -> second -> first"):
        replace(network, rules=turned).system({"a": 1.0})


def test_what_depends_on_patient_or_segment_alone_is_known_to_be_so() -> None:
    b = NetworkBuilder("bound")
    k = b.parameter("k", 1.0, "1/h", note="example")
    cycle = b.switch("factor_of_cycle", 1.0)
    rate = b.rule("rate", k * cycle, "1/h")
    x = b.variable("x", 1.0)
    b.rate(x, -rate * x)
    factor, state = b.freeze().system().states[0].derivative.args
    assert factor is -(k * cycle)
    assert factor.binding is Binding.SEGMENT
    assert state is x


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda b: b.species("drug", "plasma"), "stands twice"),
        (lambda b: b.species("2nd", "plasma"), "this is no name"),
        (lambda b: b.variable("time", 0.0), "this is no name"),
        (lambda b: b.species("other", "plasmma"), "nearest match 'plasma'"),
        (lambda b: b.reaction("r", "drugg", None, 0.0), "reaction r: unknown name.*'drug'"),
        (lambda b: b.rate("drug", 1.0), "A species changes by reactions"),
        (lambda b: b.observable("o", NetworkBuilder("else").parameter("k", 1.0)), "lacks"),
        (lambda b: b.observable("o", NetworkBuilder("else").switch("dose", 1.0)), "elsewhere"),
        (lambda b: b.event("e", TIME, {"dose": 1.0}), "event e: unknown name"),
        (lambda b: b.parameter("p", "3 L", "h"), "does not convert"),
        (lambda b: b.parameter("p"), "the value is missing"),
        (lambda b: b.reaction("r", None, None, 0.0), "neither reactants nor products"),
        (lambda b: b.flow("f", "plasma", "brain", 0.0), "flow f: unknown name"),
    ],
)
def test_wrong_networks_are_refused_by_node(write, message: str) -> None:
    def written() -> Network:
        b = small()
        write(b)
        return b.freeze()

    with pytest.raises(InputError, match=message):
        written()


def test_membranes_have_no_concentration() -> None:
    b = small()
    bound = b.species("bound", b.compartment("membrane"))
    with pytest.raises(InputError, match="membrane has no volume"):
        b.concentration(bound)


def test_concentration_is_amount_over_volume() -> None:
    network = model("one-compartment")
    assert str(network.concentration("plasma.drug")) == "plasma.drug / volume"
    assert network.amount("plasma.drug") is symbol("plasma.drug", Binding.STATE)
    with pytest.raises(InputError, match="unknown species"):
        network.concentration("drug")
    with pytest.raises(InputError, match=r"nearest match 'plasma\.drug'"):
        network.amount("plasma.drugs")


def test_the_page_on_networks_is_right() -> None:
    page = (ROOT / "docs" / "methods" / "networks.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    made: dict = {}
    exec(code, made)
    assert repr(made["network"]) == "<Network binding: 3 states, 1 reactions, 2 parameters>"


def test_initial_values_must_not_depend_on_time() -> None:
    b = NetworkBuilder("timed")
    b.variable("x", TIME, "h")
    with pytest.raises(InputError, match="x: the initial value depends on the time"):
        b.freeze().system()


def with_port() -> Network:
    b = NetworkBuilder("fed")
    b.observable("value", b.input("feed", "nmol/h"), "nmol/h")
    return b.freeze()


def bound_values(curve, times) -> list[float]:
    """Play the schedule as a solver does: restart at each change."""
    network = with_port()
    system = network.system({"feed": curve})
    values = []
    for time in times:
        switches = dict(system.switches)
        for change in schedule(network, {"feed": curve}):
            if change.time <= time:
                switches[change.switch] = change.value
        known = {**system.parameters, **switches, "time": time}
        values.append(float(evaluate([system.observables["value"]], known)[0]))
    return values


EXPONENTIALS = Exponentials([2.0, -2.0, 3.0], [0.1, 400.0, 0.05], [0.0, 0.0, 24.0])
PIECES = Pieces([-1.0, 2.0, 5.0], [[1.0, 0.5, 0.1], [2.0, -0.3, 0.0]])


@pytest.mark.parametrize("curve", [EXPONENTIALS, PIECES, EXPONENTIALS + PIECES])
def test_bound_curve_equals_the_curve(curve) -> None:
    times = [0.0, 0.003, 1.9, 2.0, 4.9, 7.0, 23.999, 24.0, 1000.0]
    assert np.allclose(bound_values(curve, times), curve(np.array(times)), rtol=1e-14, atol=0)


@given(
    st.lists(
        st.tuples(
            st.floats(-5, 5), st.floats(-0.01, 50.0), st.sampled_from([-3.0, 0.0, 1.5, 30.0])
        ),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.floats(0.0, 200.0), min_size=1, max_size=5),
)
def test_any_exponentials_can_be_bound(terms: list, times: list[float]) -> None:
    curve = Exponentials(*np.array(terms).T)
    size = np.abs(curve.amplitudes).sum() * np.exp(0.01 * 203.0)
    assert np.allclose(
        bound_values(curve, times), curve(np.array(times)), rtol=0, atol=1e-13 * size
    )


def test_bound_curves_of_one_form_give_the_same_equations() -> None:
    network = with_port()
    first = network.system({"feed": Exponentials([2.0], [0.1], [3.0])})
    second = network.system({"feed": Exponentials([7.0], [0.3], [9.0])})
    assert first.observables["value"] is second.observables["value"]
    assert first.parameters != second.parameters
    assert schedule(network, {"feed": Exponentials([2.0], [0.1], [3.0])}) == (
        SwitchChange(3.0, "feed.on1", 1.0),
    )


def test_bindings_are_checked() -> None:
    network = with_port()
    with pytest.raises(InputError, match="the input feed is not bound"):
        network.system()
    with pytest.raises(InputError, match="nearest match 'feed'"):
        network.system({"fed": 1.0})
    with pytest.raises(InputError, match="curve or a number"):
        network.system({"feed": "1 nmol/h"})
    with pytest.raises(InputError, match="at most one axis"):
        network.system({"feed": Exponentials([[[1.0], [2.0]]], [0.1])})
    with pytest.raises(UnsupportedError, match="pulse"):
        network.system({"feed": Pulses([1.0], [2.0])})


def test_rate_laws() -> None:
    b = NetworkBuilder("laws")
    c = b.variable("c", 1.0)
    values = {"c": np.array([0.0, 2.0, 8.0])}
    laws = [
        mass_action(3.0, c, c),
        michaelis_menten(5.0, 2.0, c),
        hill(5.0, 2.0, c, 3.0),
        piecewise([1.0, 5.0], [10.0, 20.0, 30.0], c),
    ]
    found = evaluate(laws, values)
    assert found[0].tolist() == [0.0, 12.0, 192.0]
    assert found[1].tolist() == [0.0, 2.5, 4.0]
    assert found[2].tolist() == [0.0, 2.5, 5.0 * 64 / 65]
    assert found[3].tolist() == [10.0, 20.0, 30.0]
    with pytest.raises(InputError, match="need 2 values"):
        piecewise([1.0], [1.0])
    with pytest.raises(InputError, match="must increase"):
        piecewise([2.0, 1.0], [1.0, 2.0, 3.0])


def test_events_and_quadratures_reach_the_system() -> None:
    b = small()
    drug = amount(b)
    limit = b.rule("limit", b.parameter("most", 4.0, "nmol", note="example") * 1.0, "nmol")
    b.quadrature("area", drug, "nmol h")
    b.event("too_much", drug - limit, {drug: 0.5 * drug})
    system = b.freeze().system()
    (event,) = system.events
    assert str(event.trigger) == "drug - most"
    assert str(event.assignments["drug"]) == "0.5 * drug"
    assert str(system.quadratures["area"]) == "drug"


def test_text_shows_every_part() -> None:
    text = str(model("tumor-feedback"))
    for part in ("uptake.washout = 0.01 1/h", "uptake.tumor (uptake.tumor_volume)", "-> outside"):
        assert part in text
    assert "d growth.volume / dt = growth.rate * growth.volume * log(" in text


def test_networks_pickle() -> None:
    network = model("receptor-binding")
    again = pickle.loads(pickle.dumps(network))
    assert str(again) == str(network)
    assert again.reactions[0].rate is network.reactions[0].rate


# Library models


@pytest.mark.parametrize("name", model_names())
def test_library_models_are_what_they_say(name: str) -> None:
    network = model(name)
    assert network.name == name
    assert model_summary(name)
    system = network.system()
    start = initial_values(system)
    assert np.all(np.isfinite(right_hand_side(system, 0.0, start)))
    if name.startswith("benchmark"):
        assert len(system.states) == int(name.split("-")[1])


def test_unknown_models_are_refused() -> None:
    with pytest.raises(InputError, match="nearest match 'linear-chain'"):
        model("linear-chian")


def solved(network: Network, end: float, **parameters: float) -> np.ndarray:
    system = network.system()
    found = solve_ivp(
        lambda t, y: right_hand_side(system, t, y, parameters),
        (0.0, end),
        initial_values(system, parameters),
        method="Radau",
        rtol=1e-9,
        atol=1e-20,
    )
    assert found.success
    return found.y[:, -1]


def test_one_compartment_equals_its_closed_form() -> None:
    infusion, k, end = 0.7, 3000.0 / 3000.0 + math.log(2.0) / 160.0, 3.0
    expected = 10.0 * math.exp(-k * end) + infusion * (1 - math.exp(-k * end)) / k
    found = solved(model("one-compartment"), end, infusion=infusion)
    assert found[0] == pytest.approx(expected, rel=1e-8)  # ten times the solver's rtol


def test_linear_chain_equals_bateman() -> None:
    hours = [240.0, 5 / 60, 46 / 60, 4 / 3600]
    assert HALF_LIVES == ("240 h", "5 min", "46 min", "4 s")
    rates = np.log(2.0) / np.array(hours)
    end = 2.0
    for n, amount_found in enumerate(solved(model("linear-chain"), end)):
        own = rates[: n + 1]
        factors = [np.prod(np.delete(own, i) - own[i]) for i in range(n + 1)]
        expected = np.prod(own[:-1]) * np.sum(np.exp(-own * end) / factors)
        assert amount_found == pytest.approx(expected, rel=1e-7)


def test_receptor_stays_without_a_ligand() -> None:
    assert solved(model("receptor-binding"), 10.0, dose=0.0).tolist() == [0.0, 30.0, 0.0]


def test_fast_binding_reaches_its_equilibrium() -> None:
    fast = {"k_on": 3e6, "k_off": 3e2, "elimination": 0.0, "internalization": 0.0}
    ligand, receptor, bound = solved(model("receptor-binding"), 1.0, **fast, degradation=0.0)
    assert ligand * receptor / 3000.0 == pytest.approx(1e-4 * bound, rel=1e-6)
    assert ligand + bound == pytest.approx(100.0, rel=1e-12)


@pytest.fixture(scope="module")
def prototype() -> ModuleType:
    if not PROTOTYPE.exists():
        pytest.skip("the reference model, ../shared/prototypes/kernel/model.py, is not here")
    spec = importlib.util.spec_from_file_location("prototype_of_benchmark", PROTOTYPE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def name_in_prototype(state: str) -> str:
    *place, label = state.split(".")
    letter = {"hot": "h", "cold": "c"}[label]
    if len(place) == 1:
        return f"{ {'artery': 'art', 'vein': 'ven'}[place[0]] }_{letter}"
    space = {"vascular": "v", "interstitial": "i", "membrane": "b", "cell": "n"}[place[1]]
    return f"{space}_{place[0]}_{letter}"


def parameter_from_prototype(name: str, values: dict[str, np.ndarray]) -> np.ndarray:
    """Return a parameter of the network from those of the prototype (min, L)."""
    plain = {"k_on": ("kon", 6e4), "k_off": ("koff", 60.0), "kidney.filtration": ("GFR", 6e4)}
    plain |= {"artery.volume": ("Vart", 1e3), "vein.volume": ("Vven", 1e3)}
    if name in plain:
        own, factor = plain[name]
        return values[own] * factor
    if name == "half_life":
        return np.log(2.0) / (values["lam"] * 60.0)
    organ, quantity = name.split(".")
    own, factor = {
        "plasma_flow": ("F", 6e4),
        "vascular_volume": ("Vv", 1e3),
        "interstitial_volume": ("Vi", 1e3),
        "permeability_surface": ("PS", 6e4),
        "receptors": ("R0", 1.0),
        "internalization": ("kint", 60.0),
        "release": ("krel", 60.0),
    }[quantity]
    return values[f"{own}_{organ}"] * factor


def test_benchmark_equals_the_reference_model(prototype: ModuleType) -> None:
    """A population of the reference model, at random states, unit by unit."""
    system = model("benchmark-88").system()
    order = [prototype.S[name_in_prototype(name)] for name in system.names]
    assert sorted(order) == list(range(88))
    sample = prototype.population(20, seed=3)
    by_name = {name: sample[:, i] for name, i in prototype.P.items()}
    given = {
        name: parameter_from_prototype(name, by_name)
        for name in system.parameters
        if not name.startswith("dose.")
    }
    assert np.array_equal(initial_values(system), prototype.y0[order])
    defaults = prototype.p_nom[None]
    at_default = {name: defaults[:, i] for name, i in prototype.P.items()}
    for name in given:
        expected = float(parameter_from_prototype(name, at_default)[0])
        assert system.parameters[name] == pytest.approx(expected, rel=4e-16 * 4), name
    states = np.random.default_rng(5).uniform(0.0, 10.0, (20, 88))
    expected, size = reference_rates(prototype, sample, states[:, np.argsort(order)])
    found = right_hand_side(system, 0.0, states, given)
    # Relative to the largest term of each sum, which rounding scales with.
    error = np.abs(found - 60.0 * expected[:, order]) / (60.0 * size[:, order])
    assert error.max() < 1e-14


def reference_rates(prototype: ModuleType, sample, states) -> tuple[np.ndarray, np.ndarray]:
    """Return the prototype's rates (1/min) and the sum of the sizes of their terms."""
    k = prototype.kcoef(sample)
    change, size = np.zeros_like(states), np.zeros_like(states)

    def move(source: int, target: int | None, rate: np.ndarray) -> None:
        for place, sign in ((source, -1.0), (target, 1.0)):
            if place is not None:
                change[:, place] += sign * rate
                size[:, place] += np.abs(rate)

    for source, target, i in prototype.lin:
        move(source, target, k[:, i] * states[:, source])
    for source, target, receptor, i in prototype.bim:
        index, bound = prototype.recb[receptor]
        free = sample[:, index] - states[:, bound[0]] - states[:, bound[1]]
        move(source, target, k[:, i] * free * states[:, source])
    return change, size


def test_free_receptor_as_a_state_follows_the_rule() -> None:
    """Summed over one moiety, both forms of the benchmark have the same rates."""
    by_rule, by_state = (model(name).system() for name in ("benchmark-88", "benchmark-93"))
    values = dict(zip(by_rule.names, np.random.default_rng(1).uniform(0, 1, 88), strict=True))
    organs = ("kidney", "glands", "liver", "spleen", "tumor")
    free = {
        f"{o}.membrane.receptor": by_rule.parameters[f"{o}.receptors"]
        - values[f"{o}.membrane.hot"]
        - values[f"{o}.membrane.cold"]
        for o in organs
    }
    both = values | free
    first = right_hand_side(by_rule, 0.0, np.array([values[n] for n in by_rule.names]))
    second = right_hand_side(by_state, 0.0, np.array([both[n] for n in by_state.names]))
    paired = dict(zip(by_state.names, second, strict=True))
    assert np.allclose(first, [paired[n] for n in by_rule.names], rtol=1e-12, atol=1e-12)
