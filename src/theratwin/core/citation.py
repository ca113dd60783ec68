"""Publications that equations, parameters and data come from, by key."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from theratwin.core.errors import InputError
from theratwin.core.packages import REFERENCES, reference_files


@dataclass(frozen=True)
class Citation:
    """One publication.

    Examples
    --------
    >>> print(citation("kletting_2016"))  # doctest: +ELLIPSIS
    Kletting et al. 2016. ... PLoS ONE 11(9):e0162303.
    """

    key: str
    authors: str
    year: int
    title: str
    source: str
    doi: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.authors} {self.year}. {self.title}. {self.source}."

    @property
    def url(self) -> str:
        """Where it can be read, if its DOI is known; empty otherwise."""
        return f"https://doi.org/{self.doi}" if self.doi else ""


@cache
def _library() -> dict[str, Citation]:
    library: dict[str, Citation] = {}
    for file in files("theratwin.core").joinpath("references").iterdir():
        if not file.name.endswith(".toml"):
            continue
        for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in library:
                raise InputError("the key stands twice", field=f"references/{file.name}", value=key)
            library[key] = Citation(key, **entry)
    return library


def citation(key: str) -> Citation:
    """Return the publication of a key; a package's own comes after those of theratwin.

    Raises
    ------
    InputError
        If the key is unknown; the nearest one is given.
    """
    library = _library()
    if key in library:
        return library[key]
    brought = _brought()
    if key not in brought:
        known = sorted({*library, *brought})
        raise InputError("unknown citation", field="source", value=key, allowed=known)
    return brought[key]


def _brought() -> dict[str, Citation]:
    """Return the publications that packages bring; none may take another's key."""
    found: dict[str, Citation] = {}
    for package, file in reference_files().items():
        for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in found or key in _library():
                raise InputError(
                    "the key stands twice", field=f"{package}: {REFERENCES}", value=key
                )
            found[key] = Citation(key, **entry)
    return found
