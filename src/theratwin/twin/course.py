"""Draws of the activity in a region over a course of administrations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theratwin.case import Schedule
from theratwin.core import Exponentials
from theratwin.core.seed import stream
from theratwin.twin.posterior import BlockPosterior


def activity_by_cycle(
    posterior: BlockPosterior, schedule: Schedule, *, seed: int
) -> tuple[Exponentials | None, ...]:
    """Return the curve of each administration in one region, averaged over structures.

    Parameters
    ----------
    posterior
        The region's block.
    schedule
        The course; its k-th administration is the k-th cycle of the treatment, whatever its
        activity and time.
    seed
        Seed of the cycles that were not measured.

    Returns
    -------
    tuple
        For each administration, the activity (MBq, or MBq/mL) as a curve with batch
        ``(draws,)``; None for cycles before the region appeared.
    """
    first = posterior.fits[0].alternative.first_cycle - 1
    course = schedule.administrations[first:]
    if not course:
        return (None,) * len(schedule)
    shares = []
    for alternative, theta in posterior.each_share():
        # A stream for each structure: a cycle is the same in a short course and in a long one.
        generator = stream(seed, posterior.name, alternative.name, "future")
        carried = alternative.carried(theta, len(course), generator)
        shares.append(alternative.over(course).cycle_curves(carried))
    curves = [_joint(posterior, [share[cycle] for share in shares]) for cycle in range(len(course))]
    return (None,) * first + tuple(curves)


def _joint(posterior: BlockPosterior, shares: Sequence[Exponentials]) -> Exponentials:
    """Gather the draws of all structures in one curve, with as many terms as the largest has."""
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
