"""Expressions: hash-consed trees of operations on symbols, that can be differentiated.

Equal expressions are one object, so that equality is identity, a system's common parts are
computed once, and derivatives are remembered. Constants are folded and neutral elements dropped
when an expression is built; nothing else is rearranged, so that rounding stays as written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any
from weakref import WeakValueDictionary

from theratwin.core.errors import InputError


class Binding(IntEnum):
    """When the value of an expression changes, the slowest first."""

    CONSTANT = 0
    PATIENT = 1
    SEGMENT = 2
    TIME = 3
    STATE = 4


#: Operations by number of arguments.
UNARY = ("neg", "exp", "log", "sin", "cos", "atan", "floor", "not")
BINARY = ("add", "sub", "mul", "div", "pow", "min", "max", "less", "less_equal", "and", "or")
TERNARY = ("select",)

_KNOWN: WeakValueDictionary[tuple, Expression] = WeakValueDictionary()


class Expression:
    """One node: an operation on other expressions, a symbol, or a constant.

    Build with `constant`, `symbol` and Python's operators, never with the class.

    Attributes
    ----------
    op
        ``"constant"``, ``"symbol"``, or an operation.
    args
        The operands.
    value
        The number of a constant, the name of a symbol, else None.
    binding
        When its value changes.

    Examples
    --------
    >>> x, k = symbol("x", Binding.STATE), symbol("k")
    >>> rate = k * x / (1.0 + x)
    >>> rate is k * x / (1.0 + x)
    True
    >>> print(differentiate(k * x * x, x))
    k * x + k * x
    """

    __slots__ = ("__weakref__", "args", "binding", "op", "value")

    op: str
    args: tuple[Expression, ...]
    value: float | str | None
    binding: Binding

    def __add__(self, other: Any) -> Expression:
        return _add(self, as_expression(other))

    def __radd__(self, other: Any) -> Expression:
        return _add(as_expression(other), self)

    def __sub__(self, other: Any) -> Expression:
        return _sub(self, as_expression(other))

    def __rsub__(self, other: Any) -> Expression:
        return _sub(as_expression(other), self)

    def __mul__(self, other: Any) -> Expression:
        return _mul(self, as_expression(other))

    def __rmul__(self, other: Any) -> Expression:
        return _mul(as_expression(other), self)

    def __truediv__(self, other: Any) -> Expression:
        return _div(self, as_expression(other))

    def __rtruediv__(self, other: Any) -> Expression:
        return _div(as_expression(other), self)

    def __pow__(self, other: Any) -> Expression:
        return _pow(self, as_expression(other))

    def __rpow__(self, other: Any) -> Expression:
        return _pow(as_expression(other), self)

    def __neg__(self) -> Expression:
        return _neg(self)

    def __repr__(self) -> str:
        from theratwin.dynamics.expressions.text import to_text

        return to_text(self)

    def __bool__(self) -> bool:
        raise TypeError("an expression is neither true nor false; use select")

    def __reduce__(self) -> tuple:
        # Flat, so that a deep tree needs no deep recursion.
        nodes = list(walk(self))
        place = {id(node): i for i, node in enumerate(nodes)}
        rows = [(n.op, tuple(place[id(a)] for a in n.args), n.value, n.binding) for n in nodes]
        return _rebuild, (rows,)


def _make(
    op: str,
    args: tuple[Expression, ...] = (),
    value: float | str | None = None,
    binding: Binding | None = None,
) -> Expression:
    if binding is None:
        binding = max([arg.binding for arg in args], default=Binding.CONSTANT)
    key = (
        (op, tuple(map(id, args)), value, math.copysign(1.0, value))
        if op == "constant" and (isinstance(value, float))
        else (op, tuple(map(id, args)), value, binding)
    )
    found = _KNOWN.get(key)
    if found is None:
        found = object.__new__(Expression)
        found.op, found.args, found.value, found.binding = op, args, value, binding
        _KNOWN[key] = found
    return found


def _rebuild(rows: list[tuple]) -> Expression:
    nodes: list[Expression] = []
    for op, places, value, binding in rows:
        nodes.append(_make(op, tuple(nodes[place] for place in places), value, binding))
    return nodes[-1]


def constant(value: float) -> Expression:
    """Return a number as an expression."""
    return _make("constant", value=float(value))


def symbol(name: str, binding: Binding = Binding.PATIENT) -> Expression:
    """Return a named quantity: a parameter, a state, an input or the time."""
    if not name:
        raise InputError("a symbol needs a name", field="symbol")
    return _make("symbol", value=name, binding=binding)


#: The time (h).
TIME = symbol("time", Binding.TIME)

ZERO, ONE = constant(0.0), constant(1.0)


def as_expression(value: Any) -> Expression:
    """Return an expression as it is, a number as a constant."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return constant(value)
    raise TypeError(f"neither an expression nor a number: {value!r}")


def is_constant(expression: Expression, value: float | None = None) -> bool:
    """Whether an expression is a constant, or one certain constant."""
    return expression.op == "constant" and (value is None or expression.value == value)


