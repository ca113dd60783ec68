"""The bytes of an SBML file, looked at before libSBML reads them."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from theratwin.core.errors import InputError

#: Elements within elements; libSBML comes to a bad end with some thousands.
MOST_LEVELS = 300


def checked_bytes(path: str | Path) -> bytes:
    """Return a file's bytes; they are well-formed XML.

    Raises
    ------
    InputError
        If there is no such file, or it is not what libSBML should read: no XML, characters of
        another encoding than it says, entities of its own, nested too deeply.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError("this is a folder, not a file", field=str(path))
    if not path.is_file():
        raise InputError("there is no such file", field=str(path))
    data = path.read_bytes()
    check_xml(data, str(path))
    return data


def check_xml(data: bytes, field: str) -> None:
    """Raise an `InputError` if the bytes are no XML that libSBML should read."""
    parser, levels = expat.ParserCreate(), 0

    def deeper(*_: object) -> None:
        nonlocal levels
        levels += 1
        if levels > MOST_LEVELS:
            raise InputError(
                f"elements are nested deeper than {MOST_LEVELS} levels",
                field=field,
                remedy="Write long sums and products with all their terms in one apply",
            )

    def back(*_: object) -> None:
        nonlocal levels
        levels -= 1

    def entity(name: str, *_: object) -> None:
        raise InputError(
            "the file declares an entity, which SBML has no use for",
            field=field,
            value=name,
            remedy="Write out what it stands for",
        )

    parser.StartElementHandler, parser.EndElementHandler = deeper, back
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError) as error:
        raise InputError(
            f"this is no SBML that can be read: it is not well-formed XML ({error})", field=field
        ) from None
