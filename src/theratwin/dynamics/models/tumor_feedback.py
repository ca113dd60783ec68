"""A tumor whose volume changes its own uptake: growth and uptake, coupled."""

from __future__ import annotations

import math

from theratwin.dynamics.expressions.expression import log
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.couple import couple
from theratwin.dynamics.networks.network import Network

_NOTE = "Synthetic: a round number for an example."


def network() -> Network:
    """Return both networks as one: each gets what the other gives."""
    return couple(
        "tumor-feedback",
        {"growth": growth(), "uptake": uptake()},
        {
            "growth.concentration": "uptake.concentration",
            "uptake.tumor_volume": "growth.volume",
        },
    )


def growth() -> Network:
    r"""Return Gompertz growth with a kill in proportion to the drug's concentration :math:`c`.

    .. math:: \dot V = g V \ln(V_{max} / V) - \kappa c V
    """
    b = NetworkBuilder("growth")
    rate = b.parameter("rate", 3e-3, "1/h", note=_NOTE)
    largest = b.parameter("largest_volume", "0.5 L", "mL", note=_NOTE)
    start = b.parameter("initial_volume", 20.0, "mL", note=_NOTE)
    kill = b.parameter("kill", 0.1, "mL/(nmol h)", note=_NOTE)
    concentration = b.input("concentration", "nmol/mL")
    volume = b.variable("volume", start, "mL")
    b.rate(volume, rate * volume * log(largest / volume) - kill * concentration * volume)
    b.output("volume", volume, "mL")
    b.observable("volume", volume, "mL")
    return b.freeze()


def uptake() -> Network:
    r"""Return a drug in plasma :math:`p` and in a tumor :math:`n` of changing volume :math:`V`.

    .. math:: \dot n = f V p / V_p - k_{out} n - \lambda n, \qquad c = n / V
    """
    b = NetworkBuilder("uptake")
    plasma_volume = b.parameter("plasma_volume", "3 L", "mL", note=_NOTE)
    clearance = b.parameter("clearance", "2 mL/min", "mL/h", note=_NOTE)
    uptake_rate = b.parameter("uptake_per_volume", 0.4, "mL/(mL h)", note=_NOTE)
    washout = b.parameter("washout", 0.01, "1/h", note=_NOTE)
    half_life = b.parameter("half_life", "160 h", "h", note=_NOTE)
    dose = b.parameter("dose", 100.0, "nmol", note=_NOTE)
    tumor_volume = b.input("tumor_volume", "mL")
    plasma = b.compartment("plasma", plasma_volume)
    tumor = b.compartment("tumor", tumor_volume)
    circulating = b.species("plasma.drug", plasma, dose, contains=("drug",))
    taken_up = b.species("tumor.drug", tumor, contains=("drug",))
    flow = uptake_rate * tumor_volume
    b.reaction("uptake", circulating, taken_up, b.carried(flow, circulating))
    b.reaction("washout", taken_up, circulating, washout * taken_up)
    b.reaction("clearance", circulating, None, b.carried(clearance, circulating))
    for drug in (circulating, taken_up):
        b.reaction(f"{drug}.decay", drug, None, math.log(2.0) / half_life * drug)
    b.output("concentration", b.concentration(taken_up), "nmol/mL")
    b.observable("tumor_amount", taken_up, "nmol")
    return b.freeze()
