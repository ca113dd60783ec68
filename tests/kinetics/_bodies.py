"""Small whole bodies for tests: few organs, all paths."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Engine
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


def picture() -> WholeBody:
    """Return the body of the picture in the documentation: one tissue of each kind."""
    tissues = (
        Organ("muscle"),
        Organ("parotid_glands", ("gland", "organ"), True),
        Organ("spleen", receptors=True, drains_into="liver"),
        Organ("liver", receptors=True),
    )
    lesion = {"lesion_1.volume": "5 mL"}
    return build(name="whole body", organs=tissues, lesions=("lesion_1",), given=lesion)


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
