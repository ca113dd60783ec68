"""Units at the edge: right factors, wrong dimensions refused, and no other error for any text."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theratwin.core import InputError, convert, parse
from theratwin.core.units import _FREQUENT, _USUAL, INSIDE, _unit, is_inside, registry


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("7.4 GBq", "MBq", 7400.0),
        ("7.4GBq", "MBq", 7400.0),
        ("200 mCi", "MBq", 7400.0),
        ("3 kBq/mL", "MBq/mL", 0.003),
        ("12 ml", "mL", 12.0),
        ("1.5 L", "mL", 1500.0),
        ("2 cm^3", "mL", 2.0),
        ("2 cm³", "mL", 2.0),
        ("6 weeks", "h", 1008.0),
        ("2 days", "h", 48.0),
        ("3 ms", "h", 0.003 / 3600),
        ("45 %IA", "%IA", 45.0),
        ("45 %IA", "IA", 0.45),
        ("3 %IA/g", "%IA/g", 3.0),
        ("15 %", "", 0.15),
        ("0.15", "", 0.15),
        ("0.35 /Gy", "1/Gy", 0.35),
        ("0.35 1/Gy", "1/Gy", 0.35),
        ("0.35 Gy^-1", "1/Gy", 0.35),
        ("1 Gy/(Bq s)", "Gy/(MBq h)", 3.6e9),
        ("80 kg", "g", 80000.0),
        ("5 µm", "mm", 0.005),
        ("5 μm", "mm", 0.005),
        ("149 keV", "MeV", 0.149),
        ("1 nmol/L", "nmol/mL", 0.001),
        (" -1e-3 Gy ", "Gy", -0.001),
        (".5 h", "h", 0.5),
        ("4 mL/min/g", "mL/(h g)", 240.0),
    ],
)
def test_parse_converts(text, unit, expected):
    assert parse(text, unit) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "unit", "problem"),
    [
        ("1 GHz", "MBq", "unknown unit 'GHz'"),
        ("1 1/s", "MBq", "does not convert"),
        ("1 Sv", "Gy", "unknown unit 'Sv'"),
        ("1 Gy/decay", "Gy", "does not convert"),
        ("1 Gy", "Gy/(MBq h)", "does not convert"),
        ("1 MBq h", "MBq", "does not convert"),
        ("2 cycles", "h", "unknown unit 'cycles'"),
        ("2 cycles", "", "unknown unit 'cycles'"),
        ("45 %IA", "", "does not convert"),
        ("45 %", "%IA", "does not convert"),
        ("45 %", "MBq", "does not convert"),
        ("7.4", "MBq", "the unit is missing"),
        ("7,4 GBq", "MBq", "unknown unit ',4 GBq'"),
        ("1_000 MBq", "MBq", "unknown unit"),
        ("5 5", "", "unknown unit"),
        ("7.4 Gbq", "MBq", "unknown unit 'Gbq'"),
        ("GBq", "MBq", "no number with a unit"),
        ("", "MBq", "no number with a unit"),
        ("nan MBq", "MBq", "no number with a unit"),
        ("inf MBq", "MBq", "no number with a unit"),
        ("1e999 MBq", "MBq", "no number with a unit"),
        ("1e308 GBq", "MBq", "too large"),
        ("1 mm/0", "mm", "unknown unit"),
        ("1 mm # note", "mm", "unknown unit"),
        ("1 ((mm", "mm", "unknown unit"),
        ("1 mm^9^9^9^9^9", "mm", "unknown unit"),
        ("1 9**9**9**9", "", "unknown unit"),
        ("1 " + "m" * 10_000, "mm", "unknown unit"),
    ],
)
def test_parse_refuses(text, unit, problem):
    with pytest.raises(InputError, match="activity: ") as error:
        parse(text, unit, field="activity")
    assert problem in error.value.message


@pytest.mark.parametrize("bare", [7.4, 7, True, None, ["7.4 GBq"]])
def test_a_bare_number_is_refused_with_the_remedy(bare):
    with pytest.raises(InputError, match="needs its unit"):
        parse(bare, "MBq")


unit_text = st.text(alphabet="mMGBqyghLeVk%IA/*^()-²³ 0123456789.µ_#[]{}'\"\\\n", max_size=25)


@settings(max_examples=300)
@given(
    text=st.text(max_size=30)
    | st.builds("{} {}".format, st.floats(allow_nan=False), unit_text | st.text(max_size=20)),
    unit=st.sampled_from(sorted(set(INSIDE.values()))),
)
@example(text="1 if", unit="mm")
@example(text="1 ()", unit="")
@example(text="1 **", unit="")
@example(text="1 ℓ", unit="mL")
def test_any_text_is_a_number_or_an_input_error(text, unit):
    try:
        number = parse(text, unit)
    except InputError:
        return
    assert math.isfinite(number)


@given(value=st.floats(1e-6, 1e6), pair=st.sampled_from([("GBq", "MBq"), ("d", "h"), ("L", "mL")]))
def test_conversion_and_back(value, pair):
    assert convert(convert(value, *pair), *reversed(pair)) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("unit", sorted(INSIDE.values()))
def test_inside_units_are_inside(unit):
    assert is_inside(unit)


@pytest.mark.parametrize("unit", ["min", "mL/min", "kg", "kBq/mL", "1/d", "Gy/(Bq s)"])
def test_other_units_are_not_inside(unit):
    assert not is_inside(unit)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        *((*pair, factor) for pair, factor in _FREQUENT.items()),
        *((u, u, 1.0) for u in sorted(_USUAL)),
    ],
)
def test_what_is_known_without_pint_is_what_pint_says(source, target, factor):
    """To the last bit: it must not matter which way a number is converted."""
    assert registry().Quantity(1.0, _unit(source)).m_as(_unit(target)) == factor
