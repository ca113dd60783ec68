"""A case as JSON, every field of it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from theratwin.case import Case
from theratwin.core.errors import InputError


def case_to_dict(case: Case) -> dict[str, Any]:
    """Return a case in plain containers, ready for JSON."""
    return _plain(case)


def case_from_dict(content: Mapping[str, Any], *, field: str = "case") -> Case:
    """Build a case from what `case_to_dict` returned.

    Raises
    ------
    InputError
        If a field is missing or wrong; the first is named.
    """
    from pydantic import ValidationError

    try:
        return _reader().validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(first["msg"], field=f"{field}.{where}", value=first["input"]) from error


@cache
def _reader() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Case)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return value.name
    return value
