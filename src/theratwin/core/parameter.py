"""A model parameter and a set of them, one set a publication or topic."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from theratwin.core.citation import Citation, citation
from theratwin.core.distribution import Distribution, Fixed, LogNormal, Normal, Uniform
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.units import parse

#: A modeling choice, in place of a citation's key.
ASSUMPTION = "assumption"

_FORMAT = 1
_KEYS = frozenset(
    {"value", "unit", "median", "gsd", "mean", "sd", "low", "high", "distribution"}
    | {"source", "where", "note", "label"}
)


@dataclass(frozen=True)
class Parameter:
    """A named number with its unit, spread and source.

    Parameters
    ----------
    name
        Dotted path, such as ``kidneys.alpha_beta``.
    unit
        The inside unit in which `value` and `distribution` stand.
    distribution
        Its spread over the population or its uncertainty; `Fixed` if none is stated.
    source
        A citation's key, or ``"assumption"`` (then `note` says why).
    where
        Table, page or equation in the source.
    note
        What a reader has to know.
    """

    name: str
    unit: str
    distribution: Distribution
    source: str
    where: str = ""
    note: str = ""
    label: str = ""

    @property
    def value(self) -> float:
        """The central value: the median of the distribution."""
        return self.distribution.median

    @property
    def is_assumption(self) -> bool:
        """Whether the value is a modeling choice without a published source."""
        return self.source == ASSUMPTION


@dataclass(frozen=True)
class ParameterSet(Mapping[str, Parameter]):
    """Parameters that belong together, by name.

    Examples
    --------
    >>> half_time = Parameter("repair_half_time", "h", Fixed(2.8), "assumption", note="example")
    >>> kidneys = ParameterSet("example", "An example", {"kidneys.repair_half_time": half_time})
    >>> kidneys.value("kidneys.repair_half_time")
    2.8
    """

    name: str
    title: str
    parameters: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self.parameters[name]
        except KeyError:
            raise InputError(
                "unknown parameter",
                field=f"parameter set {self.name}",
                value=name,
                allowed=sorted(self.parameters),
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self.parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def value(self, name: str) -> float:
        """Return the central value of a parameter, in its inside unit."""
        return self[name].value

    def under(self, prefix: str) -> dict[str, Parameter]:
        """Return the parameters of one branch, such as ``kidneys``, by the rest of the path."""
        start = f"{prefix}."
        return {
            name.removeprefix(start): parameter
            for name, parameter in self.parameters.items()
            if name.startswith(start)
        }

    def citations(self) -> tuple[Citation, ...]:
        """Return the publications that the values come from, each once."""
        keys = {p.source for p in self.parameters.values() if not p.is_assumption}
        return tuple(citation(key) for key in sorted(keys))


@cache
def parameter_set(room: str, name: str) -> ParameterSet:
    """Load a parameter set that ships with a room, such as ``("response", "clinical_limits")``.

    Raises
    ------
    InputError
        If there is no such set; the nearest name is given.
    """
    folder = files(f"theratwin.{room}").joinpath("parameters")
    file = folder.joinpath(f"{name}.toml")
    if not file.is_file():
        known = sorted(parameter_set_names(room))
        raise InputError("unknown parameter set", field=room, value=name, allowed=known)
    return read_parameter_set(file)


def parameter_set_names(room: str) -> list[str]:
    """List the parameter sets that ship with a room."""
    folder = files(f"theratwin.{room}").joinpath("parameters")
    if not folder.is_dir():
        return []
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def read_parameter_set(file: Traversable) -> ParameterSet:
    """Read a parameter set from a TOML file (``format = 1``).

    Tables are branches of the dotted names; a table that holds ``source`` is a parameter.

    Raises
    ------
    InputError
        If a field is wrong or a value has no source.
    UnsupportedError
        If the file is of a newer format.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {error}", field=file.name) from error
    form = content.pop("format", None)
    if form != _FORMAT:
        raise UnsupportedError("unknown format", field=file.name, value=form, allowed="format = 1")
    name = content.pop("name", file.name.removesuffix(".toml"))
    title = content.pop("title", name)
    found = {
        path: _parameter(path, entry, file.name) for path, entry in _leaves(content, file.name)
    }
    return ParameterSet(name, title, MappingProxyType(found))


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
    source = entry.get("source")
    if not source:
        raise InputError(
            "the source is missing",
            field=field,
            remedy='Give a citation key, or source = "assumption" with a note',
        )
    if source == ASSUMPTION and not entry.get("note"):
        raise InputError("an assumption needs a note that says why", field=field)
    if source != ASSUMPTION:
        citation(source)
    unit = entry.get("unit", "")
    return Parameter(
        path,
        unit,
        _distribution(entry, unit, field),
        source,
        entry.get("where", ""),
        entry.get("note", ""),
        entry.get("label", ""),
    )


def _distribution(entry: dict[str, Any], unit: str, field: str) -> Distribution:
    """Read the spread; numbers stand in the entry's unit, text is converted to it."""

    def number(key: str, target: str = unit) -> float:
        if key not in entry:
            raise InputError(f"{key!r} is missing", field=field)
        raw = entry[key]
        return parse(raw, target, field=f"{field}.{key}") if isinstance(raw, str) else float(raw)

    try:
        if "median" in entry:
            return LogNormal(number("median"), number("gsd", ""))
        if "mean" in entry:
            if entry.get("distribution", "normal") == "lognormal":
                return LogNormal.from_mean_sd(number("mean"), number("sd"))
            return Normal(number("mean"), number("sd"))
        if "low" in entry:
            return Uniform(number("low"), number("high"))
        return Fixed(number("value"))
    except InputError as error:
        if error.field and error.field.startswith(field):
            raise
        raise error.at(field) from None
