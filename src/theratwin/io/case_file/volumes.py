"""Volumes of organs and lesions in a case file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from theratwin.case import Lesion, Volume, find_region, region
from theratwin.case.reference_volumes import reference_volume
from theratwin.core.errors import InputError
from theratwin.io.case_file.fields import Field, Table, fraction, parse_like, quantity, text

_DENSITY = 1.05


def size(about: str, unit: str, example: str) -> Field:
    """A quantity, or the word ``reference``."""

    def read(raw: Any, name: str) -> float | str:
        if raw == "reference":
            return raw
        value = parse_like(raw, unit, name, example)
        if not value > 0:
            raise InputError("must be positive", field=name, value=raw)
        return value

    schema = {"type": "string", "examples": [example, "reference"]}
    return Field(about, read, schema, f'"{example}"')


_UNCERTAINTY = "Relative standard uncertainty of the volume (one standard deviation)"
_DENSITY_FIELD = quantity("Density; 1.05 g/mL if left out", "g/mL", "1.05 g/mL")
_SOURCE = text("Where the volume is from; measured if left out")

ORGAN: Mapping[str, Field] = {
    "volume": size('Volume, or "reference" for that of the reference adult', "mL", "311 mL"),
    "mass": quantity("Mass, in place of the volume", "g", "327 g"),
    "uncertainty": fraction(_UNCERTAINTY, "8 %"),
    "density": _DENSITY_FIELD,
    "source": _SOURCE,
}

LESION: Mapping[str, Field] = {
    "name": text("Its name", required=True, example='"lesion_1"'),
    "volume": quantity("Volume", "mL", "34 mL"),
    "mass": quantity("Mass, in place of the volume", "g", "36 g"),
    "uncertainty": fraction(_UNCERTAINTY, "15 %"),
    "density": _DENSITY_FIELD,
    "site": text("Where it is, such as lymph node"),
    "appears": text("The administration at which it is first seen; from the start if left out"),
    "source": _SOURCE,
}


def region_named(given: str, field: str) -> str:
    """Return the canonical name of a region; an error names the field."""
    try:
        return region(given).name
    except InputError as error:
        raise InputError(
            error.message,
            field=field,
            value=given,
            allowed=error.allowed,
            remedy="A lesion is declared with [[lesions]]",
        ) from None


def read_organs(case: Table, sex: str | None, absent: Collection[str]) -> dict[str, Volume]:
    """Build the organs that are right; note the others as problems."""
    organs = case.table("organs") if "organs" in case.content else None
    found: dict[str, Volume] = {}
    if organs is None:
        return found
    for key in organs.content:
        with case.problems.at(organs.place(key)):
            name = region_named(key, organs.name(key))
            table = organs.table(key)
            if name in absent:
                organs.fail("the patient does not have it", key, remedy="See patient.absent")
            if name in found:
                organs.fail("the region stands twice", key, value=key)
            volume = _volume(table, table.read(ORGAN), name, sex, absent) if table else None
            if volume is not None:
                found[name] = volume
    return found


def _volume(
    table: Table,
    found: Mapping[str, Any],
    name: str = "",
    sex: str | None = None,
    absent: Collection[str] = (),
) -> Volume | None:
    """Build a volume; None, with errors, if that cannot be."""
    given, uncertainty = found.get("volume"), found.get("uncertainty")
    if given == "reference":
        with table.problems.at(table.place("volume")):
            return reference_volume(
                name, sex or "male", absent=absent, relative_uncertainty=uncertainty
            )
        return None
    size = _size_given(table, found)
    if "uncertainty" not in table.content:
        table.fail(
            "this is missing",
            "uncertainty",
            remedy='Add the relative standard uncertainty of the volume, for example "10 %"',
        )
    if size is None or uncertainty is None:
        return None
    density = found.get("density", _DENSITY)
    return Volume(size, uncertainty, density, found.get("source", "measured"))


def _size_given(table: Table, found: Mapping[str, Any]) -> float | None:
    """Return the volume, or the mass over the density."""
    both = {"volume", "mass"} & set(table.content)
    if len(both) == 2:
        table.fail("give the volume or the mass, not both", "mass")
    if not both:
        table.fail(
            "this is missing", "volume", remedy='Add for example volume = "34 mL" or mass = "36 g"'
        )
    if "mass" in found:
        return found["mass"] / found.get("density", _DENSITY)
    return found.get("volume")


def read_lesions(case: Table, administrations: Collection[str]) -> tuple[Lesion, ...]:
    """Build the lesions that are right; note the others as problems."""
    found: dict[str, Lesion] = {}
    for table in case.tables("lesions"):
        fields = table.read(LESION)
        volume = _volume(table, fields)
        name = fields.get("name")
        if name is None:
            continue
        if name in found:
            table.fail("the name stands twice", "name", value=name)
        organ = find_region(name)
        if organ is not None and organ.kind != "lesion":
            table.fail(
                f"this is the name of a region ({organ.name})",
                "name",
                value=name,
                remedy="Choose another, such as lesion_1",
            )
        appears = fields.get("appears")
        if appears is not None and administrations and appears not in administrations:
            table.fail("unknown administration", "appears", value=appears, allowed=administrations)
        if volume is not None:
            found[name] = Lesion(name, volume, fields.get("site", ""), appears)
    return tuple(found.values())
