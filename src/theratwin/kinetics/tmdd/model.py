r"""The full model of target-mediated disposition: an antibody, its receptor, their complex.

.. math::

    \dot L = -(k_{el} + Q/V_1) L + \frac{Q}{V_2} L_2 - v, \quad
    \dot R = k_{deg} (R_0 - R) - v, \quad \dot C = v - k_{int} C, \quad
    v = \frac{k_{on}}{V_1} L R - k_{off} C

(Mager and Jusko 2001.)
"""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Network, NetworkBuilder, mass_action
from theratwin.kinetics.models.patient import given_parameters
from theratwin.kinetics.tmdd.target import Target

#: The target of `tmdd_network`.
CENTRAL_TARGET = Target("central.ligand", "central.receptor", "central.complex")


def tmdd_network(given: Mapping[str, float | str | Parameter] | None = None) -> Network:
    """Return the full model, with the receptor in the central volume.

    Parameters
    ----------
    given
        Parameters that differ from the set ``kinetics/tmdd``: numbers inside, or text.

    Returns
    -------
    Network
        States ``central.ligand``, ``central.receptor``, ``central.complex`` and
        ``peripheral.ligand`` (nmol).

    Raises
    ------
    InputError
        If a given name is not in the set, or its value has another unit.

    Examples
    --------
    >>> tmdd_network()
    <Network tmdd: 4 states, 8 reactions, 10 parameters>
    """
    known = parameter_set("kinetics", "tmdd")
    for name in given or {}:
        if name not in known:
            raise InputError("no such parameter", field="given", value=name, allowed=sorted(known))
    own = given_parameters(given or {}, (known,))
    b = NetworkBuilder("tmdd")
    p = {name: b.parameter(own.get(name, value)) for name, value in known.items()}
    for space in ("central", "peripheral"):
        b.compartment(space, p[f"{space}.volume"])
    ligand = b.species("central.ligand", "central", p["dose"], contains=("ligand",))
    amount = p["receptor.amount"]
    receptor = b.species("central.receptor", "central", amount, contains=("receptor",))
    held = b.species("central.complex", "central", contains=("ligand", "receptor"))
    far = b.species("peripheral.ligand", "peripheral", contains=("ligand",))
    bind = mass_action(p["ligand.k_on"], b.concentration(ligand), receptor)
    b.reaction("binding", (ligand, receptor), held, bind)
    b.reaction("unbinding", held, (ligand, receptor), p["ligand.k_off"] * held)
    b.reaction("internalization", held, None, p["complex.internalization"] * held)
    b.reaction("synthesis", None, receptor, p["receptor.degradation"] * amount)
    b.reaction("degradation", receptor, None, p["receptor.degradation"] * receptor)
    b.reaction("elimination", ligand, None, b.carried(p["ligand.clearance"], ligand))
    b.reaction("distribution", ligand, far, b.carried(p["ligand.exchange"], ligand))
    b.reaction("return", far, ligand, b.carried(p["ligand.exchange"], far))
    b.observable("occupancy", held / (held + receptor))
    b.observable("total", ligand + held, "nmol")
    return b.freeze()
