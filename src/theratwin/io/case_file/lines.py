"""On which line of a TOML text a table or key stands."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: The way to a value: keys, and numbers in arrays of tables.
TomlPath = tuple[str | int, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"^\s*(\[\[|\[)\s*({_DOTTED})\s*(?:\]\]|\])")
_ASSIGNMENT = re.compile(rf"^\s*({_DOTTED})\s*=")
_PART = re.compile(_KEY)


def key_lines(text: str) -> dict[TomlPath, int]:
    """Return the line of every table and key of a TOML text, counted from 1.

    Examples
    --------
    >>> key_lines('a = 1\\n[[b]]\\nc = 2\\n[[b]]\\nc = 3\\n')[("b", 1, "c")]
    5
    """
    found: dict[TomlPath, int] = {(): 0}
    counts: dict[TomlPath, int] = {}
    table: TomlPath = ()
    quote = ""
    for number, line in enumerate(text.splitlines(), start=1):
        inside, quote = bool(quote), _open_quote(line, quote)
        if inside:
            continue
        if header := _HEADER.match(line):
            table = _table_path(_parts(header[2]), header[1] == "[[", counts)
            found.setdefault(table, number)
            found.setdefault(table[:1], number)
        elif assignment := _ASSIGNMENT.match(line):
            key = (*table, *_parts(assignment[1]))
            for end in range(len(table) + 1, len(key) + 1):
                found.setdefault(key[:end], number)
    return found


def line_of(lines: Mapping[TomlPath, int], path: TomlPath) -> int:
    """Return the line of a path, or of the nearest table around it (0 for the whole file)."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def dotted(path: TomlPath) -> str:
    """Write a path as a reader does.

    Examples
    --------
    >>> dotted(("lesions", 0, "volume"))
    'lesions[0].volume'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _parts(text: str) -> TomlPath:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _table_path(parts: TomlPath, is_array: bool, counts: dict[TomlPath, int]) -> TomlPath:
    """Put the numbers of the arrays of tables into the way to a table."""
    path: TomlPath = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if is_array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _open_quote(line: str, quote: str) -> str:
    """Return the triple quote that is open at the end of a line, or nothing."""
    position = 0
    while position < len(line):
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return quote
            position, quote = end + 3, ""
            continue
        starts = [(line.find(q, position), q) for q in ('"""', "'''")]
        starts = [(at, q) for at, q in starts if at >= 0]
        if not starts:
            return ""
        at, quote = min(starts)
        position = at + 3
    return quote
