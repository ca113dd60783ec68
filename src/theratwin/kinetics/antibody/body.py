"""An antibody's whole body: from the plan of a target to the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Literal

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Expression, NetworkBuilder
from theratwin.dynamics.expressions.expression import Binding, symbol
from theratwin.kinetics.antibody.filtration import UNFILTERED, add_filtration, glomerular_sieving
from theratwin.kinetics.antibody.pores import Pores, two_pore_exchange
from theratwin.kinetics.antibody.tissue import add_endosomes, add_exchange, add_spaces
from theratwin.kinetics.antibody.vessels import NODES, add_vessels, total
from theratwin.kinetics.body.binding import RELEASED, add_binding
from theratwin.kinetics.body.decay import add_decay
from theratwin.kinetics.body.draft import Draft, labels_of
from theratwin.kinetics.body.observables import BLOOD_CELLS, add_observables
from theratwin.kinetics.body.physiology import Physiology
from theratwin.kinetics.body.plan import BodyPlan, LigandPlan, Organ
from theratwin.kinetics.body.values import Values
from theratwin.kinetics.body.whole_body import WholeBody
from theratwin.kinetics.models.names import listed
from theratwin.kinetics.models.patient import given_parameters

#: How antibody passes the wall: by two kinds of pores, or by one reflection coefficient an organ.
Exchange = Literal["two_pore", "reflection"]

_PORTAL = ("small_intestine", "large_intestine", "pancreas", "spleen")
_PLAIN = ("heart", "muscle", "skin", "adipose", "brain", "thymus")
_REST = (Organ("kidneys", ()), Organ("other_tissues", ()))
#: Walls without pores, which keep their own reflection.
_TIGHT = ("brain",)
#: Organs whose cells stand in the blood of open sinuses; antigen of others is in tissue fluid.
_SINUSES = ("red_marrow", "liver", "spleen")
_MASS = "antibody.molar_mass"
_SETS = ("antibody_physiology", "antibody_exchange")
#: Target to the parameter sets laid over the others, and where its antigen is.
_TARGETS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "none": ((), ()),
    "cd66": (("antibody_murine", "antibody_cd66"), (*_SINUSES, BLOOD_CELLS)),
    "cd45": (("antibody_murine", "antibody_cd45"), (*_SINUSES, BLOOD_CELLS)),
}


def antibody_body(
    target: str = "none",
    nuclide: str = "Y-90",
    *,
    exchange: Exchange = "two_pore",
    red_marrow: bool = True,
    sets: Iterable[str] = (),
    given: Mapping[str, float | str | Parameter] | None = None,
    name: str = "antibody",
) -> WholeBody:
    """Return the body of a man who gets a labeled antibody.

    Parameters
    ----------
    target
        ``"none"`` for an antibody that finds no antigen, ``"cd66"``, ``"cd45"``.
    nuclide
        The label.
    exchange
        ``"two_pore"``, or ``"reflection"`` with one coefficient an organ.
    red_marrow
        Whether the marrow stands apart from bone; without it only for comparison with models
        that have a skeleton in one piece.
    sets
        Parameter sets laid over those of the target: ``"antibody_shah_2012"``,
        ``"antibody_murine"``, ``"antibody_fragment"``.
    given
        Parameters that differ, as ``{"red_marrow.receptor_density": "80 nmol/L"}``; ``dose.hot``
        and ``dose.cold`` are amounts in the vein at the start.
    name
        Of the network.

    Raises
    ------
    InputError
        If a name is unknown, a value is missing, or a given one is not used.

    Examples
    --------
    >>> antibody_body("cd66")
    <WholeBody antibody: antibody (Y-90); 19 regions>
    """
    _one_of("exchange", exchange, ("two_pore", "reflection"))
    plan, binding = _plan(
        target, nuclide, red_marrow, listed(sets, "sets"), dict(given or {}), name
    )
    plan = _sized(plan, exchange)
    builder = NetworkBuilder(name)
    draft = Draft(plan, builder, Values(builder, plan), labels_of(plan.ligands))
    organs = (*plan.organs, *_REST)
    for each in ("lungs", *(organ.name for organ in organs)):
        add_spaces(draft, each)
    _vein(draft)
    draft.place(NODES, draft.own(NODES, "volume"), NODES)
    draft.place(RELEASED)
    lymph = add_vessels(draft, organs)
    for each, flow in lymph.items():
        add_exchange(draft, each, flow, *_passage(draft, each, exchange))
        add_endosomes(draft, each)
    add_filtration(draft)
    for each in binding:
        _bind(draft, each)
    _doses(draft)
    regions = add_observables(draft, _physiology(draft), add_decay(draft))
    draft.values.require_all_used()
    return WholeBody(builder.freeze(), plan, draft.labels, regions)


def _plan(
    target: str,
    nuclide: str,
    red_marrow: bool,
    sets: tuple[str, ...],
    given: dict[str, float | str | Parameter],
    name: str,
) -> tuple[BodyPlan, tuple[str, ...]]:
    """Return the plan, and the regions with antigen."""
    _one_of("target", target, tuple(_TARGETS))
    own, binding = _TARGETS[target]
    if binding and not red_marrow:
        raise InputError(
            "the target's antigen is in the marrow", field="red_marrow", value=red_marrow
        )
    known = tuple(parameter_set("kinetics", each) for each in (*_SETS, *own, *sets))
    plain = (*_PLAIN, *(("bone", "red_marrow") if red_marrow else ("skeleton",)), "liver")
    organs = (
        *(Organ(each, ()) for each in plain),
        *(Organ(each, (), drains_into="liver") for each in _PORTAL),
    )
    parameters = given_parameters(given, known)
    plan = BodyPlan(name, organs, (LigandPlan("antibody", nuclide),), known, given=parameters)
    return plan, binding


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputError("no such option", field=field, value=value, allowed=allowed)


def _sized(plan: BodyPlan, exchange: Exchange) -> BodyPlan:
    """Return the plan with what pores and glomeruli let through, by the size of the antibody."""
    pores = tuple(f"pores.{each.name}" for each in fields(Pores)) if exchange == "two_pore" else ()
    filtered = any("kidneys.filtration" in each for each in (plan.given, *plan.sets))
    used = (*((_MASS,) if pores or filtered else ()), *pores)
    known = {name: each[name] for each in plan.sets for name in used if name in each}
    known |= {name: plan.given[name] for name in used if name in plan.given}
    made: dict[str, float] = {}
    if filtered:
        made["kidneys.sieving"] = _sieving(known[_MASS].value)
    if pores:
        own = Pores(*(known[name].value for name in pores))
        outward, inward = two_pore_exchange(known[_MASS].value, own)
        made |= {"pores.outward": float(outward), "pores.inward": float(inward)}
    left = {name: value for name, value in plan.given.items() if name not in used}
    return replace(plan, measured={n: _by_size(n, v) for n, v in made.items()}, given=left)


def _by_size(name: str, value: float) -> Parameter:
    return Parameter(name, "", Fixed(value), "li_shah_2019", note="By the molar mass.")


def _sieving(mass: float) -> float:
    """Return the share of a fragment that glomeruli let through."""
    if mass >= UNFILTERED:
        raise InputError(
            "the kidneys filter no whole antibody",
            field=_MASS,
            value=mass,
            allowed=f"below {UNFILTERED:g} kDa where kidneys.filtration is set",
            remedy="Leave the set antibody_fragment out, or give the fragment's molar mass",
        )
    return float(glomerular_sieving(mass))


def _vein(draft: Draft) -> None:
    """Add the central plasma: what the organs leave of the body's."""
    values = draft.values
    if values.is_given("vein.volume"):
        central = values.of("vein.volume")
    else:
        held = [size for place, size in draft.volumes.items() if place.endswith(".vascular")]
        central = values.of("plasma.volume") - total(held)
    dose = {
        label.name: values.of(f"dose.{label.name}")
        for label in draft.labels
        if values.is_given(f"dose.{label.name}")
    }
    draft.place("vein", draft.builder.rule("vein.plasma_volume", central, "mL"), initial=dose)


