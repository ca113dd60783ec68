"""A network as text that a person reads from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from theratwin.dynamics.expressions.expression import is_constant
from theratwin.dynamics.expressions.text import to_text

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network


def network_text(network: Network) -> str:
    """Return a network as text, section by section."""
    sections = {
        "parameters": [f"{p.name} = {p.value:g} {p.unit}".rstrip() for p in network.parameters],
        "switches": [f"{s.name} = {s.value:g} {s.unit}".rstrip() for s in network.switches],
        "inputs": [f"{i.name} [{i.unit or '1'}]" for i in network.inputs],
        "compartments": _compartments(network),
        "variables": _variables(network),
        "rules": [f"{r.name} = {to_text(r.value)} [{r.unit or '1'}]" for r in network.rules],
        "reactions": _reactions(network),
        "flows": [
            f"{f.name}: {f.source or 'outside'} -> {f.target or 'outside'}; {to_text(f.value)}"
            for f in network.flows
        ],
        "events": _events(network),
        "outputs": [f"{o.name} = {to_text(o.value)} [{o.unit or '1'}]" for o in network.outputs],
        "observables": [
            f"{o.name} = {to_text(o.value)} [{o.unit or '1'}]" for o in network.observables
        ],
        "quadratures": [
            f"{q.name} = integral of {to_text(q.integrand)} [{q.unit or '1'}]"
            for q in network.quadratures
        ],
    }
    lines = [f"network {network.name}"]
    for title, entries in sections.items():
        if entries:
            lines += ["", title, *(f"  {entry}" for entry in entries)]
    return "\n".join(lines)


def _compartments(network: Network) -> list[str]:
    lines: list[str] = []
    for place in network.compartments:
        size = "" if place.volume is None else f" ({to_text(place.volume)})"
        lines.append(f"{place.name}{size}")
        for species in network.species:
            if species.compartment == place.name:
                zero = is_constant(species.initial, 0.0)
                initial = "" if zero else f", starts at {to_text(species.initial)}"
                made_of = f" [{_counted(species.contains)}]" if species.contains else ""
                lines.append(f"  {species.name}{made_of}{initial}")
    return lines


def _variables(network: Network) -> list[str]:
    return [
        f"d {v.name} / dt = {to_text(v.rate)}; starts at {to_text(v.initial)} [{v.unit or '1'}]"
        for v in network.variables
    ]


def _reactions(network: Network) -> list[str]:
    return [
        f"{r.name}: {_counted(r.reactants) or 'outside'} -> {_counted(r.products) or 'outside'}; "
        f"{to_text(r.rate)}"
        for r in network.reactions
    ]


def _events(network: Network) -> list[str]:
    lines = []
    for event in network.events:
        changes = (f"{name} := {to_text(value)}" for name, value in event.assignments.items())
        lines.append(
            f"{event.name}: when {to_text(event.trigger)} becomes positive, "
            f"{', '.join(changes)}{'' if event.initially else '; also at the start'}"
        )
    return lines


def _counted(side: Mapping[str, float]) -> str:
    terms = (name if number == 1 else f"{number:g} {name}" for name, number in side.items())
    return " + ".join(terms)
