"""An image written as a NIfTI file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np

from theratwin.core.errors import InputError
from theratwin.imaging.image import Image

_SUFFIXES = (".nii.gz", ".nii")


def write_image(image: Image, path: Path | str, *, force: bool = False) -> Path:
    """Write an image as NIfTI in single precision, aside first and then renamed.

    The grid is written as both forms of the header hold it, in mm; the unit, which the header
    has no field for, stands in its description.

    Parameters
    ----------
    image
        What to write.
    path
        The file, ``.nii`` or ``.nii.gz``.
    force
        Replace what stands there.

    Raises
    ------
    InputError
        If the name has another suffix, or the file exists and ``force`` is not given.
    """
    import nibabel

    path = Path(path)
    check_nifti_name(path, force)
    file = nibabel.Nifti1Image(np.asarray(image.data, dtype=np.float32), image.affine)
    file.header.set_xyzt_units("mm")
    file.set_sform(image.affine, code=1)
    file.set_qform(image.affine, code=1, strip_shears=True)
    file.header["descrip"] = f"theratwin: {image.unit}".encode()[:79]
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix = next(suffix for suffix in _SUFFIXES if path.name.lower().endswith(suffix))
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        aside = Path(folder) / f"image{suffix}"  # the suffix decides whether it is compressed
        nibabel.save(file, aside)
        os.replace(aside, path)
    return path


def check_nifti_name(path: Path, force: bool) -> None:
    """Refuse a file name before the work is done, not after.

    Raises
    ------
    InputError
        As for `write_image`.
    """
    if not path.name.lower().endswith(_SUFFIXES):
        raise InputError("no NIfTI file", field="--out", value=str(path), allowed=_SUFFIXES)
    if path.exists() and not force:
        raise InputError(
            "this exists already",
            field="--out",
            value=str(path),
            remedy="Give --force to replace it",
        )
