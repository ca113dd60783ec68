"""Energy that regions of a voxel model absorb from a source of one particle and energy."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.matter import Material
from theratwin.physics.transport.emission import Emission
from theratwin.physics.transport.energy_book import EnergyBook
from theratwin.physics.transport.scenes import Settings, voxel_scene
from theratwin.physics.transport.simulate import Progress, simulate
from theratwin.physics.transport.voxel_matter import VoxelMatter

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RegionDeposition:
    """Absorbed fractions of regions, with standard errors from batches.

    Parameters
    ----------
    fraction, standard_error
        Energy deposited over energy emitted, shape (regions,).
    response_dose, response_error
        Kerma-approximated dose of the response material over the energy emitted, 1/g, averaged
        over the region; empty without one.
    histories
        How many were followed.
    book
        Where their energy went.
    """

    fraction: Array
    standard_error: Array
    response_dose: Array
    response_error: Array
    histories: int
    book: EnergyBook


class RegionTransport:
    """Regions of a voxel model, ready for many runs from many sources.

    Parameters
    ----------
    matter
        The voxels.
    regions
        Region of each voxel, 0 and up, negative for none, shape of the voxels.
    response
        Material whose kerma is scored by region, from the fluence of photons.
    settings
        What is followed.

    Raises
    ------
    InputError
        If shapes disagree, or there is no region.
    """

    def __init__(
        self,
        matter: VoxelMatter,
        regions: ArrayLike,
        response: Material | None = None,
        settings: Settings | None = None,
    ) -> None:
        where = np.asarray(regions)
        _check_regions(matter, where)
        self._scene = voxel_scene(matter, settings or Settings(), where.astype(np.int16), response)
        count = np.bincount(where[where >= 0].reshape(-1))
        self._volume = np.maximum(count, 1) * matter.voxel_volume

    def run(
        self,
        source: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        particle: str,
        energy: float,
        histories: int,
        seed: int = 0,
        batches: int = 20,
        workers: int | None = None,
        device: str = "cpu",
        progress: Progress | None = None,
    ) -> RegionDeposition:
        """Return what each region absorbs; for the parameters see `region_deposition`."""
        voxels = np.asarray(source, dtype=np.int64).reshape(-1)
        _check_source(voxels, self._scene.matter.size, histories, batches)
        even = np.empty(0)
        found = simulate(
            self._scene,
            voxels,
            even if weights is None else np.asarray(weights, dtype=float).reshape(voxels.shape),
            Emission.single(particle, energy),
            scores=self._volume.size,
            histories=histories,
            batches=batches,
            seed=seed,
            workers=workers or os.cpu_count() or 1,
            device=device,
            progress=progress,
        )
        per_gram = 1 / (self._volume[: found.kerma.size] * energy)
        return RegionDeposition(
            fraction=found.mean / energy,
            standard_error=found.standard_error / energy,
            response_dose=found.kerma * per_gram,
            response_error=found.kerma_error * per_gram,
            histories=found.histories,
            book=found.book,
        )


def region_deposition(
    matter: VoxelMatter,
    regions: ArrayLike,
    source: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    particle: str,
    energy: float,
    histories: int,
    seed: int = 0,
    batches: int = 20,
    response: Material | None = None,
    settings: Settings | None = None,
    workers: int | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> RegionDeposition:
    """Return the energy that each region absorbs from particles emitted within source voxels.

    Parameters
    ----------
    matter
        The voxels.
    regions
        Region of each voxel, 0 and up, negative for none, shape of the voxels.
    source
        Flat indices of the voxels of the source, the last axis fastest.
    weights
        Activity of each, even where None.
    particle, energy
        ``photon``, ``electron``, ``positron`` or ``alpha``, and its energy, MeV; a positron's
        annihilation quanta are followed too.
    histories, batches, seed
        How many particles, in how many batches, from which streams.
    response
        Material whose kerma is scored by region, from the fluence of photons.
    settings
        What is followed.
    workers
        Threads; all cores where None.
    device
        ``cpu``, or ``cuda`` for a GPU (numba-cuda), which follows the same histories.
    progress
        Called with the histories done and those planned.

    Raises
    ------
    InputError
        If shapes disagree, or a number is out of range.
    UnsupportedError
        If the device is not there, or too many particles wait.

    Examples
    --------
    >>> from theratwin.physics.matter import material
    >>> block = VoxelMatter((material("water"),), np.zeros((5, 5, 5), int), 1.0, (4, 4, 4))
    >>> inner = np.full((5, 5, 5), 0); inner[2, 2, 2] = 1
    >>> found = region_deposition(block, inner, [62], particle="electron", energy=0.1,
    ...                           histories=2000, batches=4, workers=1)
    >>> bool(found.fraction[1] > 0.95), abs(found.book.imbalance) < 1e-9
    (True, True)
    """
    return RegionTransport(matter, regions, response, settings).run(
        source,
        weights,
        particle=particle,
        energy=energy,
        histories=histories,
        seed=seed,
        batches=batches,
        workers=workers,
        device=device,
        progress=progress,
    )


def _check_regions(matter: VoxelMatter, regions: NDArray[np.integer]) -> None:
    if regions.shape != matter.shape:
        raise InputError(
            "not on the grid of the matter",
            field="regions",
            value=f"shape {regions.shape}",
            allowed=f"shape {matter.shape}",
        )
    if not -1 < regions.max() < 32768:
        raise InputError("no region", field="regions", value=regions.max(), allowed="0 to 32767")


def _check_source(source: NDArray[np.int64], size: int, histories: int, batches: int) -> None:
    if source.size == 0 or source.min() < 0 or source.max() >= size:
        raise InputError(
            "source voxels outside the matter",
            field="source",
            value=f"{source.size} voxels",
            allowed=f"0 to {size - 1}",
        )
    if batches < 2 or histories < batches:
        raise InputError(
            "too few histories", field="histories", value=histories, allowed=">= batches >= 2"
        )
