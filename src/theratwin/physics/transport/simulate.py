"""Runs of many histories, in batches that give the uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import UnsupportedError
from theratwin.physics.transport.batches import Batches, follower
from theratwin.physics.transport.emission import Emission
from theratwin.physics.transport.energy_book import EnergyBook
from theratwin.physics.transport.scene import BOOK, DROPPED, Scene

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Score:
    """Means over batches of what a history scores, and their standard errors.

    Parameters
    ----------
    mean, standard_error
        MeV a history, shape (scores,).
    kerma, kerma_error
        Fluence times the scene's response, MeV cm3/g a history, shape (regions,) or (0,).
    summary, summary_error
        Mean of what `simulate` was asked to make of each batch's scores, or empty.
    histories
        How many were followed.
    book
        Their energies.
    """

    mean: Array
    standard_error: Array
    kerma: Array
    kerma_error: Array
    summary: Array
    summary_error: Array
    histories: int
    book: EnergyBook


def simulate(
    scene: Scene,
    voxels: NDArray[np.int64],
    weights: Array,
    emission: Emission,
    *,
    scores: int,
    histories: int,
    batches: int,
    seed: int,
    workers: int,
    device: str = "cpu",
    summary: Callable[[Array], Array] | None = None,
    until: Callable[[Array, Array], bool] | None = None,
    progress: Progress | None = None,
) -> Score:
    """Follow histories in batches; the result does not depend on the number of workers.

    Parameters
    ----------
    scene
        What is where.
    voxels, weights
        Flat indices of the source, and their weights (empty: even).
    emission
        What it emits.
    scores
        Length of the tally.
    histories, batches
        Most histories, cut in batches of equal size.
    seed
        Of all streams.
    workers
        Threads; those of a GPU each have a batch at work there.
    device
        ``cpu`` or ``cuda``. A GPU follows the same histories: results are the same but for
        rounding, and where rounding turns a history another way.
    summary
        What to make of the scores of each batch, such as sums over regions: their errors then
        hold what voxels have in common.
    until
        Given mean and standard error after each batch (from the fifth on), whether to stop.
    progress
        Called with the histories done and those planned.

    Raises
    ------
    InputError
        If the device is unknown.
    UnsupportedError
        If it is not there, or more particles wait than there is room for.
    """
    size = max(1, -(-histories // batches))
    kermas = scores if scene.response.size else 0
    sums = _Sums(scores), _Sums(kermas), _Sums(0)
    energies = np.zeros(BOOK)
    source = (np.ascontiguousarray(voxels, np.int64), np.cumsum(weights))
    drawn = (emission.kind, emission.energy, np.cumsum(emission.yields))
    stopped = Event()
    run = follower(device, Batches(scene, source, drawn, seed, size, scores, kermas), stopped)

    coming = _in_order(run, batches, workers, stopped)
    for done, (tally, kerma, book) in enumerate(coming, start=1):
        _check_room(book, device)
        mean = tally / size
        sums[0].add(mean)
        sums[1].add(kerma / size)
        if summary is not None:
            sums[2].add(summary(mean))
        energies += book
        if progress is not None:
            progress(done * size, batches * size)
        if until is not None and done >= 5 and until(sums[0].mean, sums[0].standard_error):
            break
    return Score(
        mean=sums[0].mean,
        standard_error=sums[0].standard_error,
        kerma=sums[1].mean,
        kerma_error=sums[1].standard_error,
        summary=sums[2].mean,
        summary_error=sums[2].standard_error,
        histories=sums[0].count * size,
        book=EnergyBook(*(float(energy) for energy in energies[:DROPPED])),
    )


def _check_room(book: Array, device: str) -> None:
    """Check that no particle was dropped: results without it would be wrong."""
    if book[DROPPED]:
        raise UnsupportedError(
            "more particles are set free at once than there is room for",
            field="settings.cutoffs",
            value=f"{book[DROPPED]:g} dropped",
            remedy="Raise ElectronCutoffs.loss or .photon, so that fewer collisions are single"
            + ("" if device == "cpu" else ", or take the device cpu"),
        )


class _Sums:
    """Mean and spread of batches, by Welford's recurrence."""

    def __init__(self, size: int) -> None:
        self.count, self.mean, self._squares = 0, np.zeros(size), np.zeros(size)

    def add(self, values: Array) -> None:
        self.count += 1
        if self.count == 1:
            self.mean, self._squares = np.zeros(values.shape), np.zeros(values.shape)
        change = values - self.mean
        self.mean += change / self.count
        self._squares += change * (values - self.mean)

    @property
    def standard_error(self) -> Array:
        if self.count < 2:
            return np.full(self.mean.shape, np.inf)
        return np.sqrt(self._squares / (self.count * (self.count - 1)))


def _in_order(
    run: Callable[[int], Any], batches: int, workers: int, stopped: Event
) -> Iterator[Any]:
    """Yield the batches in order, a few ahead at work, so that sums add up alike."""
    if workers == 1:
        yield from map(run, range(batches))
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(run, batch) for batch in range(min(workers + 1, batches))]
        coming = len(waiting)
        try:
            while waiting:
                yield waiting.pop(0).result()
                if coming < batches:
                    waiting.append(pool.submit(run, coming))
                    coming += 1
        finally:  # also on Ctrl-C: what runs ends with its slice
            stopped.set()
            for future in waiting:
                future.cancel()
