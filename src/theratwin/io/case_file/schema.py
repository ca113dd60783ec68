"""The JSON Schema of the case file, from the same fields that read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.io.case_file.diagnostics import DIAGNOSTIC, DIAGNOSTIC_MEASUREMENT
from theratwin.io.case_file.fields import Field
from theratwin.io.case_file.file import CASE, UNCERTAINTY
from theratwin.io.case_file.measurements import MEASUREMENT
from theratwin.io.case_file.patient import PATIENT
from theratwin.io.case_file.treatment import (
    ADMINISTRATION,
    AMINO_ACIDS,
    RADIOPHARMACEUTICAL,
)
from theratwin.io.case_file.volumes import LESION, ORGAN

_TABLES = {
    "patient": PATIENT,
    "radiopharmaceutical": RADIOPHARMACEUTICAL,
    "uncertainty": UNCERTAINTY,
}
_LISTS = {"lesions": LESION, "administrations": ADMINISTRATION, "measurements": MEASUREMENT}


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the case file.

    Examples
    --------
    >>> sorted(case_schema()["required"])[:3]
    ['administrations', 'format', 'name']
    """
    schema = _object(CASE)
    properties = schema["properties"]
    for key, fields in _TABLES.items():
        properties[key] = _object(fields) | {"description": CASE[key].about}
    properties["organs"] = {
        "type": "object",
        "description": CASE["organs"].about,
        "additionalProperties": _object(ORGAN),
    }
    for key, fields in _LISTS.items():
        properties[key] = {
            "type": "array",
            "description": CASE[key].about,
            "items": _object(fields),
        }
    given = properties["administrations"]["items"]["properties"]
    given["amino_acids"] = _object(AMINO_ACIDS) | {
        "description": ADMINISTRATION["amino_acids"].about
    }
    properties["diagnostics"] = {
        "type": "array",
        "description": CASE["diagnostics"].about,
        "items": _diagnostic(),
    }
    schema["required"].append("administrations")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "theratwin case file",
        **schema,
    }


def _diagnostic() -> dict[str, Any]:
    schema = _object(DIAGNOSTIC)
    properties = schema["properties"]
    properties["radiopharmaceutical"] |= _object(RADIOPHARMACEUTICAL)
    properties["measurements"] |= {"items": _object(DIAGNOSTIC_MEASUREMENT)}
    return schema


def _object(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            key: {"description": field.about, **field.schema} for key, field in fields.items()
        },
        "required": [key for key, field in fields.items() if field.required],
        "additionalProperties": False,
    }
