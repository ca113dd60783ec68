"""Stiff problems that solvers have been measured with for decades, as systems.

Equations, constants and solutions at the end: Hairer and Wanner, *Solving Ordinary Differential
Equations II*, 2nd edition, 1996, section IV.10, and the test set for initial value problem solvers
that grew from it (Mazzia and Magherini 2008). Time and states have no units there: an hour and a
plain number here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Binding, Expression, as_expression, symbol
from theratwin.dynamics.system import State, System


@dataclass(frozen=True)
class Problem:
    """A system with the end of its time and the solution there.

    Parameters
    ----------
    name
        Its name.
    system
        The system.
    end
        The end (h); it starts at zero.
    solution
        The states at the end, to about 13 digits.
    """

    name: str
    system: System
    end: float
    solution: tuple[float, ...]


def problem_names() -> list[str]:
    """Return the names of the problems."""
    return list(_PROBLEMS)


def problem(name: str) -> Problem:
    """Return a problem by its name.

    Raises
    ------
    InputError
        If there is no such problem.

    Examples
    --------
    >>> problem("robertson").system.names
    ('y1', 'y2', 'y3')
    """
    if name not in _PROBLEMS:
        raise InputError("unknown problem", field="problem", value=name, allowed=problem_names())
    return _PROBLEMS[name]()


def _made(
    name: str,
    initial: tuple[float, ...],
    rates: tuple[Expression, ...],
    end: float,
    solution: tuple[float, ...],
    parameters: Mapping[str, float],
    tolerance_scales: tuple[float, ...] | None = None,
) -> Problem:
    scales = tolerance_scales or (1.0,) * len(initial)
    states = tuple(
        State(f"y{i + 1}", as_expression(start), rate, "", scale)
        for i, (start, rate, scale) in enumerate(zip(initial, rates, scales, strict=True))
    )
    return Problem(name, System(states, dict(parameters)), end, solution)


def _y(count: int) -> list[Expression]:
    return [symbol(f"y{i + 1}", Binding.STATE) for i in range(count)]


def _robertson() -> Problem:
    """Three species whose rates differ by nine decades, over eleven decades of time."""
    y1, y2, y3 = _y(3)
    k1, k2, k3 = map(symbol, ("k1", "k2", "k3"))
    first = k3 * y2 * y3 - k1 * y1
    third = k2 * y2 * y2
    return _made(
        "robertson",
        (1.0, 0.0, 0.0),
        (first, -first - third, third),
        1e11,
        (0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050),
        {"k1": 0.04, "k2": 3e7, "k3": 1e4},
        (1.0, 1e-6, 1.0),
    )


def _hires() -> Problem:
    """The high irradiance response of a plant: eight species."""
    y1, y2, y3, y4, y5, y6, y7, y8 = _y(8)
    fast = symbol("fast")
    bound = fast * y6 * y8 - 1.81 * y7
    rates = (
        -1.71 * y1 + 0.43 * y2 + 8.32 * y3 + 0.0007,
        1.71 * y1 - 8.75 * y2,
        -10.03 * y3 + 0.43 * y4 + 0.035 * y5,
        8.32 * y2 + 1.71 * y3 - 1.12 * y4,
        -1.745 * y5 + 0.43 * y6 + 0.43 * y7,
        -fast * y6 * y8 + 0.69 * y4 + 1.71 * y5 - 0.43 * y6 + 0.69 * y7,
        bound,
        -bound,
    )
    return _made(
        "hires",
        (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0057),
        rates,
        321.8122,
        (
            *(0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4),
            *(0.1175651343283149e-2, 0.2386356198831331e-2, 0.6238968252742796e-2),
            *(0.2849998395185769e-2, 0.2850001604814231e-2),
        ),
        {"fast": 280.0},
    )


def _orego() -> Problem:
    """The Oregonator: a limit cycle with jumps over four decades."""
    y1, y2, y3 = _y(3)
    s, q, w = map(symbol, ("s", "q", "w"))
    rates = (
        s * (y2 + y1 * (1.0 - q * y1 - y2)),
        (y3 - (1.0 + y1) * y2) / s,
        w * (y1 - y3),
    )
    return _made(
        "orego",
        (1.0, 2.0, 3.0),
        rates,
        360.0,
        (0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3),
        {"s": 77.27, "q": 8.375e-6, "w": 0.161},
    )


def _van_der_pol() -> Problem:
    """Van der Pol's oscillator with a stiffness of a million."""
    y1, y2 = _y(2)
    return _made(
        "van-der-pol",
        (2.0, 0.0),
        (y2, ((1.0 - y1 * y1) * y2 - y1) / symbol("epsilon")),
        2.0,
        (0.1706167732170483e1, -0.8928097010247975),
        {"epsilon": 1e-6},
    )


_PROBLEMS: dict[str, Callable[[], Problem]] = {
    "robertson": _robertson,
    "hires": _hires,
    "orego": _orego,
    "van-der-pol": _van_der_pol,
}
