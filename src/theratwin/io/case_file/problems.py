"""The problems of a file, gathered so that all are told at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from theratwin.core.errors import InputError, TheratwinError

#: So many problems are told; a file with more is told to have more.
MOST = 20


@dataclass(frozen=True)
class Place:
    """Where a problem lies: file and line (0 if unknown)."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.line else self.file


@dataclass
class Problems:
    """What is wrong with a file (errors) and what is odd about it (warnings).

    Examples
    --------
    >>> problems = Problems("case.toml")
    >>> with problems.at(Place("case.toml", 3)):
    ...     raise InputError("must be positive", field="patient.mass", value="-80 kg")
    >>> problems.raise_if_any()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    theratwin.core.errors.InputError: case.toml, line 3: patient.mass: must be positive (given ...
    """

    file: str
    errors: list[tuple[Place, TheratwinError]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, place: Place, error: TheratwinError) -> None:
        """Note an error at a place."""
        self.errors.append((place, error))

    def warn(self, place: Place, text: str) -> None:
        """Note something odd that is no error."""
        self.warnings.append(f"{place}: {text}")

    @contextmanager
    def at(self, place: Place) -> Iterator[None]:
        """Note an error of the family that the block raises, and go on."""
        try:
            yield
        except TheratwinError as error:
            self.add(place, error)

    def raise_if_any(self) -> None:
        """Raise one error that tells all.

        Raises
        ------
        InputError
            If any error was noted.
        """
        if not self.errors:
            return
        told = [_told(error, places) for error, places in self._folded()]
        if len(told) == 1:
            raise InputError(told[0])
        here = (f"{self.file}, ", f"{self.file}: ")
        lines = [each.removeprefix(here[0]).removeprefix(here[1]) for each in told]
        shown = [f"{self.file}: {len(told)} problems", *lines[:MOST]]
        if len(told) > MOST:
            shown.append(f"... and {len(told) - MOST} more")
        raise InputError("\n  ".join(shown))

    def _folded(self) -> list[tuple[str, list[Place]]]:
        """Return each error once, in the order of the file, with every place that has it."""
        ordered = sorted(
            self.errors, key=lambda each: (each[0].file != self.file, each[0].file, each[0].line)
        )
        folded: dict[tuple[str, str], list[Place]] = {}
        for place, error in ordered:
            places = folded.setdefault((place.file, str(error)), [])
            if place not in places:
                places.append(place)
        return [(error, places) for (_, error), places in folded.items()]


def _told(error: str, places: list[Place]) -> str:
    if len(places) == 1:
        return f"{places[0]}: {error}"
    lines = [str(place.line) for place in places]
    return f"{places[0].file}, lines {', '.join(lines[:-1])} and {lines[-1]}: {error}"
