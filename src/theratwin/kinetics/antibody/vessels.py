r"""Blood and lymph of an antibody's body: plasma flows that leave their lymph in the organs.

Of the plasma flow :math:`Q` that enters an organ, :math:`L` leaves as lymph through the tissue and
the lymph node back to the vein, the rest by the veins. The lungs take what the vein gives; spleen,
pancreas and gut drain into the liver (Shah and Betts 2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from theratwin.dynamics import Expression
from theratwin.kinetics.body.draft import Draft
from theratwin.kinetics.body.plan import Organ

#: The place where the lymph of all organs comes together.
NODES = "lymph_nodes"


def add_vessels(draft: Draft, organs: tuple[Organ, ...]) -> dict[str, Expression]:
    """Add the flows of plasma and lymph; returns the lymph flow (mL/h) of every organ."""
    entering = {each.name: draft.own(each.name, "plasma_flow") for each in organs}
    share = draft.values.of("lymph.flow_share")
    lungs = draft.builder.rule(
        "lungs.plasma_flow", total(entering.values()) / (1.0 - share), "mL/h"
    )
    lymph = {name: share * flow for name, flow in {"lungs": lungs, **entering}.items()}
    carry(draft, "vein", "lungs.vascular", lungs)
    for each in organs:
        carry(draft, "lungs.vascular", f"{each.name}.vascular", entering[each.name])
        target = each.drains_into if each.drains_into == "vein" else f"{each.drains_into}.vascular"
        carry(draft, f"{each.name}.vascular", target, _leaving(each.name, organs, entering, lymph))
    for name, flow in lymph.items():
        seep(draft, f"{name}.vascular", f"{name}.interstitial", flow)
        seep(draft, f"{name}.interstitial", NODES, flow)
    carry(draft, NODES, "vein", total(lymph.values()))
    return lymph


def _leaving(
    name: str,
    organs: tuple[Organ, ...],
    entering: Mapping[str, Expression],
    lymph: Mapping[str, Expression],
) -> Expression:
    """Return the flow (mL/h) out of an organ's veins, that of those which drain into it with it."""
    before = [each.name for each in organs if each.drains_into == name]
    own = entering[name] - lymph[name]
    return total([own, *(_leaving(other, organs, entering, lymph) for other in before)])


def carry(draft: Draft, source: str, target: str, value: Expression) -> None:
    """Add a flow (mL/h) that carries every label along."""
    carried = {draft.amount(source, label): draft.amount(target, label) for label in draft.labels}
    draft.builder.flow(_flow_name(source, target), source, target, value, carried)


def seep(draft: Draft, source: str, target: str, value: Expression) -> None:
    """Add a flow (mL/h) of fluid through a wall, which holds labels back in its own way."""
    draft.builder.flow(_flow_name(source, target), source, target, value)


def _flow_name(source: str, target: str) -> str:
    kind = "lymph" if NODES in (source, target) or target.endswith("interstitial") else "blood"
    return f"{kind}.{source}_to_{target}".replace(".vascular", "")


def total(terms: Iterable[Expression]) -> Expression:
    """Return the sum of expressions."""
    first, *others = terms
    for term in others:
        first = first + term
    return first
