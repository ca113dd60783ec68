"""An image written as MetaImage."""

from __future__ import annotations

import os
import tempfile
import zlib
from pathlib import Path

import numpy as np

from theratwin.core.errors import InputError
from theratwin.imaging import Image
from theratwin.io.meta_image.form import LAST, TURN, TYPES

_NAMES = {kind: name for name, kind in reversed(TYPES.items())}


def write_meta_image(image: Image, path: Path | str, *, compress: bool = False) -> Path:
    """Write an image, aside first and then renamed; ``.mhd`` puts the numbers in a file beside it.

    Parameters
    ----------
    image
        Numbers of any of the types that MetaImage has; kept as they are.
    path
        The file, ``.mhd`` or ``.mha``.
    compress
        Pack the numbers (zlib).

    Raises
    ------
    InputError
        If the suffix is another, or the type has no name in MetaImage.
    """
    path = Path(path)
    if path.suffix not in (".mhd", ".mha"):
        raise InputError(
            "no MetaImage file", field="path", value=str(path), allowed=[".mhd", ".mha"]
        )
    numbers = np.asarray(image.data)
    kind = f"{numbers.dtype.kind}{numbers.dtype.itemsize}"
    if kind not in _NAMES:
        raise InputError(
            "no type of MetaImage", field=image.name, value=str(numbers.dtype), allowed=TYPES
        )
    raw = numbers.astype(f"<{kind}").tobytes(order="F")
    packed = zlib.compress(raw) if compress else raw
    beside = path.with_suffix(".zraw" if compress else ".raw")
    local = path.suffix == ".mha"
    header = _header(image, _NAMES[kind], len(packed) if compress else None)
    header += f"{LAST} = {'LOCAL' if local else beside.name}\n"
    if not local:
        _write(beside, packed)
    _write(path, header.encode() + (packed if local else b""))
    return path


def _header(image: Image, kind: str, packed: int | None) -> str:
    affine = TURN @ image.affine
    size = np.linalg.norm(affine[:3, :3], axis=0)
    directions = (affine[:3, :3] / size).T + 0.0  # no minus zero
    lines = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "False" if packed is None else "True",
        **({} if packed is None else {"CompressedDataSize": str(packed)}),
        "TransformMatrix": _row(directions.ravel()),
        "Offset": _row(affine[:3, 3] + 0.0),
        "CenterOfRotation": "0 0 0",
        "ElementSpacing": _row(size),
        "DimSize": " ".join(str(n) for n in image.shape),
        "ElementType": kind,
    }
    return "".join(f"{key} = {value}\n" for key, value in lines.items())


def _row(numbers: np.ndarray) -> str:
    return " ".join(f"{number:.12g}" for number in numbers)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        aside = Path(folder) / path.name
        aside.write_bytes(content)
        os.replace(aside, path)
