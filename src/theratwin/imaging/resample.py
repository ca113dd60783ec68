"""An image averaged over the voxels of another grid, exactly, where the axes are parallel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.imaging.geometry import reorient_like
from theratwin.imaging.image import Image

#: Largest tilt of parallel axes, as the shift along the whole image over its length.
_TILT = 1e-3


@dataclass(frozen=True, eq=False)
class BoxMean:
    """An image on another grid, and how much of each voxel it covers.

    Parameters
    ----------
    image
        Mean over the part of each voxel that the image covers; 0 where it covers none.
    covered
        Part of each voxel's volume that lies within the image, 0 to 1, shape of the image.
    """

    image: Image
    covered: Float[np.ndarray, "i j k"]


def box_mean(image: Image, like: Image) -> BoxMean:
    r"""Average an image over the voxels of another grid.

    .. math:: \bar f_v = \frac{\int_{v \cap I} f\,dV}{|v \cap I|}

    with :math:`f` constant within each voxel of the image :math:`I`, so that integrals are kept:
    averaged density keeps mass. The weights are products of overlaps along the three axes.

    Parameters
    ----------
    image
        What to average, such as a CT or a density.
    like
        The grid to bring it to, such as that of a SPECT. Both lie in the same space.

    Raises
    ------
    InputError
        If the axes are not parallel.

    Examples
    --------
    >>> fine = Image(np.arange(8.0).reshape(8, 1, 1), np.diag([2.0, 4, 4, 1]), "HU", "ct")
    >>> grid = np.diag([8.0, 4, 4, 1]); grid[0, 3] = 3.0  # the first voxel's center, mm
    >>> coarse = Image(np.zeros((2, 1, 1)), grid, "", "spect")
    >>> box_mean(fine, coarse).image.data.ravel()
    array([1.5, 5.5])
    """
    turned = reorient_like(image, like)
    between = np.linalg.inv(like.affine) @ turned.affine  # voxels of the image, in those of `like`
    _check_parallel(between, turned, like)
    overlaps = [
        _overlap(turned.shape[axis], like.shape[axis], between[axis, axis], between[axis, 3])
        for axis in range(3)
    ]
    total = turned.data.astype(float)
    for axis, weights in enumerate(overlaps):
        total = np.moveaxis(np.tensordot(weights, total, axes=(1, axis)), 0, axis)
    covered = np.einsum("i,j,k->ijk", *[weights.sum(axis=1) for weights in overlaps])
    mean = np.divide(total, covered, out=np.zeros_like(total), where=covered > 0)
    return BoxMean(
        replace(image, data=mean, affine=like.affine, scaled=True), np.minimum(covered, 1.0)
    )


def _check_parallel(between: np.ndarray, image: Image, like: Image) -> None:
    linear = between[:3, :3]
    tilt = np.abs(linear - np.diag(np.diag(linear))) * np.array(image.shape)
    if np.any(tilt > _TILT * np.array(like.shape)[:, None]):
        raise InputError(
            f"its axes are not parallel to those of {like.name}",
            field=image.name,
            remedy="Resample it to that grid first; theratwin averages over parallel voxels only",
        )


def _overlap(size: int, wanted: int, edge: float, first: float) -> Float[np.ndarray, "wanted size"]:
    """Return how much of each wanted voxel, of edge 1, each voxel of the image covers."""
    starts = first + edge * (np.arange(size) - 0.5)
    cells = np.arange(wanted)[:, None]
    upper = np.minimum(starts + edge, cells + 0.5)
    lower = np.maximum(starts, cells - 0.5)
    return np.maximum(upper - lower, 0.0)
