"""Loads simple objects of Linux on x86-64: code and constants that refer to one another alone.

Whatever is not as simple is left to LLVM, which takes fifty times as long to load itself.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
from dataclasses import dataclass

import numpy as np

_HEADER = b"\x7fELF\x02\x01\x01"
_RELOCATABLE, _X86_64 = 1, 62
# Kinds of sections and their flags.
_PROGRAM, _SYMBOLS, _RELOCATIONS, _RELOCATIONS_BARE = 1, 2, 4, 9
_WRITABLE, _LOADED, _CODE = 1, 2, 4
# Relocations by the distance between the place and what it refers to, in four bytes.
_DISTANCES = (2, 4)

_SECTION = np.dtype(
    [
        *(("name", "<u4"), ("kind", "<u4"), ("flags", "<u8"), ("address", "<u8")),
        *(("offset", "<u8"), ("size", "<u8"), ("link", "<u4"), ("info", "<u4")),
        *(("align", "<u8"), ("entry", "<u8")),
    ]
)
_SYMBOL = np.dtype(
    [
        *(("name", "<u4"), ("info", "u1"), ("other", "u1"), ("section", "<u2")),
        *(("value", "<u8"), ("size", "<u8")),
    ]
)
_RELOCATION = np.dtype([("place", "<u8"), ("kind", "<u4"), ("symbol", "<u4"), ("add", "<i8")])


@dataclass(frozen=True)
class Image:
    """An object in memory; it is unmapped with the last reference.

    Parameters
    ----------
    addresses
        Function to its address.
    """

    addresses: dict[str, int]
    _memory: mmap.mmap


def load(data: bytes, names: tuple[str, ...]) -> Image | None:
    """Return an object in memory, ready to run; None if it is not simple, or not allowed.

    Parameters
    ----------
    data
        The object.
    names
        The functions wanted.
    """
    if data[:7] != _HEADER or struct.unpack_from("<HH", data, 16) != (_RELOCATABLE, _X86_64):
        return None
    sections = _sections(data)
    places, code_end, total = _arranged(sections)
    relocations = sections["kind"] == _RELOCATIONS
    tables = np.flatnonzero(sections["kind"] == _SYMBOLS)
    simple = len(tables) == 1 and not np.any(
        (sections["flags"] & _LOADED != 0)
        & ((sections["kind"] != _PROGRAM) | (sections["flags"] & _WRITABLE != 0))
    )
    if not simple or not total or _RELOCATIONS_BARE in sections["kind"]:
        return None
    symbols = _table(data, sections[tables[0]], _SYMBOL)
    image = np.zeros(total, np.uint8)
    for section, place in zip(sections, places, strict=True):
        if place >= 0:
            image[place : place + int(section["size"])] = _bytes(data, section)
    for section in sections[relocations]:
        if not _relocated(image, data, section, places, symbols):
            return None
    found = _named(data, sections[sections[tables[0]]["link"]], symbols, places, names)
    return None if found is None else _mapped(image.tobytes(), code_end, found)


def _sections(data: bytes) -> np.ndarray:
    (offset,) = struct.unpack_from("<Q", data, 40)
    (count,) = struct.unpack_from("<H", data, 60)
    return np.frombuffer(data, _SECTION, count, offset)


def _table(data: bytes, section: np.ndarray, kind: np.dtype) -> np.ndarray:
    return np.frombuffer(data, kind, int(section["size"]) // kind.itemsize, int(section["offset"]))


def _bytes(data: bytes, section: np.ndarray) -> np.ndarray:
    return np.frombuffer(data, np.uint8, int(section["size"]), int(section["offset"]))


def _arranged(sections: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Return where each section goes, -1 if nowhere: code first, then from a new page the rest."""
    places, end, code_end = np.full(len(sections), -1, np.int64), 0, 0
    loaded = sections["flags"] & _LOADED != 0
    code = sections["flags"] & _CODE != 0
    for group in (loaded & code, loaded & ~code):
        for i in np.flatnonzero(group):
            align = max(int(sections[i]["align"]), 64)
            places[i] = end = -(-end // align) * align
            end += int(sections[i]["size"])
        end = -(-end // mmap.PAGESIZE) * mmap.PAGESIZE
        code_end = code_end or end
    return places, code_end, end


def _relocated(
    image: np.ndarray,
    data: bytes,
    section: np.ndarray,
    places: np.ndarray,
    symbols: np.ndarray,
) -> bool:
    """Write the distances that a section asks for; whether all are of a known kind."""
    wanted = _table(data, section, _RELOCATION)
    base = places[section["info"]]
    to = symbols[wanted["symbol"]]
    defined = (to["section"] > 0) & (to["section"] < len(places))
    if base < 0 or not np.all(defined & np.isin(wanted["kind"], _DISTANCES)):
        return False
    homes = places[to["section"]]
    here = base + wanted["place"].astype(np.int64)
    values = homes + to["value"].astype(np.int64) + wanted["add"] - here
    if np.any(homes < 0) or np.any(values != values.astype(np.int32)):
        return False
    image[here[:, None] + np.arange(4)] = values.astype("<i4").view(np.uint8).reshape(-1, 4)
    return True


def _named(
    data: bytes,
    section: np.ndarray,
    symbols: np.ndarray,
    places: np.ndarray,
    names: tuple[str, ...],
) -> dict[str, int] | None:
    """Return where the functions begin; None if one is missing."""
    text = _bytes(data, section).tobytes()
    found: dict[str, int] = {}
    for name in names:
        at = text.find(b"\0" + name.encode() + b"\0") + 1
        own = symbols[(symbols["name"] == at) & (symbols["section"] > 0)] if at else symbols[:0]
        if len(own) != 1 or not own[0]["section"] < len(places):
            return None
        found[name] = int(places[own[0]["section"]]) + int(own[0]["value"])
    return found


def _mapped(image: bytes, code_end: int, found: dict[str, int]) -> Image | None:
    """Return the image in memory, where code can be run but no longer changed."""
    memory = mmap.mmap(-1, len(image), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.write(image)
    base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    readable, runnable = mmap.PROT_READ, mmap.PROT_READ | mmap.PROT_EXEC
    refused = protect(base, code_end, runnable)
    if len(image) > code_end:
        refused = refused or protect(base + code_end, len(image) - code_end, readable)
    if refused:
        return None
    return Image({name: base + place for name, place in found.items()}, memory)
