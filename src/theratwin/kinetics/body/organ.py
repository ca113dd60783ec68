"""An organ: how large its spaces are, and how the ligand gets from blood into tissue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from theratwin.core.errors import InputError
from theratwin.dynamics import Expression, maximum
from theratwin.kinetics.body.draft import Draft, Label
from theratwin.kinetics.body.physiology import Physiology, kidney_function

#: The least of its flow that an organ keeps in old age, in an odd draw of parameters.
_LEAST = 0.1


def volume(draft: Draft, body: Physiology, name: str, like: Iterable[str]) -> Expression:
    """Return an organ's volume (mL): measured, or a reference volume scaled by body mass."""
    values = draft.values
    if values.is_given(f"{name}.volume") or not values.has(f"{name}.reference_volume"):
        return values.of(f"{name}.volume", like)
    scaled = values.of(f"{name}.reference_volume") * body.mass / values.of("reference.mass")
    return draft.builder.rule(f"{name}.volume", scaled, "mL")


def plasma(
    draft: Draft, body: Physiology, name: str, like: Iterable[str], whole: Expression
) -> Expression:
    """Return the plasma (mL) in an organ: a share of the body's, or a fraction of the organ."""
    value = _first(
        draft,
        name,
        like,
        {
            "plasma_share": lambda share: share * body.plasma_volume,
            "plasma_fraction": lambda fraction: fraction * whole,
            "blood_fraction": lambda fraction: fraction * body.plasma_share * whole,
        },
    )
    return draft.builder.rule(f"{name}.plasma_volume", value, "mL")


def flow(
    draft: Draft, body: Physiology, name: str, like: Iterable[str], whole: Expression
) -> Expression:
    """Return the flow of plasma (mL/h) through an organ."""

    def aging(perfusion: Expression) -> Expression:
        lost = draft.own(name, "blood_perfusion_loss") * draft.values.of("patient.age")
        return perfusion * maximum(1.0 - lost, _LEAST) * body.plasma_share * whole

    value = _first(
        draft,
        name,
        like,
        {
            "blood_perfusion_at_birth": aging,
            "flow_share": lambda share: share * body.plasma_flow,
            "plasma_perfusion": lambda perfusion: perfusion * whole,
            "blood_perfusion": lambda perfusion: perfusion * body.plasma_share * whole,
        },
    )
    if name == "kidneys":
        value = value * kidney_function(draft)
    return draft.builder.rule(f"{name}.plasma_flow", value, "mL/h")


def tissue_fluid(
    draft: Draft, name: str, like: Iterable[str], whole: Expression, vascular: Expression
) -> Expression | None:
    """Return the interstitial volume (mL); None if the ligand does not leave the vessels."""
    forms = {
        "interstitial_fraction": lambda fraction: fraction * whole,
        "interstitial_ratio": lambda ratio: ratio * vascular,
    }
    if not any(draft.values.has(f"{name}.{key}", like) for key in forms):
        return None
    return draft.builder.rule(f"{name}.interstitial_volume", _first(draft, name, like, forms), "mL")


def _first(
    draft: Draft,
    name: str,
    like: Iterable[str],
    forms: Mapping[str, Callable[[Expression], Expression]],
) -> Expression:
    """Return the value by the first form that has a parameter.

    The patient's own come first, then those of the region, then those of what it is like.
    """
    for key, form in forms.items():
        if draft.values.is_given(f"{name}.{key}"):
            return form(draft.own(name, key))
    for stand_ins in ((), tuple(like)):
        for key, form in forms.items():
            if draft.values.has(f"{name}.{key}", stand_ins):
                return form(draft.own(name, key, stand_ins))
    raise InputError(
        "no parameter set has a value",
        field=name,
        allowed=[f"{place}.{key}" for place in (name, *like) for key in forms],
        remedy="Give one of them",
    )


def add_spaces(
    draft: Draft, name: str, like: Iterable[str], whole: Expression, vascular: Expression
) -> None:
    """Add the vascular and the interstitial space, and permeation between them.

    .. math:: \\dot n_v = -PS\\,(f_u\\, n_v / V_v - n_i / V_i)
    """
    inside = draft.place(f"{name}.vascular", vascular, name)
    fluid = tissue_fluid(draft, name, like, whole, vascular)
    if fluid is None:
        return
    outside = draft.place(f"{name}.interstitial", fluid, name)
    add_permeation(draft, name, like, whole, inside, outside)


def add_permeation(
    draft: Draft, name: str, like: Iterable[str], whole: Expression, inside: str, outside: str
) -> None:
    """Add permeation out of the vessels and back, the permeability times the organ's volume."""

    def permeability(label: Label) -> Expression:
        return draft.own_of(label, name, "permeability", like) * whole

    draft.move(
        f"{name}.permeation",
        inside,
        outside,
        lambda label: permeability(label) * unbound(draft, label),
    )
    draft.move(f"{name}.return", outside, inside, permeability)


def unbound(draft: Draft, label: Label) -> Expression | float:
    r"""Return the share in plasma that is not bound to albumin, :math:`K / (K + C_a)`.

    Albumin exceeds the ligand ten-thousandfold and is taken to bind it at once, so that the share
    is constant.
    """
    if not draft.plan.albumin:
        return 1.0
    ligand = label.ligand
    constant = draft.values.of(f"{ligand.name}.albumin_dissociation_constant", ligand.like)
    return constant / (constant + draft.values.of("plasma.albumin"))
