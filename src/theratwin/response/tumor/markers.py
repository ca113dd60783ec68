"""Markers in serum: secreted by living cells, or as a population model of PSA."""

from __future__ import annotations

from theratwin.core import parameter_set
from theratwin.dynamics import Network, NetworkBuilder, exp
from theratwin.response.sublethal import LN2


def secreted_marker_network() -> Network:
    r"""Return a marker that living cells secrete and the body clears.

    .. math:: \dot m = k \left[(m_0 - m_b) \frac{L}{L_0} + m_b - m\right]

    with the volume L of living cells. Its start is the steady state of an unchanging tumor.

    Returns
    -------
    Network
        Input ``living`` (mL), bound to that of a tumor; parameter ``initial_living`` must be the
        tumor's at the start. Output and observable ``marker`` in the unit of ``initial``.

    Examples
    --------
    >>> secreted_marker_network()
    <Network secreted-marker: 1 states, 0 reactions, 4 parameters>
    """
    known = parameter_set("response", "markers").under("secreted")
    volume = parameter_set("response", "tumor")["initial_volume"]
    b = NetworkBuilder("secreted-marker")
    initial = b.parameter("initial", known["initial"].value, "", note=known["initial"].note)
    half = b.parameter("half_time", known["half_time"].value, "h", note=known["half_time"].note)
    background = b.parameter(
        "background", known["background"].value, "", note=known["background"].note
    )
    at_start = b.parameter("initial_living", volume.value, "mL", note="That of the tumor.")
    living = b.input("living", "mL")
    marker = b.variable("marker_level", initial)
    secreted = (initial - background) * (living / at_start) + background
    b.rate(marker, LN2 / half * (secreted - marker))
    b.output("marker", marker)
    b.observable("marker", marker)
    return b.freeze()


def population_psa_network() -> Network:
    r"""Return the population model of PSA after [177Lu]Lu-PSMA-I&T.

    .. math:: \frac{d}{dt} \ln P = k_G - k_{direct} C - k_{delay} C_e, \qquad
              \dot C_e = k_{e0} (C - C_e)

    with the activity concentration C of the tumors. Parameters are those of the publication; the
    equations are read off their units and names (growth rate, direct effect, effect
    compartment), as its text was not at hand.

    Returns
    -------
    Network
        Input ``concentration`` (MBq/mL) of all tumors; output and observable ``psa`` (ug/L).

    References
    ----------
    ``siebinga_2024``, Table 3.

    Examples
    --------
    >>> [port.name for port in population_psa_network().inputs]
    ['concentration']
    """
    known = parameter_set("response", "markers").under("psa")
    b = NetworkBuilder("population-psa")

    def add(name: str) -> object:
        p = known[name]
        return b.parameter(name, p.value, p.unit, source=p.source, note=p.note)

    growth, direct, delayed, rate, initial = (
        add(n) for n in ("growth_rate", "direct_kill", "delayed_kill", "delay_rate", "initial")
    )
    concentration = b.input("concentration", "MBq/mL")
    delayed_by = b.variable("effect_concentration", 0.0, "MBq/mL")
    b.rate(delayed_by, rate * (concentration - delayed_by))
    log_psa = b.variable("log_psa", 0.0)
    b.rate(log_psa, growth - direct * concentration - delayed * delayed_by)
    psa = b.rule("psa_level", initial * exp(log_psa))
    b.output("psa", psa)
    b.observable("psa", psa)
    return b.freeze()