def _node(op: str, *args: Expression) -> Expression:
    """Return an operation, or its value where it is one of constants and has a finite one."""
    if not all(arg.op == "constant" for arg in args):
        return _make(op, args)
    numbers = [float(arg.value) for arg in args]  # type: ignore[arg-type]
    try:
        value = _NUMERIC[op](*numbers)
    except (ArithmeticError, ValueError):
        return _make(op, args)
    return constant(value) if math.isfinite(value) else _make(op, args)


def _add(a: Expression, b: Expression) -> Expression:
    if is_constant(a, 0.0):
        return b
    if is_constant(b, 0.0):
        return a
    if b.op == "neg":
        return _sub(a, b.args[0])
    return _node("add", a, b)


def _sub(a: Expression, b: Expression) -> Expression:
    if is_constant(b, 0.0):
        return a
    if is_constant(a, 0.0):
        return _neg(b)
    if a is b:
        return ZERO
    if b.op == "neg":
        return _add(a, b.args[0])
    return _node("sub", a, b)


def _mul(a: Expression, b: Expression) -> Expression:
    if is_constant(a, 0.0) or is_constant(b, 0.0):
        return ZERO
    if is_constant(a, 1.0):
        return b
    if is_constant(b, 1.0):
        return a
    if is_constant(a, -1.0):
        return _neg(b)
    if is_constant(b, -1.0):
        return _neg(a)
    return _node("mul", a, b)


def _div(a: Expression, b: Expression) -> Expression:
    if is_constant(b, 1.0):
        return a
    if is_constant(a, 0.0) and not is_constant(b, 0.0):
        return ZERO
    return _node("div", a, b)


def _pow(a: Expression, b: Expression) -> Expression:
    if is_constant(b, 0.0) or is_constant(a, 1.0):
        return ONE
    if is_constant(b, 1.0):
        return a
    if is_constant(b, 2.0):
        return _mul(a, a)
    if is_constant(b, -1.0):
        return _div(ONE, a)
    return _node("pow", a, b)


def _neg(a: Expression) -> Expression:
    if a.op == "neg":
        return a.args[0]
    return _node("neg", a)


def exp(a: Any) -> Expression:
    """Return the exponential."""
    a = as_expression(a)
    return _node("exp", a)


def log(a: Any) -> Expression:
    """Return the natural logarithm."""
    a = as_expression(a)
    return _node("log", a)


def sin(a: Any) -> Expression:
    """Return the sine of an angle in radians."""
    return _node("sin", as_expression(a))


def cos(a: Any) -> Expression:
    """Return the cosine of an angle in radians."""
    return _node("cos", as_expression(a))


def atan(a: Any) -> Expression:
    """Return the angle in radians, between those of a quarter turn, whose tangent this is."""
    return _node("atan", as_expression(a))


def floor(a: Any) -> Expression:
    """Return the largest whole number that is not larger."""
    return _node("floor", as_expression(a))


def minimum(a: Any, b: Any) -> Expression:
    """Return the smaller of two."""
    a, b = as_expression(a), as_expression(b)
    return _node("min", a, b)


def maximum(a: Any, b: Any) -> Expression:
    """Return the larger of two."""
    a, b = as_expression(a), as_expression(b)
    return _node("max", a, b)


def less(a: Any, b: Any) -> Expression:
    """Return the truth of a < b, one or zero."""
    a, b = as_expression(a), as_expression(b)
    return _node("less", a, b)


def less_equal(a: Any, b: Any) -> Expression:
    """Return the truth of a <= b, one or zero."""
    a, b = as_expression(a), as_expression(b)
    return _node("less_equal", a, b)


def both(a: Any, b: Any) -> Expression:
    """Return the truth of two conditions together."""
    a, b = as_expression(a), as_expression(b)
    return _node("and", a, b)


def either(a: Any, b: Any) -> Expression:
    """Return the truth of at least one condition."""
    a, b = as_expression(a), as_expression(b)
    return _node("or", a, b)


def negation(a: Any) -> Expression:
    """Return the truth of a condition's opposite."""
    a = as_expression(a)
    return _node("not", a)


def select(condition: Any, then: Any, otherwise: Any) -> Expression:
    """Return one of two expressions by a condition."""
    condition, then, otherwise = map(as_expression, (condition, then, otherwise))
    if condition.op == "constant":
        return then if condition.value else otherwise
    if then is otherwise:
        return then
    return _make("select", (condition, then, otherwise))


_NUMERIC: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: math.pow(a, b),
    "min": min,
    "max": max,
    "neg": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "atan": math.atan,
    "floor": lambda a: float(math.floor(a)),
    "less": lambda a, b: float(a < b),
    "less_equal": lambda a, b: float(a <= b),
    "and": lambda a, b: float(bool(a) and bool(b)),
    "or": lambda a, b: float(bool(a) or bool(b)),
    "not": lambda a: float(not a),
}


def walk(*roots: Expression) -> Iterator[Expression]:
    """Yield every node below the roots once, operands before what uses them."""
    seen: set[int] = set()
    stack: list[tuple[Expression, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if id(node) in seen:
            continue
        if ready:
            seen.add(id(node))
            yield node
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args) if id(arg) not in seen)


