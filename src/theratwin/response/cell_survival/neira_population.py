"""The three populations of a tumor as masses: growing, damaged, and dead but not yet cleared."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from theratwin.core import parameter_set
from theratwin.response.cell_survival.ports import declare

if TYPE_CHECKING:
    from theratwin.dynamics import Network


@cache
def neira_population() -> Network:
    r"""Return a tumor of healthy cells P, damaged cells S and dead cells X (g), with ports.

    .. math::

        \begin{aligned}
        \dot P &= k_g P - (2 p + \alpha) \dot D P + \mu S \\
        \dot S &= 2 p \dot D P - [\mu + (p + \alpha) \epsilon \dot D] S \\
        \dot X &= \alpha \dot D P + (p + \alpha) \epsilon \dot D S - k_c X
        \end{aligned}

    Only healthy cells grow. The states are :math:`\ln (P + S) / M_0`, the damaged part
    :math:`s = S / (P + S)` and X, so that the living keep their digits down to the last cell and
    below: there is no last cell here, and so no cure.

    Returns
    -------
    Network
        Input ``dose_rate`` (Gy/h); outputs ``mass`` of all cells, ``living`` (g) and ``hazard``
        (1/h); observables of the same names and ``log_living``.

    References
    ----------
    Citations ``neira_2020``, ``italia_code``.

    Examples
    --------
    >>> network = neira_population()
    >>> [port.name for port in network.outputs]
    ['mass', 'living', 'hazard']
    """
    from theratwin.dynamics import NetworkBuilder, exp

    b = NetworkBuilder("neira-population")
    dose_rate = b.input("dose_rate", "Gy/h")
    q = declare(b, parameter_set("response", "neira"))
    q |= declare(b, parameter_set("response", "neira_population"))
    log_living, damaged = b.variable("log_living_part", 0.0), b.variable("damaged_part", 0.0)
    dead = b.variable("dead", 0.0, "g")
    living = q["initial_mass"] * exp(log_living)
    second = (q["p"] + q["alpha"]) * q["epsilon"] * dose_rate
    hazard = q["alpha"] * dose_rate * (1.0 - damaged) + second * damaged
    grown = q["growth_rate"] * (1.0 - damaged)
    first = 2.0 * q["p"] * dose_rate * (1.0 - damaged)
    b.rate(log_living, grown - hazard)
    b.rate(damaged, first - (q["mu"] + second + grown - hazard) * damaged)
    b.rate(dead, hazard * living - q["clearance_rate"] * dead)
    for name, value, unit in (
        ("mass", living + dead, "g"),
        ("living", living, "g"),
        ("hazard", hazard, "1/h"),
    ):
        b.output(name, value, unit)
        b.observable(name, value, unit)
    b.observable("log_living", log_living)
    return b.freeze()
