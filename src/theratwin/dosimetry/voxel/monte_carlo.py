"""Dose by voxel by our own Monte Carlo: photons with local electrons, or everything."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.seed import checked_seed
from theratwin.dosimetry.voxel.maps import (
    VoxelDose,
    divide_by_density,
    flat_indices,
    total_where_thin,
)
from theratwin.dosimetry.voxel.problem import VoxelProblem
from theratwin.dosimetry.voxel.region_mean import RegionMean
from theratwin.physics.matter import (
    density_of_hounsfield,
    material_index_of_hounsfield,
    schneider_materials,
)
from theratwin.physics.transport import (
    Emission,
    Settings,
    VoxelDeposition,
    VoxelMatter,
    WeightedVoxels,
    voxel_deposition,
)
from theratwin.physics.transport.simulate import Progress
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

HISTORIES = 2_000_000


def monte_carlo_dose(
    problem: VoxelProblem,
    *,
    electrons: bool,
    histories: int | None = None,
    uncertainty: float | None = None,
    regions: Mapping[str, ArrayLike] | None = None,
    seed: int = 0,
    device: str = "cpu",
    progress: Progress | None = None,
) -> VoxelDose:
    """Return the dose by Monte Carlo.

    Parameters
    ----------
    problem
        Activity, matter and nuclide.
    electrons
        Whether electrons are followed, or leave their energy where they start.
    histories
        Particles to follow at most; two million where None.
    uncertainty
        Stop when the mean relative error of voxels above half the largest energy is below.
    regions
        Regions by name, as flat indices into the map or masks, which may overlap: the errors of
        their mean doses are taken from batches (`VoxelDose.region_means`).
    seed
        Of the random streams; the result does not depend on the number of threads.
    device
        ``cpu``, or ``cuda`` for a GPU (numba-cuda).
    progress
        Called with the histories done and those planned.

    Raises
    ------
    InputError
        If a region lies outside the map, or a number is out of range or no seed.
    """
    method = "full" if electrons else "photons"
    density = problem.required_density(method)
    matter = matter_of(problem, density)
    counted = _counted(problem, density, regions or {})
    found = voxel_deposition(
        matter,
        problem.activity,
        Emission.of_nuclide(problem.emitted),
        histories=histories or HISTORIES,
        uncertainty=uncertainty,
        regions=list(counted.values()),
        settings=Settings(electrons=electrons),
        seed=checked_seed(seed),
        workers=problem.workers,
        device=device,
        progress=progress,
    )
    dose, spread = _dose(found, problem, matter)
    words = "electrons followed" if electrons else "electrons local"
    return VoxelDose(
        dose=dose,
        apart=divide_by_density(dose, density, 1.0, problem.apart_below),
        voxel_size=problem.voxel_size,
        method=f"Monte Carlo, {words}, {found.histories:.3g} histories",
        apart_below=problem.apart_below,
        activity_apart=total_where_thin(problem.activity, density, problem.apart_below),
        relative_uncertainty=spread,
        region_means=_means(found, problem, matter, counted),
    )


def matter_of(problem: VoxelProblem, density: NDArray[np.floating]) -> VoxelMatter:
    """Return what the voxels hold, after Schneider: by CT numbers, or those that a density has."""
    numbers = problem.hounsfield
    if numbers is None:
        numbers = _hounsfield_of_density(density)
    index = material_index_of_hounsfield(numbers).astype(np.uint8)
    rho = density.astype(np.float32)
    return VoxelMatter(tuple(schneider_materials()), index, rho, problem.voxel_size)


def _hounsfield_of_density(density: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the CT number of the least dense tissue of at least that density."""
    numbers = np.arange(-1000.0, 3000.0)
    rising = np.maximum.accumulate(density_of_hounsfield(numbers))
    return numbers[np.minimum(np.searchsorted(rising, density), numbers.size - 1)]


def _counted(
    problem: VoxelProblem, density: NDArray[np.floating], regions: Mapping[str, ArrayLike]
) -> dict[str, WeightedVoxels]:
    """Return of each region the voxels that get a dose, with the inverse of their density.

    Regions of air are left out.
    """
    counted = {}
    for name, given in regions.items():
        voxels = flat_indices(given, density.shape)
        voxels = voxels[density.flat[voxels] >= problem.apart_below]
        if voxels.size:
            counted[name] = WeightedVoxels(voxels, 1.0 / density.flat[voxels].astype(float))
    return counted


def _dose(
    found: VoxelDeposition, problem: VoxelProblem, matter: VoxelMatter
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the energy as dose times density, Gy g/mL, and its relative uncertainty."""
    spread = np.divide(
        found.standard_error, found.energy, out=np.zeros(matter.shape), where=found.energy > 0
    )
    return found.energy * _per_energy(problem, matter), spread


def _means(
    found: VoxelDeposition,
    problem: VoxelProblem,
    matter: VoxelMatter,
    counted: Mapping[str, WeightedVoxels],
) -> dict[str, RegionMean]:
    """Return the mean dose of each region: energies over densities, over the number of voxels."""
    factor = _per_energy(problem, matter)
    sums = zip(counted.items(), found.region_energy, found.region_error, strict=True)
    return {
        name: RegionMean(float(factor * e / voxels.size), float(factor * error / voxels.size))
        for (name, (voxels, _)), e, error in sums
    }


def _per_energy(problem: VoxelProblem, matter: VoxelMatter) -> float:
    """Return dose times density (Gy g/mL) for a MeV a decay in a voxel."""
    decays = float(problem.activity.sum(dtype=float)) * DECAYS_PER_MBQ_H
    return decays * GY_PER_MEV_PER_GRAM / matter.voxel_volume
