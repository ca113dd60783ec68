"""The circulation: vein, lungs, artery, organs in parallel, the portal vein into the liver."""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.dynamics import Expression
from theratwin.kinetics.body.draft import Draft


def add_circulation(
    draft: Draft, flows: Mapping[str, Expression], drains_into: Mapping[str, str]
) -> None:
    """Add the flows of plasma, which carry every label.

    The lungs carry the sum of what leaves the artery, lesions with it; an organ passes on what
    came in by its artery and from the organs that drain into it.

    Parameters
    ----------
    flows
        Organ or lesion to the plasma (mL/h) that it takes from the artery.
    drains_into
        Organ to the one that its blood goes to; else to the vein.
    """
    output = draft.builder.rule("plasma.output", _sum(list(flows.values())), "mL/h")
    _flow(draft, "vein", "lungs.vascular", output)
    _flow(draft, "lungs.vascular", "artery", output)
    for organ, value in flows.items():
        _flow(draft, "artery", f"{organ}.vascular", value)
        passed = _passed(organ, flows, drains_into)
        target = drains_into.get(organ, "vein")
        _flow(
            draft, f"{organ}.vascular", target if target == "vein" else f"{target}.vascular", passed
        )


def _passed(
    organ: str, flows: Mapping[str, Expression], drains_into: Mapping[str, str]
) -> Expression:
    """Return the flow out of an organ."""
    before = [name for name, target in drains_into.items() if target == organ]
    return _sum([flows[organ], *(_passed(name, flows, drains_into) for name in before)])


def _flow(draft: Draft, source: str, target: str, value: Expression) -> None:
    carried = {draft.amount(source, label): draft.amount(target, label) for label in draft.labels}
    name = f"blood.{source}_to_{target}".replace(".vascular", "")
    draft.builder.flow(name, source, target, value, carried)


def _sum(terms: list[Expression]) -> Expression:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
