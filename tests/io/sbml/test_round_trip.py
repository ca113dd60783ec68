"""Networks written as SBML and read again: the same courses, valid files, units declared."""

from functools import cache

import numpy as np
import pytest

pytest.importorskip("libsbml", reason="python-libsbml is not installed")
import libsbml

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import TIME, Engine, NetworkBuilder, model, select
from theratwin.dynamics.expressions.expression import atan, cos, floor, less, maximum, sin
from theratwin.io.sbml import check_sbml, sbml_model, sbml_text
from theratwin.kinetics.models import model_entries

TIMES = np.linspace(0.0, 24.0, 7)


def jumps():
    """A network with all that a network can have."""
    b = NetworkBuilder("everything")
    k = b.parameter("loss.k", 0.2, "1/h", note="example")
    volume = b.parameter("volume", 50.0, "mL", note="example")
    s = b.switch("level.s", 2.0, "nmol/h")
    size = b.variable("size", 2.0 * volume, "mL")
    b.rate("size", b.rule("growth", 0.01 * k * size, "mL/h"))
    body = b.compartment("body", size)
    cell = b.compartment("cell")
    free = b.species("body.drug", body, b.parameter("given", 30.0, "nmol", note="example"))
    held = b.species("cell.drug", cell)
    flow = b.input("flow", "mL/h")
    b.reaction("uptake", free, held, b.carried(flow, free))
    b.reaction("feed", None, {"body.drug": 2.0}, s)
    h = b.parameter("hour", 1.0, "h", note="example")
    angle = TIME / h
    course = sin(angle) * 0.1 + cos(angle) + atan(angle) + floor(angle / 5.0)
    b.observable("course", select(less(angle, 7.0), course, maximum(course, 0.0)), "")
    b.observable("drug.concentration", b.concentration(free), "nmol/mL")
    b.quadrature(
        "area",
        maximum(free - 2.0 * b.parameter("floor", 1.0, "nmol", note="example"), 0.0),
        "nmol h",
    )
    b.event(
        "stop",
        held - b.parameter("enough", 20.0, "nmol", note="example"),
        {"level.s": 0.0 * s, "body.drug": 0.5 * free},
    )
    return b.freeze()


NETWORKS = {
    **{
        name: lambda name=name: model(name)
        for name in ("receptor-binding", "tumor-feedback", "benchmark-88")
    },
    "everything": jumps,
    "psma": lambda: model_entries()["psma"][1](),
}


@cache
def written(name):
    """Return a network, its inputs and its text."""
    network = NETWORKS[name]()
    inputs = {port.name: 1.5 for port in network.inputs}
    return network, inputs, sbml_text(network, inputs)


@pytest.mark.parametrize("name", NETWORKS)
def test_round_trip(name):
    network, inputs, text = written(name)
    system = network.system(inputs)
    read = sbml_model(text)
    assert read.warnings == ()
    # Something to follow where nothing is there at the start.
    amounts = {s.name: float(i % 7) for i, s in enumerate(network.species)}
    empty = [s.name for s in network.species if s.initial.op == "constant"]
    given = {name: 1.0 + amounts[name] for name in empty}
    options = {"rtol": 1e-10, "atol": 1e-13}
    from theratwin.dynamics import Bolus

    ours = Engine(system, level=0).solve(
        {}, TIMES, doses=[Bolus(name, 0.0, amount) for name, amount in given.items()], **options
    )
    ids = {f"{read.id_of(name)}.initial": amount for name, amount in given.items()}
    wanted = [*system.names, *system.observables, *system.quadratures]
    theirs = read.simulate(TIMES, wanted, parameters=ids, **options)
    for name in wanted:
        largest = np.max(np.abs(ours[name]))
        # The 1e-8, of the largest value.
        np.testing.assert_allclose(
            theirs[name], ours[name], rtol=1e-8, atol=1e-8 * largest + 1e-300, err_msg=name
        )


@pytest.mark.parametrize("name", ["receptor-binding", "everything", "psma"])
def test_what_is_written_passes_every_check(name):
    """Those of libSBML, which works out the units of every law by itself, and our own."""
    _, _, text = written(name)
    source = libsbml.readSBMLFromString(text)
    assert source.checkConsistency() == 0, source.getErrorLog().toString()
    assert check_sbml(sbml_model(text)) == ()


def test_units_are_declared():
    source = libsbml.readSBMLFromString(sbml_text(model("receptor-binding")))
    definition = source.getModel().getUnitDefinition(source.getModel().getTimeUnits())
    assert definition.getUnit(0).getMultiplier() == 3600.0
    assert all(p.isSetUnits() for p in source.getModel().getListOfParameters())


def test_what_is_reported_keeps_its_name_and_what_nothing_uses_stays_behind():
    b = NetworkBuilder("names")
    place = b.compartment("tissue")
    drug = b.species("tissue.drug", place, 2.0 * b.parameter("dose", 1.0, "nmol", note="example"))
    b.parameter("idle", 1.0, "h", note="example")
    b.observable("tissue", 3.0 * drug, "nmol")
    read = sbml_model(sbml_text(b.freeze()))
    assert read.simulate([0.0], ["tissue"])["tissue"].tolist() == [[6.0]]
    assert "idle" not in read.ids


def test_an_input_needs_a_number():
    network = jumps()
    with pytest.raises(InputError, match="flow have no value"):
        sbml_text(network)
    with pytest.raises(UnsupportedError, match="curve at the input flow"):
        sbml_text(network, {"flow": "a curve"})
    with pytest.raises(InputError, match="no such input"):
        sbml_text(network, {"flux": 1.0})
