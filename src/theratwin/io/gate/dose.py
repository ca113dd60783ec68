"""GATE's dose images read back: dose for each decay, with its noise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dosimetry.voxel import AIR_BELOW, VoxelDose
from theratwin.imaging import Image, box_mean, reorient_like, require_same_grid
from theratwin.io.gate.export import CASE, FORMAT
from theratwin.io.gate.script import ACTIVITY, CT, DECAYS, DOSE, OUTPUT, UNCERTAINTY
from theratwin.io.meta_image import read_meta_image
from theratwin.physics.matter import density_of_hounsfield
from theratwin.physics.units import DECAYS_PER_MBQ_H


@dataclass(frozen=True, eq=False)
class GateDose:
    """What GATE found.

    Parameters
    ----------
    per_decay
        Dose for each decay anywhere in the map, Gy, with the relative noise of each voxel.
    image
        The same dose with its place in space.
    density
        g/mL on the grid of the dose, a map or one number.
    decays
        How many were simulated.
    nuclide
        Its name.
    time_integrated_activity
        Of the whole map, MBq h, as it was when the case was written.
    """

    per_decay: VoxelDose
    image: Image
    density: Any
    decays: int
    nuclide: str
    time_integrated_activity: float

    @property
    def dose(self) -> VoxelDose:
        """The dose of the time-integrated activity, Gy."""
        decays = self.time_integrated_activity * DECAYS_PER_MBQ_H
        return replace(self.per_decay, dose=self.per_decay.dose * decays)


def read_gate_dose(folder: Path | str, *, like: Image | None = None) -> GateDose:
    """Read the dose that GATE wrote into the folder of a case.

    Parameters
    ----------
    folder
        As `write_gate_case` made it, after ``python run.py``.
    like
        An image on the grid of the activity, such as that of the case: the dose comes back with
        its axes. By default they are left, posterior, superior, as GATE has them.

    Raises
    ------
    InputError
        If a file is missing or wrong, or the dose lies on another grid.
    UnsupportedError
        If the case was written by a newer version.
    """
    folder = Path(folder)
    case = _case(folder / CASE)
    decays = _decays(folder / OUTPUT / DECAYS)
    dose = read_meta_image(folder / OUTPUT / DOSE)
    noise = read_meta_image(folder / OUTPUT / UNCERTAINTY)
    activity = read_meta_image(folder / ACTIVITY)
    for image in (dose, noise):
        require_same_grid(image, activity)
    density: Any = (case.get("density") or {}).get("value")
    if density is None:
        density = _density(read_meta_image(folder / CT), activity)
    maps = [dose, noise, activity, replace(activity, data=np.broadcast_to(density, dose.shape))]
    if like is not None:
        maps = [reorient_like(image, like) for image in maps]
        require_same_grid(maps[0], like)
    found = _found(maps, decays, case)
    whole = np.ndim(density) == 0
    return GateDose(
        per_decay=found,
        image=replace(maps[0], data=found.dose, unit="Gy"),
        density=density if whole else maps[3].data,
        decays=decays,
        nuclide=str(case["nuclide"]),
        time_integrated_activity=float(case["time_integrated_activity"]["value"]),
    )


def result_files(folder: Path) -> list[Path]:
    """Return the files that a case's result is read from."""
    out = folder / OUTPUT
    return [folder / CASE, out / DECAYS, *out.glob("dose.*"), *out.glob("dose_uncertainty.*")]


def _found(maps: list[Image], decays: int, case: Mapping[str, Any]) -> VoxelDose:
    dose, noise, activity, density = (np.asarray(image.data, dtype=float) for image in maps)
    if dose.min() < 0 or noise.min() < 0:
        raise InputError("negative numbers in the dose", field=f"{DOSE}, {UNCERTAINTY}")
    thin = density < AIR_BELOW
    size = maps[0].voxel_size
    return VoxelDose(
        dose=np.where(thin, 0.0, dose / decays),
        voxel_size=(float(size[0]), float(size[1]), float(size[2])),
        method=f"GATE 10, {decays:.3g} decays ({case['source']}); {case['nuclide']}",
        apart=int(np.count_nonzero(thin)),
        apart_below=AIR_BELOW,
        activity_apart=float(activity[thin].sum()),
        relative_uncertainty=np.where(thin, 0.0, noise),
    )


def _density(ct: Image, like: Image) -> np.ndarray:
    rho = replace(ct, data=density_of_hounsfield(ct.data))
    mean = box_mean(rho, like)
    return np.where(mean.covered > 0.5, mean.image.data, 0.0)


def _case(path: Path) -> Mapping[str, Any]:
    content = _json(path, "Name the folder that the case was written into")
    if content.get("kind") != "GATE case":
        raise InputError("this is no GATE case", field=str(path))
    if content.get("format") != FORMAT:
        raise UnsupportedError(
            "written by another version",
            field=f"{path}: format",
            value=content.get("format"),
            allowed=str(FORMAT),
        )
    return content


def _decays(path: Path) -> int:
    decays = _json(path, "Run the case first: python run.py").get("decays")
    if not isinstance(decays, int) or decays < 1:
        raise InputError("no number of decays", field=f"{path}: decays", value=decays)
    return decays


def _json(path: Path, remedy: str) -> Mapping[str, Any]:
    if not path.is_file():
        raise InputError("no such file", field=str(path), remedy=remedy)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"this is not JSON ({error})", field=str(path)) from error
    if not isinstance(content, dict):
        raise InputError("this is no JSON object", field=str(path))
    return content
