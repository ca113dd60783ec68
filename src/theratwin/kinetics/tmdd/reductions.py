r"""Reductions of target-mediated disposition: networks with fewer states, made from the full one.

The full model (Mager and Jusko 2001) has free ligand L, free receptor R and complex C, with binding
:math:`k_{on} L R`, unbinding :math:`k_{off} C` and loss :math:`k_{int} C`. In amounts, with the
totals :math:`T = L + C` and :math:`T_R = R + C`, all reductions set

.. math:: C = \frac{2 T\,T_R}{T + T_R + K + \sqrt{d^2 + 4 K T}}, \qquad
          d = T - T_R - K, \qquad L = T - C, \qquad R = T_R - C

and differ in K and in what stays a state (Gibiansky et al. 2008).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Expression, Network
from theratwin.dynamics.expressions.expression import Binding, symbol
from theratwin.dynamics.networks.parts import Observable, Reaction, Rule, Species
from theratwin.kinetics.tmdd.target import Bound, Target, find_target, sides


def quasi_equilibrium(network: Network, target: Target) -> Network:
    r"""Return the network with binding in equilibrium, :math:`K = k_{off} / k_{on}`.

    Good where unbinding is fast against loss, :math:`k_{off} \gg k_{int}`, after the first
    moments. The states are the totals, ``LIGAND.total`` (which doses go to) and
    ``RECEPTOR.total``; the three old names are rules, which the solution has as ``LIGAND.free``,
    ``RECEPTOR.free`` and ``COMPLEX.bound``.

    Raises
    ------
    InputError
        If a species or a reaction of binding is missing.
    UnsupportedError
        If the laws are not of mass action.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> full = model("receptor-binding")
    >>> quasi_equilibrium(full, Target("ligand", "receptor", "bound"))
    <Network receptor-binding: 2 states, 4 reactions, 8 parameters>
    """
    found = find_target(network, target)
    return _totals(network, found, found.dissociation / found.association)


def quasi_steady_state(network: Network, target: Target) -> Network:
    r"""Return the network with the complex in steady state, :math:`K = (k_{off} + k_{int})/k_{on}`.

    Good where binding is fast against what changes the ligand, whatever the loss. States as in
    `quasi_equilibrium`; without a loss the two are the same.

    Raises
    ------
    InputError, UnsupportedError
        As in `quasi_equilibrium`.
    """
    found = find_target(network, target)
    return _totals(network, found, _steady(found))


def michaelis_menten(network: Network, target: Target) -> Network:
    r"""Return the network without the target: a saturable loss of ligand in its place.

    .. math:: \dot L = \ldots - k_{int} \frac{T_R L}{K + L}, \qquad
              K = \frac{k_{off} + k_{int}}{k_{on}}

    with the receptor's total :math:`T_R` as at the start. Good where the ligand exceeds the
    receptor, which holds none of it back, and the receptor's total stays. Doses go to the ligand.

    Raises
    ------
    InputError, UnsupportedError
        As in `quasi_equilibrium`; further if no loss of complex is there, or one makes something
        that holds receptor.
    """
    found = find_target(network, target)
    if found.loss is None:
        raise UnsupportedError(
            "the complex is not lost, so that the target clears nothing",
            field=f"network {network.name}",
            value=target.complex,
            remedy="Take quasi_equilibrium",
        )
    starts = {species.name: species.initial for species in network.species}
    whole, half = starts[target.receptor] + starts[target.complex], _steady(found)
    free = network.amount(target.ligand)
    rules = _rules(target, (None, whole * half / (half + free), whole * free / (half + free)))
    reactions = (_saturable(network, found, each) for each in network.reactions)
    kept = [s for s in network.species if s.name not in (target.receptor, target.complex)]
    return replace(
        network,
        species=tuple(kept),
        rules=(*network.rules, *rules),
        observables=(*network.observables, *_shown(network, target, rules)),
        reactions=tuple(each for each in reactions if each is not None),
    )


def _steady(found: Bound) -> Expression:
    return (
        found.dissociation if found.loss is None else found.dissociation + found.loss
    ) / found.association


def _totals(network: Network, found: Bound, half: Expression) -> Network:
    """Return the network with totals as states."""
    target = found.target
    ligand, receptor = (f"{name}.total" for name in (target.ligand, target.receptor))
    total, whole = symbol(ligand, Binding.STATE), symbol(receptor, Binding.STATE)
    excess, every = total - whole - half, total + whole + half
    root = (excess * excess + 4.0 * half * total) ** 0.5
    held = network.amount(target.complex)  # (d + root) / 2 for L cancels where receptors exceed it
    laws = (total - held, whole - held, 2.0 * total * whole / (every + root))
    merged = {
        target.ligand: (ligand,),
        target.receptor: (receptor,),
        target.complex: (ligand, receptor),
    }

    def change(side: Mapping[str, float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, number in side.items():
            for each in merged.get(name, (name,)):
                found[each] = found.get(each, 0.0) + number
        return found

    reactions = []
    for each in network.reactions:
        if each.name not in found.binding:
            reactants, products = sides(each, change)
            reactions.append(replace(each, reactants=reactants, products=products))
    rules = _rules(target, laws)
    return replace(
        network,
        species=_total_species(network, target),
        rules=(*network.rules, *rules),
        observables=(*network.observables, *_shown(network, target, rules)),
        reactions=tuple(reactions),
    )


def _total_species(network: Network, target: Target) -> tuple[Species, ...]:
    starts = {species.name: species.initial for species in network.species}
    made = []
    for each in network.species:
        if each.name == target.complex:
            continue
        if each.name in (target.ligand, target.receptor):
            initial = each.initial + starts[target.complex]
            each = replace(each, name=f"{each.name}.total", initial=initial)
        made.append(each)
    return tuple(made)


def _rules(target: Target, laws: tuple[Expression | None, ...]) -> list[Rule]:
    pairs = zip(target.names, laws, strict=True)
    return [Rule(name, "nmol", law) for name, law in pairs if law is not None]


def _shown(network: Network, target: Target, rules: list[Rule]) -> list[Observable]:
    """Return observables of what is no longer a state."""
    kinds = zip(target.names, ("free", "free", "bound"), strict=True)
    names = {name: f"{name}.{kind}" for name, kind in kinds}
    return [Observable(names[r.name], r.unit, network.amount(r.name)) for r in rules]


def _saturable(network: Network, found: Bound, reaction: Reaction) -> Reaction | None:
    """Return a reaction of the network without the target; None if nothing is left of it."""
    target = found.target
    if reaction.name in found.binding:
        return None
    products = {n: v for n, v in reaction.products.items() if n != target.receptor}
    reactants = {n: v for n, v in reaction.reactants.items() if n != target.receptor}
    if reaction.name in found.losses:
        _check_products(network, found, products)
        return replace(reaction, reactants={target.ligand: 1.0}, products=products)
    changed = (dict(reaction.reactants), dict(reaction.products)) != (reactants, products)
    if not changed:
        return reaction
    if reactants or products:
        raise UnsupportedError(
            "the receptor reacts with others",
            field=f"network {network.name}, reaction {reaction.name}",
        )
    return None


def _check_products(network: Network, found: Bound, products: Mapping[str, float]) -> None:
    contains = {species.name: species.contains for species in network.species}
    held = contains[found.target.receptor]
    for name in products:
        if set(held) & set(contains[name]):
            raise UnsupportedError(
                "what the complex turns into still holds receptor",
                field=f"network {network.name}",
                value=name,
            )
