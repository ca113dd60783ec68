"""Parameter sets as TOML files: one a publication or topic, every value with its source."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from theratwin.core.citation import citation
from theratwin.core.distribution import Distribution, Fixed, LogNormal, Normal, Uniform
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.packages import parameter_files
from theratwin.core.parameter import ASSUMPTION, Parameter, ParameterSet
from theratwin.core.units import INSIDE, is_inside, parse

_FORMAT = 1

#: The numbers that make a distribution, and the distributions that they may make; first the usual.
_DISTRIBUTIONS: dict[tuple[str, ...], dict[str, Callable[..., Distribution]]] = {
    ("value",): {"fixed": Fixed},
    ("median", "gsd"): {"lognormal": LogNormal},
    ("mean", "sd"): {"normal": Normal, "lognormal": LogNormal.from_mean_sd},
    ("low", "high"): {"uniform": Uniform},
}
_NUMBERS = tuple(name for names in _DISTRIBUTIONS for name in names)
_KEYS = frozenset({*_NUMBERS, "distribution", "unit", "source", "where", "note", "label"})


@cache
def parameter_set(room: str, name: str) -> ParameterSet:
    """Load a parameter set that ships with a room, such as ``("response", "clinical_limits")``.

    Installed packages may bring further sets, by the entry points ``theratwin.parameters``; a set
    that ships comes before one of the same name.

    Raises
    ------
    InputError
        If there is no such set; the nearest name is given.
    """
    if name in _shipped(room):
        return read_parameter_set(_folder(room).joinpath(f"{name}.toml"))
    brought = parameter_files(room)
    if name not in brought:
        known = parameter_set_names(room)
        raise InputError("unknown parameter set", field=room, value=name, allowed=known)
    return read_parameter_set(brought[name])


def parameter_set_names(room: str) -> list[str]:
    """List the parameter sets that ship with a room, and those that packages bring to it."""
    return sorted({*_shipped(room), *parameter_files(room)})


def _shipped(room: str) -> list[str]:
    folder = _folder(room)
    if not folder.is_dir():
        return []
    return [f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")]


def _folder(room: str) -> Traversable:
    try:
        return files(f"theratwin.{room}").joinpath("parameters")
    except ModuleNotFoundError:
        raise InputError("there is no such room", field="room", value=room) from None


def read_parameter_set(file: Traversable) -> ParameterSet:
    """Read a parameter set from a TOML file (``format = 1``).

    Tables are branches of the dotted names; a table that holds more than tables is a parameter.

    Raises
    ------
    InputError
        If a field is wrong or a value has no source.
    UnsupportedError
        If the file is of a newer format.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"this is no TOML file: {error}", field=file.name) from error
    _check_format(content.pop("format", None), file.name)
    name = content.pop("name", file.name.removesuffix(".toml"))
    title = content.pop("title", name)
    found = {
        path: _parameter(path, entry, file.name) for path, entry in _leaves(content, file.name)
    }
    return ParameterSet(name, title, found)


def _check_format(form: Any, file: str) -> None:
    if isinstance(form, int) and form > _FORMAT:
        raise UnsupportedError(
            "the file is of a newer format", field=file, value=form, allowed=f"format = {_FORMAT}"
        )
    if form is True or form != _FORMAT:
        raise InputError(
            "the format is missing or wrong",
            field=f"{file}: format",
            value=form,
            remedy=f"Begin the file with format = {_FORMAT}",
        )


def _leaves(table: dict[str, Any], file: str, path: str = "") -> Iterator[tuple[str, dict]]:
    for key, entry in table.items():
        here = f"{path}.{key}" if path else key
        if not isinstance(entry, dict):
            raise InputError("this is no table of a parameter", field=f"{file}: {here}")
        if any(not isinstance(value, dict) for value in entry.values()):
            yield here, entry
        else:
            yield from _leaves(entry, file, here)


def _parameter(path: str, entry: dict[str, Any], file: str) -> Parameter:
    field = f"{file}: {path}"
    for key in entry:
        if key not in _KEYS:
            raise InputError("unknown key", field=field, value=key, allowed=sorted(_KEYS))
    texts = {key: _text(entry, key, field) for key in ("unit", "source", "where", "note", "label")}
    _check_source(texts["source"], texts["note"], field)
    if not is_inside(texts["unit"]):
        raise InputError(
            "this is no unit that is used inside",
            field=f"{field}.unit",
            value=texts["unit"],
            allowed=f"units made of {', '.join(unit for unit in INSIDE.values() if unit)}",
            remedy='Give the inside unit, and the number as text with its own, such as "10 min"',
        )
    return Parameter(path, distribution=_distribution(entry, texts["unit"], field), **texts)


def _text(entry: dict[str, Any], key: str, field: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise InputError("this must be text", field=f"{field}.{key}", value=value)
    return value


def _check_source(source: str, note: str, field: str) -> None:
    if not source:
        raise InputError(
            "the source is missing",
            field=field,
            remedy='Give a citation key, or source = "assumption" with a note',
        )
    if source == ASSUMPTION:
        if not note:
            raise InputError("an assumption needs a note that says why", field=field)
        return
    try:
        citation(source)
    except InputError as error:
        raise error.at(field) from None


def _distribution(entry: dict[str, Any], unit: str, field: str) -> Distribution:
    """Read the spread; numbers stand in the entry's unit, text is converted to it."""
    given = tuple(name for name in _NUMBERS if name in entry)
    if given not in _DISTRIBUTIONS:
        raise InputError(
            "these numbers make no distribution",
            field=field,
            value=" and ".join(given) or None,
            allowed="; ".join(" and ".join(names) for names in _DISTRIBUTIONS),
        )
    kinds = _DISTRIBUTIONS[given]
    kind = entry.get("distribution", next(iter(kinds)))
    if kind not in kinds:
        raise InputError(
            f"{' and '.join(given)} make no such distribution",
            field=f"{field}.distribution",
            value=kind,
            allowed=kinds,
        )
    numbers = [
        _number(entry[name], "" if name == "gsd" else unit, f"{field}.{name}") for name in given
    ]
    try:
        return kinds[kind](*numbers)
    except InputError as error:
        raise error.at(field) from None


def _number(given: Any, unit: str, field: str) -> float:
    if isinstance(given, str):
        return parse(given, unit, field=field)
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise InputError(
            "this must be a finite number, or text with a unit", field=field, value=given
        )
    return float(given)
