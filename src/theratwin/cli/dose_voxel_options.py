"""The options of ``theratwin dose voxel``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Activity = Annotated[
    Path, typer.Argument(metavar="ACTIVITY.nii", help="Map of activity or its integral (NIfTI).")
]
Nuclide = Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")]
Out = Annotated[Path, typer.Option(help="The dose map to write, .nii or .nii.gz, in Gy.")]
Unit = Annotated[
    str | None,
    typer.Option(
        help="Unit of the map: Bq/mL, or MBq of a voxel, at the scan; MBq h/mL, or MBq h, if it "
        "is integrated over time."
    ),
]
Calibration = Annotated[
    str | None,
    typer.Option(help='In place of the unit: "23.5 cps/MBq" for counts, or "2.6 Bq/mL".'),
]
Duration = Annotated[
    str | None, typer.Option(help='For counts: the duration of the scan, "20 min".')
]
Time = Annotated[
    str | None, typer.Option(help='For a scan: its time after the administration, "24 h".')
]
HalfLife = Annotated[
    list[str] | None,
    typer.Option(
        "--effective-half-life",
        help='For a scan: the effective half-life, "50 h", and for a region "lesion_1=60 h".',
    ),
]
Method = Annotated[
    str,
    typer.Option(
        help="local: charged particles stay; kernel: convolution; photons: Monte Carlo with "
        "electrons local; full: Monte Carlo of all."
    ),
]
Kernel = Annotated[
    Path | None,
    typer.Option(help="kernel: a kernel (JSON) of the map's voxel size; soft tissue without."),
]
Histories = Annotated[
    int | None, typer.Option(help="Monte Carlo: particles to follow at most, two million.")
]
Precision = Annotated[
    str | None,
    typer.Option(
        "--precision",
        help='Monte Carlo: stop at this mean relative error of the hottest voxels, "2 %".',
    ),
]
Seed = Annotated[int | None, typer.Option(help="Monte Carlo: seed of the random streams.")]
Workers = Annotated[int | None, typer.Option(help="Threads; all cores if left out.")]
Device = Annotated[
    Literal["cpu", "cuda"] | None,
    typer.Option(help="Monte Carlo: cpu, or cuda for a GPU, which needs numba-cuda."),
]
Photons = Annotated[bool, typer.Option("--photons", help="local: add all photons, an upper bound.")]
Ct = Annotated[Path | None, typer.Option(help="CT (NIfTI, HU): the density of every voxel.")]
Density = Annotated[
    str | None, typer.Option(help='In place of a CT: "1.04 g/mL", or a map (NIfTI) in g/mL.')
]
Labels = Annotated[Path | None, typer.Option(help="Label image (NIfTI) on the map's grid.")]
Names = Annotated[
    list[str] | None,
    typer.Option(help="What the labels are: a TOML or CSV file, or entries 1=kidney_left."),
]
Tissue = Annotated[
    list[str] | None,
    typer.Option(help="For BED and EUD: a region's tissue, such as lesion_1=prostate_metastasis."),
]
VolumeAbove = Annotated[
    list[str] | None, typer.Option(help='Tell the volume that gets this dose or more, "20 Gy".')
]
Exponent = Annotated[
    float | None, typer.Option("--geud", metavar="A", help="Tell the gEUD with this exponent.")
]
Uncertainty = Annotated[
    list[str] | None,
    typer.Option(help='What all voxels share, such as "calibration=5 %"; may be repeated.'),
]
Progeny = Annotated[
    Literal["none", "all"] | None,
    typer.Option(help="Whether daughters count; they decay where the parent does."),
]
