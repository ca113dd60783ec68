"""Synergy of two agents: against independence (Bliss), the better one (HSA), one drug (Loewe)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from theratwin.core._arrays import as_float, namespace
from theratwin.core.errors import InputError

#: A dose-effect function of one agent: not decreasing, from its value at dose 0.
DoseEffect = Callable[[float], float]
#: Accuracy of inverted doses, relative.
_ACCURACY = 1e-13
_MOST = 1e12


def bliss_excess(first: Any, second: Any, both: Any) -> Any:
    r"""Return how far the fraction killed by both exceeds that of independent action.

    .. math:: f_{ab} - (f_a + f_b - f_a f_b)

    (Bliss 1939.) Positive is synergy.

    Parameters
    ----------
    first, second, both
        Fractions affected by either agent alone and by both, 0 to 1, arrays that broadcast.

    Examples
    --------
    >>> round(float(bliss_excess(0.5, 0.5, 0.9)), 12)
    0.15
    """
    first, second, both = (
        _fraction(f, n) for f, n in zip((first, second, both), "abc", strict=True)
    )
    return both - (first + second - first * second)


def log_kill_excess(first: Any, second: Any, both: Any) -> Any:
    r"""Return how far the log kill :math:`-\ln S` of both exceeds the sum of those alone.

    Independent action multiplies surviving fractions, so it is Bliss's excess on a scale that does
    not saturate: :math:`K_{ab} - K_a - K_b = \ln(S_a S_b / S_{ab})`.

    Examples
    --------
    >>> round(log_kill_excess(1.0, 0.2, 2.0), 12)
    0.8
    """
    return both - first - second


def hsa_excess(first: Any, second: Any, both: Any) -> Any:
    """Return how far the effect of both exceeds that of the better one alone.

    Highest single agent; any scale on which more is more effect.

    Examples
    --------
    >>> round(float(hsa_excess(0.5, 0.25, 0.75)), 12)
    0.25
    """
    xp = namespace(first, second, both)
    return as_float(both) - xp.maximum(as_float(first), as_float(second))


def dose_for(
    effect: float,
    alone: DoseEffect,
    *,
    start: float = 1.0,
    most: float = _MOST,
    agent: str = "agent",
) -> float:
    """Return the dose at which an agent alone has an effect, by bracketing and root finding.

    Parameters
    ----------
    effect
        The effect wanted, above that of dose 0.
    alone
        The dose-effect function, not decreasing.
    start
        A dose of the usual size, from which the bracket grows.
    most
        The highest dose that is tried.
    agent
        How errors call it.

    Raises
    ------
    InputError
        If no dose up to ``most`` reaches the effect, or dose 0 has it already.

    Examples
    --------
    >>> round(dose_for(0.8, lambda dose: dose / (dose + 3.0)), 9)
    12.0
    """
    from scipy.optimize import brentq

    lowest = float(alone(0.0))
    if effect == lowest:
        return 0.0
    if effect < lowest:
        raise InputError(
            "the effect is there without a dose", field=agent, value=effect, allowed=f"> {lowest:g}"
        )
    low, high = 0.0, start
    while float(alone(high)) < effect:
        low, high = high, 4.0 * high
        if high > most:
            raise InputError(
                "no dose reaches the effect",
                field=agent,
                value=effect,
                allowed=f"at most {float(alone(low)):.6g}, the effect of {low:.3g}",
                remedy="Ask for a smaller effect, or use the Bliss or log-kill excess",
            )
    # Typed as any: SciPy's stubs want the accuracy as one of NumPy's numbers.
    options: Any = {"xtol": _ACCURACY * high, "rtol": _ACCURACY}
    found: Any = brentq(lambda dose: float(alone(dose)) - effect, low, high, **options)
    return float(found)


def loewe_index(
    first_dose: float,
    second_dose: float,
    effect: float,
    first: DoseEffect,
    second: DoseEffect,
    *,
    start: tuple[float, float] | None = None,
) -> float:
    r"""Return the combination index of two doses that together have an effect.

    .. math:: \frac{a}{A(E)} + \frac{b}{B(E)}

    with the doses :math:`A, B` that have the effect :math:`E` alone (Loewe 1953; Berenbaum 1989).
    Below 1 is synergy; a drug with itself has 1.

    Parameters
    ----------
    first_dose, second_dose
        The doses given together.
    effect
        What they do together, on the scale of both functions.
    first, second
        Dose-effect functions of either alone.
    start
        Doses of the usual size, if not those given.

    Raises
    ------
    InputError
        If an agent alone does not reach the effect, or a dose is negative.

    Examples
    --------
    >>> def kill(dose):
    ...     return dose**2 / (1.0 + dose**2)
    >>> round(loewe_index(0.4, 0.8, kill(1.2), kill, kill), 12)  # a drug with itself
    1.0
    """
    usual = start or (max(first_dose, 1e-6), max(second_dose, 1e-6))
    index = 0.0
    agents = (
        ("first", first_dose, first, usual[0]),
        ("second", second_dose, second, usual[1]),
    )
    for agent, dose, alone, about in agents:
        if not dose >= 0:
            raise InputError("a dose cannot be negative", field=agent, value=dose)
        if dose > 0:
            index += dose / dose_for(effect, alone, start=about, agent=agent)
    return index


def isobole(
    effect: float,
    both: Callable[[float, float], float],
    *,
    points: int = 11,
    start: tuple[float, float] = (1.0, 1.0),
) -> tuple[Any, Any]:
    """Return the pairs of doses that together have an effect, along rays from the origin.

    The line from end to end is additivity (Loewe); an isobole that sags below it is synergy.

    Parameters
    ----------
    effect
        The effect wanted.
    both
        The effect of two doses given together; not decreasing in either.
    points
        Number of rays, at equal steps of the share of the second agent.
    start
        Doses of the usual size.

    Returns
    -------
    tuple of arrays
        Doses of the first and of the second agent, shape ``(points,)``, from the first alone to
        the second alone.

    Raises
    ------
    InputError
        If one ray does not reach the effect.

    Examples
    --------
    >>> first, second = isobole(0.5, lambda a, b: (a + b / 2) / (1 + a + b / 2), points=3)
    >>> first.round(6).tolist(), second.round(6).tolist()
    ([1.0, 0.5, 0.0], [0.0, 1.0, 2.0])
    """
    import numpy as np

    ends = (
        dose_for(effect, lambda dose: both(dose, 0.0), start=start[0], agent="first"),
        dose_for(effect, lambda dose: both(0.0, dose), start=start[1], agent="second"),
    )

    def along(share: float) -> float:
        def effect_at(size: float) -> float:
            return both(size * (1.0 - share) * ends[0], size * share * ends[1])

        return dose_for(effect, effect_at, agent=f"ray {share:g}")

    shares = np.linspace(0.0, 1.0, points)
    sizes = np.array([1.0, *(along(float(share)) for share in shares[1:-1]), 1.0])
    return sizes * (1.0 - shares) * ends[0], sizes * shares * ends[1]


def _fraction(value: Any, name: str) -> Any:
    array = as_float(value)
    xp = namespace(array)
    if not bool(xp.all((array >= 0) & (array <= 1))):
        raise InputError(
            "a fraction lies between 0 and 1", field=f"bliss_excess.{name}", value=value
        )
    return array
