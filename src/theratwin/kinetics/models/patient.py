"""What a case says of the patient's body, as parameters of its network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from theratwin.case import Case, Patient, Volume
from theratwin.core.distribution import Distribution, Fixed, LogNormal
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter, ParameterSet
from theratwin.core.units import parse

_MEASURED = "This patient's own."
#: Units of the patient's parameters that a set may lack.
_UNITS = {
    "patient.mass": "g",
    "patient.height": "mm",
    "patient.age": "",
    "patient.body_surface_area": "m^2",
    "patient.hematocrit": "",
    "patient.gfr": "mL/h",
    "patient.tubular_extraction_rate": "mL/h",
}
_UNITS_BY_KEY = {
    "volume": "mL",
    "density": "g/mL",
    "hot": "nmol",
    "cold": "nmol",
    "albumin_dissociation_constant": "nmol/mL",
    "biliary_clearance": "mL/h",
    "uptake_maximum": "nmol/h",
    "uptake_half_saturation": "nmol/mL",
}


@dataclass(frozen=True)
class PatientGiven:
    """What is known of one patient.

    Parameters
    ----------
    parameters
        By name.
    lesions
        The lesions, by the case's names.
    appearing
        Lesion to the administration at which it is first seen.
    absent
        Regions that the patient lacks.
    single_kidney
        Whether there is but one kidney.
    """

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lesions: tuple[str, ...] = ()
    appearing: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    single_kidney: bool = False


def patient_given(case: Case) -> PatientGiven:
    """Return what a case says of the body: size, blood, filtration, volumes, lesions, absences.

    Raises
    ------
    InputError
        If the patient is no human, or has one kidney of unknown volume.
    """
    patient = case.patient
    if patient.species != "human":
        raise InputError(
            "the model is of the human body", field="patient.species", value=patient.species
        )
    known = _patient(patient)
    for region, volume in _volumes(patient).items():
        known |= _named(f"{region}.volume", "mL", _spread(volume))
    for lesion in case.lesions:
        known |= _named(f"{lesion.name}.volume", "mL", _spread(lesion.volume))
        known |= _named(f"{lesion.name}.density", "g/mL", Fixed(lesion.volume.density))
    single = any(side in patient.absent for side in ("kidney_left", "kidney_right"))
    if single and "kidneys.volume" not in known:
        raise InputError(
            "one kidney is absent; the volume of the other is needed",
            field="organs.kidneys.volume",
            remedy='Add [organs.kidneys] with volume = "... mL"',
        )
    return PatientGiven(
        known,
        case.lesion_names,
        {each.name: each.appears for each in case.lesions if each.appears is not None},
        patient.absent,
        single,
    )


def _patient(patient: Patient) -> dict[str, Parameter]:
    found = {
        "patient.mass": patient.mass,
        "patient.height": patient.height,
        "patient.age": patient.age,
        "patient.body_surface_area": patient.body_surface_area,
        "patient.hematocrit": patient.hematocrit,
    }
    known: dict[str, Parameter] = {}
    for name, value in found.items():
        if value is not None:
            known |= _named(name, _UNITS[name], Fixed(value))
    if patient.gfr is not None and patient.gfr_uncertainty is not None:
        known |= _named("patient.gfr", "mL/h", _log_normal(patient.gfr, patient.gfr_uncertainty))
    return known


def _volumes(patient: Patient) -> dict[str, Volume]:
    """Return the organs' volumes; the kidneys' is that of both sides if these were given."""
    found = dict(patient.organs)
    sides = [found.pop(side, None) for side in ("kidney_left", "kidney_right")]
    present = [side for side in sides if side is not None]
    absent = sum(side in patient.absent for side in ("kidney_left", "kidney_right"))
    if "kidneys" not in found and len(present) + absent == 2 and present:
        total = sum(side.value for side in present)
        spread = sum(side.relative_uncertainty * side.value for side in present) / total
        found["kidneys"] = Volume(total, spread)
    return found


def _spread(volume: Volume) -> Distribution:
    if volume.relative_uncertainty == 0.0:
        return Fixed(volume.value)
    return _log_normal(volume.value, volume.relative_uncertainty)


def _log_normal(median: float, relative_uncertainty: float) -> LogNormal:
    return LogNormal(median, math.exp(relative_uncertainty))


def _named(name: str, unit: str, spread: Distribution) -> dict[str, Parameter]:
    return {name: Parameter(name, unit, spread, ASSUMPTION, note=_MEASURED)}


def given_parameters(
    values: Mapping[str, float | str | Parameter], sets: Iterable[ParameterSet]
) -> dict[str, Parameter]:
    """Return parameters by name from numbers in inside units, or text with a unit.

    Raises
    ------
    InputError
        If the unit of a name is not known, a text has another, or a value is below zero.
    """
    units = {name: each.unit for known in sets for name, each in known.items()}
    by_key = {name.rpartition(".")[2]: unit for name, unit in units.items()}
    found: dict[str, Parameter] = {}
    for name, value in values.items():
        if isinstance(value, Parameter):
            found[name] = value
            continue
        key = name.rpartition(".")[2]
        unit = {**by_key, **_UNITS_BY_KEY}.get(key)
        unit = units.get(name, _UNITS.get(name, unit))
        if unit is None:
            raise InputError(
                "no such parameter", field="given", value=name, allowed=sorted({*units, *_UNITS})
            )
        number = parse(value, unit, field=name) if isinstance(value, str) else float(value)
        if not 0.0 <= number < math.inf:
            raise InputError("must be 0 or more", field=name, value=value)
        found |= _named(name, unit, Fixed(number))
    return found
