"""A commented case file to begin with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from theratwin.core.errors import InputError
from theratwin.core.files import write_text


def template_text() -> str:
    """Return the text of a new case file."""
    return files("theratwin.io.case_file").joinpath("template.toml").read_text(encoding="utf-8")


def write_template(path: Path | str, *, force: bool = False) -> Path:
    """Write a new case file.

    Raises
    ------
    InputError
        If the file exists and ``force`` is not given.
    """
    path = Path(path)
    if path.exists() and not force:
        raise InputError(
            "this exists already", field=str(path), remedy="Choose another name, or give --force"
        )
    return write_text(path, template_text())
