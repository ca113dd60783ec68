"""What MathML's functions mean in our operations."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from typing import Any

from theratwin.dynamics.expressions.expression import (
    ZERO,
    Expression,
    atan,
    both,
    constant,
    cos,
    either,
    exp,
    floor,
    less,
    less_equal,
    log,
    maximum,
    minimum,
    negation,
    select,
    sin,
)

#: Beyond this a factorial is no finite number.
_LARGEST_FACTORIAL = 170


def operations(library: Any) -> dict[int, Callable[..., Expression]]:
    """Return what libSBML's kinds of nodes do with their operands."""
    found = {
        "PLUS": lambda *a: reduce(lambda x, y: x + y, a, ZERO),
        "TIMES": lambda *a: reduce(lambda x, y: x * y, a, constant(1.0)),
        "MINUS": lambda a, b=None: -a if b is None else a - b,
        "DIVIDE": lambda a, b: a / b,
        "POWER": lambda a, b: a**b,
        "FUNCTION_POWER": lambda a, b: a**b,
        "FUNCTION_ROOT": _root,
        "FUNCTION_LN": log,
        "FUNCTION_LOG": _log,
        "FUNCTION_EXP": exp,
        "FUNCTION_ABS": lambda a: maximum(a, -a),
        "FUNCTION_FLOOR": floor,
        "FUNCTION_CEILING": lambda a: -floor(-a),
        "FUNCTION_QUOTIENT": lambda a, b: _truncated(a / b),
        "FUNCTION_REM": lambda a, b: a - b * _truncated(a / b),
        "FUNCTION_FACTORIAL": _factorial,
        "FUNCTION_MAX": lambda a, *more: reduce(maximum, more, a),
        "FUNCTION_MIN": lambda a, *more: reduce(minimum, more, a),
        "FUNCTION_PIECEWISE": _piecewise,
        **_CONDITIONS,
        **_circular(),
        **_hyperbolic(),
    }
    return {getattr(library, f"AST_{name}"): made for name, made in found.items()}


def _root(first: Expression, second: Expression | None = None) -> Expression:
    degree, x = (constant(2.0), first) if second is None else (first, second)
    return x ** (1.0 / degree)


def _log(first: Expression, second: Expression | None = None) -> Expression:
    base, x = (constant(10.0), first) if second is None else (first, second)
    return log(x) / log(base)


def _truncated(a: Expression) -> Expression:
    return select(less(a, ZERO), -floor(-a), floor(a))


def _factorial(n: Expression) -> Expression:
    """A table: the argument is a whole number up to 170, or there is no value."""
    found = constant(math.nan)
    for k in range(_LARGEST_FACTORIAL, -1, -1):
        found = select(_equal(n, constant(float(k))), constant(float(math.factorial(k))), found)
    return found


def _piecewise(*args: Expression) -> Expression:
    """Pairs of value and condition, the first that holds; without an `otherwise` no number."""
    paired = len(args) // 2 * 2
    found = args[-1] if len(args) > paired else constant(math.nan)
    for i in range(paired - 2, -1, -2):
        found = select(args[i + 1], args[i], found)
    return found


def _equal(a: Expression, b: Expression) -> Expression:
    return both(less_equal(a, b), less_equal(b, a))


def _chain(compare: Callable[[Expression, Expression], Expression]) -> Callable[..., Expression]:
    """Return a comparison of several: each with the next."""

    def compared(*args: Expression) -> Expression:
        pairs = [compare(a, b) for a, b in pairwise(args)]
        return reduce(both, pairs, constant(1.0)) if len(pairs) != 1 else pairs[0]

    return compared


def _xor(a: Expression, b: Expression) -> Expression:
    return both(either(a, b), negation(both(a, b)))


_CONDITIONS: dict[str, Callable[..., Expression]] = {
    "RELATIONAL_EQ": _chain(_equal),
    "RELATIONAL_NEQ": lambda a, b: negation(_equal(a, b)),
    "RELATIONAL_LT": _chain(less),
    "RELATIONAL_LEQ": _chain(less_equal),
    "RELATIONAL_GT": _chain(lambda a, b: less(b, a)),
    "RELATIONAL_GEQ": _chain(lambda a, b: less_equal(b, a)),
    "LOGICAL_AND": lambda *a: reduce(both, a, constant(1.0)),
    "LOGICAL_OR": lambda *a: reduce(either, a, ZERO),
    "LOGICAL_XOR": lambda *a: reduce(_xor, a, ZERO),
    "LOGICAL_NOT": negation,
    "LOGICAL_IMPLIES": lambda a, b: either(negation(a), b),
}


def _arcsin(x: Expression) -> Expression:
    return atan(x / (1.0 - x * x) ** 0.5)


def _arccos(x: Expression) -> Expression:
    return math.pi / 2.0 - _arcsin(x)


def _circular() -> dict[str, Callable[[Expression], Expression]]:
    return {
        "FUNCTION_SIN": sin,
        "FUNCTION_COS": cos,
        "FUNCTION_TAN": lambda x: sin(x) / cos(x),
        "FUNCTION_SEC": lambda x: 1.0 / cos(x),
        "FUNCTION_CSC": lambda x: 1.0 / sin(x),
        "FUNCTION_COT": lambda x: cos(x) / sin(x),
        "FUNCTION_ARCSIN": _arcsin,
        "FUNCTION_ARCCOS": _arccos,
        "FUNCTION_ARCTAN": atan,
        "FUNCTION_ARCSEC": lambda x: _arccos(1.0 / x),
        "FUNCTION_ARCCSC": lambda x: _arcsin(1.0 / x),
        "FUNCTION_ARCCOT": lambda x: atan(1.0 / x),
    }


def _sinh(x: Expression) -> Expression:
    return 0.5 * (exp(x) - exp(-x))


def _cosh(x: Expression) -> Expression:
    return 0.5 * (exp(x) + exp(-x))


def _tanh(x: Expression) -> Expression:
    return 1.0 - 2.0 / (exp(2.0 * x) + 1.0)


def _arcsinh(x: Expression) -> Expression:
    return log(x + (x * x + 1.0) ** 0.5)


def _arccosh(x: Expression) -> Expression:
    return log(x + (x - 1.0) ** 0.5 * (x + 1.0) ** 0.5)


def _arctanh(x: Expression) -> Expression:
    return 0.5 * log((1.0 + x) / (1.0 - x))


def _hyperbolic() -> dict[str, Callable[[Expression], Expression]]:
    return {
        "FUNCTION_SINH": _sinh,
        "FUNCTION_COSH": _cosh,
        "FUNCTION_TANH": _tanh,
        "FUNCTION_SECH": lambda x: 1.0 / _cosh(x),
        "FUNCTION_CSCH": lambda x: 1.0 / _sinh(x),
        "FUNCTION_COTH": lambda x: 1.0 / _tanh(x),
        "FUNCTION_ARCSINH": _arcsinh,
        "FUNCTION_ARCCOSH": _arccosh,
        "FUNCTION_ARCTANH": _arctanh,
        "FUNCTION_ARCSECH": lambda x: _arccosh(1.0 / x),
        "FUNCTION_ARCCSCH": lambda x: _arcsinh(1.0 / x),
        "FUNCTION_ARCCOTH": lambda x: _arctanh(1.0 / x),
    }
