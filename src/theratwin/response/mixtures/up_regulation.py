"""Receptors after external beams: a gain that saturates with dose and is lost with time."""

from __future__ import annotations

from theratwin.core import parameter_set
from theratwin.dynamics import Network, NetworkBuilder
from theratwin.response.sublethal import LN2


def up_regulation_network() -> Network:
    r"""Return the factor by which external dose changes the receptor density.

    .. math:: \dot u = \dot D - \frac{\ln 2}{T} u, \qquad f = 1 + g \frac{u}{u + D_{1/2}}

    A gain g above 0 is up-, one below 0 (above -1) is down-regulation; by default there is none,
    as what has been seen points both ways.

    Returns
    -------
    Network
        Input ``dose_rate`` (Gy/h) of the beams; output and observable ``receptor_factor``.

    Notes
    -----
    A design of our own, with assumed values: parameter set ``response/mixtures``.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> from theratwin.response.driven import follow
    >>> beam = Pulses([0.0], [4.0])
    >>> gain = {"largest_gain": 0.6}
    >>> factor = follow(up_regulation_network(), beam, [1e-3, 168.0], parameters=gain)
    >>> factor["receptor_factor"].round(3)
    array([[1.3, 1.2]])
    """
    known = parameter_set("response", "mixtures").under("up_regulation")
    b = NetworkBuilder("up-regulation")
    gain, half, life = (
        b.parameter(name, known[name].value, known[name].unit, note=known[name].note)
        for name in ("largest_gain", "half_gain_dose", "half_life")
    )
    rate = b.input("dose_rate", "Gy/h")
    remembered = b.variable("remembered_dose", 0.0, "Gy")
    b.rate(remembered, rate - LN2 / life * remembered)
    factor = b.rule("factor", 1.0 + gain * remembered / (remembered + half))
    b.output("receptor_factor", factor)
    b.observable("receptor_factor", factor)
    return b.freeze()
