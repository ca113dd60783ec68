"""Voxel kernels of any nuclide, medium and voxel size, from the dose-point kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.emissions import Emissions
from theratwin.physics.kernels.nuclide_kernel import RADII, NuclideKernel, nuclide_kernel
from theratwin.physics.kernels.overlap import voxel_overlap
from theratwin.physics.kernels.point_source import check_medium
from theratwin.physics.kernels.shipped import kernel_of
from theratwin.physics.kernels.uncertainty import BREMSSTRAHLUNG, EMISSION, LENGTHS, NOISE
from theratwin.physics.matter import material
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM
from theratwin.physics.voxel_kernel import VoxelKernel

Array = NDArray[np.float64]
MOST = 64  # voxels along each axis


def voxel_kernel(
    emitted: Emissions | NuclideKernel,
    voxel_size: ArrayLike,
    medium: str = "soft",
    density: float | None = None,
    *,
    extent: int = 6,
) -> VoxelKernel:
    r"""Return the S values of the voxels around one that holds a nuclide evenly.

    .. math:: S_i = \frac{1}{\rho V} \int w_i(r)\,\mathrm{d}E(r)

    with :math:`E(r)` the energy absorbed within r of a point (`nuclide_kernel`) and :math:`w_i`
    the chance that a point of the source, moved by r, lies in voxel i (`voxel_overlap`).

    Parameters
    ----------
    emitted
        Emissions a decay of a nuclide or a chain, or its kernel in the medium.
    voxel_size
        Edge or edges, mm.
    medium
        One of the media of the kernels.
    density
        g/mL; the medium's own where None.
    extent
        Voxels from the source outward along each axis, itself among them.

    Raises
    ------
    InputError
        If a number is out of range or there are no tables of the medium.

    Examples
    --------
    >>> from theratwin.physics import emissions
    >>> kernel = voxel_kernel(emissions("Y-90"), 4.42)
    >>> round(float(kernel.s[0, 0, 1] / kernel.s[0, 0, 0]), 3)
    0.142
    """
    size = np.broadcast_to(np.asarray(voxel_size, dtype=float), (3,))
    if not (np.isfinite(size).all() and (size > 0).all()):
        raise InputError("not an edge length", field="voxel_size", value=voxel_size, allowed="mm")
    if not 1 <= extent <= MOST:
        raise InputError(
            "not a number of voxels", field="extent", value=extent, allowed=f"1 to {MOST}"
        )
    check_medium(medium)
    edges = (float(size[0]), float(size[1]), float(size[2]))
    rho = material(medium).density if density is None else float(density)
    if not (np.isfinite(rho) and rho > 0):
        raise InputError("not a density", field="density", value=density, allowed="> 0 g/mL")
    weights = _weights(edges, rho, extent)
    unit = GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / (rho * float(np.prod(size)) * 1e-3)
    kernel = emitted if isinstance(emitted, NuclideKernel) else nuclide_kernel(emitted, medium)
    s, longer, radiated = (
        unit * np.tensordot(np.diff(within), weights, axes=1)
        for within in (kernel.total, kernel.stretched(1.0 + LENGTHS), kernel.bremsstrahlung)
    )
    whole = np.maximum(s, np.finfo(float).tiny)
    parts = (EMISSION, NOISE, longer / whole - 1, BREMSSTRAHLUNG * radiated / whole)
    return VoxelKernel(
        s=s,
        voxel_size=edges,
        medium=medium,
        density=rho,
        nuclide=kernel.nuclide,
        relative_uncertainty=np.sqrt(sum(np.square(part) for part in parts)),
        provenance="theratwin's own transport: point sources of one energy in a medium without "
        "end, folded with the spectra of ICRP-107; uncertainty: emitted energy 1 %, ranges and "
        "mean free paths 1.5 %, noise 0.3 %, bremsstrahlung 10 %",
    )


def nuclide_voxel_kernel(
    name: str | Nuclide,
    voxel_size: ArrayLike,
    medium: str = "soft",
    density: float | None = None,
    *,
    extent: int = 6,
    progeny: Progeny | None = None,
) -> VoxelKernel:
    """Return `voxel_kernel` of a nuclide by name.

    Parameters
    ----------
    name
        Nuclide, in any spelling.
    voxel_size, medium, density, extent
        As of `voxel_kernel`.
    progeny
        As for `chain_weights`: descendants that count decay where the parent does, within a
        year. Without it, the nuclide alone, if its progeny hardly counts.

    Examples
    --------
    >>> nuclide_voxel_kernel("Lu-177", 4.8).shape
    (6, 6, 6)
    """
    kernel = kernel_of(name, medium, progeny)
    return voxel_kernel(kernel, voxel_size, medium, density, extent=extent)


def _weights(size: tuple[float, float, float], density: float, extent: int) -> Array:
    """Return the chances of `voxel_overlap` for each shell between `RADII`."""
    edges = (0.1 * density * size[0], 0.1 * density * size[1], 0.1 * density * size[2])
    middle = 0.5 * (RADII[1:] + RADII[:-1])
    return voxel_overlap(middle, edges, extent)
