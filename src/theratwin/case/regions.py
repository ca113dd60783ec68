"""The registry of regions: one canonical name for each, with parents, sides and synonyms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from theratwin.core.errors import InputError

SIDES = ("left", "right")


@dataclass(frozen=True)
class Region:
    """A region of the body.

    Parameters
    ----------
    name
        Canonical name, such as ``kidney_left``.
    title
        As a reader sees it, such as ``Left kidney``.
    parents
        Names of the regions that it is a part of.
    side
        ``"left"``, ``"right"``, or empty.
    synonyms
        Other names of the same region.
    snomed
        SNOMED CT code; empty if none is certain. One side shares the code of its pair.
    kind
        ``body``, ``organ``, ``tissue``, ``fluid``, ``bone``, ``content`` or ``lesion``.
    """

    name: str
    title: str
    parents: tuple[str, ...] = ()
    side: str = ""
    synonyms: tuple[str, ...] = ()
    snomed: str = ""
    kind: str = "organ"

    @property
    def children(self) -> tuple[Region, ...]:
        """The regions that are directly parts of this one."""
        return tuple(each for each in regions() if self.name in each.parents)

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The names of all regions that this one is a part of, nearest first."""
        found: dict[str, None] = {}
        waiting = list(self.parents)
        while waiting:
            name = waiting.pop(0)
            found.setdefault(name)
            waiting += [p for p in _registry()[name].parents if p not in found]
        return tuple(found)

    def is_part_of(self, other: str) -> bool:
        """Say whether the region is ``other`` or a part of it.

        Examples
        --------
        >>> region("kidney_left").is_part_of("kidneys")
        True
        """
        name = region(other).name
        return name == self.name or name in self.ancestors


def region(name: str) -> Region:
    """Return the region of a name or synonym; case, punctuation and word order do not matter.

    Raises
    ------
    InputError
        If there is no such region; the nearest name is given.

    Examples
    --------
    >>> region("Left Kidney").name, region("Kidney, left").name, region("parotids").name
    ('kidney_left', 'kidney_left', 'parotid_glands')
    """
    found = find_region(name)
    if found is not None:
        return found
    nearest = nearest_region(name)
    raise InputError(
        "unknown region",
        field="region",
        value=name,
        allowed=f"nearest match {nearest!r}" if nearest else "a region of the registry",
        remedy="See `theratwin.case.regions()` for all names; a lesion must be declared",
    )


def find_region(name: str) -> Region | None:
    """Return the region of a name or synonym, or None."""
    found = _index().get(words_of(name))
    return _registry()[found] if found else None


def nearest_region(name: str) -> str | None:
    """Return the canonical name of the region spelled most like ``name``, or None.

    Examples
    --------
    >>> nearest_region("salivery gland")
    'salivary_glands'
    """
    close = get_close_matches(name.casefold().replace("_", " "), _names(), n=1, cutoff=0.7)
    return _index()[words_of(close[0])] if close else None


def regions() -> tuple[Region, ...]:
    """Return all regions of the registry.

    Examples
    --------
    >>> "kidneys" in [region.name for region in regions()]
    True
    """
    return tuple(_registry().values())


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, sorted: ``Kidney, left`` and ``left kidney`` are the same."""
    return tuple(sorted(re.findall(r"[^\W_]+", name.casefold())))


@cache
def _registry() -> Mapping[str, Region]:
    text = files("theratwin.case").joinpath("regions.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["region"]
    found: dict[str, Region] = {}
    for name, entry in table.items():
        for each in _expand(name, entry, table):
            if each.name in found:
                raise InputError("the region stands twice", field="regions.toml", value=each.name)
            found[each.name] = each
    return found


@cache
def _index() -> Mapping[tuple[str, ...], str]:
    index: dict[tuple[str, ...], str] = {}
    for each in regions():
        for name in (each.name, each.title, *each.synonyms):
            if index.setdefault(words_of(name), each.name) != each.name:
                raise InputError("the name means two regions", field="regions.toml", value=name)
    return index


@cache
def _names() -> tuple[str, ...]:
    return tuple(
        name.casefold().replace("_", " ")
        for r in regions()
        for name in (r.name, r.title, *r.synonyms)
    )


def _expand(name: str, entry: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[Region]:
    """Yield the region of an entry, then its members and its sides."""
    parents = tuple(entry.get("parents", ()))
    kind, snomed = entry["kind"], entry.get("snomed", "")
    synonyms = tuple(entry.get("synonyms", ()))
    yield Region(name, entry["title"], parents, entry.get("side", ""), synonyms, snomed, kind)
    stem = entry.get("stem", "")
    for item in entry.get("each", ("",)):
        if "member" in entry:
            title = entry["member"].format(item)
            yield Region(title.replace(" ", "_"), _title(title), (name,), kind=kind)
        elif stem:
            yield from _sides(name, stem.format(item), entry, table)


def _sides(
    name: str, stem: str, entry: Mapping[str, Any], table: Mapping[str, Any]
) -> Iterator[Region]:
    """Yield the left and the right region of a pair."""
    pairs = [table[p]["stem"] for p in entry.get("parents", ()) if "stem" in table.get(p, {})]
    codes = entry.get("side_snomed", (entry.get("snomed", ""),) * 2)
    for side, code in zip(SIDES, codes, strict=True):
        yield Region(
            f"{stem}_{side}",
            f"{side.title()} {stem.replace('_', ' ')}",
            (name, *(f"{pair}_{side}" for pair in pairs)),
            side,
            tuple(f"{side} {synonym}" for synonym in entry.get("stem_synonyms", ())),
            code,
            entry["kind"],
        )


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]
