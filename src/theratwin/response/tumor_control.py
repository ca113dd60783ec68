"""Tumor control: the Poisson probability that no clonogen survives, and its logarithm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float

#: Above this logarithm of surviving clonogens, exp(-exp(x)) is 0 in double precision.
_UNDERFLOW = math.log(745.14)


@dataclass(frozen=True)
class TumorControl:
    """The outcome of a tumor, one entry a draw.

    Parameters
    ----------
    probability
        Poisson tumor control probability.
    log_surviving
        Natural logarithm of the expected number of surviving clonogens. Optimize this one: it
        still tells plans apart where the probability is 0 for all.
    """

    probability: np.ndarray
    log_surviving: np.ndarray

    @property
    def underflows(self) -> np.ndarray:
        """Where the probability is below the smallest number of double precision, so prints 0."""
        return self.log_surviving > _UNDERFLOW


def tumor_control(clonogens: Any, log_cell_kill: Any, *, voxels: bool = False) -> TumorControl:
    r"""Return :math:`TCP = \exp(-\sum_v N_v S_v)` and :math:`\ln \sum_v N_v S_v`.

    Parameters
    ----------
    clonogens
        Number of clonogens N before treatment, above 0 (0 allowed in voxels).
    log_cell_kill
        :math:`-\ln S`; broadcast against the clonogens.
    voxels
        Whether the last axis holds parts of one tumor, which are summed.

    Raises
    ------
    InputError
        If a number of clonogens is negative, or nothing is there to control.

    Examples
    --------
    >>> control = tumor_control(1.79e8, [19.37, 10.0])
    >>> control.probability.round(3).tolist(), control.underflows.tolist()
    ([0.5, 0.0], [False, True])
    """
    clonogens, kill = np.broadcast_arrays(as_float(clonogens), as_float(log_cell_kill))
    # Written so that not-a-number is refused too.
    if not np.all(clonogens >= 0):
        raise InputError("clonogens cannot be fewer than none", field="clonogens")
    with np.errstate(divide="ignore"):
        log_surviving = np.log(clonogens) - kill
    if voxels:
        log_surviving = np.logaddexp.reduce(log_surviving, axis=-1)
    if not np.all(np.isfinite(log_surviving)):
        raise InputError(
            "there is no clonogen, or the cell kill is not finite",
            field="clonogens",
            allowed="more than 0 in every tumor",
        )
    expected = np.exp(np.minimum(log_surviving, 700.0))
    return TumorControl(np.exp(-expected), log_surviving)


def bed50(clonogens: Any, alpha: Any) -> Any:
    r"""Return the BED (Gy) that controls half of such tumors: :math:`\ln(N / \ln 2) / \alpha`.

    Examples
    --------
    >>> round(float(bed50(1.79e8, 0.147)), 1)
    131.8
    """
    return np.log(as_float(clonogens) / math.log(2.0)) / as_float(alpha)
