"""Dose rate of a lesion by what is not its first ligand: other ligands, external beams."""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core import parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.dynamics.expressions.expression import ZERO
from theratwin.response.tumor import SelfDose


def other_dose_network(
    ligands: Mapping[str, tuple[SelfDose, float]], *, beams: bool = False
) -> Network:
    r"""Return :math:`\sum_l w_l\, S_l(\rho V)\, A_l + \dot D_\mathrm{beam}`.

    Parameters
    ----------
    ligands
        Ligand to the law of its S value over the lesion's mass, and the weight w of its dose, such
        as a relative biological effectiveness; 1 leaves the absorbed dose.
    beams
        Whether external beams come in, too.

    Returns
    -------
    Network
        Inputs ``activity.LIGAND`` (MBq) and ``volume`` (mL), ``beam`` (Gy/h). Output and
        observable ``dose_rate`` (Gy/h); quadrature ``dose`` (Gy).

    Examples
    --------
    >>> network = other_dose_network({"alpha": (SelfDose.sphere("At-211", "all"), 5.0)})
    >>> [port.name for port in network.inputs]
    ['volume', 'activity.alpha']
    """
    b = NetworkBuilder("other-dose")
    rate: Expression = b.input("beam", "Gy/h") if beams else ZERO
    if ligands:
        density = b.parameter(parameter_set("response", "tumor")["density"])
        gram = b.parameter("unit.mass", 1.0, "g", note="Carries a unit.")
        unit = b.parameter("unit.s_value", 1.0, "Gy/(MBq h)", note="Carries a unit.")
        mass = b.rule("mass", density * b.input("volume", "mL"), "g")
    for name, (law, weight) in ligands.items():
        weighed = b.parameter(f"weight.{name}", weight, note="Weight of the dose, as given.")
        activity = b.input(f"activity.{name}", "MBq")
        rate = rate + weighed * law.expression(mass, gram, unit) * activity
    b.output("dose_rate", rate, "Gy/h")
    b.observable("dose_rate", rate, "Gy/h")
    b.quadrature("dose", rate, "Gy")
    return b.freeze()