def symbols(*roots: Expression) -> dict[str, Expression]:
    """Return the symbols below the roots by name, in order of appearance."""
    return {str(node.value): node for node in walk(*roots) if node.op == "symbol"}


def walk_new(root: Expression, done: Mapping[Expression, Any]) -> Iterator[Expression]:
    """Yield every node below the root that is not done, operands before what uses them.

    Each must be among those done before the next one is asked for.
    """
    stack = [root]
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
            continue
        new = [arg for arg in node.args if arg not in done]
        if new:
            stack.extend(reversed(new))
        else:
            yield node


class Substitution:
    """Replaces nodes in one expression after another, doing what they share once.

    Examples
    --------
    >>> x, k = symbol("x", Binding.STATE), symbol("k")
    >>> replaced = Substitution({k: constant(2.0)})
    >>> print(replaced(k * x), replaced(k * x + k))
    2 * x 2 * x + 2
    """

    def __init__(self, replacements: Mapping[Expression, Expression]) -> None:
        self._done = dict(replacements)

    def __call__(self, root: Expression) -> Expression:
        """Return the expression with the nodes replaced, simplified anew."""
        done = self._done
        for node in walk_new(root, done):
            done[node] = rebuilt(node, tuple([done[arg] for arg in node.args]))
        return done[root]

    def put(self, old: Expression, new: Expression) -> None:
        """Replace one more node, which no expression so far has had."""
        self._done[old] = new


def substitute(root: Expression, replacements: Mapping[Expression, Expression]) -> Expression:
    """Return an expression with some nodes replaced, simplified anew."""
    return Substitution(replacements)(root)


def rebuilt(node: Expression, args: tuple[Expression, ...]) -> Expression:
    """Return a node's operation on other operands."""
    if not node.args or args == node.args:
        return node
    return _BUILD[node.op](*args)


_BUILD: dict[str, Callable[..., Expression]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "neg": _neg,
    "exp": exp,
    "log": log,
    "sin": sin,
    "cos": cos,
    "atan": atan,
    "floor": floor,
    "min": minimum,
    "max": maximum,
    "less": less,
    "less_equal": less_equal,
    "and": both,
    "or": either,
    "not": negation,
    "select": select,
}


def differentiate(root: Expression, by: Expression) -> Expression:
    """Return the derivative of an expression by a symbol.

    Jumps have derivative zero: conditions count as constants, and `min` and `max` follow the
    operand that is chosen.
    """
    return derivatives(root, {by: ONE})


def derivatives(root: Expression, tangents: dict[Expression, Expression]) -> Expression:
    """Return the derivative of an expression in a direction: a tangent for each symbol.

    Symbols without a tangent are held fixed.
    """
    slope: dict[int, Expression] = {}
    for node in walk(root):
        if node.op == "symbol":
            slope[id(node)] = tangents.get(node, ZERO)
        elif node.op == "constant":
            slope[id(node)] = ZERO
        else:
            parts = [slope[id(arg)] for arg in node.args]
            changing = any(not is_constant(part, 0.0) for part in parts)
            slope[id(node)] = _SLOPE[node.op](node, *parts) if changing else ZERO
    return slope[id(root)]


def _slope_pow(node: Expression, da: Expression, db: Expression) -> Expression:
    a, b = node.args
    by_base = ZERO if is_constant(da, 0.0) else b * a ** (b - 1.0) * da
    if is_constant(db, 0.0):
        return by_base
    # At a base of zero, as in a Hill law before the first dose, the power stays zero.
    return by_base + select(less(0.0, a), node * log(a) * db, ZERO)


def _slope_select(node: Expression, _: Expression, da: Expression, db: Expression) -> Expression:
    return select(node.args[0], da, db)


def _slope_extreme(node: Expression, da: Expression, db: Expression) -> Expression:
    a, b = node.args
    first = less_equal(a, b) if node.op == "min" else less_equal(b, a)
    return select(first, da, db)


_SLOPE: dict[str, Callable[..., Expression]] = {
    "add": lambda node, da, db: da + db,
    "sub": lambda node, da, db: da - db,
    "mul": lambda node, da, db: da * node.args[1] + node.args[0] * db,
    "div": lambda node, da, db: (da - node * db) / node.args[1],
    "pow": _slope_pow,
    "neg": lambda node, da: -da,
    "exp": lambda node, da: node * da,
    "log": lambda node, da: da / node.args[0],
    "sin": lambda node, da: da * cos(node.args[0]),
    "cos": lambda node, da: -(da * sin(node.args[0])),
    "atan": lambda node, da: da / (1.0 + node.args[0] * node.args[0]),
    "floor": lambda node, *_: ZERO,
    "min": _slope_extreme,
    "max": _slope_extreme,
    "select": _slope_select,
    "less": lambda node, *_: ZERO,
    "less_equal": lambda node, *_: ZERO,
    "and": lambda node, *_: ZERO,
    "or": lambda node, *_: ZERO,
    "not": lambda node, *_: ZERO,
}
