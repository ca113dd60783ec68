"""Options of a model of cell survival among the entries of ``--set``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from theratwin.cli.lists import assignments
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.response.cell_survival import CellModel

_TRUTH = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
#: Options that are no choice, switch, number or list of names: they have a form of their own.
_NOT_HERE = {"parameters", "repair", "fractions"}


def options_among(
    model: type[CellModel], settings: Iterable[str] | None
) -> tuple[dict[str, Any], list[str]]:
    """Return the model's options by name, and the entries that are left, of parameters.

    Raises
    ------
    InputError
        If a value is of the wrong kind.
    """
    entries = list(settings or ())
    known = {part.name: part.default for part in fields(model) if part.name not in _NOT_HERE}
    options, left = {}, []
    for entry in entries:
        (name, text), *_ = [*assignments("--set", [entry])]
        if name in known:
            options[name] = _value(name, text.strip(), known[name])
        else:
            left.append(entry)
    return options, left


def _value(name: str, text: str, default: Any) -> Any:
    """Return an option's value, of the kind that its default has."""
    if isinstance(default, bool):
        if text.casefold() not in _TRUTH:
            raise InputError("true or false", field=f"--set {name}", value=text, allowed=_TRUTH)
        return _TRUTH[text.casefold()]
    if isinstance(default, int):
        if not text.isdecimal():
            raise InputError("a whole number is needed", field=f"--set {name}", value=text)
        return int(text)
    if isinstance(default, float):  # the only such options are times
        return parse(text, "h", field=f"--set {name}")
    return text
