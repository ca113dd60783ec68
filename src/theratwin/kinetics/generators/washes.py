"""Events that take labeled ligand away, such as the wash of a dish: what goes with it.

What an event leaves of the labeled ligand in a place, it leaves of all members there, on the
ligand and free: a wash takes the medium with what is in it, and nothing from membranes and cells,
whose ligand it leaves. Atoms that are taken are counted.
"""

from __future__ import annotations

from dataclasses import replace

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Expression
from theratwin.dynamics.expressions.expression import (
    ZERO,
    Binding,
    differentiate,
    is_constant,
    substitute,
    symbol,
    symbols,
)
from theratwin.dynamics.networks.parts import Event
from theratwin.kinetics.generators.draft import REMOVED, GeneratorDraft

_REMEDY = "Let the event leave a part of the ligand, or write it as a reaction with a switch"


def chain_events(draft: GeneratorDraft) -> tuple[Event, ...]:
    """Return the carrier's events as events of the whole chain.

    Raises
    ------
    UnsupportedError
        If an event does something else to the labeled ligand than leave a part of it, or leaves
        different parts in places whose free atoms are one.
    """
    return tuple(_of_chain(draft, event) for event in draft.carrier.network.events)


def _of_chain(draft: GeneratorDraft, event: Event) -> Event:
    left = _parts_left(draft, event)
    if not left:
        return event
    changed = _changed(draft, event, left)
    new = {str(amount.value): part * amount for amount, part in changed.items()}
    removed = symbol(REMOVED, Binding.STATE)
    for amount, part in changed.items():
        removed = removed + (1.0 - part) * amount
    return replace(event, assignments={**event.assignments, **new, REMOVED: removed})


def _parts_left(draft: GeneratorDraft, event: Event) -> dict[str, Expression]:
    """Return the part of the labeled ligand that an event leaves, by place."""
    found = {}
    names = {species.name for species in draft.carrier.hot.values()}
    for place, species in draft.carrier.hot.items():
        if species.name not in event.assignments:
            continue
        value, own = event.assignments[species.name], draft.carrier.amount(place)
        part = differentiate(value, own)
        if names.intersection(symbols(part)) or not is_constant(
            substitute(value, {own: ZERO}), 0.0
        ):
            raise UnsupportedError(
                "it does not leave a part of the labeled amount, so that daughters cannot follow",
                field=f"network {draft.carrier.network.name}, event {event.name}",
                value=species.name,
                remedy=_REMEDY,
            )
        found[place] = part
    return found


def _changed(
    draft: GeneratorDraft, event: Event, left: dict[str, Expression]
) -> dict[Expression, Expression]:
    """Return the amounts that go with the ligand, and the part of each that is left."""
    nodes: dict[str, set[Expression | None]] = {}
    for place in draft.carrier.hot:
        nodes.setdefault(draft.routes.node(place), set()).add(left.get(place))
    found = {n: left[place] for (place, _), n in draft.kept.items() if place in left}
    for (node, _), amount in draft.free.items():
        parts = nodes.get(node, {None})
        if len(parts) > 1:
            raise UnsupportedError(
                "it leaves different parts of the ligand in places whose free atoms are one",
                field=f"network {draft.carrier.network.name}, event {event.name}",
                value=node,
                remedy="Let it treat blood, or the medium, as one",
            )
        (part,) = parts
        if part is not None:
            found[amount] = part
    return found
