"""Dimensions: inferred through every operation; mixed units are named with their node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.core.units import INSIDE
from theratwin.dynamics.expressions import dimension
from theratwin.dynamics.expressions import expression as ex
from theratwin.dynamics.expressions.dimension import infer, read_unit, show_unit
from theratwin.dynamics.expressions.expression import TIME, Expression, symbol
from theratwin.dynamics.networks.builder import NetworkBuilder

N, V, K, Q, R = (symbol(name) for name in "nvkqr")
UNITS = {"n": "nmol", "v": "mL", "k": "1/h", "q": "mL/h", "r": "", "time": "h"}


@pytest.mark.parametrize(
    ("root", "unit"),
    [
        (K * N, "nmol/h"),
        (Q * N / V, "nmol/h"),
        (Q * N / V + K * N - 0.0 * N, "nmol/h"),
        (-(K * N), "nmol/h"),
        (ex.exp(-K * TIME) * N, "nmol"),
        (ex.log(N / (K * TIME * N)), ""),
        (V**0.75, "mL^0.75"),
        ((N / (2.0 * N)) ** R, ""),
        (2.0**R, ""),
        (ex.maximum(N, 0.0), "nmol"),
        (ex.select(ex.less(0.0, N), N, 0.0), "nmol"),
        (ex.both(ex.less(V, 2.0 * V), ex.negation(R)), ""),
        (ex.ONE / V, "1/mL"),
        (1.0 + R, ""),
    ],
)
def test_units_are_inferred(root: Expression, unit: str) -> None:
    if unit == "mL^0.75":
        assert show_unit(infer(root, UNITS) or ()) == "mL^3/4"
    else:
        assert infer(root, UNITS) == read_unit(unit)


def test_zero_has_any_unit() -> None:
    assert infer(ex.ZERO, UNITS) is None


@pytest.mark.parametrize(
    ("root", "message"),
    [
        (N + V, "a sum of n, which is nmol, and v, which is mL"),
        (N - 1.0, "a difference of n, which is nmol, and 1, which is a plain number"),
        (ex.exp(N), "exp takes a plain number, but n is nmol"),
        (ex.log(K * N), r"log takes a plain number, but k \* n is nmol/h"),
        (ex.less(N, V), "a comparison of n"),
        (ex.select(N, V, 2.0 * V), "select takes a plain number, but n is nmol"),
        (ex.select(R, N, V), "a choice of n, which is nmol, and v"),
        (ex.minimum(N, TIME), "the smaller of n, which is nmol, and time, which is h"),
        (V**R, "raised to the power r, which may change"),
        (R**V, "pow takes a plain number, but v is mL"),
        (ex.both(R, V), "and takes a plain number, but v is mL"),
    ],
)
def test_mixed_units_are_refused(root: Expression, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        infer(root, UNITS, "reaction binding")
    assert caught.value.field == "reaction binding"


def test_volume_is_not_length_cubed_without_its_factor() -> None:
    length, factor = symbol("length"), symbol("factor")
    units = {**UNITS, "length": "mm", "factor": "mL/mm^3"}
    with pytest.raises(InputError, match=r"v, which is mL, and .* which is mm\^3"):
        infer(V + length**3.0, units)
    assert infer(V + factor * length**3.0, units) == read_unit("mL")


@pytest.mark.parametrize("unit", INSIDE.values())
def test_every_inside_unit_is_read(unit: str) -> None:
    assert show_unit(read_unit(unit)).replace("a plain number", "") in {
        unit,
        "Gy/(MBq h)",
        "Gy/(h MBq)",
    }


@pytest.mark.parametrize(
    ("unit", "message"), [("min", "inside"), ("%", "inside"), ("x", "unknown")]
)
def test_other_units_are_refused(unit: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_unit(unit)


def test_the_node_is_named() -> None:
    b = NetworkBuilder("wrong")
    drug = b.species(
        "drug", b.compartment("body"), b.parameter("dose", 1.0, "nmol", note="example")
    )
    b.reaction(
        "elimination", drug, None, b.parameter("clearance", 2.0, "mL/h", note="example") * drug
    )
    with pytest.raises(InputError) as caught:
        b.freeze()
    assert caught.value.field == "network wrong, reaction elimination"
    assert "has the unit mL nmol/h, it must have nmol/h" in str(caught.value)


@pytest.mark.parametrize(
    ("write", "node"),
    [
        (lambda b, x: b.variable("y", x, "h"), "variable y, initial"),
        (lambda b, x: b.rate(x, x), "variable x, rate"),
        (lambda b, x: b.rule("y", x, "h"), "rule y"),
        (lambda b, x: b.output("y", x, "h"), "output y"),
        (lambda b, x: b.observable("y", x, "h"), "observable y"),
        (lambda b, x: b.quadrature("y", x, "g"), "quadrature y"),
        (lambda b, x: b.compartment("y", x), "compartment y"),
        (lambda b, x: b.flow("y", None, None, x), "flow y"),
        (lambda b, x: b.event("y", x, {x: TIME}), "event y, x"),
        (lambda b, x: b.event("y", x - TIME, {x: x}), "event y, trigger"),
        (lambda b, x: b.parameter("y", 1.0, "min", note="example"), "y"),
    ],
)
def test_every_kind_of_law_is_checked(write, node: str) -> None:
    b = NetworkBuilder("wrong")
    write(b, b.variable("x", b.parameter("start", 1.0, "g", note="example"), "g"))
    with pytest.raises(InputError) as caught:
        b.freeze()
    assert str(caught.value.field).startswith(f"network wrong, {node}")


names = st.sampled_from(sorted(dimension._INSIDE))
factors = st.builds(
    lambda name, power: name if power == 1 else f"{name}^{power}",
    names,
    st.integers(-3, 3).filter(bool),
)
sides = st.lists(factors, max_size=3).map(" ".join)
fractions = st.one_of(
    sides,
    st.builds("{}/{}".format, sides.filter(bool), names),
    st.builds("1/{}".format, factors),
    st.builds("{}/({})".format, sides.filter(bool), sides.filter(bool)),
)


@given(fractions)
def test_plain_units_are_read_as_pint_reads_them(text: str) -> None:
    assert dimension._read_simple(text) == dimension._read_any(text)


@pytest.mark.parametrize(
    "text", ["%", "mL/min", "mL/nmol h", "mL/h/h", "nmol*h", "mL / h", "m^10", "m^0", "(h)", "²"]
)
def test_other_units_are_left_to_pint(text: str) -> None:
    assert dimension._read_simple(text) is None
