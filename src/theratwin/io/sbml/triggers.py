"""Triggers as numbers that change smoothly, so that the moment of an event has derivatives."""

from __future__ import annotations

from theratwin.dynamics.expressions.expression import (
    ONE,
    ZERO,
    Expression,
    constant,
    less_equal,
    maximum,
    minimum,
    select,
)

#: What makes equality count as true, and changes no other number.
_TINY = constant(1e-300)


def margin(trigger: Expression, wanted: bool = True) -> Expression:
    """Return what is positive where a trigger is true, or false if that is wanted.

    A comparison becomes the difference of its sides, which crosses zero with a slope.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import less, symbol
    >>> margin(less(constant(2.0), symbol("x")))
    x - 2
    """
    if trigger.op == "not":
        return margin(trigger.args[0], not wanted)
    if trigger.op in ("less", "less_equal"):
        low, high = trigger.args if wanted else reversed(trigger.args)
        at_equality = wanted == (trigger.op == "less_equal")
        gap = high - low
        return gap + select(less_equal(low, high), _TINY, ZERO) if at_equality else gap
    if trigger.op in ("and", "or"):
        both = wanted == (trigger.op == "and")
        return (minimum if both else maximum)(*(margin(part, wanted) for part in trigger.args))
    return select(trigger, ONE, ZERO) if wanted else select(trigger, ZERO, ONE)
