"""Sublethal damage in a network: made by a dose rate, repaired at first order."""

from __future__ import annotations

import math

from theratwin.dynamics import Expression, NetworkBuilder

LN2 = math.log(2.0)


def add_sublethal(
    b: NetworkBuilder, name: str, made: Expression, half_time: Expression, unit: str = "Gy"
) -> Expression:
    r"""Add the damage that repair has left, :math:`\dot I = \dot D - \mu I`, and return it.

    With the hazard :math:`\alpha\dot D + 2\beta\dot D I` the kill is
    :math:`\alpha D + \beta G D^2`, for any course of the dose rate.

    Parameters
    ----------
    b
        The network.
    name
        Of the new state.
    made
        What is made in an hour, such as the dose rate (Gy/h) or a part of it.
    half_time
        Half-time of repair (h).
    unit
        Of the state.

    Examples
    --------
    >>> b = NetworkBuilder("lq")
    >>> half_time = b.parameter("half_time", 1.9, "h", note="example")
    >>> left = add_sublethal(b, "left", b.input("dose_rate", "Gy/h"), half_time)
    >>> b.freeze()
    <Network lq: 1 states, 0 reactions, 1 parameters>

    References
    ----------
    The differential form of the Lea-Catcheside integral (``lea_catcheside_1942``).
    """
    left = b.variable(name, 0.0, unit)
    b.rate(left, made - LN2 / half_time * left)
    return left
