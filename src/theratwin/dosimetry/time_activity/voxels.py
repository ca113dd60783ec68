r"""Mono-exponential fits of many voxels at once.

For each voxel :math:`A e^{-k t}` is fitted to the raw activities, zeros and negative ones
included. The amplitude is linear, so that one unknown is left (variable projection): from a
weighted straight line through the logarithms, Gauss-Newton steps in :math:`k`, halved while they
make the fit worse, held at or above physical decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.voxel_steps import Sums, descend, starting_rate, sums

#: Voxels worked on at a time: a few arrays of them stay in the processor's cache.
CHUNK = 16384
#: Fitted half-lives shorter than this share of the first positive time are not believed.
_SHORTEST = 0.05


class VoxelStatus(IntEnum):
    """How the integral of a voxel came about."""

    OK = 0
    AT_FLOOR = 1
    TRAPEZOID = 2
    PHYSICAL_DECAY = 3
    NO_SIGNAL = 4


@dataclass(frozen=True, eq=False)
class VoxelFits:
    """Integrals and rates of voxels, shape ``(voxels,)`` or that of the map.

    Parameters
    ----------
    integral
        Time-integrated activity (MBq h, if activities were in MBq).
    rate
        Effective rate (1/h) of the fit, or of the tail of a fallback; 0 without signal.
    relative_sd
        Relative standard deviation of the integral; not a number for fallbacks, and where only
        weights were given and no points are left over.
    status
        `VoxelStatus`: ``OK``; ``AT_FLOOR``, decay no faster than physical; ``TRAPEZOID``, no
        exponential fits, so straight lines from zero at the administration and a tail of physical
        decay; ``PHYSICAL_DECAY``, one positive activity, decaying physically from the
        administration on; ``NO_SIGNAL``, none, integral 0.
    """

    integral: Float[np.ndarray, "*map"]
    rate: Float[np.ndarray, "*map"]
    relative_sd: Float[np.ndarray, "*map"]
    status: Int[np.ndarray, "*map"]

    @property
    def counts(self) -> dict[str, int]:
        """Number of voxels by status."""
        found = np.bincount(self.status.ravel(), minlength=len(VoxelStatus))
        return {status.name: int(found[status]) for status in VoxelStatus}


def fit_voxels(
    activities: Float[Any, "*map times"],
    times: Float[Any, " times"],
    decay_constant: float,
    *,
    sd: Any = None,
) -> VoxelFits:
    """Fit a mono-exponential to every voxel.

    Parameters
    ----------
    activities
        Activity (MBq) or its concentration, the times along the last axis.
    times
        Times after the administration (h), increasing.
    decay_constant
        Physical decay constant (1/h), the floor of the rate.
    sd
        Standard deviations in the unit of the activities, broadcast against them; without them
        all weigh alike, and the scale is estimated from the residuals.

    Raises
    ------
    InputError
        If there are fewer than two times, they do not increase, a value is not finite or a
        standard deviation is not positive.

    Examples
    --------
    >>> times = np.array([4.0, 24.0, 72.0, 120.0])
    >>> found = fit_voxels([100.0 * np.exp(-0.02 * times), 0.0 * times], times, 0.004)
    >>> np.round(found.integral, 6), found.counts["NO_SIGNAL"]
    (array([5000.,    0.]), 1)
    """
    activities, times = np.asarray(activities, float), np.asarray(times, float)
    _check(activities, times, decay_constant)
    shape, n = activities.shape[:-1], times.size
    rows = activities.reshape(-1, n)
    if sd is not None and not np.all(np.asarray(sd, float) > 0):
        raise InputError("must be positive", field="sd")
    spread = None if sd is None else np.broadcast_to(np.asarray(sd, float), activities.shape)
    spread = None if spread is None else spread.reshape(-1, n)
    out = [np.zeros(len(rows)) for _ in range(3)]
    status = np.zeros(len(rows), np.int8)
    for begin in range(0, len(rows), CHUNK):
        part = slice(begin, begin + CHUNK)
        y = np.ascontiguousarray(rows[part].T)
        w = np.ones_like(y) if spread is None else 1.0 / np.ascontiguousarray(spread[part].T) ** 2
        found = _fit(y, w, times, decay_constant, known_sd=sd is not None)
        for array, values in zip(out, found[:3], strict=True):
            array[part] = values
        status[part] = found[3]
    integral, rate, relative_sd = (array.reshape(shape) for array in out)
    return VoxelFits(integral, rate, relative_sd, status.reshape(shape))


def _check(activities: np.ndarray, times: np.ndarray, decay_constant: float) -> None:
    if times.ndim != 1 or times.size < 2 or times[0] < 0 or not np.all(np.diff(times) > 0):
        raise InputError("at least two increasing times are needed", field="times")
    if activities.shape[-1:] != times.shape:
        raise InputError(
            "the last axis must be that of the times", field="activities", value=activities.shape
        )
    if not np.all(np.isfinite(activities)):
        raise InputError("every value must be finite", field="activities")
    if not decay_constant > 0:
        raise InputError("must be positive", field="decay_constant", value=decay_constant)


def _fit(
    y: np.ndarray, w: np.ndarray, times: np.ndarray, decay_constant: float, *, known_sd: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Fit columns of ``y``; return integral, rate, relative deviation and status."""
    first = times[times > 0][0]
    fastest = max(np.log(2.0) / (_SHORTEST * first), 2.0 * decay_constant)
    positive = np.count_nonzero(y > 0, axis=0)
    rate = np.full(y.shape[1], decay_constant)
    fitted = np.flatnonzero(positive >= 2)
    rate[fitted] = starting_rate(y[:, fitted], w[:, fitted], times, decay_constant, fastest)
    settled = np.zeros(y.shape[1], bool)
    rate[fitted], settled[fitted] = descend(
        y[:, fitted], w[:, fitted], times, rate[fitted], decay_constant, fastest
    )
    found = sums(y, w, times, rate)
    amplitude = found.y0 / found.s0
    good = (positive >= 2) & settled & (amplitude > 0) & (rate < fastest)
    status = np.where(rate <= decay_constant, VoxelStatus.AT_FLOOR, VoxelStatus.OK)
    relative_sd = _relative_sd(found, rate, amplitude, status, times.size, known_sd)
    integral = amplitude / rate
    bad = np.flatnonzero(~good)
    if bad.size:
        integral[bad], status[bad] = _fallback(y[:, bad], times, decay_constant)
        rate[bad] = np.where(status[bad] == VoxelStatus.NO_SIGNAL, 0.0, decay_constant)
        relative_sd[bad] = np.nan
    return integral, rate, relative_sd, status


