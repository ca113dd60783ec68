"""One volume: a bolus, an infusion, elimination, decay."""

from __future__ import annotations

import math

from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.network import Network

_NOTE = "Synthetic: a round number for an example."


def network() -> Network:
    r"""Return :math:`\dot n = u - (Q / V + \lambda) n`, with :math:`n(0)` the dose.

    With a constant infusion :math:`u` and :math:`k = Q / V + \lambda`,
    :math:`n(t) = n_0 e^{-k t} + u (1 - e^{-k t}) / k`.
    """
    b = NetworkBuilder("one-compartment")
    volume = b.parameter("volume", "3 L", "mL", note=_NOTE)
    clearance = b.parameter("clearance", "50 mL/min", "mL/h", note=_NOTE)
    half_life = b.parameter("half_life", "160 h", "h", note=_NOTE)
    dose = b.parameter("dose", 10.0, "nmol", note=_NOTE)
    fraction = b.parameter("fraction_imaged", 1.0, "", note=_NOTE)
    infusion = b.switch("infusion", 0.0, "nmol/h")
    plasma = b.compartment("plasma", volume)
    drug = b.species("plasma.drug", plasma, dose, contains=("drug", "nuclide"))
    b.reaction("infusion", None, drug, infusion)
    b.reaction("elimination", drug, None, b.carried(clearance, drug))
    b.reaction("decay", drug, None, math.log(2.0) / half_life * drug)
    b.observable("concentration", b.concentration(drug), "nmol/mL")
    b.observable("imaged", fraction * drug, "nmol")
    b.quadrature("area_under_curve", b.concentration(drug), "nmol h/mL")
    return b.freeze()