def _physiology(draft: Draft) -> Physiology:
    """Return the quantities of the whole body that observables refer to."""
    flow = symbol("lungs.plasma_flow", Binding.STATE)
    own = draft.values.of
    return Physiology(own("plasma.volume"), own("plasma.share"), flow, own("patient.mass"))


def _passage(draft: Draft, name: str, exchange: str) -> tuple[Expression, Expression | None]:
    """Return what leaves plasma and what comes back, per lymph flow."""
    if exchange == "reflection" or name in _TIGHT:
        return 1.0 - draft.own(name, "vascular_reflection"), None
    return draft.values.of("pores.outward"), draft.values.of("pores.inward")


def _bind(draft: Draft, name: str) -> None:
    """Add the antigen of a region, with the plasma or tissue fluid that reaches it."""
    if name == BLOOD_CELLS:
        add_binding(draft, name, ("antigen",), draft.volumes["vein"], "vein")
        return
    near = "vascular" if name in _SINUSES else "interstitial"
    add_binding(draft, name, ("antigen",), draft.own(name, "volume"), f"{name}.{near}")


def _doses(draft: Draft) -> None:
    """Let every label come into the vein, at a rate that infusions switch."""
    for label in draft.labels:
        rate = draft.builder.switch(f"infusion.{label.name}", 0.0, "nmol/h")
        draft.builder.reaction(f"infusion.{label.name}", None, draft.amount("vein", label), rate)
