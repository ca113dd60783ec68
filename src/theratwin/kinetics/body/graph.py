"""The organ graph: from a plan to the network of a whole body."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.core.errors import InputError
from theratwin.dynamics import Expression, Network, NetworkBuilder, evaluate, maximum
from theratwin.dynamics.networks.flatten import rule_values
from theratwin.kinetics.body import organ as organs
from theratwin.kinetics.body.binding import add_binding, add_released
from theratwin.kinetics.body.circulation import add_circulation
from theratwin.kinetics.body.decay import add_decay
from theratwin.kinetics.body.draft import Draft, labels_of
from theratwin.kinetics.body.excretion import add_bile, add_urine
from theratwin.kinetics.body.kidney import add_kidneys
from theratwin.kinetics.body.observables import add_observables
from theratwin.kinetics.body.physiology import Physiology, add_physiology
from theratwin.kinetics.body.plan import BodyPlan, Organ
from theratwin.kinetics.body.values import Values
from theratwin.kinetics.body.whole_body import WholeBody

_REST = "other_tissues"
#: The least that other tissues have of plasma, flow and volume, in an odd draw of parameters.
_LEAST = 0.01


def whole_body(plan: BodyPlan) -> WholeBody:
    """Build the whole body of a plan.

    Plasma is counted once: other tissues have what organs, artery and vein leave of it; likewise
    of the cardiac output and of the body's volume. Lesions come on top of the reference body:
    their plasma, flow and volume add to it.

    Raises
    ------
    InputError
        If a value is missing, a given one is not used, or the network does not balance.
    """
    builder = NetworkBuilder(plan.name)
    values = Values(builder, plan)
    draft = Draft(plan, builder, values, labels_of(plan.ligands))
    body = add_physiology(draft)
    _vessels(draft, body)
    add_released(draft)
    excreted_to = add_urine(draft)
    flows = _tissues(draft, body, excreted_to)
    add_bile(draft)
    add_circulation(
        draft,
        flows,
        {each.name: each.drains_into for each in plan.organs if each.drains_into != "vein"},
    )
    _doses(draft)
    specific = add_decay(draft)
    regions = add_observables(draft, body, specific)
    values.require_all_used()
    network = builder.freeze()
    _check_rest(network)
    return WholeBody(network, plan, draft.labels, regions)


def _check_rest(network: Network) -> None:
    """Raise an `InputError` if this patient's organs leave nothing for the other tissues."""
    laws = rule_values(network, {})
    known = {part.name: part.value for part in (*network.parameters, *network.switches)}
    for key in ("volume", "plasma_volume", "plasma_flow"):
        name = f"{_REST}.{key}"
        law = laws[network.symbols[name]]
        value, left = evaluate([law, law.args[0]], known)  # the first that a maximum is taken of
        if not left >= value:
            raise InputError(
                f"the organs leave {left:.4g} of {value / _LEAST:.4g} for all other tissues",
                field=f"network {network.name}, {name}",
                remedy="Check body mass, body surface area and the organs' volumes",
            )


def _vessels(draft: Draft, body: Physiology) -> None:
    """Add vein and artery; an amount given at the start is in the vein."""
    given = {
        label.name: draft.values.of(f"dose.{label.name}")
        for label in draft.labels
        if draft.values.is_given(f"dose.{label.name}")
    }
    for vessel in ("vein", "artery"):
        share = draft.own(vessel, "plasma_share") * body.plasma_volume
        volume = draft.builder.rule(f"{vessel}.plasma_volume", share, "mL")
        draft.place(vessel, volume, initial=given if vessel == "vein" else None)


def _doses(draft: Draft) -> None:
    """Let every label come into the vein, at a rate that infusions switch."""
    for label in draft.labels:
        rate = draft.builder.switch(f"infusion.{label.name}", 0.0, "nmol/h")
        draft.builder.reaction(f"infusion.{label.name}", None, draft.amount("vein", label), rate)


def _tissues(draft: Draft, body: Physiology, excreted_to: str) -> dict[str, Expression]:
    """Add every tissue; returns the flow that each takes from the artery."""
    lungs, kidneys = Organ("lungs"), Organ("kidneys")
    sizes = {
        each.name: _size(draft, body, each.name, each.like)
        for each in (lungs, *draft.plan.organs, kidneys)
    }
    flows: dict[str, Expression] = {}
    organs.add_spaces(draft, "lungs", lungs.like, *sizes["lungs"])
    for each in draft.plan.organs:
        flows[each.name] = _organ(draft, body, each, *sizes[each.name])
    whole, vascular = sizes["kidneys"]
    flows["kidneys"] = organs.flow(draft, body, "kidneys", kidneys.like, whole)
    add_kidneys(draft, whole, vascular, excreted_to)
    flows[_REST] = _other_tissues(draft, body, sizes, flows)
    for lesion in draft.plan.lesions:
        flows[lesion] = _lesion(draft, body, lesion)
    return flows


def _size(
    draft: Draft, body: Physiology, name: str, like: tuple[str, ...]
) -> tuple[Expression, Expression]:
    """Return an organ's volume and that of its plasma."""
    whole = organs.volume(draft, body, name, like)
    return whole, organs.plasma(draft, body, name, like, whole)


def _organ(
    draft: Draft, body: Physiology, organ: Organ, whole: Expression, vascular: Expression
) -> Expression:
    """Add an organ or lesion; returns its flow."""
    name, like = organ.name, organ.like
    organs.add_spaces(draft, name, like, whole, vascular)
    if organ.receptors:
        add_binding(draft, name, like, whole, f"{name}.interstitial")
    return organs.flow(draft, body, name, like, whole)


def _lesion(draft: Draft, body: Physiology, name: str) -> Expression:
    """Add a lesion, on top of the reference body; returns its flow."""
    like = ("lesion",)
    whole, vascular = _size(draft, body, name, like)
    mass = draft.own(name, "density", like) * whole
    draft.builder.observable(f"mass.{name}", mass, "g")
    return _organ(draft, body, Organ(name, like, receptors=True), whole, vascular)


def _other_tissues(
    draft: Draft,
    body: Physiology,
    sizes: dict[str, tuple[Expression, Expression]],
    flows: dict[str, Expression],
) -> Expression:
    """Add what no organ is: the rest of the volume, the plasma and the flow; returns its flow."""
    space = body.mass / draft.values.of("reference.density")
    vessels = [draft.volumes[vessel] for vessel in ("vein", "artery")]
    wholes, plasmas = zip(*sizes.values(), strict=True)
    volume = _left(draft, "volume", space, wholes, "mL")
    vascular = _left(draft, "plasma_volume", body.plasma_volume, [*vessels, *plasmas], "mL")
    organs.add_spaces(draft, _REST, ("organ",), volume, vascular)
    return _left(draft, "plasma_flow", body.plasma_flow, flows.values(), "mL/h")


def _left(
    draft: Draft, key: str, total: Expression, taken: Iterable[Expression], unit: str
) -> Expression:
    """Return what is left of a total; a patient drawn at random is left a hundredth of it."""
    least, left = _LEAST * total, total
    for part in taken:
        left = left - part
    return draft.builder.rule(f"{_REST}.{key}", maximum(left, least), unit)
