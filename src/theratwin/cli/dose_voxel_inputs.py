"""What ``theratwin dose voxel`` reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.units import parse
from theratwin.imaging import ActivityMap, Image, Segment

#: What lies outside a CT is taken as air: g/mL, and HU.
_AIR, _AIR_HU = 1.2e-3, -1000.0
#: Volume of a voxel by its edges against that by its affine: axes closer than 1 degree to right.
_SKEW = 2e-4
#: No tissue or implant is denser, g/mL: a map beyond is in other units.
_DENSEST = 25.0
#: An effective half-life that is this much longer than the physical one is a mistake.
_LONGER = 1.0 + 1e-3
EVERYWHERE = "elsewhere"


@dataclass(frozen=True, eq=False)
class Inputs:
    """The maps, on the grid of the activity.

    ``density`` is a map, a number or None, ``hounsfield`` the CT averaged over the voxels;
    ``outside`` is the activity (in the map's unit) of voxels less than half covered by the CT;
    ``segments`` are the regions.
    """

    image: Image
    activity: ActivityMap
    density: Any
    hounsfield: np.ndarray | None
    outside: float
    segments: tuple[Segment, ...]
    files: tuple[Path, ...]


def read(
    activity: Path,
    unit: str | None,
    calibration: str | None,
    duration: str | None,
    ct: Path | None,
    density: str | None,
    labels: Path | None,
    names: list[str] | None,
) -> Inputs:
    """Read the images and bring them to the grid of the activity.

    Raises
    ------
    InputError
        If one is wrong in itself, lies elsewhere, or is said twice.
    """
    from theratwin.imaging import activity_map, calibrations, read_image

    if ct is not None and density is not None:
        raise InputError(
            "a CT says the density already", field="--density", value=density, remedy="Give one"
        )
    image = read_image(activity)
    factor = None
    if calibration is not None:
        (factor,) = calibrations(
            1, factors=[calibration], durations=[] if duration is None else [duration]
        )
    elif duration is not None:
        raise InputError("it belongs to --calibration", field="--duration", value=duration)
    known = activity_map(image, unit=unit, calibration=factor)
    _check_upright(image)
    rho, numbers, outside = _matter(image, known, ct, density)
    files = [activity, ct, labels, _map_file(density)]
    files += [Path(name) for name in names or () if Path(name).is_file()]
    regions = segments(image, labels, names)
    return Inputs(
        image, known, rho, numbers, outside, regions, tuple(f for f in files if f is not None)
    )


def _map_file(density: str | None) -> Path | None:
    is_map = density is not None and density.lower().endswith((".nii", ".nii.gz"))
    return Path(density) if is_map and density is not None else None


def _check_upright(image: Image) -> None:
    skew = abs(float(np.prod(image.voxel_size)) / (1e3 * image.voxel_volume) - 1.0)
    if skew > _SKEW:
        raise UnsupportedError(
            "the axes of its grid are not at right angles",
            field=image.name,
            remedy="Resample it to an upright grid first",
        )


def _matter(
    image: Image, activity: ActivityMap, ct: Path | None, density: str | None
) -> tuple[Any, np.ndarray | None, float]:
    """Return the density (g/mL), the CT numbers, and the activity outside the CT."""
    from theratwin.imaging import box_mean, read_image
    from theratwin.physics.matter import density_of_hounsfield

    path = ct or _map_file(density)
    if path is None:
        known = None if density is None else parse(density, "g/mL", field="--density")
        return known, None, 0.0
    read = read_image(path, holds="density, g/mL", negative=ct is not None)
    (_check_density if ct is None else _check_hounsfield)(read)
    rho = read if ct is None else replace(read, data=density_of_hounsfield(read.data))
    averaged = box_mean(rho, image)
    beyond = averaged.covered < 0.5
    lost = float(activity.values[beyond].sum(dtype=float))
    numbers = None
    if ct is not None:
        numbers = np.where(beyond, _AIR_HU, box_mean(read, image).image.data)
    return np.where(beyond, _AIR, averaged.image.data), numbers, lost


def _check_density(density: Image) -> None:
    if density.data.max() > _DENSEST:
        raise InputError(
            "no matter is that dense: the map must be in g/mL",
            field=density.name,
            value=f"{density.data.max():g}",
            remedy="Divide it by 1000 if it is in kg/m3; give a CT with --ct",
        )


def _check_hounsfield(ct: Image) -> None:
    if ct.data.min() >= 0:
        raise InputError(
            "a CT in Hounsfield units holds negative numbers: fat, lung and air",
            field=ct.name,
            value=f"{ct.data.min():g} to {ct.data.max():g}",
            remedy="Subtract the offset (often 1000 or 1024); give a density map with --density",
        )


def segments(image: Image, labels: Path | None, names: list[str] | None) -> tuple[Segment, ...]:
    """Return the regions of a label image on the grid of another; none without labels."""
    from theratwin import imaging
    from theratwin.cli.lists import split_files

    if labels is None:
        if names:
            raise InputError("they belong to --labels", field="--names", value=", ".join(names))
        return ()
    found = imaging.read_image(labels, holds="label values")
    found = imaging.reorient_like(found, image)
    imaging.require_same_grid(found, image)
    if names:
        given = imaging.read_names(split_files(names))
    else:
        given = {value: f"label_{value}" for value in imaging.label_counts(found)}
    return imaging.segmentation(found, given).segments


def half_lives(
    given: Inputs, nuclide_name: str, time: str | None, entries: list[str] | None
) -> dict[str, float] | None:
    """Return half-life (h) by region, ``elsewhere`` the rest, and ``time``; None if integrated.

    Raises
    ------
    InputError
        If they are missing for a scan, given for an integral, or longer than physical decay.
    """
    from theratwin.cli.lists import split
    from theratwin.physics import nuclide

    if given.activity.integrated:
        for field, value in (("--time", time), ("--effective-half-life", entries)):
            if value:
                raise InputError(
                    "the map is integrated over time already", field=field, value=str(value)
                )
        return None
    if time is None or not entries:
        raise InputError(
            "missing: the map shows one moment, and the dose is that of all time",
            field="--time" if time is None else "--effective-half-life",
            remedy='Give --time "24 h" after the administration and --effective-half-life "50 h"; '
            "or a map integrated over time with its unit, such as MBq h/mL",
        )
    physical = nuclide(nuclide_name).half_life
    found = {"time": parse(time, "h", field="--time")}
    known = [segment.region for segment in given.segments]
    for entry in split(entries):
        name, sign, value = (part.strip() for part in entry.rpartition("="))
        region = name if sign else EVERYWHERE
        if sign and region not in known:
            raise InputError(
                "no such region", field="--effective-half-life", value=name, allowed=known
            )
        if region in found:
            raise InputError("given twice", field="--effective-half-life", value=entry)
        found[region] = _half_life(value, physical)
    return found


def _half_life(text: str, physical: float) -> float:
    value = parse(text, "h", field="--effective-half-life")
    if not 0 < value <= physical * _LONGER:
        raise InputError(
            "activity cannot decay slower than its nuclide",
            field="--effective-half-life",
            value=text,
            allowed=f"above 0 to {physical:.4g} h",
        )
    return value
