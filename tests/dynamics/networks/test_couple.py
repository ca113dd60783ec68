"""Coupling: a tumor that changes its own uptake, against equations written by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.evaluate import initial_values, right_hand_side
from theratwin.dynamics.expressions.expression import Binding
from theratwin.dynamics.models import model
from theratwin.dynamics.models.tumor_feedback import growth, uptake
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.couple import couple

DECAY = np.log(2.0) / 160.0


def by_hand(_: float, y: np.ndarray) -> np.ndarray:
    """Plasma (nmol), tumor (nmol), volume (mL), with the model's numbers written out."""
    plasma, tumor, volume = y
    taken_up = 0.4 * volume * plasma / 3000.0
    return np.array(
        [
            -taken_up + 0.01 * tumor - 120.0 * plasma / 3000.0 - DECAY * plasma,
            taken_up - 0.01 * tumor - DECAY * tumor,
            3e-3 * volume * np.log(500.0 / volume) - 0.1 * (tumor / volume) * volume,
        ]
    )


def test_rates_equal_those_written_by_hand() -> None:
    system = model("tumor-feedback").system()
    assert system.names == ("uptake.plasma.drug", "uptake.tumor.drug", "growth.volume")
    for y in np.random.default_rng(2).uniform(0.1, 100.0, (50, 3)):
        expected = by_hand(0.0, y)
        # A few roundings of terms up to about 100.
        assert np.allclose(right_hand_side(system, 0.0, y), expected, rtol=1e-13, atol=1e-13)


def test_solution_equals_that_written_by_hand() -> None:
    system = model("tumor-feedback").system()
    start = initial_values(system)
    assert start.tolist() == [100.0, 0.0, 20.0]
    options = {"method": "LSODA", "rtol": 1e-10, "atol": 1e-12, "t_eval": [24.0, 240.0, 2400.0]}
    whole = solve_ivp(lambda t, y: right_hand_side(system, t, y), (0, 2400), start, **options)
    hand = solve_ivp(by_hand, (0, 2400), start, **options)
    # Both solved at a tolerance of 1e-10 over some hundred steps.
    assert np.allclose(whole.y, hand.y, rtol=1e-7, atol=1e-10)


def test_feedback_acts() -> None:
    """A tumor held at its first volume takes up another amount, so the coupling is felt."""
    held = uptake().system({"tumor_volume": 20.0})
    alone = solve_ivp(
        lambda t, y: right_hand_side(held, t, y),
        (0, 240),
        initial_values(held),
        rtol=1e-8,
        atol=1e-12,
    )
    whole = model("tumor-feedback").system()
    coupled = solve_ivp(
        lambda t, y: right_hand_side(whole, t, y),
        (0, 240),
        initial_values(whole),
        rtol=1e-8,
        atol=1e-12,
    )
    assert abs(alone.y[1, -1] / coupled.y[1, -1] - 1.0) > 0.05


def test_inputs_that_are_left_stay_inputs() -> None:
    joined = couple("two", {"a": growth(), "b": growth()}, {"a.concentration": "b.concentration"})
    assert [port.name for port in joined.inputs] == ["b.concentration"]
    system = joined.system({"b.concentration": 0.25})
    assert system.parameters["b.concentration"] == 0.25
    found = right_hand_side(system, 0.0, initial_values(system))
    assert found[0] == found[1]


def test_an_input_can_share_another_network_s_parameter() -> None:
    b = NetworkBuilder("sink")
    k = b.input("k", "1/h")
    x = b.variable("x", 1.0)
    b.rate(x, -k * x)
    joined = couple("shared", {"s": b.freeze(), "g": growth()}, {"s.k": "g.rate"})
    state = next(s for s in joined.system({"g.concentration": 0.0}).states if s.name == "s.x")
    assert str(state.derivative) == "-g.rate * s.x"
    assert state.derivative.args[0].binding is Binding.PATIENT


def test_events_and_flows_move_with_their_network() -> None:
    b = NetworkBuilder("loop")
    first, second = (b.compartment(name, volume(b, name)) for name in ("first", "second"))
    x, y = b.species("x", first), b.species("y", second)
    flow = b.parameter("flow", 5.0, "mL/h", note="example")
    b.flow("there", first, second, flow, {x: y})
    b.flow("back", second, first, flow, {y: x})
    b.event("empty", y - x, {x: 0.0 * x + 2.0 * y})
    joined = couple("whole", {"left": b.freeze(), "right": b.freeze()}, {})
    assert [flow.source for flow in joined.flows] == [
        *("left.first", "left.second", "right.first", "right.second")
    ]
    assert [*joined.events[1].assignments] == ["right.x"]
    assert str(joined.events[1].trigger) == "right.y - right.x"
    assert joined.reactions[2].net == {"right.x": -1.0, "right.y": 1.0}


def volume(b: NetworkBuilder, name: str):
    return b.parameter(f"volume_{name}", 1.0, "mL", note="example")


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ({"a.concentratoin": "b.volume"}, "nearest match 'a.concentration'"),
        ({"a.concentration": "b.volum"}, "nearest match 'b.volume'"),
        ({"a.concentration": "b.volume"}, "the input is in nmol/mL, what is bound to it in mL"),
    ],
)
def test_wrong_connections_are_refused(connections: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        couple("two", {"a": growth(), "b": growth()}, connections)
