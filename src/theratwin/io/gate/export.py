"""A case written for GATE 10: images, tables, and the script that runs it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from theratwin.core.errors import InputError
from theratwin.core.files import new_folder
from theratwin.imaging import Image, reorient_like
from theratwin.io.gate.script import ACTIVITY, CT, DENSITIES, MATERIALS, GateRun, script
from theratwin.io.gate.source import emission_lines, ion_source
from theratwin.io.gate.tables import RANGE, densities_table, materials_table, weights
from theratwin.io.meta_image import write_meta_image
from theratwin.physics import Nuclide
from theratwin.physics import nuclide as find_nuclide
from theratwin.physics.matter import material
from theratwin.physics.progeny import Progeny

FORMAT = 1
CASE, SCRIPT = "case.json", "run.py"
#: Axes of GATE's images must make a rotation, never a mirror: brought near to DICOM's first.
_UPRIGHT = Image(
    np.zeros((1, 1, 1)), np.diag([-1.0, -1.0, 1.0, 1.0]), "", "left posterior superior"
)
#: Largest difference between the directions of two images' axes.
_PARALLEL = 1e-4


def write_gate_case(
    folder: Path | str,
    activity: Image,
    nuclide: str | Nuclide,
    *,
    decays: int,
    ct: Image | None = None,
    density: float | None = None,
    source: Literal["ion", "emissions"] = "ion",
    progeny: Progeny | None = None,
    seed: int = 1,
    threads: int = 1,
    force: bool = False,
) -> Path:
    """Write a folder that GATE 10 (opengate 10.0.3 or newer) runs with ``python run.py``.

    Numbers stay on their grids; axes are flipped and permuted to left, posterior, superior.
    Dose is scored on the grid of the activity; `read_gate_dose` brings it back.

    Parameters
    ----------
    folder
        To be made.
    activity
        Time-integrated activity of each voxel, MBq h.
    nuclide
        The nuclide.
    decays
        How many to simulate, over all threads.
    ct
        CT in Hounsfield units, of any grid with axes parallel to the activity's; materials and
        densities after Schneider et al. 2000, in tables written along.
    density
        In place of a CT: ICRU soft tissue of this density (g/mL) everywhere.
    source
        ``"ion"``: Geant4 follows the decay, and the whole chain where it happens;
        ``"emissions"``: the lines of ICRP-107, as theratwin's own methods take them.
    progeny
        Of emissions: ``none``, ``all`` or names of descendants that count. An ion takes none of
        these, for its whole chain is followed.
    seed, threads
        Of the simulation.
    force
        Replace what stands there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If not exactly one of CT and density is given, or the images do not fit.
    UnsupportedError
        If the source cannot be that of the nuclide.
    """
    parent = nuclide if isinstance(nuclide, Nuclide) else find_nuclide(nuclide)
    _check(activity, ct, density, decays, threads)
    if source == "ion" and progeny is not None:
        raise InputError(
            "an ion's whole chain is followed",
            field="progeny",
            value=progeny,
            remedy="Leave it out",
        )
    upright = _prepared(activity, np.float32)
    matter = upright if ct is None else _prepared(_cut(ct), np.int16)
    run = GateRun(
        nuclide=parent.name,
        source=ion_source(parent) if source == "ion" else emission_lines(parent, progeny),
        decays=int(decays),
        shape=upright.shape,
        voxel_size=upright.voxel_size,
        translation=_translation(matter, upright),
        extent=matter.voxel_size * np.array(matter.shape),
        medium=None if density is None else (weights(material("soft")), density),
        seed=seed,
        threads=threads,
    )
    with new_folder(folder, force=force) as aside:
        write_meta_image(upright, aside / ACTIVITY)
        empty = replace(upright, data=np.zeros(upright.shape, np.int16))
        write_meta_image(empty if ct is None else matter, aside / CT)
        if ct is not None:
            (aside / MATERIALS).write_text(materials_table(), encoding="utf-8")
            (aside / DENSITIES).write_text(densities_table(), encoding="utf-8")
        (aside / SCRIPT).write_text(script(run), encoding="utf-8")
        (aside / CASE).write_text(_case(run, activity, source, density), encoding="utf-8")
    return Path(folder)


def _case(run: GateRun, activity: Image, source: str, density: float | None) -> str:
    content = {
        "format": FORMAT,
        "kind": "GATE case",
        "nuclide": run.nuclide,
        "source": source,
        "density": None if density is None else {"value": density, "unit": "g/mL"},
        "time_integrated_activity": {
            "value": float(activity.data.sum(dtype=float)),
            "unit": "MBq h",
        },
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _prepared(image: Image, kind: type) -> Image:
    turned = reorient_like(image, _UPRIGHT)
    data = np.round(turned.data) if np.issubdtype(kind, np.integer) else turned.data
    return replace(turned, data=np.asarray(data, dtype=kind))


def _cut(ct: Image) -> Image:
    return replace(ct, data=np.clip(ct.data, *RANGE))


def _translation(matter: Image, activity: Image) -> np.ndarray:
    """Return where the activity's center lies, seen from the CT's, along the axes (mm)."""
    axes, others = (image.affine[:3, :3] / image.voxel_size for image in (matter, activity))
    if not np.allclose(axes, others, atol=_PARALLEL):
        raise InputError(
            f"its axes are not parallel to those of {activity.name}",
            field=matter.name,
            remedy="Resample one to the axes of the other first",
        )
    apart = _center(activity) - _center(matter)
    return np.round(axes.T @ apart, 6) + 0.0


def _center(image: Image) -> np.ndarray:
    middle = (np.array(image.shape) - 1) / 2
    return image.affine[:3, :3] @ middle + image.affine[:3, 3]


def _check(
    activity: Image, ct: Image | None, density: float | None, decays: int, threads: int
) -> None:
    if (ct is None) == (density is None):
        raise InputError(
            "GATE needs to know the matter",
            field="ct",
            remedy="Give a CT in Hounsfield units, or one density, and not both",
        )
    if density is not None and not 0 < density < 25:
        raise InputError("no density", field="density", value=density, allowed="above 0 g/mL")
    if threads < 1 or decays < threads:
        raise InputError("at least one decay a thread is needed", field="decays", value=decays)
    least = float(activity.data.min())
    if not (least >= 0 and activity.data.max() > 0):
        raise InputError("no activity, or some below zero", field=activity.name, value=least)
