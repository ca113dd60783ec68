"""Exponential, logarithm and power of our own, in IR: the same bytes on every machine.

A platform's mathematical library rounds its own way and takes one number at a time. These take a
vector, use only operations that IEEE 754 rounds exactly (with `fma`), and are wrong by less than
one unit in the last place over the range of normal numbers; subnormal numbers count as zero.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction

from theratwin.dynamics.llvm.ir_text import Code, Width, function

# Adding 1.5 * 2^52 rounds to a whole number, which then lies in the low bits.
_ROUNDER = 1.5 * 2.0**52
_ROUNDER_BITS = struct.unpack("<q", struct.pack("<d", _ROUNDER))[0]
_HALF_ROOT_BITS = struct.unpack("<q", struct.pack("<d", math.sqrt(0.5)))[0]
_LOG2_E = 1.4426950408889634
# ln 2 = 0.693147180559945309417232121458176568...; the high part has 11 bits to spare, so that
# its product with an exponent is exact.
_LN2 = Fraction("0.693147180559945309417232121458176568075500134360255254120680")
_LN2_HIGH = math.floor(_LN2 * 2**42) / 2**42
_LN2_LOW = float(_LN2 - Fraction(_LN2_HIGH))
_LN2_NEAR = float(_LN2)
_LN2_REST = float(_LN2 - Fraction(_LN2_NEAR))
#: Beyond these the exponential is infinite or zero.
_LARGEST, _SMALLEST = 709.782712893384, -708.3964185322641


def functions(width: Width) -> str:
    """Return the text of ``exp``, ``log`` and ``pow`` for a number of lanes."""
    real, suffix = width.real, width.suffix
    one, two = f"{real} %x", f"{real} %x, {real} %y"
    return (
        function(f"exp.{suffix}", one, _exp(Code(width)), real)
        + function(f"log.{suffix}", one, _log(Code(width)), real)
        + function(f"pow.{suffix}", two, _pow(Code(width)), real)
    )


def declarations(width: Width) -> str:
    """Return the declarations of the intrinsics that are used."""
    real, suffix = width.real, width.suffix
    unary = ("sqrt", "fabs", "floor")
    return f"declare {real} @llvm.fma.{suffix}({real}, {real}, {real})\n" + "".join(
        f"declare {real} @llvm.{name}.{suffix}({real})\n" for name in unary
    )


def polynomial(code: Code, x: str, coefficients: list[float]) -> str:
    """Evaluate ascending powers by Horner's rule."""
    value = code.number(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        value = code.fma(value, x, code.number(coefficient))
    return value


def _bits(code: Code, x: str) -> str:
    return code.value(f"bitcast {code.width.real} {x} to {code.width.integer}")


def _from_bits(code: Code, x: str) -> str:
    return code.value(f"bitcast {code.width.integer} {x} to {code.width.real}")


def _whole(code: Code, op: str, a: str, b: int | str) -> str:
    other = code.width.whole(b) if isinstance(b, int) else b
    return code.value(f"{op} {code.width.integer} {a}, {other}")


def _power_of_two(code: Code, exponent: str) -> str:
    biased = _whole(code, "add", exponent, 1023)
    return _from_bits(code, _whole(code, "shl", biased, 52))


def _exp_core(code: Code, x: str, low: str | None) -> str:
    """Return exp(x + low): 2^n exp(r) with |r| below (ln 2) / 2, exp(r) by its series."""
    small, large = code.number(-800.0), code.number(800.0)
    held = code.choose(code.compare("olt", x, small), small, x)
    held = code.choose(code.compare("ogt", held, large), large, held)
    rounded = code.fma(held, code.number(_LOG2_E), code.number(_ROUNDER))
    n = code.operate("fsub", rounded, code.number(_ROUNDER))
    r = code.fma(n, code.number(-_LN2_NEAR), held)
    r = code.fma(n, code.number(-_LN2_REST), r)
    if low is not None:
        r = code.operate("fadd", r, low)
    tail = polynomial(code, r, [1.0 / math.factorial(k) for k in range(2, 15)])
    risen = code.fma(code.operate("fmul", r, r), tail, r)
    value = code.operate("fadd", code.number(1.0), risen)
    # Two factors: 2^1024 is no number, its square root is.
    exponent = _whole(code, "sub", _bits(code, rounded), _ROUNDER_BITS)
    first = _whole(code, "ashr", exponent, 1)
    second = _whole(code, "sub", exponent, first)
    value = code.operate("fmul", value, _power_of_two(code, first))
    value = code.operate("fmul", value, _power_of_two(code, second))
    too_large = code.compare("ogt", x, code.number(_LARGEST))
    value = code.choose(too_large, code.number(math.inf), value)
    too_small = code.compare("olt", x, code.number(_SMALLEST))
    return code.choose(too_small, code.number(0.0), value)


def _exp(code: Code) -> Code:
    code.line(f"ret {code.width.real} {_exp_core(code, '%x', None)}")
    return code


def _exponent_and_rest(code: Code, x: str) -> tuple[str, str]:
    """Return e and m - 1 with x = 2^e m, m between the root of a half and of two."""
    bits = _bits(code, x)
    exponent = _whole(code, "ashr", _whole(code, "sub", bits, _HALF_ROOT_BITS), 52)
    mantissa = _from_bits(code, _whole(code, "sub", bits, _whole(code, "shl", exponent, 52)))
    shifted = _from_bits(code, _whole(code, "add", exponent, _ROUNDER_BITS))
    number = code.operate("fsub", shifted, code.number(_ROUNDER))
    return number, code.operate("fsub", mantissa, code.number(1.0))


def _log(code: Code) -> Code:
    r"""ln(1 + f) = 2 artanh(s), s = f / (2 + f), as f - (f^2/2 - s (f^2/2 + R(s^2)))."""
    e, f = _exponent_and_rest(code, "%x")
    s = code.operate("fdiv", f, code.operate("fadd", code.number(2.0), f))
    z = code.operate("fmul", s, s)
    series = polynomial(code, z, [2.0 / (2 * k + 1) for k in range(1, 13)])
    half = code.operate("fmul", code.operate("fmul", f, code.number(0.5)), f)
    curved = code.fma(z, series, half)
    low = code.fma(s, curved, code.operate("fmul", e, code.number(_LN2_LOW)))
    rest = code.operate("fsub", code.operate("fsub", half, low), f)
    value = code.operate("fsub", code.operate("fmul", e, code.number(_LN2_HIGH)), rest)
    zero, infinite = code.number(0.0), code.number(math.inf)
    value = code.choose(code.compare("oeq", "%x", infinite), infinite, value)
    value = code.choose(code.compare("oeq", "%x", zero), code.number(-math.inf), value)
    wrong = code.compare("ult", "%x", zero)
    code.line(f"ret {code.width.real} {code.choose(wrong, code.number(math.nan), value)}")
    return code


def _log_twofold(code: Code, x: str) -> tuple[str, str]:
    """Return the logarithm as a sum of two numbers, to about 2^-65 of it."""
    op, fma, number = code.operate, code.fma, code.number

    def rest_of_product(a: str, b: str, product: str) -> str:
        return fma(a, b, op("fneg", product))

    e, f = _exponent_and_rest(code, x)
    dh = op("fadd", number(2.0), f)
    dl = op("fsub", f, op("fsub", dh, number(2.0)))
    sh = op("fdiv", f, dh)
    remainder = fma(op("fneg", sh), dl, fma(op("fneg", sh), dh, f))
    sl = op("fdiv", remainder, dh)
    zh = op("fmul", sh, sh)
    twice = op("fadd", sh, sh)
    zl = fma(twice, sl, rest_of_product(sh, sh, zh))
    # 2 s (1 + z (1/3 + z (1/5 + z/7 + ...))): all but the last bracket in two parts.
    series = polynomial(code, zh, [1.0 / (2 * k + 1) for k in range(2, 14)])
    third, third_rest = 1.0 / 3.0, float(Fraction(1, 3) - Fraction(1.0 / 3.0))
    more = op("fmul", zh, series)
    th = op("fadd", number(third), more)
    tl = op("fadd", op("fadd", op("fsub", number(third), th), more), number(third_rest))
    uh = op("fmul", zh, th)
    ul = fma(zl, th, fma(zh, tl, rest_of_product(zh, th, uh)))
    vh = op("fadd", number(1.0), uh)
    vl = op("fadd", op("fadd", op("fsub", number(1.0), vh), uh), ul)
    lh = op("fmul", twice, vh)
    ll = fma(op("fadd", sl, sl), vh, fma(twice, vl, rest_of_product(twice, vh, lh)))
    # The exponent's part; it is larger or zero.
    eh = op("fmul", e, number(_LN2_HIGH))
    high = op("fadd", eh, lh)
    back = op("fsub", high, eh)
    lost = op("fadd", op("fsub", eh, op("fsub", high, back)), op("fsub", lh, back))
    return high, op("fadd", fma(e, number(_LN2_LOW), ll), lost)


def _pow(code: Code) -> Code:
    """x^y = exp(y ln |x|), the logarithm in two parts; signs and special values after."""
    op, number = code.operate, code.number
    size = code.call(f"llvm.fabs.{code.width.suffix}", "%x")
    high, low = _log_twofold(code, size)
    ph = op("fmul", "%y", high)
    pl = code.fma("%y", low, code.fma("%y", high, op("fneg", ph)))
    magnitude = code.call(f"llvm.fabs.{code.width.suffix}", ph)
    near = code.compare("olt", magnitude, number(800.0))
    value = _exp_core(code, ph, code.choose(near, pl, number(0.0)))
    rising = code.compare("ogt", "%y", number(0.0))
    zero, infinite = number(0.0), number(math.inf)
    at_zero = code.choose(rising, zero, infinite)
    at_infinity = code.choose(rising, infinite, zero)
    value = code.choose(code.compare("oeq", size, zero), at_zero, value)
    value = code.choose(code.compare("oeq", size, infinite), at_infinity, value)
    value = code.choose(code.compare("olt", "%x", zero), _signed(code, value), value)
    value = code.choose(code.compare("uno", "%x", "%y"), op("fadd", "%x", "%y"), value)
    value = code.choose(code.compare("oeq", "%x", number(1.0)), number(1.0), value)
    value = code.choose(code.compare("oeq", "%y", zero), number(1.0), value)
    code.line(f"ret {code.width.real} {value}")
    return code


def _signed(code: Code, value: str) -> str:
    """Return the power of a negative number: real for whole exponents only."""
    floor = f"llvm.floor.{code.width.suffix}"
    half = code.operate("fmul", "%y", code.number(0.5))
    odd = code.compare("une", code.call(floor, half), half)
    signed = code.choose(odd, code.operate("fneg", value), value)
    broken = code.compare("une", code.call(floor, "%y"), "%y")
    return code.choose(broken, code.number(math.nan), signed)
