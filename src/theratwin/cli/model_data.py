"""A network as plain data, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theratwin.core import Parameter
    from theratwin.dynamics import Network


def described(network: Network) -> dict[str, Any]:
    """Return what a network is made of; laws as text, each in the inside units.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> described(model("one-compartment"))["reactions"]["decay"]["rate"]
    '0.6931471805599453 / half_life * plasma.drug'
    """
    from theratwin.dynamics.expressions.text import to_text

    laws = {
        kind: {p.name: {"value": to_text(p.value), "unit": p.unit} for p in parts}
        for kind, parts in (
            ("rules", network.rules),
            ("outputs", network.outputs),
            ("observables", network.observables),
        )
    }
    return {
        "name": network.name,
        "parameters": {p.name: _parameter(p) for p in network.parameters},
        "switches": {s.name: {"value": s.value, "unit": s.unit} for s in network.switches},
        "inputs": {i.name: {"unit": i.unit} for i in network.inputs},
        "compartments": {
            c.name: {"volume": None if c.volume is None else to_text(c.volume)}
            for c in network.compartments
        },
        "species": {
            s.name: {
                "compartment": s.compartment,
                "initial": to_text(s.initial),
                "contains": dict(s.contains),
                "tolerance_scale": s.tolerance_scale,
            }
            for s in network.species
        },
        "variables": {
            v.name: {"unit": v.unit, "initial": to_text(v.initial), "rate": to_text(v.rate)}
            for v in network.variables
        },
        **laws,
        **_changes(network),
    }


def _changes(network: Network) -> dict[str, Any]:
    """Return reactions, flows, quadratures and events."""
    from theratwin.dynamics.expressions.text import to_text

    return {
        "reactions": {
            r.name: {
                "reactants": dict(r.reactants),
                "products": dict(r.products),
                "rate": to_text(r.rate),
                "not_conserved": list(r.not_conserved),
            }
            for r in network.reactions
        },
        "flows": {
            f.name: {"from": f.source, "to": f.target, "value": to_text(f.value)}
            for f in network.flows
        },
        "quadratures": {
            q.name: {"integrand": to_text(q.integrand), "unit": q.unit} for q in network.quadratures
        },
        "events": {
            e.name: {
                "trigger": to_text(e.trigger),
                "assignments": {name: to_text(value) for name, value in e.assignments.items()},
                "initially": e.initially,
            }
            for e in network.events
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    source = "assumption" if parameter.is_assumption else parameter.source
    return {
        "value": parameter.value,
        "unit": parameter.unit,
        "source": source,
        "where": parameter.where,
        "note": parameter.note,
    }
