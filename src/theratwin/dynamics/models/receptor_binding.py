"""Target-mediated disposition: a ligand, its receptor and their complex."""

from __future__ import annotations

from theratwin.dynamics.expressions.rate_laws import mass_action
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.network import Network

_NOTE = "Synthetic: a round number for an example."


def network() -> Network:
    r"""Return ligand :math:`L`, receptor :math:`R` and complex :math:`B`, amounts in one volume.

    .. math::

        v = k_{on} L R / V - k_{off} B, \qquad \dot L = -k_{el} L - v, \qquad
        \dot R = s - k_{deg} R - v, \qquad \dot B = v - k_{int} B

    Without a ligand the receptor stays at :math:`s / k_{deg}`; with fast binding and no turnover
    the complex is at :math:`L R = K_D V B`.
    """
    b = NetworkBuilder("receptor-binding")
    volume = b.parameter("volume", "3 L", "mL", note=_NOTE)
    dose = b.parameter("dose", 100.0, "nmol", note=_NOTE)
    k_on = b.parameter("k_on", "0.05 L/(nmol min)", "mL/(nmol h)", note=_NOTE)
    k_off = b.parameter("k_off", "0.005 1/min", "1/h", note=_NOTE)
    elimination = b.parameter("elimination", "0.01 1/min", "1/h", note=_NOTE)
    internalization = b.parameter("internalization", "0.001 1/min", "1/h", note=_NOTE)
    degradation = b.parameter("degradation", "0.0005 1/min", "1/h", note=_NOTE)
    receptors = b.parameter("receptors", 30.0, "nmol", note=_NOTE)
    plasma = b.compartment("plasma", volume)
    ligand = b.species("ligand", plasma, dose, contains=("ligand",))
    receptor = b.species("receptor", plasma, receptors, contains=("receptor",))
    bound = b.species("bound", plasma, contains=("ligand", "receptor"))
    binding = mass_action(k_on, b.concentration(ligand), receptor)
    b.reaction("binding", (ligand, receptor), bound, binding)
    b.reaction("unbinding", bound, (ligand, receptor), k_off * bound)
    b.reaction("elimination", ligand, None, elimination * ligand)
    b.reaction("internalization", bound, None, internalization * bound)
    b.reaction("synthesis", None, receptor, degradation * receptors)
    b.reaction("degradation", receptor, None, degradation * receptor)
    b.observable("occupancy", bound / (bound + receptor))
    return b.freeze()
