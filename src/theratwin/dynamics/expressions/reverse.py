"""Reverse accumulation: from cotangents of some expressions those of all that they are made of.

One sweep from the roots down gives the derivative of a weighted sum by every leaf at once, at a few
times the cost of the sum itself (Griewank and Walther 2008, chapter 3). Parts that a condition has
not chosen take no part, even where their derivative is infinite: each contribution carries the
conditions that it came through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from theratwin.dynamics.expressions.expression import (
    ZERO,
    Expression,
    cos,
    is_constant,
    less,
    less_equal,
    log,
    select,
    sin,
)

#: Conditions with the truth that each must have, the outermost first.
Guard = tuple[tuple[Expression, bool], ...]
#: A root, its cotangent, and under which conditions it counts.
Seed = tuple[Expression, Expression, Guard]


def cotangents(
    seeds: Iterable[Seed], leaves: Collection[Expression]
) -> dict[Expression, Expression]:
    r"""Return :math:`\sum_r \lambda_r\, \partial f_r / \partial x` for every leaf x reached.

    Parameters
    ----------
    seeds
        Roots f with their cotangents.
    leaves
        Expressions that are taken as independent, whatever they are made of.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import Binding, symbol
    >>> x, k, w = symbol("x", Binding.STATE), symbol("k"), symbol("w", Binding.STATE)
    >>> cotangents([(k * x * x, w, ())], {x, k})[k]
    w * x * x
    """
    found: dict[Expression, dict[Guard, Expression]] = {}
    seeds = list(seeds)
    for root, weight, guard in seeds:
        _add(found, root, guard, weight)
    order = list(_above([root for root, *_ in seeds], leaves))
    for node in reversed(order):
        if node in leaves:
            continue
        for guard, weight in found.get(node, {}).items():
            _spread(found, node, guard, weight)
    reached = [node for node in order if node in leaves and node in found]
    return {node: _total(found[node]) for node in reached}


def _above(roots: list[Expression], leaves: Collection[Expression]) -> Iterable[Expression]:
    """Yield what lies between roots and leaves, and the leaves, operands first."""
    seen: set[int] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if id(node) in seen or node.op == "constant":
            continue
        if ready or node in leaves:
            seen.add(id(node))
            yield node
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))


def _add(
    found: dict[Expression, dict[Guard, Expression]],
    node: Expression,
    guard: Guard,
    weight: Expression,
) -> None:
    if node.op != "constant" and not is_constant(weight, 0.0):
        sums = found.setdefault(node, {})
        sums[guard] = sums.get(guard, ZERO) + weight


def _total(sums: dict[Guard, Expression]) -> Expression:
    total = ZERO
    for guard, value in sums.items():
        for condition, truth in reversed(guard):
            value = select(condition, value, ZERO) if truth else select(condition, ZERO, value)
        total = total + value
    return total


def _spread(
    found: dict[Expression, dict[Guard, Expression]],
    node: Expression,
    guard: Guard,
    weight: Expression,
) -> None:
    """Give a node's cotangent on to its operands; conditions get none."""
    args = node.args
    if node.op == "select":
        _add(found, args[1], (*guard, (args[0], True)), weight)
        _add(found, args[2], (*guard, (args[0], False)), weight)
    elif node.op in ("min", "max"):
        a, b = args
        first = less_equal(a, b) if node.op == "min" else less_equal(b, a)
        _add(found, a, (*guard, (first, True)), weight)
        _add(found, b, (*guard, (first, False)), weight)
    elif node.op == "pow":
        a, b = args
        _add(found, a, guard, weight * (b * a ** (b - 1.0)))
        # At a base of zero, as in a Hill law before the first dose, the power stays zero.
        if b.op != "constant":
            _add(found, b, (*guard, (less(0.0, a), True)), weight * (node * log(a)))
    else:
        for arg, part in zip(args, _parts(node, weight), strict=False):
            _add(found, arg, guard, part)


def _parts(node: Expression, weight: Expression) -> tuple[Expression, ...]:
    """Return the cotangents of the operands of smooth operations."""
    args = node.args
    if node.op in ("add", "sub"):
        return weight, weight if node.op == "add" else -weight
    if node.op == "neg":
        return (-weight,)
    if node.op == "mul":
        return weight * args[1], weight * args[0]
    if node.op == "div":
        part = weight / args[1]
        return part, -(part * node)
    if node.op == "exp":
        return (weight * node,)
    if node.op == "log":
        return (weight / args[0],)
    if node.op == "sin":
        return (weight * cos(args[0]),)
    if node.op == "cos":
        return (-(weight * sin(args[0])),)
    if node.op == "atan":
        return (weight / (1.0 + args[0] * args[0]),)
    return ()
