"""An image read from MetaImage."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.imaging import Image
from theratwin.io.meta_image.form import LAST, TURN, TYPES

_LONGEST = 65536  # bytes of a header: more is no header
_ORIGINS = ("Offset", "Position", "Origin")


def read_meta_image(path: Path | str) -> Image:
    """Read a MetaImage file of three dimensions, packed or not, in either byte order.

    Parameters
    ----------
    path
        The file, ``.mhd`` or ``.mha``.

    Raises
    ------
    InputError
        If it is missing, no MetaImage, cut short, or holds no finite numbers.
    UnsupportedError
        If it has other than three dimensions, several numbers a voxel, or its data in several
        files.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("no such file", field=str(path))
    content = path.read_bytes()
    tags, start = _tags(content, path)
    shape = _shape(tags, path)
    kind = np.dtype(_element_type(tags, path)).newbyteorder(
        ">" if _true(tags, "BinaryDataByteOrderMSB", "ElementByteOrderMSB") else "<"
    )
    raw = _raw(tags, content[start:], path)
    wanted = int(np.prod(shape)) * kind.itemsize
    if len(raw) != wanted:
        raise InputError(
            "the data is cut short or too long",
            field=str(path),
            value=f"{len(raw)} bytes",
            allowed=f"{wanted} bytes",
        )
    numbers = np.frombuffer(raw, kind).reshape(shape, order="F")
    data = np.asfortranarray(numbers.astype(kind.newbyteorder("=")))
    if not np.isfinite(data).all():
        raise InputError("some voxels are not finite (NaN or infinite)", field=str(path))
    scaled = data.dtype.kind == "f"
    return Image(data, _affine(tags, path), "stored number", path.name, scaled)


def _tags(content: bytes, path: Path) -> tuple[dict[str, str], int]:
    """Return the header's fields, and where the data begins if it follows."""
    tags: dict[str, str] = {}
    place = 0
    while LAST not in tags:
        end = content.find(b"\n", place, _LONGEST)
        line = content[place : len(content) if end < 0 else end]
        key, sign, value = line.decode("latin-1").partition("=")
        if not sign or (end < 0 and key.strip() != LAST):
            raise InputError("this is no MetaImage: its header has no end", field=str(path))
        tags[key.strip()] = value.strip()
        place = end + 1 if end >= 0 else len(content)
    return tags, place


def _shape(tags: dict[str, str], path: Path) -> tuple[int, ...]:
    sizes = _numbers(tags, ("DimSize",), path)
    channels = tags.get("ElementNumberOfChannels", "1")
    if len(sizes) != 3 or channels != "1":
        raise UnsupportedError(
            "not one number a voxel in three dimensions",
            field=str(path),
            value=f"DimSize {tags.get('DimSize')}, {channels} channels",
        )
    if not all(size >= 1 and size == int(size) for size in sizes):
        raise InputError("no size of an image", field=f"{path}: DimSize", value=tags["DimSize"])
    return tuple(int(size) for size in sizes)


def _element_type(tags: dict[str, str], path: Path) -> str:
    name = tags.get("ElementType", "")
    if name not in TYPES:
        raise InputError("unknown type", field=f"{path}: ElementType", value=name, allowed=TYPES)
    return TYPES[name]


def _raw(tags: dict[str, str], following: bytes, path: Path) -> bytes:
    named = tags[LAST]
    if named.upper() == "LIST" or "%" in named:
        raise UnsupportedError("data in several files", field=f"{path}: {LAST}", value=named)
    if tags.get("HeaderSize", "0") != "0":
        raise UnsupportedError(
            "data behind a header of its own", field=f"{path}: HeaderSize", value=tags["HeaderSize"]
        )
    if named.upper() in ("LOCAL", "LOCAL_FILE"):
        raw = following
    elif not (path.parent / named).is_file():
        raise InputError("no such file", field=f"{path}: {LAST}", value=named)
    else:
        raw = (path.parent / named).read_bytes()
    if not _true(tags, "CompressedData"):
        return raw
    try:
        return zlib.decompress(raw)
    except zlib.error as error:
        raise InputError(f"the data cannot be unpacked ({error})", field=str(path)) from error


def _true(tags: dict[str, str], *names: str) -> bool:
    return any(tags.get(name, "False").lower() in ("true", "1") for name in names)


def _affine(tags: dict[str, str], path: Path) -> np.ndarray:
    size = _numbers(tags, ("ElementSpacing", "ElementSize"), path, "1 1 1")
    origin = _numbers(tags, _ORIGINS, path, "0 0 0")
    rows = _numbers(tags, ("TransformMatrix", "Rotation", "Orientation"), path, "1 0 0 0 1 0 0 0 1")
    if not (size.size == origin.size == 3 and rows.size == 9 and np.all(size > 0)):
        raise InputError("no usable grid", field=str(path), value=f"spacing {size}, {rows}")
    affine = np.eye(4)
    affine[:3, :3] = rows.reshape(3, 3).T * size
    affine[:3, 3] = origin
    if abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise InputError("its axes lie in one plane", field=f"{path}: TransformMatrix")
    return TURN @ affine


def _numbers(
    tags: dict[str, str], names: tuple[str, ...], path: Path, otherwise: str = ""
) -> np.ndarray:
    text = next((tags[name] for name in names if name in tags), otherwise)
    try:
        return np.array([float(word) for word in text.split()])
    except ValueError:
        raise InputError("no numbers", field=f"{path}: {names[0]}", value=text) from None
