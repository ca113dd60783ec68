"""Dose rate by voxel over time: one scan gives the pattern, each region's curve the course."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.curve import Curve
from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dosimetry.voxel.maps import VoxelDose, checked_map
from theratwin.dosimetry.voxel.region_mean import sum_of_means

#: Of all activity in the map: so much may lie outside every source before it is an error.
_LEFT_OUT = 1e-3


@dataclass(frozen=True, eq=False)
class Source:
    """A part of the map whose activity follows one curve.

    Parameters
    ----------
    name
        Name of the region.
    voxels
        Flat indices into the map.
    curve
        Its activity over time, of any scale and without batch axes: a sum of exponentials, or
        samples joined by lines with a tail (`theratwin.dosimetry.time_activity.trapezoid`).
    """

    name: str
    voxels: NDArray[np.intp]
    curve: Curve


@dataclass(frozen=True, eq=False)
class VoxelCourse:
    r"""Dose rate of voxels, :math:`\dot D_v(t) = \sum_a D_{a,v}\,\hat r_a(t)`.

    Each source's dose map :math:`D_a` (what it gives to all voxels) comes with its course
    :math:`\hat r_a` of integral 1, so that photons from a neighbor keep the neighbor's course.

    Parameters
    ----------
    names
        The sources.
    parts
        Dose map of each, to infinity.
    courses
        Course of each, of integral 1 (1/h).
    """

    names: tuple[str, ...]
    parts: tuple[VoxelDose, ...]
    courses: tuple[Curve, ...]

    def rate(self, time: float) -> NDArray[np.float64]:
        """Return the dose rate at a time (h), Gy/h, shape of the map."""
        return self._summed([float(course(time)) for course in self.courses])

    def dose(self, end: float = float("inf")) -> NDArray[np.float64]:
        """Return the dose up to a time (h), Gy, shape of the map."""
        return self._summed([float(course.integral(end=end)) for course in self.courses])

    @property
    def total(self) -> VoxelDose:
        """The dose of all sources to infinity as one map; their noise, independent, in squares."""
        first = self.parts[0]
        noises = [part.relative_uncertainty for part in self.parts]
        dose, noise = self.dose(), None
        if all(each is not None for each in noises):
            squares = sum((n * p.dose) ** 2 for n, p in zip(noises, self.parts, strict=True))
            noise = np.sqrt(squares) / np.where(dose > 0, dose, 1.0)
        return replace(
            first,
            dose=dose,
            activity_apart=sum(part.activity_apart for part in self.parts),
            relative_uncertainty=noise,
            region_means=sum_of_means([part.region_means for part in self.parts]),
        )

    def _summed(self, weights: list[float]) -> NDArray[np.float64]:
        total = np.zeros(self.parts[0].dose.shape)
        for weight, part in zip(weights, self.parts, strict=True):
            total += weight * part.dose
        return total


def voxel_course(
    activity: ArrayLike,
    time: float,
    sources: Sequence[Source],
    dose_of: Callable[..., VoxelDose],
    *,
    seed: int | None = None,
) -> VoxelCourse:
    r"""Return dose rates over time from one scan and the curve of each region.

    The pattern within a region is taken not to change, so that a voxel's time-integrated
    activity is

    .. math:: \tilde A_v = A_v(t_s)\, \frac{\int r_a\,dt}{r_a(t_s)} .

    Parameters
    ----------
    activity
        Activity of each voxel at the scan, MBq, shape ``(i, j, k)``.
    time
        Time of the scan (h), on the time axis of the curves.
    sources
        Parts of the map with their curves; they do not overlap, and hold all activity.
    dose_of
        From time-integrated activity (MBq h) to dose, such as `voxel_dose` with the rest given.
    seed
        For a method that draws: ``dose_of`` is also given ``seed``, another for each source (that
        of a single source is this one), so that the noise of their doses is independent.

    Raises
    ------
    InputError
        If sources overlap or leave activity out, a curve has no activity at the scan, or the seed
        is no whole number from 0 up.

    Examples
    --------
    >>> from theratwin.core.curve import Exponentials
    >>> from theratwin.dosimetry.voxel import voxel_dose
    >>> decay = Exponentials.from_half_lives([1.0], [50.0])
    >>> whole = Source("body", np.arange(8), decay)
    >>> course = voxel_course(
    ...     np.full((2, 2, 2), 5.0), 24.0, [whole],
    ...     lambda map: voxel_dose(map, (10, 10, 10), "Lu-177", "local", density=1.0))
    >>> round(float(course.rate(24.0)[0, 0, 0]), 3)  # Gy/h, 5 MBq in 1 g
    0.427
    """
    maps = integrated_activities(activity, time, sources)
    each = zip(maps, _seeds(seed, len(sources)), strict=True)
    parts = tuple(dose_of(own, **seeded) for own, seeded in each)
    courses = tuple(each.curve * (1.0 / float(each.curve.integral())) for each in sources)
    return VoxelCourse(tuple(each.name for each in sources), parts, courses)


def integrated_activities(
    activity: ArrayLike, time: float, sources: Sequence[Source]
) -> Iterator[NDArray[Any]]:
    """Yield the time-integrated activity (MBq h) of each source as a map, 0 outside it.

    Parameters and errors as for `voxel_course`.

    Examples
    --------
    >>> from theratwin.core.curve import Exponentials
    >>> flat = Source("all", np.arange(2), Exponentials([1.0], [0.5]))
    >>> next(integrated_activities([[[1.0, 2.0]]], 0.0, [flat]))
    array([[[2., 4.]]])
    """
    scan = checked_map(activity, "activity", "MBq")
    _check_cover(scan, sources)
    for source in sources:
        integral = float(source.curve.integral())
        then = float(source.curve(time))
        if not (np.isfinite(integral) and integral > 0 and then > 0):
            raise InputError(
                "its curve must be positive at the scan, with a finite integral",
                field=source.name,
                value=f"{then:g} at {time:g} h, integral {integral:g}",
            )
        own = np.zeros_like(scan)
        own.flat[source.voxels] = scan.flat[source.voxels] * (integral / then)
        yield own


def _seeds(seed: int | None, count: int) -> list[dict[str, int]]:
    """Return the seed of each source, as an option: the same histories in two maps err alike."""
    if seed is None or count == 1:
        return [{} if seed is None else {"seed": seed}] * count
    streams = [stream(seed, "source", str(number)) for number in range(count)]
    return [{"seed": int(each.integers(2**63))} for each in streams]


def _check_cover(scan: NDArray[Any], sources: Sequence[Source]) -> None:
    times = np.zeros(scan.shape, np.int8)
    for source in sources:
        times.flat[source.voxels] += 1
        if (times.flat[source.voxels] > 1).any():
            raise InputError("a voxel belongs to another source already", field=source.name)
    left = float(scan[times == 0].sum(dtype=float))
    total = float(scan.sum(dtype=float))
    if left > _LEFT_OUT * total:
        raise InputError(
            f"{left / total:.1%} of the activity lies in no source",
            field="sources",
            allowed=f"at most {_LEFT_OUT:.1%}",
            remedy="Add the remainder as a source, with a curve of its own",
        )
