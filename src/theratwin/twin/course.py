"""Draws of the activity in every region over a course of administrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from theratwin.case import Schedule
from theratwin.core import Curve, Exponentials, joined
from theratwin.core.seed import stream
from theratwin.twin.posterior import BlockPosterior

#: Region to the curve of each administration: activity (MBq), or concentration (MBq/mL), with
#: batch ``(draws,)``; None for administrations before the region appeared.
Activities = Mapping[str, tuple[Curve | None, ...]]


def activities_by_cycle(
    posterior: BlockPosterior, schedule: Schedule, *, seed: int
) -> dict[str, tuple[Curve | None, ...]]:
    """Return the curves of a block's regions, the draws of all structures together.

    Parameters
    ----------
    posterior
        The block.
    schedule
        The course; its k-th administration is the k-th cycle of the treatment, whatever its
        activity and time.
    seed
        Seed of the cycles that were not measured.
    """
    shares = [
        alternative.curves(theta, schedule, future_stream(seed, posterior, alternative))
        for alternative, theta in posterior.each_share()
    ]
    return {
        region: tuple(
            _joint(posterior, [share[region][cycle] for share in shares])
            for cycle in range(len(schedule))
        )
        for region in shares[0]
    }


def future_stream(seed: int, posterior: BlockPosterior, alternative: Any) -> np.random.Generator:
    """Return the random stream of a structure's cycles that were not measured.

    One a structure: a cycle is the same in a short course and in a long one.
    """
    return stream(seed, posterior.name, alternative.name, "future")


def _joint(posterior: BlockPosterior, shares: Sequence[Curve | None]) -> Curve | None:
    """Gather the draws of all structures in one curve."""
    present = [share for share in shares if share is not None]
    if len(present) < len(shares):  # whether a region has appeared rests on no structure
        return None
    exponentials = [share for share in present if isinstance(share, Exponentials)]
    if len(exponentials) == len(shares):
        return _scattered(posterior, exponentials)
    if len(present) == 1:
        return present[0]
    return joined(
        _spread(share, positions, posterior.draws)
        for share, (_, positions) in zip(present, posterior.shares, strict=True)
    )


def _spread(share: Curve, positions: np.ndarray, draws: int) -> Curve:
    """Return a structure's curves in the places of its draws, zero in those of the others."""
    source, present = np.zeros(draws, dtype=int), np.zeros(draws)
    source[positions], present[positions] = np.arange(len(positions)), 1.0
    return share[source] * present


def _scattered(posterior: BlockPosterior, shares: Sequence[Exponentials]) -> Exponentials:
    """Return one sum of exponentials with as many terms as the largest has."""
    terms = max(share.amplitudes.shape[-1] for share in shares)
    return Exponentials(
        *(
            posterior.scatter([_padded(getattr(share, name), terms, fill) for share in shares])
            for name, fill in (("amplitudes", 0.0), ("rates", 1.0), ("starts", None))
        )
    )


def _padded(array: np.ndarray, terms: int, fill: float | None) -> np.ndarray:
    """Append terms; those of amplitude zero count for nothing."""
    missing = terms - array.shape[-1]
    last = array[..., -1:] if fill is None else np.full((*array.shape[:-1], 1), fill)
    return np.concatenate([array, np.repeat(last, missing, axis=-1)], axis=-1)
