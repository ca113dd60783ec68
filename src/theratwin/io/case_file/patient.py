"""The patient of a case file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from theratwin.case import Patient
from theratwin.case.reference_volumes import mass_from_surface, reference_height
from theratwin.core.errors import InputError
from theratwin.io.case_file.fields import (
    Field,
    Table,
    choice,
    fraction,
    names,
    quantity,
)
from theratwin.io.case_file.volumes import read_organs, region_named, size


def _filtration() -> Field:
    """A filtration rate; one for a standard body surface is told what to do."""
    plain = quantity("Measured glomerular filtration rate of this body", "mL/h", "85 mL/min")

    def read(raw: Any, name: str) -> float:
        if isinstance(raw, str) and "1.73" in raw:
            raise InputError(
                "this is a rate for a body surface of 1.73 m^2",
                field=name,
                value=raw,
                remedy="Multiply it by the patient's body surface area over 1.73 m^2, "
                'and write it for example as "85 mL/min"',
            )
        return plain.read(raw, name)

    return replace(plain, read=read)


PATIENT: Mapping[str, Field] = {
    "sex": choice("Sex", ("male", "female"), required=True),
    "species": choice("Species; human if left out", ("human", "mouse")),
    "age": quantity("Age", "a", "69 years", zero=True),
    "height": size('Height, or "reference" with body_surface_area', "mm", "176 cm"),
    "mass": quantity("Body mass", "g", "80 kg"),
    "body_surface_area": quantity("Body surface area", "m^2", "1.9 m^2"),
    "hematocrit": fraction("Volume fraction of cells in blood", "40 %"),
    "gfr": _filtration(),
    "gfr_uncertainty": fraction("Relative standard uncertainty of gfr", "10 %"),
    "absent": names("Regions that the patient does not have", example='["kidney_left"]'),
}


def read_patient(case: Table, table: Table) -> Patient | None:
    """Build the patient with the organs; None, with errors, if that cannot be."""
    found = table.read(PATIENT)
    absent = _regions(table, found.pop("absent", ()))
    mass, mass_source = _mass(table, found)
    organs = read_organs(case, found.get("sex"), absent)
    if mass is None or "sex" not in found or not _filtration_is_whole(table, found):
        return None
    if found.get("height") == "reference":
        found.pop("height")
    return Patient(
        **{**found, "mass": mass},
        organs=organs,
        absent=absent,
        mass_source=mass_source,
    )


def _filtration_is_whole(table: Table, found: Mapping[str, Any]) -> bool:
    """Whether the filtration rate has its uncertainty; an error is noted if not."""
    keys = ("gfr", "gfr_uncertainty")
    given = [key for key in keys if key in table.content]
    if len(given) == 1:
        missing = next(key for key in keys if key not in given)
        example = PATIENT[missing].example
        table.fail("this is missing", missing, remedy=f"Add it, for example {missing} = {example}")
    elif found.get("gfr_uncertainty") == 0:
        table.fail("a measured rate is uncertain", "gfr_uncertainty", value="0 %")
        return False
    return all(key in found for key in given) and len(given) != 1


def _mass(table: Table, found: Mapping[str, Any]) -> tuple[float | None, str]:
    """Return the mass and how it is known: measured, or from surface and height."""
    area, height, sex = (found.get(key) for key in ("body_surface_area", "height", "sex"))
    if height == "reference" and area is None:
        table.fail('"reference" goes with body_surface_area only', "height", value=height)
    if "mass" in table.content:
        return found.get("mass"), "measured"
    if "body_surface_area" not in table.content:
        table.fail(
            "this is missing",
            "mass",
            remedy='Add mass = "80 kg", or body_surface_area = "1.9 m^2" and height = "176 cm"',
        )
        return None, ""
    if "height" not in table.content:
        table.fail(
            "a mass from the body surface area needs the height",
            "height",
            remedy='Add height = "176 cm", mass = "80 kg", or height = "reference" to assume '
            "the height of the reference adult",
        )
    if found.get("species", "human") != "human":
        table.fail("the formula holds for people only", "body_surface_area", remedy="Give the mass")
    if area is None or height is None or sex is None:
        return None, ""
    assumed = isinstance(height, str)
    millimeters = reference_height(sex) if assumed else height
    whose = f"the reference height of {millimeters / 10:.0f} cm" if assumed else "the height"
    source = f"assumed from body surface area and {whose} (Du Bois 1916)"
    return mass_from_surface(area, millimeters), source


def _regions(table: Table, given: Collection[str]) -> tuple[str, ...]:
    found = []
    for name in given:
        with table.problems.at(table.place("absent")):
            found.append(region_named(name, table.name("absent")))
    return tuple(found)
