"""Rate laws in common use, as expressions; any other expression will do as well."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import TIME, Expression, as_expression, less, select


def mass_action(rate_constant: Any, *reactants: Any) -> Expression:
    """Return :math:`k \\prod_i x_i`, of amounts or of concentrations."""
    law = as_expression(rate_constant)
    for reactant in reactants:
        law = law * reactant
    return law


def michaelis_menten(maximum_rate: Any, half_at: Any, concentration: Any) -> Expression:
    """Return :math:`V C / (K + C)`, with half the maximal rate at ``half_at``."""
    concentration = as_expression(concentration)
    return maximum_rate * concentration / (half_at + concentration)


def hill(maximum_rate: Any, half_at: Any, concentration: Any, exponent: Any) -> Expression:
    """Return :math:`V r^n / (1 + r^n)` with :math:`r = C / K`.

    The ratio is formed first, so that the exponent may be a parameter.
    """
    raised = (as_expression(concentration) / half_at) ** exponent
    return maximum_rate * raised / (1.0 + raised)


def piecewise(breaks: Sequence[Any], values: Sequence[Any], by: Any = TIME) -> Expression:
    """Return the value of the piece that ``by`` is in; pieces begin at their break.

    One value more than breaks is needed. A solver has to step over the jumps: for jumps in time,
    a switch with its times in the dosing plan is exact and faster.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import symbol
    >>> piecewise([0.0], [1.0, 2.0], symbol("x"))
    select(x < 0, 1, 2)
    """
    if len(values) != len(breaks) + 1:
        raise InputError(
            f"{len(breaks)} breaks need {len(breaks) + 1} values",
            field="piecewise.values",
            value=len(values),
        )
    numbers = [b for b in breaks if isinstance(b, int | float)]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise InputError("the breaks must increase", field="piecewise.breaks", value=numbers)
    law = as_expression(values[-1])
    for point, value in zip(reversed(breaks), reversed(values[:-1]), strict=True):
        law = select(less(by, point), value, law)
    return law
