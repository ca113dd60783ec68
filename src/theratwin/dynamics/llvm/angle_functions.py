"""Sine, cosine and arc tangent of our own, in IR: the same bytes on every machine.

They are written only for systems that use them. Errors are a few units in the last place, absolute
near a zero, for angles up to 1e5.
"""

from __future__ import annotations

import math
from fractions import Fraction

from theratwin.dynamics.llvm.functions import polynomial
from theratwin.dynamics.llvm.ir_text import Code, Width, function

# pi/2 = 1.570796326794896619231321691639751442098584699687552910487472296...
_QUARTER = Fraction("1.570796326794896619231321691639751442098584699687552910487472296153908")
_QUARTER_HIGH = float(_QUARTER)
_QUARTER_LOW = float(_QUARTER - Fraction(_QUARTER_HIGH))
#: Adding 1.5 * 2^52 rounds to a whole number.
_ROUNDER = 1.5 * 2.0**52


def angle_functions(width: Width, body: str) -> str:
    """Return the text of those functions that a body of IR calls for a number of lanes."""
    makers = {"sin": lambda code: _turn(code, 0.0), "cos": lambda code: _turn(code, 1.0)}
    makers["atan"] = _atan
    return "".join(
        function(f"{name}.{width.suffix}", f"{width.real} %x", make(Code(width)), width.real)
        for name, make in makers.items()
        if f"@{name}.{width.suffix}(" in body
    )


def _turn(code: Code, quarters: float) -> Code:
    """Sine of x and some quarter turns: x = n pi/2 + r, then the series of sine or cosine of r."""
    op, fma, number = code.operate, code.fma, code.number
    rounded = fma("%x", number(1.0 / _QUARTER_HIGH), number(_ROUNDER))
    n = op("fsub", rounded, number(_ROUNDER))
    r = fma(n, number(-_QUARTER_HIGH), "%x")
    r = fma(n, number(-_QUARTER_LOW), r)
    z = op("fmul", r, r)
    odd = [(-1.0) ** k / math.factorial(2 * k + 1) for k in range(1, 9)]
    even = [(-1.0) ** k / math.factorial(2 * k) for k in range(1, 10)]
    sine = fma(op("fmul", r, z), polynomial(code, z, odd), r)
    cosine = fma(z, polynomial(code, z, even), number(1.0))
    turns = op("fadd", n, number(quarters))
    half = op("fmul", turns, number(0.5))
    floor = f"llvm.floor.{code.width.suffix}"
    is_odd = code.compare("une", code.call(floor, half), half)
    value = code.choose(is_odd, cosine, sine)
    # Of four quarters the last two are negative.
    fourth = op("fmul", turns, number(0.25))
    part = op("fsub", fourth, code.call(floor, fourth))
    negative = code.compare("oge", part, number(0.5))
    code.line(f"ret {code.width.real} {code.choose(negative, op('fneg', value), value)}")
    return code


def _atan(code: Code) -> Code:
    """pi/2 - atan(1/x) above one, then atan x = 2 atan(x / (1 + (1 + x^2)^1/2)) twice."""
    op, fma, number = code.operate, code.fma, code.number
    suffix, one = code.width.suffix, number(1.0)
    size = code.call(f"llvm.fabs.{suffix}", "%x")
    large = code.compare("ogt", size, one)
    x = code.choose(large, op("fdiv", one, size), size)
    for _ in range(2):
        root = code.call(f"llvm.sqrt.{suffix}", fma(x, x, one))
        x = op("fdiv", x, op("fadd", one, root))
    z = op("fmul", x, x)
    series = polynomial(code, z, [(-1.0) ** k / (2 * k + 1) for k in range(1, 13)])
    value = op("fmul", number(4.0), fma(op("fmul", x, z), series, x))
    value = code.choose(large, op("fsub", number(_QUARTER_HIGH), value), value)
    negative = code.compare("olt", "%x", number(0.0))
    value = code.choose(negative, op("fneg", value), value)
    code.line(f"ret {code.width.real} {value}")
    return code
