"""A twin with fewer draws, for studies that solve each of them many times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from theratwin.core.errors import InputError
from theratwin.twin.posterior import BlockPosterior, Fit
from theratwin.twin.twin import Twin


def thinned(twin: Twin, draws: int) -> Twin:
    """Return the twin with ``draws`` of its draws, evenly spaced; all of them if it has no more.

    Raises
    ------
    InputError
        If there would be none.
    """
    if draws < 1:
        raise InputError("must be positive", field="draws", value=draws)
    if draws >= twin.draws:
        return twin
    kept = np.linspace(0, twin.draws - 1, draws).round().astype(int)
    return replace(twin, posteriors=tuple(_thinned(each, kept) for each in twin.posteriors))


def _thinned(posterior: BlockPosterior, kept: Int[np.ndarray, " kept"]) -> BlockPosterior:
    fits, shares = list(posterior.fits), []
    for index, positions in posterior.shares:
        chosen = np.isin(positions, kept)
        fits[index] = _with_draws(fits[index], chosen)
        if chosen.any():
            shares.append((index, np.searchsorted(kept, positions[chosen])))
    return replace(posterior, fits=tuple(fits), shares=tuple(shares), draws=len(kept))


def _with_draws(fit: Fit, chosen: np.ndarray) -> Fit:
    if fit.resampled is None:
        return fit
    if not chosen.any():
        return replace(fit, resampled=None)
    draws = fit.resampled.draws[: len(chosen)][chosen]
    return replace(fit, resampled=replace(fit.resampled, draws=draws))
