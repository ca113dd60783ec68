"""Options of a model of cells by ``--set``, as ``cycle=frozen``: those that only one model has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any

from theratwin.cli.lists import assignments
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.response.cell_survival import CellModel

#: What is given in another way: parameters, repair by --repair, and what no text can give.
_NOT_SET = ("parameters", "repair", "fractions")
_UNITS = {"plating_delay": "h"}
_SWITCH = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


def options_among(
    model: type[CellModel], settings: Iterable[str] | None, prefix: str = ""
) -> tuple[list[str], list[str]]:
    """Return those entries of ``--set`` that are options of a model, and the others.

    Parameters
    ----------
    model
        Class of the model.
    settings
        Entries such as ``"cycle=frozen"``.
    prefix
        Stands before the names of this model, as ``"medras-rpt."``.

    Raises
    ------
    InputError
        If an entry is no assignment.

    Examples
    --------
    >>> from theratwin.response.cell_survival import cell_model_class
    >>> options_among(cell_model_class("medras-rpt"), ["cycle=frozen", "rate.fast=2 /h"])
    (['cycle=frozen'], ['rate.fast=2 /h'])
    """
    entries = list(settings or ())
    names = [name for name, _ in assignments("--set", entries)]
    known = {f"{prefix}{name}" for name in _known(model)}
    own = [entry for entry, name in zip(entries, names, strict=True) if name in known]
    others = [entry for entry, name in zip(entries, names, strict=True) if name not in known]
    return own, others


def option_values(model: type[CellModel], entries: Iterable[str], prefix: str = "") -> dict:
    """Return the options that entries of `options_among` give, by name.

    Raises
    ------
    InputError
        If a value is not of the option's kind.

    Examples
    --------
    >>> from theratwin.response.cell_survival import cell_model_class
    >>> option_values(cell_model_class("medras-rpt"), ["checkpoint=on"])
    {'checkpoint': True}
    """
    known = _known(model)
    return {
        name.removeprefix(prefix): _value(known[name.removeprefix(prefix)], text, f"--set {name}")
        for name, text in assignments("--set", entries)
    }


def _known(model: type[CellModel]) -> dict[str, Field[Any]]:
    return {part.name: part for part in fields(model) if part.name not in _NOT_SET}


def _value(option: Field[Any], text: str, field: str) -> Any:
    if isinstance(option.default, bool):
        return _one_of(_SWITCH, text.casefold(), field)
    if isinstance(option.default, int):
        return _one_of({str(number): number for number in range(10)}, text, field)
    if isinstance(option.default, float):
        return parse(text, _UNITS[option.name], field=field)
    return text


def _one_of(allowed: dict[str, Any], text: str, field: str) -> Any:
    if text not in allowed:
        raise InputError("unknown choice", field=field, value=text, allowed=list(allowed))
    return allowed[text]
