"""Photons the other way round: what a large organ gets from a small one tells the reverse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Relative deviation from reciprocity in a body that is not of one matter, one standard deviation.
DEVIATION = 0.05
#: Matter of another kind than soft tissue: not used.
OTHER_MATTER = (
    "blood", "cortical_bone", "red_marrow", "trabecular_bone", "spongiosa", "bone_surfaces",
)  # fmt: skip


def with_reverse(
    saf: Array, error: Array, sources: Sequence[str], targets: Sequence[str]
) -> tuple[Array, Array]:
    r"""Return photons' fractions of pairs of organs, each with its reverse taken into account.

    In matter of one kind :math:`\Phi(t \leftarrow s) = \Phi(s \leftarrow t)` (MIRD Pamphlet No.
    5): a small target that few photons reach is a good source for the reverse. The two are
    averaged by their variances, the reverse's with `DEVIATION` added, so that a well-scored value
    stays as it is.

    Parameters
    ----------
    saf, error
        Fractions and standard errors, 1/kg, each of shape (sources, targets, energies).
    sources, targets
        Names of the first two axes.
    """
    mean, spread = saf.copy(), error.copy()
    both = [n for n in sources if n in targets and n not in OTHER_MATTER]
    for one in both:
        for other in both:
            if one == other:
                continue
            here = sources.index(one), targets.index(other)
            there = sources.index(other), targets.index(one)
            reverse = np.hypot(error[there], DEVIATION * saf[there])
            known = _precision(reverse, (saf[there] > 0) & (error[there] > 0))
            own = _precision(error[here], saf[here] > 0)  # nothing scored: nothing known
            total = own + known
            weight = np.divide(known, total, out=np.zeros_like(known), where=total > 0)
            mean[here] = (1 - weight) * saf[here] + weight * saf[there]
            spread[here] = np.hypot((1 - weight) * error[here], weight * reverse)
    return mean, spread


def _precision(error: Array, use: NDArray[np.bool_]) -> Array:
    """Return the inverse variance, 0 where not to be used."""
    use = use & (error > 0)
    return np.divide(1.0, error, out=np.zeros_like(error), where=use) ** 2
