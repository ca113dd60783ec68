"""An SBML model as a network with ports: units at the edge, coupled with a network of ours."""

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics import Engine, NetworkBuilder, couple
from theratwin.io.sbml import PortMap, read_port_map, sbml_model, to_network
from theratwin.io.sbml.ports import Port

MAPPING = """
time = "min"
[inputs]
"clearance.rate" = { id = "k", unit = "1/h", scale = 60.0 }
[outputs]
"plasma.amount" = { id = "S", form = "amount", unit = "nmol", scale = 1e3 }
"""


@pytest.fixture
def model(sbml):
    # Amounts in umol, time in min: dS/dt = -k S + time.
    return sbml_model(
        sbml(
            parameters={"k": 0.1},
            compartments={"C": 2.0},
            species={"S": ("C", 4.0, False)},
            reactions={"loss": ("S", "", "k * S * C"), "feed": ("", "S", "time * 0")},
        )
    )


def test_numbers_keep_their_meaning(model, tmp_path):
    path = tmp_path / "ports.toml"
    path.write_text(MAPPING)
    network = to_network(model, read_port_map(path))
    hours = np.array([0.0, 0.5, 2.0])
    solved = Engine(network.system({"clearance.rate": 1.2})).solve({}, hours, rtol=1e-9, atol=1e-12)
    # 8 umol at a rate of 1.2 per hour.
    expected = 8e3 * np.exp(-1.2 * hours)
    np.testing.assert_allclose(solved["plasma.amount"][0], expected, rtol=1e-7)


def test_it_couples_with_another_network(model):
    ports = PortMap(
        "min",
        {"clearance.rate": Port("k", "1/h", 60.0)},
        {"plasma.amount": Port("S", "nmol", 1e3, "amount")},
    )
    b = NetworkBuilder("rate")
    b.output("rate", b.parameter("own", 0.6, "1/h", note="example"), "1/h")
    joined = couple(
        "both",
        {"rate": b.freeze(), "body": to_network(model, ports)},
        {"body.clearance.rate": "rate.rate"},
    )
    solved = Engine(joined.system()).solve({}, [0.0, 1.0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        solved["body.plasma.amount"][0], [8e3, 8e3 * np.exp(-0.6)], rtol=1e-7
    )


def test_time_in_laws_is_the_files(sbml):
    model = sbml_model(sbml(parameters={"x": 0.0}, rates={"x": "time"}))
    network = to_network(model, PortMap("min", outputs={"x": Port("x")}))
    solved = Engine(network.system()).solve({}, [0.0, 1.0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(solved["x"][0, 1], 60.0**2 / 2.0, rtol=1e-8)


def test_wrong_mappings_are_named(model, tmp_path):
    path = tmp_path / "ports.toml"
    path.write_text('time = "min"\n[inputs]\n"a" = { name = "k" }\n')
    with pytest.raises(InputError, match="a port has an id"):
        read_port_map(path)
    path.write_text("[inputs]\n")
    with pytest.raises(InputError, match="has time"):
        read_port_map(path)
    for text, message in (
        ("inputs = 3", "inputs: this is no table"),
        ('[inputs]\na = { id = "k", scale = 0.0 }', "a.scale: a scale is a positive number"),
    ):
        path.write_text(f'time = "min"\n{text}\n')
        with pytest.raises(InputError, match=message):
            read_port_map(path)
    with pytest.raises(InputError, match=r"inputs\.b: a drives it already"):
        to_network(model, PortMap("min", {"a": Port("k"), "b": Port("k")}))
    with pytest.raises(InputError, match="form: no such form"):
        to_network(model, PortMap("min", outputs={"s": Port("S", form="mass")}))
    with pytest.raises(InputError, match="an input drives a parameter"):
        to_network(model, PortMap("min", {"a": Port("S", "nmol")}))
