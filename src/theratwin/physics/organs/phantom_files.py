"""Files of the ICRP-110 reference voxel phantoms: found in a folder or an archive, and parsed."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.matter import Material

WHERE = (
    "The files come with ICRP Publication 110 (supplementary data) and with the Geant4 example "
    "ICRP110_HumanPhantoms (ICRPdata.tar.gz); give the folder or the archive"
)


def phantom_texts(path: Path | str, sex: str) -> dict[str, str]:
    """Return the texts of one phantom's files by file name.

    The tables ``AM_organs.dat``, ``AM_media.dat``, ``AM_blood.dat`` and ``AM_spongiosa.dat``
    (``AF_`` of the female), and the voxels: ``AM.dat``, or ``AM_slice1.g4dat`` and so on.

    Raises
    ------
    InputError
        If the path or one of the files is missing; where they come from is said.
    """
    path = Path(path)
    wanted = re.compile(rf"{sex}(\.dat|_(organs|media|blood|spongiosa)\.dat|_slice\d+\.g4dat)")
    if path.is_dir():
        found = {p.name: _text(p.read_bytes()) for p in _files(path, wanted)}
    elif path.is_file():
        found = _from_archive(path, wanted)
    else:
        raise InputError("no such file or folder", field="phantom", value=str(path), remedy=WHERE)
    tables = [f"{sex}_{kind}.dat" for kind in ("organs", "media", "blood", "spongiosa")]
    missing = [name for name in tables if name not in found]
    if not missing and len(found) == len(tables):
        missing = [f"{sex}.dat or {sex}_slice1.g4dat"]
    if missing:
        raise InputError(
            f"files are missing: {', '.join(missing)}",
            field="phantom",
            value=str(path),
            remedy=WHERE,
        )
    return found


def _files(folder: Path, wanted: re.Pattern[str]) -> list[Path]:
    return [p for p in sorted(folder.rglob("*.*dat")) if wanted.fullmatch(p.name)]


def _from_archive(path: Path, wanted: re.Pattern[str]) -> dict[str, str]:
    found = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = Path(member.name).name
                content = archive.extractfile(member) if wanted.fullmatch(name) else None
                if content is not None:
                    found[name] = _text(content.read())
    except tarfile.TarError as error:
        raise UnsupportedError(
            "this is neither a folder nor a tar archive",
            field="phantom",
            value=str(path),
            remedy=WHERE,
        ) from error
    return found


def _text(content: bytes) -> str:
    return content.decode("latin-1")  # a few signs of the tables are not ASCII


def read_voxels(texts: dict[str, str], sex: str, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the organ numbers, shape (columns, rows, slices).

    In the files the columns (from the body's right to its left) vary fastest, then the rows
    (front to back), then the slices (toes to vertex).
    """
    columns, rows, slices = shape
    whole = texts.get(f"{sex}.dat")
    numbers = _slices(texts, sex, shape) if whole is None else _numbers(whole)
    if numbers.size != columns * rows * slices or numbers.max(initial=0) > 255:
        raise InputError(
            "the voxels do not fill the phantom",
            field="phantom",
            value=f"{numbers.size} voxels",
            allowed=f"{columns} x {rows} x {slices} = {columns * rows * slices}",
        )
    ordered = numbers.reshape(slices, rows, columns).transpose(2, 1, 0)
    return np.ascontiguousarray(ordered, dtype=np.uint8)


def _slices(texts: dict[str, str], sex: str, shape: tuple[int, int, int]) -> NDArray[np.int64]:
    parts = []
    for number in range(1, shape[2] + 1):
        name = f"{sex}_slice{number}.g4dat"
        if name not in texts:
            raise InputError(f"{name} is missing", field="phantom", remedy=WHERE)
        numbers = _numbers(texts[name])
        if tuple(numbers[:2]) != shape[:2]:
            raise InputError(
                f"{name} is of another phantom",
                field="phantom",
                value=tuple(int(n) for n in numbers[:2]),
                allowed=str(shape[:2]),
            )
        parts.append(numbers[3:])  # the head: columns, rows, slices
    return np.concatenate(parts)


def _numbers(text: str) -> NDArray[np.int64]:
    return np.fromstring(text, dtype=np.int64, sep=" ")


def read_organs(text: str) -> dict[int, tuple[str, int, float]]:
    """Return name, medium and density (g/mL) by organ number."""
    row = re.compile(r"\s*(\d+)\s+(\S.*?)\s+(\d+)\s+([\d.]+)\s*")
    rows = (row.fullmatch(line) for line in text.splitlines())
    return {int(m[1]): (m[2], int(m[3]), float(m[4])) for m in rows if m}


def read_media(text: str, density: Callable[[int], float]) -> dict[int, Material]:
    """Return the materials by number of the medium; ``density`` gives g/mL by that number."""
    lines = text.splitlines()
    elements = [int(z) for z in lines[0].split()]
    found = {}
    for line in lines[1:]:
        words = line.split()
        if not words or not words[0].isdigit():
            continue
        number, percent = int(words[0]), [float(w) for w in words[-len(elements) :]]
        title = " ".join(words[1 : -len(elements)])
        parts = {z: p / 100 for z, p in zip(elements, percent, strict=True) if p}
        name = f"icrp_110_{number}"
        found[number] = Material(name, density(number), parts, title=title, source="icrp_110")
    return found


def read_shares(text: str) -> dict[int, list[float]]:
    """Return the mass shares by medium: of blood, or of red marrow, yellow marrow and bone."""
    rows = (line.split() for line in text.splitlines()[1:])
    return {int(row[0]): [float(w) for w in row[1:]] for row in rows if row}
