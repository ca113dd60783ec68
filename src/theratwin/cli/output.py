"""How results leave the command line: JSON or text, on stdout or in a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from theratwin.core.errors import InputError
from theratwin.core.files import write_text
from theratwin.core.provenance import Provenance


def emit(
    schema: str,
    value: Any,
    *,
    unit: Any = None,
    text: str,
    as_json: bool,
    out: Path | None = None,
    provenance: Provenance | None = None,
    force: bool = False,
    extra: dict[str, Any] | None = None,
) -> None:
    """Print a result as text or as JSON, or write it to a file.

    Parameters
    ----------
    schema
        Name and version of the content, such as ``protraction/1``.
    value, unit
        The result and its unit; a mapping of units for a mapping of values.
    text
        What a reader sees without ``--json``.
    out
        Where to write; stdout if None.
    extra
        Further fields beside ``value``.

    Raises
    ------
    InputError
        If ``out`` is a folder, or exists and ``force`` is not given.
    """
    content = text if not as_json else to_json(schema, value, unit, provenance, extra)
    if out is None:
        print(content)
        return
    check_free(out, force)
    write_text(out, content + "\n")


def check_free(out: Path | None, force: bool) -> None:
    """Raise an `InputError` if ``--out`` is a folder, or exists and may not be replaced."""
    if out is not None and out.is_dir():
        raise InputError(
            "this is a folder", field="--out", value=str(out), remedy="Name a file in it"
        )
    if out is not None and out.exists() and not force:
        raise InputError(
            "this exists already",
            field="--out",
            value=str(out),
            remedy="Give --force to replace it",
        )


def to_json(
    schema: str,
    value: Any,
    unit: Any = None,
    provenance: Provenance | None = None,
    extra: dict[str, Any] | None = None,
) -> str:
    """Return the JSON text of a result, with its schema and provenance."""
    content: dict[str, Any] = {"schema": f"theratwin/{schema}", "value": value}
    if unit is not None:
        content["unit"] = unit
    content |= extra or {}
    content["provenance"] = (provenance or Provenance.now()).to_dict()
    return json.dumps(plain(content), indent=2, allow_nan=False, ensure_ascii=False)


def plain(content: Any) -> Any:
    """Turn arrays into lists, times and paths into text, infinity and not-a-number into None."""
    if isinstance(content, Mapping):
        return {str(key): plain(item) for key, item in content.items()}
    if isinstance(content, list | tuple):
        return [plain(item) for item in content]
    if hasattr(content, "tolist"):
        return plain(content.tolist())
    if isinstance(content, float) and not math.isfinite(content):
        return None
    if isinstance(content, Path):
        return str(content)
    if isinstance(content, date):
        return content.isoformat()
    return content
