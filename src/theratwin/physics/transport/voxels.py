"""Energy by voxel from a map of activity, by Monte Carlo."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.transport.batches import check_device
from theratwin.physics.transport.emission import Emission
from theratwin.physics.transport.energy_book import EnergyBook
from theratwin.physics.transport.region_sums import Regions, Sums, region_sums
from theratwin.physics.transport.scene import ALPHA, PHOTON, POSITRON
from theratwin.physics.transport.scenes import Settings, voxel_scene
from theratwin.physics.transport.simulate import Progress, Score, simulate
from theratwin.physics.transport.voxel_matter import VoxelMatter

Array = NDArray[np.float64]
BATCHES = 40


@dataclass(frozen=True, eq=False)
class VoxelDeposition:
    """Energy that voxels absorb a decay of the whole map, with standard errors from batches.

    Parameters
    ----------
    energy, standard_error
        MeV a decay, shape ``(i, j, k)``.
    region_energy, region_error
        MeV a decay (times the weights, if regions have such), shape (regions,); empty if no
        regions were given. Their errors hold what neighboring voxels have in common, which a sum
        over voxels does not.
    histories
        How many particles were followed.
    book
        Where their energy went.
    """

    energy: Array
    standard_error: Array
    region_energy: Array
    region_error: Array
    histories: int
    book: EnergyBook

    def uncertainty(self, above: float = 0.5) -> float:
        """Return the mean relative error of the voxels that absorb at least so much of the most."""
        return _uncertainty(self.energy, self.standard_error, above)


def voxel_deposition(
    matter: VoxelMatter,
    activity: ArrayLike,
    emission: Emission,
    *,
    histories: int,
    uncertainty: float | None = None,
    regions: Regions | None = None,
    settings: Settings | None = None,
    seed: int = 0,
    batches: int = BATCHES,
    workers: int | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> VoxelDeposition:
    """Return the energy that each voxel absorbs a decay of a map of activity.

    What cannot leave its voxel (particles below the cutoffs) is added without noise.

    Parameters
    ----------
    matter
        The voxels.
    activity
        Any unit, shape of the voxels; even within each voxel.
    emission
        What a decay emits.
    histories
        Particles to follow at most.
    uncertainty
        Stop when the mean relative error of voxels above half the largest energy is below.
    regions
        Region of each voxel, 0 and up, negative for none; or the `WeightedVoxels` of each region,
        which may overlap.
    settings, seed, batches, workers, device, progress
        As for `region_deposition`.

    Raises
    ------
    InputError
        If shapes disagree, there is no activity, or a number is out of range.
    UnsupportedError
        If the device is not there, or too many particles wait.

    Examples
    --------
    >>> from theratwin.physics.matter import material
    >>> block = VoxelMatter((material("water"),), np.zeros((5, 5, 5), int), 1.0, (4, 4, 4))
    >>> point = np.zeros((5, 5, 5)); point[2, 2, 2] = 1.0
    >>> beta = Emission.single("electron", 0.15)
    >>> found = voxel_deposition(block, point, beta, histories=4000, workers=1)
    >>> round(float(found.energy[2, 2, 2]), 2), round(float(found.energy.sum()), 2)
    (0.14, 0.15)
    """
    check_device(device)
    chosen = settings or Settings()
    source = np.asarray(activity, dtype=float)
    _check(matter, source, histories, batches, uncertainty)
    shares = source.reshape(-1) / source.sum()
    followed, rest = emission.parted(_stays(emission, chosen))
    summary = region_sums(matter, regions)
    stayed = rest * shares
    if followed is None:
        found, scale = _nothing(shares.size, summary), 0.0
    else:
        voxels, scale = np.flatnonzero(shares), followed.particles_per_decay

        def precise(mean: Array, error: Array) -> bool:
            return _uncertainty(scale * mean + stayed, scale * error, 0.5) < (uncertainty or 0.0)

        found = simulate(
            voxel_scene(matter, chosen),
            voxels,
            shares[voxels],
            followed,
            scores=shares.size,
            histories=histories,
            batches=batches,
            seed=seed,
            workers=workers or os.cpu_count() or 1,
            device=device,
            summary=summary,
            until=None if uncertainty is None else precise,
            progress=progress,
        )
    return VoxelDeposition(
        energy=(scale * found.mean + stayed).reshape(matter.shape),
        standard_error=(scale * found.standard_error).reshape(matter.shape),
        region_energy=scale * found.summary + (0.0 if summary is None else summary(stayed)),
        region_error=scale * found.summary_error,
        histories=found.histories,
        book=found.book,
    )


def _nothing(voxels: int, summary: Sums | None) -> Score:
    """Return the score of no histories: all stays where it is emitted."""
    none, empty = np.zeros(voxels), np.zeros(0)
    regions = empty if summary is None else summary(none)
    return Score(none, none, empty, empty, regions, regions, 0, EnergyBook(0.0, 0.0, 0.0, 0.0))


def _stays(emission: Emission, settings: Settings) -> NDArray[np.bool_]:
    """Return which particles leave their energy where they are emitted."""
    photons = (emission.kind == PHOTON) & (emission.energy <= settings.photon_cutoff)
    charged = (emission.kind != PHOTON) & (emission.kind != ALPHA) & (emission.kind != POSITRON)
    lowest = settings.electron_cutoff if settings.electrons else np.inf
    return photons | (charged & (emission.energy <= lowest))


def _uncertainty(energy: Array, error: Array, above: float) -> float:
    high = energy >= above * energy.max()
    return float(np.mean(error[high] / energy[high]))


def _check(
    matter: VoxelMatter, activity: Array, histories: int, batches: int, uncertainty: float | None
) -> None:
    if activity.shape != matter.shape:
        raise InputError(
            "not on the grid of the matter",
            field="activity",
            value=f"shape {activity.shape}",
            allowed=f"shape {matter.shape}",
        )
    if not (activity.min() >= 0 and 0 < activity.sum() < np.inf):
        raise InputError(
            "no activity, or negative or not finite somewhere",
            field="activity",
            value=f"{activity.min()} to {activity.max()}",
            allowed="finite numbers >= 0, one above",
        )
    if batches < 5 or histories < batches:
        raise InputError(
            "too few histories", field="histories", value=histories, allowed=">= batches >= 5"
        )
    if uncertainty is not None and not uncertainty > 0:
        raise InputError("not a share", field="uncertainty", value=uncertainty, allowed="> 0")
