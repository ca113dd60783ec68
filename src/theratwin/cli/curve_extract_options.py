"""The options of ``theratwin curve extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Spect = Annotated[list[str], typer.Option(help="The scans, a NIfTI file each.")]
Labels = Annotated[Path, typer.Option(help="Label image (NIfTI) on the grid of the scans.")]
Times = Annotated[
    list[str], typer.Option(help='Time of each scan after the administration, such as "24 h".')
]
Administration = Annotated[
    str | None, typer.Option(help='Name of the administration in the case, such as "cycle 1".')
]
Names = Annotated[
    list[str] | None,
    typer.Option(help="What the labels are: a TOML or CSV file, or entries 1=kidney_left."),
]
Unit = Annotated[
    str | None,
    typer.Option(help="Unit of the scans if they hold concentrations, such as Bq/mL."),
]
Calibration = Annotated[
    list[str] | None,
    typer.Option(
        help='Else the calibration, one or one for each scan: "23.5 cps/MBq" for counts, or '
        '"2.6 Bq/mL" for a voxel of 1.'
    ),
]
Duration = Annotated[
    list[str] | None,
    typer.Option(help='For counts: the duration, one or one for each scan, such as "20 min".'),
]
Uncertainty = Annotated[
    list[str] | None,
    typer.Option(
        help='Standard uncertainty of a value, without what all scans share: "5 %", or for one '
        'region "lesion_1=12 %".'
    ),
]
At = Annotated[
    str,
    typer.Option(
        help="scan: activities as they were at each scan; administration: the scans are corrected "
        "for decay to the administration."
    ),
]
Recovery = Annotated[
    list[str] | None,
    typer.Option(help="Recovery coefficients to divide by, such as lesion_1=0.7."),
]
Remainder = Annotated[
    bool, typer.Option("--remainder", help="Also give the whole image and the remainder.")
]
Out = Annotated[Path | None, typer.Option(help="File to write; stdout without it.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, with voxels, means and provenance.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --out.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No summary on stderr.")]
