"""What other installed packages bring: their entry points, found by name, loaded when asked for."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from theratwin.core.errors import InputError

#: A name to a function without arguments that returns a `Network`.
MODELS = "theratwin.models"
#: A room to a package whose TOML files are parameter sets of that room.
PARAMETERS = "theratwin.parameters"
#: In such a package: its publications by key, not a parameter set.
REFERENCES = "references.toml"


def brought(group: str) -> list[EntryPoint]:
    """Return the entry points of a group, in the order of package and name.

    Examples
    --------
    >>> [point for point in brought("theratwin.no_such_group")]
    []
    """
    return sorted(entry_points(group=group), key=lambda point: (owner(point), point.name))


def owner(point: EntryPoint) -> str:
    """Return the name of the package that an entry point belongs to."""
    return point.dist.name if point.dist is not None else ""


def loaded(point: EntryPoint) -> Any:
    """Return what an entry point names.

    Raises
    ------
    InputError
        If it cannot be imported; the package is named.
    """
    try:
        return point.load()
    except Exception as error:
        raise InputError(
            f"the package does not load: {type(error).__name__}: {error}",
            field=f"entry point {point.group}",
            value=f"{point.name} = {point.value}",
            remedy=f"Mend or remove the package {owner(point)}",
        ) from error


def parameter_files(room: str) -> dict[str, Traversable]:
    """Return the parameter files that packages bring to a room, by the set's name.

    Raises
    ------
    InputError
        If a package does not load, or two bring a set of the same name.
    """
    found: dict[str, Traversable] = {}
    for point in brought(PARAMETERS):
        if point.name != room:
            continue
        for file in files(loaded(point)).iterdir():
            name = file.name.removesuffix(".toml")
            if not file.name.endswith(".toml") or file.name == REFERENCES:
                continue
            if name in found:
                raise InputError(
                    "two packages bring a parameter set of this name",
                    field=room,
                    value=name,
                    remedy=f"Rename it in {owner(point)}",
                )
            found[name] = file
    return found


def reference_files() -> dict[str, Traversable]:
    """Return the files of publications of packages that bring parameter sets, by the package."""
    found = {}
    for point in brought(PARAMETERS):
        file = files(loaded(point)).joinpath(REFERENCES)
        if file.is_file():
            found[point.value] = file
    return found
