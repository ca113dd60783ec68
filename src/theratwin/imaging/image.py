"""A three-dimensional image on a grid in space, read from a NIfTI file and checked."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError

_MILLIMETERS = {"mm": 1.0, "unknown": 1.0, "meter": 1e3, "micron": 1e-3}
_EXPORT = "Export it again from the reconstruction"


@dataclass(frozen=True, eq=False)
class Image:
    """Numbers on a regular grid in space.

    Parameters
    ----------
    data
        Array of shape ``(i, j, k)``, in the precision that it is stored with.
    affine
        Matrix of shape ``(4, 4)`` from voxel indices to millimeters (right, anterior, superior).
    unit
        Unit of the numbers; ``"stored number"`` where the file does not say.
    name
        Name for messages, such as the file's.
    scaled
        Whether the file carries a scale for its whole numbers, or needs none: real numbers.

    Examples
    --------
    >>> image = Image(np.ones((4, 4, 2)), np.diag([-5.0, 5.0, 10.0, 1.0]), "Bq/mL", "scan")
    >>> image.voxel_volume, image.orientation
    (0.25, 'LAS')
    """

    data: np.ndarray
    affine: np.ndarray
    unit: str
    name: str
    scaled: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of voxels along each axis."""
        return self.data.shape

    @property
    def voxel_size(self) -> np.ndarray:
        """Edge lengths of a voxel (mm), shape ``(3,)``."""
        return np.linalg.norm(self.affine[:3, :3], axis=0)

    @property
    def voxel_volume(self) -> float:
        """Volume of a voxel (mL): the determinant of the affine, also where it shears."""
        return float(round(abs(np.linalg.det(self.affine[:3, :3])), 12)) / 1000.0

    @property
    def orientation(self) -> str:
        """Where the axes point to, such as ``"RAS"`` (right, anterior, superior)."""
        from nibabel.orientations import aff2axcodes

        return "".join(str(code) for code in aff2axcodes(self.affine))


def read_image(
    path: Path | str, *, holds: str = "activity or counts", negative: bool = False
) -> Image:
    """Read a NIfTI file as an image of finite numbers, none of them negative.

    The header's scale (``scl_slope``, ``scl_inter``) is applied; the unit is not in the header
    and stays open.

    Parameters
    ----------
    path
        The file, ``.nii`` or ``.nii.gz``.
    holds
        What the numbers are, for messages.
    negative
        Let numbers below zero and images of zeros pass, as a CT in Hounsfield units holds them.

    Raises
    ------
    InputError
        If the file is missing, is no three-dimensional NIfTI image, has no usable grid, or holds
        numbers that cannot be activity; the file is named.
    """
    file = _open(Path(path))
    data = _numbers(file, Path(path))
    _check_numbers(data, Path(path), holds, negative)
    proxy: Any = file.dataobj
    scaled = file.get_data_dtype().kind == "f" or (proxy.slope, proxy.inter) != (1.0, 0.0)
    return Image(data, _affine(file, Path(path)), "stored number", Path(path).name, scaled)


def _open(path: Path) -> Any:
    import nibabel
    from nibabel.filebasedimages import ImageFileError

    if not path.exists():
        raise InputError("no such file", field="image", value=str(path))
    if path.is_dir():
        raise InputError(
            "this is a folder",
            field="image",
            value=str(path),
            remedy="Name one NIfTI file for each scan; convert a DICOM series first (dcm2niix)",
        )
    try:
        file = nibabel.load(path)
    except (ImageFileError, OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(path, error) from error
    if not isinstance(file, nibabel.Nifti1Image | nibabel.Nifti2Image):
        raise InputError(
            f"this is no NIfTI image but {type(file).__name__}",
            field=str(path),
            allowed="NIfTI files, .nii or .nii.gz",
        )
    return file


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split())[:160]
    return InputError(
        f"this cannot be read as a NIfTI image ({reason})",
        field=str(path),
        allowed="whole NIfTI files, .nii or .nii.gz",
        remedy="Convert DICOM first (dcm2niix), or copy the file again if it is cut short",
    )


def _numbers(file: Any, path: Path) -> np.ndarray:
    _check_shape(file.shape, path)
    if file.get_data_dtype().kind not in "iuf":
        raise InputError(
            f"the voxels are of type {file.get_data_dtype()}",
            field=str(path),
            allowed="one real number a voxel",
            remedy="Export activity or counts, not a color picture",
        )
    try:
        return np.asanyarray(file.dataobj).reshape(file.shape[:3])
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(path, error) from error


def _check_shape(shape: tuple[int, ...], path: Path) -> None:
    if len(shape) < 3 or any(size > 1 for size in shape[3:]):
        raise InputError(
            f"the image has {len(shape)} dimensions {shape}",
            field=str(path),
            allowed="three",
            remedy="Give each time point, frame or bed as a file of its own",
        )
    if 0 in shape:
        raise InputError(f"the image is empty {shape}", field=str(path), remedy=_EXPORT)


def _check_numbers(data: np.ndarray, path: Path, holds: str, negative: bool) -> None:
    low, high = float(data.min()), float(data.max())
    if not np.isfinite(low + high) and not np.isfinite(data).all():
        bad = int(np.count_nonzero(~np.isfinite(data)))
        raise InputError(
            f"{bad} of {data.size} voxels are not finite (NaN or infinite)",
            field=str(path),
            remedy=f"{_EXPORT}; theratwin does not guess what these voxels hold",
        )
    if negative:
        return
    if low < 0:
        bad = int(np.count_nonzero(data < 0))
        raise InputError(
            f"{bad} of {data.size} voxels are negative, down to {low:.6g}",
            field=str(path),
            allowed=f"{holds}, zero or more",
            remedy="Is this a CT, or was it resampled with splines or given an offset? " + _EXPORT,
        )
    if high == 0:
        raise InputError("every voxel is zero", field=str(path), remedy=_EXPORT)


def _affine(file: Any, path: Path) -> np.ndarray:
    unit = file.header.get_xyzt_units()[0]
    affine = np.diag([_MILLIMETERS.get(unit, np.nan)] * 3 + [1.0]) @ file.affine
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise InputError(
            f"the header gives no usable grid: affine {file.affine.tolist()}, in {unit}",
            field=str(path),
            remedy="Export it again with voxel sizes, orientation and position",
        )
    return affine
