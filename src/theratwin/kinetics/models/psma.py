"""PSMA ligands: the organs that bind them, and a patient's body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from theratwin.case import Case
from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.core.parameter_file import parameter_set
from theratwin.kinetics.body import BodyPlan, LigandPlan, Organ, WholeBody, whole_body
from theratwin.kinetics.models.names import listed
from theratwin.kinetics.models.patient import PatientGiven, given_parameters, patient_given

GLANDS = ("parotid_glands", "submandibular_glands", "lacrimal_glands")
_PLAIN = ("heart", "brain", "muscle", "adipose", "skin", "bone", "red_marrow")
#: Organs with receptors to where their blood goes; kidneys and glands come on top.
_BINDING = {"gut": "liver", "spleen": "liver", "liver": "vein", "prostate": "vein"}

_KLETTING = ("physiology_male", "psma_kletting_2016")
_AMSTERDAM = (*_KLETTING, "psma_amsterdam")
#: Parameter sets of PSMA-617: as published, and calibrated to clinical doses, which is the default.
PSMA617_PUBLISHED = _AMSTERDAM
PSMA617_CALIBRATED = (*_AMSTERDAM, "psma617_calibrated")
#: Laid over the others for a woman.
_WOMAN = "physiology_female"


@dataclass(frozen=True)
class _Known:
    """A ligand: its sets, the nuclide that it usually carries, how it leaves."""

    sets: tuple[str, ...]
    nuclide: str
    hepatobiliary: bool = False


#: Diagnostic ligands have the body of PSMA-617, with what was calibrated to their own uptake.
_LIGANDS = {
    "psma617": _Known(PSMA617_CALIBRATED, "Lu-177"),
    "psma_it": _Known(_KLETTING, "Lu-177"),
    "psma11": _Known((*PSMA617_CALIBRATED, "psma11_calibrated"), "Ga-68"),
    "psma1007": _Known((*PSMA617_CALIBRATED, "psma1007_calibrated"), "F-18", hepatobiliary=True),
    "dcfpyl": _Known((*PSMA617_CALIBRATED, "dcfpyl_calibrated"), "F-18"),
}


def psma_body(
    case: Case | None = None,
    *,
    ligand: str = "",
    nuclide: str = "",
    competing: Mapping[str, str] | None = None,
    sets: Iterable[str] = (),
    lesions: Iterable[str] | None = None,
    glands: Iterable[str] | None = None,
    given: Mapping[str, float | str | Parameter] | None = None,
    name: str = "psma",
    **options: Any,
) -> WholeBody:
    """Return the whole body of a patient who gets a PSMA ligand.

    Parameters
    ----------
    case
        The patient, whose size, organ volumes and lesions replace the sets'. Without one the
        sets' patient is built.
    ligand, nuclide
        The ligand and its label, if not the case's; ``"psma-617"`` with ``"Lu-177"`` without one.
    competing
        Further ligands that compete for the receptors, each with its nuclide.
    sets
        Names of the parameter sets, a later one laid over the earlier; else the ligand's own.
    lesions
        Names of the lesions, if not the case's.
    glands
        The glands that bind, each a region: parotid, submandibular, lacrimal apart by default.
    given
        Further parameters of this patient, as ``{"patient.gfr": "90 mL/min"}``; ``dose.hot`` and
        ``dose.cold`` are amounts in the vein at the start.
    name
        Of the network.
    **options
        Of `BodyPlan`: ``changing``, ``release``, ``bladder``, ``hepatobiliary``, ``albumin``, ...

    Raises
    ------
    InputError
        If the ligand is no PSMA ligand or a value is missing; the remedy says what to give.

    Examples
    --------
    >>> body = psma_body(ligand="psma-617", lesions=["tumor_2"])
    >>> body.ligands, "parotid_glands" in body.regions
    (('psma617',), True)
    """
    patient = patient_given(case) if case is not None else PatientGiven()
    if case is not None:
        ligand = ligand or case.radiopharmaceutical.ligand.name
        nuclide = nuclide or case.radiopharmaceutical.nuclide
    key = psma_ligand(ligand or "psma-617")
    own_sets, leaves_by_bile = _LIGANDS[key].sets, _LIGANDS[key].hepatobiliary
    ligands = {key: nuclide or _LIGANDS[key].nuclide}
    ligands |= {psma_ligand(other): label for other, label in (competing or {}).items()}
    if case is not None and case.patient.sex == "female":
        own_sets = (*own_sets, _WOMAN)
    known = tuple(parameter_set("kinetics", each) for each in (listed(sets, "sets") or own_sets))
    own = given_parameters(given or {}, known)
    wanted = listed(lesions, "lesions") if lesions is not None else patient.lesions
    plan = BodyPlan(
        name,
        _organs(case, patient, {**patient.parameters, **own}, glands),
        tuple(LigandPlan(each, label) for each, label in ligands.items()),
        known,
        lesions=wanted,
        given=own,
        measured=patient.parameters,
        appearing={each: at for each, at in patient.appearing.items() if each in wanted},
        **{
            "single_kidney": patient.single_kidney,
            "hepatobiliary": leaves_by_bile and not sets,
            **options,
        },
    )
    return whole_body(plan)


def psma_ligand(name: str) -> str:
    """Return a PSMA ligand's name as it stands in parameter names.

    Raises
    ------
    InputError
        If it is none that has constants.

    Examples
    --------
    >>> psma_ligand("PSMA-617"), psma_ligand("psma-i&t"), psma_ligand("PSMA-11")
    ('psma617', 'psma_it', 'psma11')
    """
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    found = {key.replace("_", ""): key for key in _LIGANDS}.get(plain)
    if found is None:
        raise InputError(
            "no parameter set has this ligand's constants",
            field="ligand",
            value=name,
            allowed=sorted(_LIGANDS),
            remedy="Take one of them, or build the body with a parameter set of your own",
        )
    return found


def psma_calibrated(ligand: str) -> tuple[str, ...]:
    """Return the parameters that a ligand's own set was calibrated in.

    Examples
    --------
    >>> "kidneys.receptor_density" in psma_calibrated("psma11"), psma_calibrated("psma_it")
    (True, ())
    """
    last = _LIGANDS[ligand].sets[-1]
    return tuple(parameter_set("kinetics", last)) if last.endswith("_calibrated") else ()


def psma_base(ligand: str) -> str:
    """Return the ligand over whose set another's lies: its own name if over none.

    Examples
    --------
    >>> psma_base("psma11"), psma_base("psma_it")
    ('psma617', 'psma_it')
    """
    sets = _LIGANDS[ligand].sets
    over = sets[:-1] == PSMA617_CALIBRATED
    return "psma617" if over else ligand


def _organs(
    case: Case | None,
    patient: PatientGiven,
    parameters: Mapping[str, Parameter],
    glands: Iterable[str] | None,
) -> tuple[Organ, ...]:
    """Return the organs that this patient has."""
    if glands is None:
        together = "salivary_glands.volume" in parameters and not any(
            f"{gland}.volume" in parameters for gland in GLANDS[:2]
        )
        glands = ("salivary_glands", GLANDS[2]) if together else GLANDS
    absent = set(patient.absent)
    if case is not None and case.patient.sex == "female":
        absent.add("prostate")
    organs = (
        *(Organ(name) for name in _PLAIN),
        *(Organ(name, ("organ",), True, into) for name, into in _BINDING.items()),
        *(Organ(name, ("gland", "organ"), True) for name in glands),
    )
    return tuple(organ for organ in organs if organ.name not in absent)
