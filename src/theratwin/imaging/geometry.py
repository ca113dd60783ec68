"""Whether two images lie on one grid; flips and permutations of axes, which change no number."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from theratwin.core.errors import InputError
from theratwin.imaging.image import Image

#: Largest distance of two grids at their corners, in edge lengths of the smallest voxel. Headers
#: hold the affine in single precision (1e-7 of some 500 mm: 1e-5 of a voxel), exporters round
#: voxel sizes to about 1e-5; a shift of 1e-3 of a voxel moves the total of a region of ten voxels
#: across by 0.01 % of its steepest edge.
TOLERANCE = 1e-3


def reorient_like(image: Image, reference: Image) -> Image:
    """Return the image with its axes along those of the reference, by flips and permutations.

    Every number is kept; nothing is resampled. An image that lies as the reference does comes
    back as it is.

    Examples
    --------
    >>> along = Image(np.arange(6).reshape(3, 2, 1), np.eye(4), "Bq/mL", "along")
    >>> against = Image(np.zeros((3, 2, 1)), np.diag([-1.0, 1, 1, 1]), "", "against")
    >>> reorient_like(along, against).data[:, 0, 0]
    array([4, 2, 0])
    """
    from nibabel.orientations import (
        apply_orientation,
        inv_ornt_aff,
        io_orientation,
        ornt_transform,
    )

    if image.orientation == reference.orientation:
        return image
    turn = ornt_transform(io_orientation(image.affine), io_orientation(reference.affine))
    return replace(
        image,
        data=apply_orientation(image.data, turn),
        affine=image.affine @ inv_ornt_aff(turn, image.shape),
    )


def require_same_grid(image: Image, reference: Image) -> None:
    """Check that two images share shape and position, to `TOLERANCE` at the corners.

    Raises
    ------
    InputError
        With both names, what differs, and the remedy.
    """
    found = _differences(image, reference)
    if found:
        raise InputError(
            f"the grid differs from that of {reference.name}: {'; '.join(found)}",
            field=image.name,
            remedy="Register the scans to one another and resample all of them and the labels "
            "(nearest neighbor) to one grid first; theratwin does not resample here",
        )


def corner_distance(image: Image, reference: Image) -> float:
    """Return the largest distance (mm) of two grids of equal shape at their corners."""
    corners = np.array(list(product(*[(-0.5, size - 0.5) for size in reference.shape], (1.0,))))
    apart = (corners @ (image.affine - reference.affine).T)[:, :3]
    return float(np.linalg.norm(apart, axis=1).max())


def _differences(image: Image, reference: Image) -> list[str]:
    if image.shape != reference.shape:
        shapes = f"shape {image.shape} against {reference.shape} voxels"
        return [shapes, *_size_difference(image, reference)]
    apart = corner_distance(image, reference)
    if apart <= TOLERANCE * reference.voxel_size.min():
        return []
    return [*_size_difference(image, reference), _position(image, reference, apart)]


def _size_difference(image: Image, reference: Image) -> list[str]:
    if np.allclose(image.voxel_size, reference.voxel_size, rtol=1e-4):
        return []
    return [f"voxels {_size(image)} mm against {_size(reference)} mm"]


def _size(image: Image) -> str:
    return " x ".join(f"{edge:.5g}" for edge in image.voxel_size)


def _position(image: Image, reference: Image, apart: float) -> str:
    shift = image.affine[:3, 3] - reference.affine[:3, 3]
    text = f"the corners lie up to {apart:.3g} mm apart"
    if image.orientation != reference.orientation:
        return f"{text}, orientation {image.orientation} against {reference.orientation}"
    return f"{text}, the first voxels {np.round(shift, 3).tolist()} mm"
