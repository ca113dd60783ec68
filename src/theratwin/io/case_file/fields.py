"""Fields of a table: how each is read, what a wrong one is told, its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from theratwin.core import units
from theratwin.core.errors import InputError
from theratwin.io.case_file.lines import TomlPath, dotted, line_of
from theratwin.io.case_file.problems import Place, Problems

#: Reads a raw value, given the dotted path to name in an error.
Reader = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Field:
    """One field of a table.

    Parameters
    ----------
    about
        What it is, in a sentence.
    read
        How it is read.
    schema
        Its JSON Schema.
    example
        A right value, as it stands in the file.
    required
        Whether it must be there.
    advice
        What to do if it is missing.
    """

    about: str
    read: Reader
    schema: Mapping[str, Any]
    example: str = ""
    required: bool = False
    advice: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a file with the place where it stands."""

    content: Mapping[str, Any]
    path: TomlPath
    file: str
    lines: Mapping[TomlPath, int] = field(repr=False)
    problems: Problems = field(repr=False)

    def name(self, *keys: str | int) -> str:
        """Return the dotted path of a key."""
        return dotted((*self.path, *keys))

    def place(self, *keys: str | int) -> Place:
        """Return the line of a key."""
        return Place(self.file, line_of(self.lines, (*self.path, *keys)))

    def fail(self, message: str, *keys: str | int, **details: Any) -> None:
        """Note an error at a key."""
        error = InputError(message, field=self.name(*keys), **details)
        self.problems.add(self.place(*keys), error)

    def table(self, *keys: str | int) -> Table | None:
        """Return a table below this one; None, with an error, if it is no table."""
        content: Any = self.content
        for key in keys:
            content = content[key]
        if isinstance(content, dict):
            return Table(content, (*self.path, *keys), self.file, self.lines, self.problems)
        example = f"[{self.name(*keys)}]"
        self.fail("this must be a table", *keys, value=content, remedy=f"Write {example}")
        return None

    def tables(self, key: str) -> list[Table]:
        """Return the tables of an array of tables; none, with an error, if it is no array."""
        content = self.content.get(key, [])
        if not isinstance(content, list):
            remedy = f"Write [[{self.name(key)}]] with two brackets before each"
            self.fail("this must be a list of tables", key, remedy=remedy)
            return []
        found = [self.table(key, number) for number in range(len(content))]
        return [table for table in found if table is not None]

    def read(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """Read the fields that are there and right; note the others as problems."""
        for key in self.content:
            if key not in fields:
                self.fail("unknown field", key, value=key, allowed=sorted(fields))
        found: dict[str, Any] = {}
        for key, each in fields.items():
            if key in self.content:
                with self.problems.at(self.place(key)):
                    found[key] = each.read(self.content[key], self.name(key))
            elif each.required:
                is_table = each.example.startswith("[")
                example = each.example if is_table else f"{key} = {each.example}"
                self.fail(
                    "this is missing",
                    key,
                    remedy=f"{each.advice or 'Add it'}, for example {example}",
                )
        return found


def text(about: str, **options: Any) -> Field:
    """Any text that is not empty."""

    def read(raw: Any, name: str) -> str:
        if not isinstance(raw, str) or not raw.strip():
            raise InputError("this must be text", field=name, value=raw, remedy="Put it in quotes")
        return raw.strip()

    return Field(about, read, {"type": "string", "minLength": 1}, **options)


def choice(about: str, choices: tuple[str, ...], **options: Any) -> Field:
    """One of a few words."""

    def read(raw: Any, name: str) -> str:
        if raw not in choices:
            raise InputError("this is none of the choices", field=name, value=raw, allowed=choices)
        return raw

    return Field(about, read, {"enum": list(choices)}, f'"{choices[0]}"', **options)


def names(about: str, **options: Any) -> Field:
    """A list of names."""

    def read(raw: Any, name: str) -> tuple[str, ...]:
        if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
            raise InputError(
                "this must be a list of names",
                field=name,
                value=raw,
                remedy=f"Write for example {options.get('example')}",
            )
        return tuple(raw)

    return Field(about, read, {"type": "array", "items": {"type": "string"}}, **options)


def quantity(about: str, unit: str, example: str, *, zero: bool = False, **options: Any) -> Field:
    """A positive number with a unit that converts to ``unit``; ``zero`` allows 0 too."""

    def read(raw: Any, name: str) -> float:
        value = parse_like(raw, unit, name, example)
        if value < 0 or (value == 0 and not zero):
            needed = "must not be negative" if zero else "must be positive"
            raise InputError(needed, field=name, value=raw)
        return value

    schema = {"type": "string", "pattern": r"^\s*[-+.0-9eE]+\s*\S+.*$", "examples": [example]}
    return Field(about, read, schema, f'"{example}"', **options)


def fraction(about: str, example: str, **options: Any) -> Field:
    """A fraction from 0 to below 1, as a number or in percent."""

    def read(raw: Any, name: str) -> float:
        number = isinstance(raw, int | float) and not isinstance(raw, bool)
        value = float(raw) if number else parse_like(raw, "", name, example)
        if not 0 <= value < 1:
            raise InputError("must lie between 0 % and 100 %", field=name, value=raw)
        return value

    schema = {
        "anyOf": [
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            {"type": "string", "examples": [example]},
        ]
    }
    return Field(about, read, schema, f'"{example}"', **options)


def raw(about: str, schema: Mapping[str, Any], **options: Any) -> Field:
    """A field that is read elsewhere."""
    return Field(about, lambda value, _: value, schema, **options)


def parse(raw: str, unit: str, name: str) -> float:
    """Parse a quantity; a unit that cannot be computed, such as ``/0``, is an error too.

    Raises
    ------
    InputError
        If it is no quantity with a unit that converts.
    """
    try:
        return units.parse(raw, unit, field=name)
    except ArithmeticError:
        raise InputError("this is no unit", field=name, value=raw) from None


def parse_like(raw: Any, unit: str, name: str, example: str) -> float:
    """Parse a quantity; an error shows one that is right for the field.

    Raises
    ------
    InputError
        If it is no quantity with a unit that converts.
    """
    if isinstance(raw, datetime) or not isinstance(raw, str):
        raise InputError(
            "a quantity needs its unit",
            field=name,
            value=raw,
            remedy=f'Write it as text with its unit, for example "{example}"',
        )
    try:
        return parse(raw, unit, name)
    except InputError as error:
        raise InputError(
            error.message,
            field=name,
            value=raw,
            allowed=error.allowed,
            remedy=f'Write it for example as "{example}"',
        ) from None
