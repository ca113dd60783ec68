"""Small whole bodies for tests: few organs, all paths."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Engine, Expression, Network
from theratwin.dynamics.expressions.expression import symbols
from theratwin.kinetics import psma_body
from theratwin.kinetics.body import BodyPlan, LigandPlan, Organ, WholeBody, whole_body
from theratwin.kinetics.models.patient import given_parameters

SETS = tuple(
    parameter_set("kinetics", name)
    for name in ("physiology_male", "psma_kletting_2016", "psma_amsterdam")
)
ORGANS = (
    Organ("brain"),
    Organ("muscle"),
    Organ("spleen", receptors=True, drains_into="liver"),
    Organ("liver", receptors=True),
    Organ("parotid_glands", ("gland", "organ"), True),
)
LIGAND = LigandPlan("psma617", "Lu-177")
#: What the paths that are off by default need.
PATHS = {
    "psma617.albumin_dissociation_constant": "100 umol/L",
    "liver.biliary_clearance": "5 mL/min",
    "kidneys.uptake_maximum": "2 nmol/h",
    "kidneys.uptake_half_saturation": "20 nmol/L",
}
SMALL = BodyPlan("small", ORGANS, (LIGAND,), SETS, lesions=("tumor_2",))


def plan(**changes: Any) -> BodyPlan:
    """Return the small plan with other options; ``given`` may be text with units."""
    if "given" in changes:
        changes["given"] = given_parameters(changes["given"], SETS)
    return replace(SMALL, **changes)


def all_paths(**changes: Any) -> BodyPlan:
    """Return the small plan with every path open."""
    given = {**PATHS, **changes.pop("given", {})}
    return plan(
        given=given,
        hepatobiliary=True,
        tubular_uptake=True,
        albumin=True,
        bladder="scheduled",
        **changes,
    )


def build(**changes: Any) -> WholeBody:
    """Return a small body."""
    return whole_body(plan(**changes))


def pictures() -> dict[str, Network]:
    """Return the parts of a PSMA body that the documentation shows: its vessels, and two organs."""
    lesion = {"lesion_1.volume": "5 mL"}
    body = psma_body(ligand="psma-617", lesions=["lesion_1"], given=lesion)
    shown = ("lungs", "brain", "muscle", "gut", "spleen", "liver", "kidneys", "parotid_glands")
    vessels = {f"{name}.vascular" for name in (*shown, "lesion_1", "other_tissues")}
    spaces = {"bladder", "urine", "released"}
    spaces |= {n for n in body.network.volumes if n.split(".")[0] in {"kidneys", "parotid_glands"}}
    return {
        "whole-body-vessels": _part(
            body.network, "the vessels", {"vein", "artery", *vessels}, "hot"
        ),
        "whole-body-organs": _part(body.network, "kidneys and a gland", spaces),
    }


def _part(network: Network, name: str, places: set[str], only: str = "") -> Network:
    """Return what a network has in some places, of one label alone if so said."""
    kept = {
        each.name
        for each in network.species
        if each.compartment in places and each.name.endswith(only)
    }
    reactions = (each for each in network.reactions if {*each.reactants, *each.products} <= kept)
    return replace(
        network,
        name=name,
        compartments=tuple(each for each in network.compartments if each.name in places),
        species=tuple(each for each in network.species if each.name in kept),
        reactions=tuple(reactions),
        rules=tuple(each for each in network.rules if _is_kept(each.value, network, kept)),
        flows=(),
        observables=(),
        quadratures=(),
    )


def _is_kept(law: Expression, network: Network, kept: set[str]) -> bool:
    others = {each.name for each in network.species} - kept
    return not others & set(symbols(law))


@cache
def small() -> tuple[WholeBody, Engine]:
    """Return the small body with its engine."""
    body = whole_body(SMALL)
    return body, Engine(body.system)


@cache
def full() -> tuple[WholeBody, Engine]:
    """Return the small body with every path open, with its engine."""
    body = whole_body(all_paths())
    return body, Engine(body.system)
