"""Whether a small tumor dies out: birth and death of its clonogens, one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set
from theratwin.core._arrays import as_float, namespace
from theratwin.dynamics import Network, NetworkBuilder, exp


def extinction_network() -> Network:
    r"""Return the probability that no offspring of a clonogen is left, for any hazard.

    A cell divides at the rate :math:`b` and dies at :math:`d + h(t)`. The probability that
    its line still lives is (Kendall 1948; Zaider and Minerbo 2000)

    .. math:: q(t) = \frac{1}{e^{\rho} + b \int_0^t e^{\rho(s)} ds}
              = \frac{S e^{rt}}{1 + b S e^{rt} \int_0^t \frac{ds}{S(s) e^{rs}}}, \qquad
              \dot\rho = d + h - b, \quad r = b - d

    and the tumor of n clonogens is controlled with :math:`(1 - q)^n`. Solved as
    :math:`y = -\ln q`, :math:`\dot y = (d + h)\,e^{\rho - y}`, nothing overflows.

    Returns
    -------
    Network
        Input ``hazard`` (1/h); parameters ``doubling_time``, ``cell_loss`` (:math:`d/b`) and
        ``clonogens``, and so :math:`b = \ln 2 / [T_d (1 - d/b)]`. Observables
        ``log_line_survival`` (:math:`\ln q`), ``log_expected_lines`` (:math:`\ln n q`) and
        ``control`` (as :math:`e^{-nq}`, which differs from :math:`(1-q)^n` by less than
        :math:`n q^2`; `control` gives that one).

    References
    ----------
    ``kendall_1948``; ``zaider_minerbo_2000``.

    Examples
    --------
    >>> extinction_network()
    <Network extinction: 2 states, 0 reactions, 3 parameters>
    """
    from theratwin.dynamics import log

    known = parameter_set("response", "tumor")
    b = NetworkBuilder("extinction")
    doubling = b.parameter(known["doubling_time"])
    loss = b.parameter(known["cell_loss"])
    number = known["initial_volume"].value * known["clonogen_density"].value
    clonogens = b.parameter("clonogens", number, "", note="Density times volume; both assumed.")
    hazard = b.input("hazard", "1/h")
    birth = b.rule("birth_rate", math.log(2.0) / (doubling * (1.0 - loss)), "1/h")
    death = b.rule("death_rate", loss * birth + hazard, "1/h")
    rho = b.variable("excess_death", 0.0)
    lost = b.variable("line_loss", 0.0)
    b.rate(rho, death - birth)
    b.rate(lost, death * exp(rho - lost))
    b.observable("log_line_survival", -lost)
    lines = log(clonogens) - lost
    b.observable("log_expected_lines", lines)
    b.observable("control", exp(-exp(lines)))
    b.output("log_line_survival", -lost)
    return b.freeze()


def control(clonogens: Any, log_line_survival: Any, *, parts: bool = False) -> Any:
    r"""Return :math:`\prod_i (1 - q_i)^{n_i}`, the probability that every line dies out.

    The number of lines that live is a sum of independent yes-or-no events, one a clonogen: a
    Poisson-binomial number, whose chance to be zero this is. Without births :math:`q = S`.

    Parameters
    ----------
    clonogens
        Numbers :math:`n_i`.
    log_line_survival
        :math:`\ln q_i`, 0 or less; broadcast against the clonogens.
    parts
        Whether the last axis holds parts of one tumor, which are multiplied.

    Raises
    ------
    InputError
        If a number is negative or a probability above 1.

    Examples
    --------
    >>> round(float(control(2.0, np.log(0.5))), 3)
    0.25
    >>> round(float(control([1.0, 2.0], np.log([0.5, 0.1]), parts=True)), 4)
    0.405
    """
    n, log_q = as_float(clonogens), as_float(log_line_survival)
    xp = namespace(n, log_q)
    if xp is np and not (np.all(n >= 0) and np.all(log_q <= 0)):
        raise InputError("numbers from 0 up and logarithms up to 0 are needed", field="control")
    # At q = 1 the logarithm is minus infinity, and no clonogens times that is nothing.
    with np.errstate(divide="ignore", invalid="ignore"):
        each = xp.where(n == 0, 0.0, n * xp.log1p(-xp.exp(log_q)))
    return xp.exp(xp.sum(each, axis=-1) if parts else each)


def birth_death_extinction(time: Any, birth: Any, death: Any, clonogens: Any = 1.0) -> Any:
    r"""Return the probability that all have died out by a time, at constant rates.

    .. math:: \left[\frac{d (e^{rt} - 1)}{b e^{rt} - d}\right]^n, \qquad r = b - d

    and :math:`[bt/(1 + bt)]^n` where they are equal; as :math:`t \to \infty`,
    :math:`\min(1, d/b)^n`.

    Parameters
    ----------
    time
        h; all arguments broadcast.
    birth, death
        Rates (1/h).
    clonogens
        Number at the start.

    References
    ----------
    ``kendall_1948``, at constant rates.

    Examples
    --------
    >>> round(float(birth_death_extinction(1e6, 0.02, 0.01, 3)), 6)
    0.125
    """
    with np.errstate(divide="ignore"):  # no line is left where the number underflows
        lines = namespace(time, birth, death).log(birth_death_lines(time, birth, death))
    return control(clonogens, lines)


def birth_death_lines(time: Any, birth: Any, death: Any) -> Any:
    r"""Return the probability that a cell has living offspring after a time, at constant rates.

    .. math:: q = \frac{1}{e^{-rt} + b \frac{1 - e^{-rt}}{r}}, \qquad r = b - d

    exact to rounding where it is small, as one less the extinction is not.

    Examples
    --------
    >>> float(birth_death_lines(50.0, 0.02, 0.02))
    0.5
    """
    return _left(1.0, time, birth, death)


def birth_death_generating(x: Any, time: Any, birth: Any, death: Any) -> Any:
    r"""Return :math:`E[x^{N(t)}]` of the offspring N of one cell, at constant rates.

    .. math:: 1 - \frac{1 - x}{e^{-rt} + b (1 - x) \frac{1 - e^{-rt}}{r}}, \qquad r = b - d

    With :math:`x \to 1 - s + s x` an acute dose of survival s is put before it; nesting these
    gives the extinction after any number of fractions.

    Parameters
    ----------
    x
        From 0 to 1; all arguments broadcast.
    time
        h.
    birth, death
        Rates (1/h).

    References
    ----------
    ``kendall_1948``; the nesting, ``hanin_2001``.

    Examples
    --------
    >>> float(birth_death_generating(1.0, 10.0, 0.2, 0.1))
    1.0
    """
    return 1.0 - _left(1.0 - as_float(x), time, birth, death)


@np.errstate(over="ignore")  # of a tumor that dies out nothing is left in the end
def _left(unlike: Any, time: Any, birth: Any, death: Any) -> Any:
    from theratwin.core.curve.exponentials import decay_integral

    unlike, time = as_float(unlike), as_float(time)
    rate = as_float(birth) - as_float(death)
    decayed = namespace(unlike, time, rate).exp(-rate * time)
    return unlike / (decayed + as_float(birth) * unlike * decay_integral(rate, time))


def fractionated_extinction(
    survivals: Any, intervals: Any, birth: float, death: float, clonogens: Any = 1.0
) -> Any:
    """Return the probability that all have died out some time after acute doses.

    Parameters
    ----------
    survivals
        Surviving fraction of each dose, in the order of time.
    intervals
        Time (h) from each dose to the next, the last to when it is asked; as many.
    birth, death
        Rates (1/h) between the doses.
    clonogens
        Number before the first dose.

    Raises
    ------
    InputError
        If the numbers of doses and intervals differ.

    References
    ----------
    ``hanin_2001``: an iterated birth-and-death process.

    Examples
    --------
    >>> round(float(fractionated_extinction([0.5, 0.5], [0.0, 0.0], 0.01, 0.0)), 3)
    0.75
    """
    survivals, intervals = as_float(survivals), as_float(intervals)
    if survivals.shape != intervals.shape:
        raise InputError(
            "one interval after each dose is needed", field="intervals", value=intervals.shape
        )
    x: Any = 0.0
    for survival, interval in zip(survivals[::-1], intervals[::-1], strict=True):
        x = 1.0 - survival + survival * birth_death_generating(x, interval, birth, death)
    return x ** as_float(clonogens)
