"""Specific energy of a nucleus by alphas from several places and nuclides at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theratwin.core.errors import InputError
from theratwin.physics.cells.specific_energy import SingleEvent, _gridded


def mixed_event(parts: Sequence[tuple[SingleEvent, float]], *, values: int = 512) -> SingleEvent:
    r"""Return the spectrum of one event of any of several kinds.

    .. math:: f_1(z) = \sum_i n_i f_{1,i}(z) / \sum_i n_i

    Poisson events of several kinds are one Poisson process of their mixture.

    Parameters
    ----------
    parts
        Single events, and the mean number of hits of each.
    values
        Number of z on the grid, at least 16.

    Returns
    -------
    SingleEvent
        ``hits_per_decay`` is the sum of all hits.

    Raises
    ------
    InputError
        If no hit is left, or a number is negative.

    Examples
    --------
    >>> import numpy as np
    >>> one = SingleEvent(np.arange(3.0), np.array([0, 1.0, 0]), 1.0, 1.0, 1.0)
    >>> two = SingleEvent(np.arange(3.0), np.array([0, 0, 1.0]), 2.0, 2.0, 1.0)
    >>> round(mixed_event([(one, 0.3), (two, 0.1)]).frequency_mean, 9)
    1.25
    """
    if values < 16:
        raise InputError("too few", field="values", value=values, allowed="at least 16")
    hits = [number for _, number in parts]
    if any(not 0 <= number < float("inf") for number in hits) or not sum(hits) > 0:
        raise InputError("no hits", field="parts", value=hits, allowed="0 or more, not all 0")
    z = np.concatenate([event.z for event, number in parts if number > 0])
    weight = np.concatenate([n / sum(hits) * event.probability for event, n in parts if n > 0])
    grid, probability = _gridded(z, weight, values)
    mean = float(z @ weight)
    return SingleEvent(grid, probability, mean, float(z**2 @ weight) / mean, sum(hits))
