"""Dose by convolution with a voxel kernel, scaled by density."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel.convolution import convolve_octant
from theratwin.dosimetry.voxel.maps import (
    AIR_BELOW,
    VoxelDose,
    checked_density,
    checked_map,
    checked_size,
    divide_by_density,
    total_where_thin,
)
from theratwin.physics.voxel_kernel import VoxelKernel

#: Relative difference of edge lengths between map and kernel that is let pass. The S value of the
#: source voxel goes as the inverse of its volume: three edges of this make 0.6 %.
SIZE_TOLERANCE = 2e-3


def kernel_dose(
    activity: ArrayLike,
    kernel: VoxelKernel,
    voxel_size: ArrayLike,
    density: ArrayLike | None = None,
    *,
    apart_below: float = AIR_BELOW,
    workers: int = 1,
) -> VoxelDose:
    r"""Return the dose by the kernel of a uniform medium, scaled by each voxel's density.

    .. math:: D_i = \frac{\rho_0}{\rho_i} \sum_j \tilde A_j\,S_{|i - j|}

    with :math:`\rho_0` the kernel's density: the energy that reaches a voxel is taken as in the
    uniform medium, which conserves it; that rays and ranges change with density is not seen
    (against full transport about 10 % off in lung and bone). Activity outside the map gives no
    dose, and dose outside it is lost.

    Parameters
    ----------
    activity
        Time-integrated activity of each voxel, MBq h, shape ``(i, j, k)``.
    kernel
        S values for the nuclide and the voxels of the map.
    voxel_size
        Edge lengths of the map's voxels, mm; those of the kernel within 0.2 %.
    density
        g/mL, a map or one number; the kernel's own where it is None.
    apart_below
        g/mL; less dense voxels get no dose and are counted.
    workers
        Threads.

    Raises
    ------
    InputError
        If voxel sizes or shapes disagree, or a map holds negative numbers.

    Examples
    --------
    >>> s = VoxelKernel(np.full((2, 2, 2), 0.1), (4, 4, 4), "water", 1.0, "Y-90", 0.0, "made up")
    >>> point = np.zeros((3, 3, 3)); point[1, 1, 1] = 10.0
    >>> kernel_dose(point, s, (4, 4, 4), 2.0).dose[0, 0].round(12)
    array([0.5, 0.5, 0.5])
    """
    maps = checked_map(activity, "activity", "MBq h")
    size = checked_size(voxel_size)
    _check_size(size, kernel)
    rho = checked_density(kernel.density if density is None else density, maps.shape)
    dose = convolve_octant(maps, kernel.s, workers=workers)
    return VoxelDose(
        dose=dose,
        apart=divide_by_density(dose, rho, kernel.density, apart_below),
        voxel_size=size,
        method=f"convolution with the {kernel.nuclide} kernel of {kernel.medium}, "
        f"{kernel.density:.4g} g/mL" + (", no density scaling" if density is None else ""),
        apart_below=apart_below,
        activity_apart=total_where_thin(maps, rho, apart_below),
        systematic=_noise_of(kernel),
    )


def _noise_of(kernel: VoxelKernel) -> dict[str, float]:
    """Return the mean relative uncertainty of the S values, weighted by energy.

    All voxels share the kernel, and the signs of its errors are not known: taken as alike in all
    S values, which bounds the uncertainty of any mean over many voxels.
    """
    weights = kernel.s.copy()
    for axis, size in enumerate(kernel.shape):
        fold = np.r_[1.0, np.full(size - 1, 2.0)]
        weights *= fold.reshape([-1 if a == axis else 1 for a in range(3)])
    total = float(weights.sum())
    noise = float(np.sum(weights * kernel.relative_uncertainty)) / total if total > 0 else np.nan
    return {"S values": noise} if np.isfinite(noise) else {}


def _check_size(size: tuple[float, float, float], kernel: VoxelKernel) -> None:
    if not np.allclose(size, kernel.voxel_size, rtol=SIZE_TOLERANCE, atol=0.0):
        given = " x ".join(f"{edge:.5g}" for edge in size)
        held = " x ".join(f"{edge:.5g}" for edge in kernel.voxel_size)
        raise InputError(
            "the kernel is of other voxels",
            field="voxel_size",
            value=f"{given} mm",
            allowed=f"{held} mm, within {SIZE_TOLERANCE:.1%}",
            remedy="Give a kernel of the map's voxel size, or resample the map",
        )
