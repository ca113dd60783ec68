"""Options that take several values, as a shell writes them: ``--spect a.nii b.nii``, or lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperOption

from theratwin.core.errors import InputError


class ListCommand(TyperCommand):
    """A command without arguments whose repeatable options take several values at once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat each repeatable option before its further values, then parse as usual."""
        repeatable = {
            name
            for parameter in self.params
            if isinstance(parameter, TyperOption) and parameter.multiple
            for name in parameter.opts
        }
        return super().parse_args(ctx, repeated(args, repeatable))


def repeated(arguments: Sequence[str], repeatable: Iterable[str]) -> list[str]:
    """Repeat each repeatable option before its further values.

    Examples
    --------
    >>> repeated(["--times", "4 h", "24 h", "--json"], {"--times"})
    ['--times', '4 h', '--times', '24 h', '--json']
    """
    options = frozenset(repeatable)
    spread: list[str] = []
    option = ""
    awaits_value = False
    for argument in arguments:
        if awaits_value:
            awaits_value = False
        elif argument.startswith("--"):
            name, joined, _ = argument.partition("=")
            option = name if name in options else ""
            awaits_value = bool(option) and not joined
        elif option:
            spread.append(option)
        spread.append(argument)
    return spread


def split(entries: Iterable[str] | None) -> list[str]:
    """Return the entries, also from lists with commas.

    Examples
    --------
    >>> split(["4 h, 24 h", "48 h"])
    ['4 h', '24 h', '48 h']
    """
    return [part.strip() for entry in entries or () for part in entry.split(",")]


def split_files(entries: Iterable[str]) -> list[Path]:
    """Return paths, also from lists with commas; a file with a comma in its name is one file."""
    return [
        Path(part.strip())
        for entry in entries
        for part in ([entry] if Path(entry).exists() else entry.split(","))
    ]


def assignments(field: str, entries: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of entries such as ``"lesion_1=0.7"``.

    Raises
    ------
    InputError
        If an entry is no such pair.

    Examples
    --------
    >>> assignments("recovery", ["lesion_1 = 0.7"])
    [('lesion_1', '0.7')]
    """
    pairs = []
    for entry in entries:
        name, _, value = (part.strip() for part in entry.partition("="))
        if not name or not value:
            raise InputError(
                "this is no assignment", field=field, value=entry, allowed="NAME=VALUE"
            )
        pairs.append((name, value))
    return pairs
