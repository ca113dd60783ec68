"""SSTR2 ligands: the organs that bind them, and a patient's body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from theratwin.case import Case
from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.core.parameter_file import parameter_set
from theratwin.kinetics.body import BodyPlan, LigandPlan, Organ, WholeBody, whole_body
from theratwin.kinetics.models.names import listed
from theratwin.kinetics.models.patient import PatientGiven, given_parameters, patient_given

_ORGANS = (
    *(Organ(name) for name in ("heart", "brain", "muscle", "adipose", "skin", "bone")),
    Organ("red_marrow"),
    Organ("gut", drains_into="liver"),
    Organ("spleen", receptors=True, drains_into="liver"),
    Organ("liver", receptors=True),
    *(Organ(name, ("gland", "organ"), True) for name in ("pituitary", "adrenals", "thyroid")),
)
_SETS = ("physiology_male", "sstr", "dotatate_calibrated")
#: Laid over the others for a woman.
_WOMAN = "physiology_female"
_LIGANDS = ("dotatate", "dotatoc")


def sstr_body(
    case: Case | None = None,
    *,
    ligand: str = "",
    nuclide: str = "",
    competing: Mapping[str, str] | None = None,
    sets: Iterable[str] = (),
    lesions: Iterable[str] | None = None,
    given: Mapping[str, float | str | Parameter] | None = None,
    name: str = "sstr",
    **options: Any,
) -> WholeBody:
    """Return the whole body of a patient who gets a ligand of the somatostatin receptor SSTR2.

    Spleen, liver, kidneys, pituitary, adrenals, thyroid and lesions have receptors; megalin takes
    the ligand up from the tubule, less so while amino acids run, as administrations state.

    Parameters
    ----------
    case
        The patient, whose size, organ volumes and lesions replace the sets'. Without one the
        sets' patient is built.
    ligand, nuclide
        The ligand and its label, if not the case's; ``"dotatate"`` with ``"Lu-177"`` without one.
    competing
        Further ligands that compete for the receptors, each with its nuclide.
    sets
        Names of the parameter sets, a later one laid over the earlier; else the calibrated ones.
    lesions
        Names of the lesions, if not the case's.
    given
        Further parameters of this patient, as ``{"patient.gfr": "90 mL/min"}``; ``dose.hot`` and
        ``dose.cold`` are amounts in the vein at the start.
    name
        Of the network.
    **options
        Of `BodyPlan`: ``changing``, ``release``, ``bladder``, ``kidney_receptors``, ...; the
        receptors of the kidneys are on the side of blood by default.

    Raises
    ------
    InputError
        If the ligand is none of SSTR2 or a value is missing; the remedy says what to give.

    Examples
    --------
    >>> body = sstr_body(ligand="DOTA-TATE", lesions=["lesion_1"])
    >>> body.ligands, "pituitary" in body.regions
    (('dotatate',), True)
    """
    patient = patient_given(case) if case is not None else PatientGiven()
    if case is not None:
        ligand = ligand or case.radiopharmaceutical.ligand.name
        nuclide = nuclide or case.radiopharmaceutical.nuclide
    ligands = {sstr_ligand(ligand or "dotatate"): nuclide or "Lu-177"}
    ligands |= {sstr_ligand(other): label for other, label in (competing or {}).items()}
    own_sets = _SETS
    if case is not None and case.patient.sex == "female":
        own_sets = (*own_sets, _WOMAN)
    known = tuple(parameter_set("kinetics", each) for each in (listed(sets, "sets") or own_sets))
    wanted = listed(lesions, "lesions") if lesions is not None else patient.lesions
    plan = BodyPlan(
        name,
        tuple(organ for organ in _ORGANS if organ.name not in patient.absent),
        tuple(LigandPlan(each, label) for each, label in ligands.items()),
        known,
        lesions=wanted,
        given=given_parameters(given or {}, known),
        measured=patient.parameters,
        appearing={each: at for each, at in patient.appearing.items() if each in wanted},
        **{
            "single_kidney": patient.single_kidney,
            "tubular_uptake": True,
            "kidney_receptors": "interstitial",
            **options,
        },
    )
    return whole_body(plan)


def sstr_ligand(name: str) -> str:
    """Return an SSTR2 ligand's name as it stands in parameter names.

    Raises
    ------
    InputError
        If it is none that has constants.

    Examples
    --------
    >>> sstr_ligand("DOTA-TATE"), sstr_ligand("dotatoc")
    ('dotatate', 'dotatoc')
    """
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    if plain not in _LIGANDS:
        raise InputError(
            "no parameter set has this ligand's constants",
            field="ligand",
            value=name,
            allowed=_LIGANDS,
            remedy="Take one of them, or build the body with a parameter set of your own",
        )
    return plain
