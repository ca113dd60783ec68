"""Parameter values of response models from ``--set`` and from a parameter file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from theratwin.cli.lists import assignments
from theratwin.core.errors import InputError
from theratwin.core.units import parse

ParameterFile = Annotated[
    Path | None,
    typer.Option(
        "--parameters",
        help="Values in a parameter file (TOML, format = 1): unit and source with each.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar='NAME="VALUE"',
        help="A parameter's value; may be repeated, goes first.",
    ),
]
ModelSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar='NAME="VALUE"',
        help="A parameter's value, or an option of the model's, as cycle=frozen; may be repeated, "
        "goes first.",
    ),
]


def values_of(
    units: Mapping[str, str], settings: Iterable[str] | None = None, file: Path | None = None
) -> dict[str, float]:
    """Return parameter values by name, in the units that the parameters have inside.

    Parameters
    ----------
    units
        Every parameter that there is, with its unit.
    settings
        Entries such as ``"alpha=0.2 /Gy"``.
    file
        A parameter file; what `settings` give goes before it.

    Raises
    ------
    InputError
        If a name is unknown, or a value has no unit or another dimension.
    """
    found = {} if file is None else _of_file(units, file)
    return found | _of_settings(units, settings or ())


def _of_settings(units: Mapping[str, str], settings: Iterable[str]) -> dict[str, float]:
    values = {}
    for name, text in assignments("--set", settings):
        _check_known(name, units, "--set")
        values[name] = parse(text, units[name], field=f"--set {name}")
    return values


def _of_file(units: Mapping[str, str], file: Path) -> dict[str, float]:
    from theratwin.core import convert, read_parameter_set

    values = {}
    for name, parameter in read_parameter_set(file).items():
        _check_known(name, units, str(file))
        try:
            values[name] = convert(parameter.value, parameter.unit, units[name])
        except InputError as error:
            raise error.at(f"{file}: {name}") from None
    return values


def _check_known(name: str, units: Mapping[str, str], field: str) -> None:
    if name not in units:
        raise InputError("no such parameter", field=field, value=name, allowed=sorted(units))
