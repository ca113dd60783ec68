"""From what ``theratwin dose voxel`` read to a dose map, and its course in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from theratwin.cli.dose_voxel_inputs import EVERYWHERE, Inputs
from theratwin.cli.dose_voxel_regions import named_regions
from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel import (
    Source,
    VoxelCourse,
    VoxelDose,
    integrated_activities,
    voxel_course,
    voxel_dose,
)

#: The methods that draw histories.
MONTE_CARLO = ("photons", "full")


def dose_map(
    given: Inputs,
    nuclide_name: str,
    method: str,
    decay: Mapping[str, float] | None,
    options: Mapping[str, Any],
    told: Callable[[int, int], None] | None = None,
) -> tuple[VoxelDose, VoxelCourse | None]:
    """Return the dose map by `voxel_dose` with the options, and of a scan its course in time.

    ``told`` hears from the Monte Carlo how far it is. It takes the errors of regions' means from
    batches, and each half-life has a seed of its own.
    """
    options, drawn = dict(options), method in MONTE_CARLO
    if drawn:
        options["regions"] = named_regions(given.segments, given.activity.values.size)
        options |= {} if told is None else {"progress": told}

    def dose_of(activity: Any, **seeded: Any) -> VoxelDose:
        return voxel_dose(
            activity,
            given.image.voxel_size,
            nuclide_name,
            method,
            density=given.density,
            hounsfield=given.hounsfield,
            **options,
            **seeded,
        )

    if decay is None:
        return dose_of(given.activity.values), None
    seed = options.pop("seed", 0) if drawn else None
    sources = _sources(given, decay)
    course = voxel_course(given.activity.values, decay["time"], sources, dose_of, seed=seed)
    return course.total, course


def time_integrated(given: Inputs, decay: Mapping[str, float] | None) -> np.ndarray:
    """Return the time-integrated activity of every voxel, MBq h."""
    if decay is None:
        return given.activity.values
    parts = integrated_activities(given.activity.values, decay["time"], _sources(given, decay))
    return np.sum([*parts], axis=0)


def _sources(given: Inputs, decay: Mapping[str, float]) -> list[Source]:
    """Return the voxels of each half-life: regions that share one are one source."""
    from theratwin.core import Exponentials

    values = given.activity.values
    each = np.full(values.size, decay.get(EVERYWHERE, np.nan))
    for segment in given.segments:
        if segment.region in decay:
            each[segment.voxels] = decay[segment.region]
    _check_decay(values, each)
    sources = []
    for half_life in np.unique(each[np.isfinite(each)]):
        voxels = np.flatnonzero(each == half_life)
        if values.reshape(-1)[voxels].any():
            curve = Exponentials.from_half_lives([1.0], [half_life])
            sources.append(Source(f"half-life {half_life:g} h", voxels, curve))
    return sources


def _check_decay(values: np.ndarray, half_life: np.ndarray) -> None:
    left = float(values.reshape(-1)[np.isnan(half_life)].sum(dtype=float))
    if left > 0:
        raise InputError(
            f"missing for {left / values.sum(dtype=float):.1%} of the activity, outside the "
            "regions named",
            field="--effective-half-life",
            remedy='Give one for all other voxels, as "50 h" without a name',
        )