@np.errstate(divide="ignore", invalid="ignore")
def _relative_sd(
    found: Sums, rate: np.ndarray, amplitude: np.ndarray, status: np.ndarray, n: int, known: bool
) -> np.ndarray:
    """Return the relative standard deviation of ``amplitude / rate``."""
    held = status == VoxelStatus.AT_FLOOR
    determinant = amplitude**2 * (found.s0 * found.s2 - found.s1**2)
    free = (found.s2 - 2.0 * found.s1 / rate + found.s0 / rate**2) / determinant
    variance = np.where(held, 1.0 / (found.s0 * amplitude**2), free)
    if not known:
        freedom = n - np.where(held, 1, 2)
        variance *= np.where(freedom > 0, np.maximum(found.chi_square, 0.0) / freedom, np.nan)
    return np.sqrt(variance)


def _fallback(
    y: np.ndarray, times: np.ndarray, decay_constant: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return integral and status of voxels that no exponential fits."""
    held = np.maximum(y, 0.0)
    positive = np.count_nonzero(held > 0, axis=0)
    steps = np.diff(times)[:, None]
    lines = 0.5 * np.sum((held[1:] + held[:-1]) * steps, axis=0) + 0.5 * held[0] * times[0]
    trapezoids = lines + held[-1] / decay_constant
    grown = np.sum(held * np.exp(decay_constant * times)[:, None], axis=0) / decay_constant
    integral = np.where(positive >= 2, trapezoids, np.where(positive == 1, grown, 0.0))
    named = np.array([VoxelStatus.NO_SIGNAL, VoxelStatus.PHYSICAL_DECAY, VoxelStatus.TRAPEZOID])
    return integral, named[np.minimum(positive, 2)]
