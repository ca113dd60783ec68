"""Radiopharmaceuticals that compete for one receptor, as an alpha beside a beta emitter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from theratwin.core import Fixed, InputError, parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder, mass_action


def competing_ligands_network(
    ligands: Sequence[str] = ("beta", "alpha"),
    *,
    values: Mapping[str, float] | None = None,
) -> Network:
    r"""Return a lesion to whose receptors several ligands bind.

    .. math:: \dot b_l = k_{on,l} C_l \Big(R V - \sum_m b_m\Big)
              - (K_{D,l} k_{on,l} + k_{int}) b_l, \qquad
              \dot n_l = k_{int} b_l - k_{rel} n_l, \qquad A_l = s_l (b_l + n_l)

    with the free concentration :math:`C_l` at the cells, and the specific activity :math:`s_l(t)`
    of the ligand, hot and cold together. It decays as the nuclide does, and is the same for every
    molecule of one administration, so that hot and cold need not be followed apart. Of another
    administration with a specific activity of its own, make another ligand.

    Parameters
    ----------
    ligands
        Names.
    values
        Parameters that differ from ``response/mixtures``: ``NAME.k_on`` and its like, for a
        ligand; ``volume`` and ``receptor_density``, of the lesion.

    Returns
    -------
    Network
        Inputs ``concentration.NAME`` (nmol/mL) and ``specific_activity.NAME`` (MBq/nmol).
        Outputs and observables ``activity.NAME`` (MBq), observable ``occupancy`` of the
        receptors; quadratures ``time_integrated_activity.NAME`` (MBq h).

    Raises
    ------
    InputError
        If there is no ligand, or a value belongs to none.

    Examples
    --------
    >>> network = competing_ligands_network()
    >>> [port.name for port in network.inputs][:2]
    ['concentration.beta', 'specific_activity.beta']
    """
    if not ligands or len(set(ligands)) != len(ligands):
        raise InputError("names of ligands are needed, each once", field="ligands", value=ligands)
    b = NetworkBuilder("competing-ligands")
    given = dict(values or {})
    add = _adder(b, given)
    lesion = add("lesion", "")
    total = lesion["receptor_density"] * lesion["volume"]
    surface, cell = b.compartment("surface"), b.compartment("cell")
    held = {name: b.species(f"bound.{name}", surface) for name in ligands}
    bound = sum(list(held.values())[1:], held[ligands[0]])
    free = b.rule("free_receptors", total - bound, "nmol")
    for name in ligands:
        inside = b.species(f"internalized.{name}", cell)
        _kinetics(b, add("ligand", f"{name}."), name, free, held[name], inside)
    if given:
        raise InputError(
            "no parameter of these ligands or the lesion", field="values", value=next(iter(given))
        )
    b.observable("occupancy", bound / total)
    return b.freeze()


def _adder(b: NetworkBuilder, given: dict[str, float]):
    """Return a function that adds a branch of ``response/mixtures`` under a prefix."""
    known = parameter_set("response", "mixtures")

    def add(branch: str, prefix: str) -> dict[str, Expression]:
        added = {}
        for key, parameter in known.under(branch).items():
            own = replace(parameter, name=f"{prefix}{key}")
            if own.name in given:
                number = Fixed(float(given.pop(own.name)))
                own = replace(own, distribution=number, source="assumption", note="Given.")
            added[key] = b.parameter(own)
        return added

    return add


def _kinetics(
    b: NetworkBuilder,
    p: Mapping[str, Expression],
    name: str,
    free: Expression,
    bound: Expression,
    inside: Expression,
) -> None:
    concentration = b.input(f"concentration.{name}", "nmol/mL")
    specific = b.input(f"specific_activity.{name}", "MBq/nmol")
    b.reaction(f"binding.{name}", None, bound, mass_action(p["k_on"], concentration, free))
    off = p["dissociation_constant"] * p["k_on"]
    b.reaction(f"unbinding.{name}", bound, None, off * bound)
    b.reaction(f"internalization.{name}", bound, inside, p["internalization"] * bound)
    b.reaction(f"release.{name}", inside, None, p["release"] * inside)
    activity = specific * (bound + inside)
    b.output(f"activity.{name}", activity, "MBq")
    b.observable(f"activity.{name}", activity, "MBq")
    b.quadrature(f"time_integrated_activity.{name}", activity, "MBq h")
