"""The benchmark: a whole body with receptors, several labels of one ligand, synthetic numbers.

Blood runs from the vein through the lung into the artery, from there to the organs and back; gut
and spleen drain into the liver. Each organ has a vascular and an interstitial space. In five
organs the ligand binds to a receptor, is taken into the cell and released. Each label decays into
the next, as a labeled ligand into an unlabeled one; all compete for the receptors.

The numbers have plausible sizes but are made up: the model measures solvers, not patients.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics.expressions.expression import ZERO, Expression
from theratwin.dynamics.expressions.rate_laws import mass_action
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.network import Network

PERFUSED = (
    *("heart", "brain", "muscle", "adipose", "skin", "bone", "marrow", "gi", "spleen"),
    *("liver", "kidney", "glands", "prostate", "tumor", "rest"),
)
ORGANS = ("lung", *PERFUSED)
WITH_RECEPTORS = ("kidney", "glands", "liver", "spleen", "tumor")
SPACES = ("vascular", "interstitial", "membrane", "cell")
INTO_LIVER = ("gi", "spleen")
_DOSES = (10.2, 90.0)
_NOTE = "Synthetic: of a plausible size, made up to measure solvers; not for patients."


def network(labels: int = 2, free_receptor: bool = False) -> Network:
    """Return the model.

    Parameters
    ----------
    labels
        How many labels, at least two; two are called ``hot`` and ``cold``.
    free_receptor
        Whether the free receptor is a state (44 states a label, and 5), or follows from the
        bound by a rule (44 states a label).
    """
    names = ("hot", "cold") if labels == 2 else tuple(f"label_{i + 1}" for i in range(labels))
    b = NetworkBuilder(f"benchmark-{44 * labels + len(WITH_RECEPTORS) * free_receptor}")
    p = {
        name: b.parameter(parameter)
        for name, parameter in parameter_set("dynamics", "benchmark").items()
    }
    _compartments(b, p)
    amounts = {label: _species(b, label, _dose(b, i, label)) for i, label in enumerate(names)}
    receptor = _receptor_states if free_receptor else _receptor_rules
    free = {organ: receptor(b, organ, p[f"{organ}.receptors"], amounts) for organ in WITH_RECEPTORS}
    _circulation(b, p, amounts)
    for label in names:
        _permeation(b, p, label, amounts[label])
        for organ in WITH_RECEPTORS:
            returned = free[organ] if free_receptor else None
            _binding(b, p, organ, label, amounts[label], free[organ], returned)
    _decay(b, p, amounts)
    for organ in WITH_RECEPTORS:
        in_organ = (amounts[names[0]][f"{organ}.{space}"] for space in SPACES)
        b.observable(f"{organ}.{names[0]}", sum(in_organ, ZERO), "nmol")
    return b.freeze()


#: Place to the amount of one label there.
Amounts = dict[str, Expression]


def _compartments(b: NetworkBuilder, p: Mapping[str, Expression]) -> None:
    for vessel in ("artery", "vein"):
        b.compartment(vessel, p[f"{vessel}.volume"])
    for organ in ORGANS:
        for space in ("vascular", "interstitial"):
            b.compartment(f"{organ}.{space}", p[f"{organ}.{space}_volume"])
        if organ in WITH_RECEPTORS:
            b.compartment(f"{organ}.membrane")
            b.compartment(f"{organ}.cell")


def _dose(b: NetworkBuilder, place: int, label: str) -> Expression:
    amount = _DOSES[place] if place < len(_DOSES) else 0.0
    return b.parameter(f"dose.{label}", amount, "nmol", note=_NOTE)


def _species(b: NetworkBuilder, label: str, dose: Expression) -> Amounts:
    places = ["artery", "vein"]
    places += [f"{organ}.{space}" for organ in ORGANS for space in SPACES[:2]]
    places += [f"{organ}.{space}" for organ in WITH_RECEPTORS for space in SPACES[2:]]
    return {
        place: b.species(
            f"{place}.{label}",
            place,
            dose if place == "vein" else 0.0,
            contains=("ligand", "receptor") if place.endswith("membrane") else ("ligand",),
        )
        for place in places
    }


def _receptor_states(
    b: NetworkBuilder, organ: str, total: Expression, amounts: Mapping[str, Amounts]
) -> Expression:
    name = f"{organ}.membrane.receptor"
    return b.species(name, f"{organ}.membrane", total, contains=("receptor",))


def _receptor_rules(
    b: NetworkBuilder, organ: str, total: Expression, amounts: Mapping[str, Amounts]
) -> Expression:
    free = total
    for of_label in amounts.values():
        free = free - of_label[f"{organ}.membrane"]
    return b.rule(f"{organ}.free_receptor", free, "nmol")


def _circulation(
    b: NetworkBuilder, p: Mapping[str, Expression], amounts: Mapping[str, Amounts]
) -> None:
    def flow(source: str, target: str, value: Expression) -> None:
        carried = {of_label[source]: of_label[target] for of_label in amounts.values()}
        name = f"blood.{source}_to_{target}".replace(".vascular", "")
        b.flow(name, source, target, value, carried)

    flows = {organ: p[f"{organ}.plasma_flow"] for organ in PERFUSED}
    output = b.rule("cardiac_output", sum(flows.values(), ZERO), "mL/h")
    flow("vein", "lung.vascular", output)
    flow("lung.vascular", "artery", output)
    for organ, value in flows.items():
        flow("artery", f"{organ}.vascular", value)
        if organ in INTO_LIVER:
            flow(f"{organ}.vascular", "liver.vascular", value)
        elif organ == "liver":
            flow("liver.vascular", "vein", sum((flows[o] for o in INTO_LIVER), value))
        else:
            flow(f"{organ}.vascular", "vein", value)


def _permeation(
    b: NetworkBuilder, p: Mapping[str, Expression], label: str, amounts: Amounts
) -> None:
    for organ in ORGANS:
        inside, outside = amounts[f"{organ}.vascular"], amounts[f"{organ}.interstitial"]
        permeability = p[f"{organ}.permeability_surface"]
        out = b.carried(permeability, inside)
        b.reaction(f"{organ}.out.{label}", inside, outside, out)
        back = b.carried(permeability, outside)
        b.reaction(f"{organ}.back.{label}", outside, inside, back)
    kidney = amounts["kidney.vascular"]
    filtered = b.carried(p["kidney.filtration"], kidney)
    b.reaction(f"kidney.filtration.{label}", kidney, None, filtered)


def _binding(
    b: NetworkBuilder,
    p: Mapping[str, Expression],
    organ: str,
    label: str,
    amounts: Amounts,
    free: Expression,
    receptor: Expression | None,
) -> None:
    """Add binding, release and the way through the cell, which gives the receptor back."""
    near, bound, inside = (amounts[f"{organ}.{space}"] for space in SPACES[1:])
    freed = () if receptor is None else (receptor,)
    lost = () if receptor is not None else ("receptor",)  # a rule is no species
    on = p["k_on"] / p[f"{organ}.interstitial_volume"]
    rates = {
        "binding": ((near, *freed), bound, mass_action(on, free, near)),
        "unbinding": (bound, (near, *freed), p["k_off"] * bound),
        "internalization": (bound, (inside, *freed), p[f"{organ}.internalization"] * bound),
        "release": (inside, None, p[f"{organ}.release"] * inside),
    }
    for name, (reactants, products, rate) in rates.items():
        b.reaction(f"{organ}.{name}.{label}", reactants, products, rate, not_conserved=lost)


def _decay(b: NetworkBuilder, p: Mapping[str, Expression], amounts: Mapping[str, Amounts]) -> None:
    constant = math.log(2.0) / p["half_life"]
    for (label, parent), daughter in pairwise(amounts.items()):
        for place, amount in parent.items():
            b.reaction(f"decay.{place}.{label}", amount, daughter[1][place], constant * amount)
