"""``theratwin dose export-gate`` and ``import-gate``: full Monte Carlo by GATE 10."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from theratwin.cli import dose_voxel_options as option
from theratwin.cli.lists import split
from theratwin.cli.options import Force, Json, Seed
from theratwin.cli.plot_file import Plot, check_plot, save_plot
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.io import GateDose

_Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The case, after python run.py.")]
_Decays = Annotated[float, typer.Option(help="Decays to simulate, over all threads, as 1e7.")]
_Source = Annotated[
    Literal["ion", "emissions"],
    typer.Option(help="Follow the decay and its chain, or emit the lines of ICRP-107."),
]
_Noise = Annotated[
    Path | None, typer.Option(help="Also write the relative noise of every voxel (NIfTI).")
]


def register(app: typer.Typer) -> None:
    """Put both commands on a Typer application."""
    app.command("export-gate")(export_gate)
    app.command("import-gate")(import_gate)


def export_gate(
    activity: option.Activity,
    nuclide: option.Nuclide,
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    decays: _Decays,
    unit: option.Unit = None,
    calibration: option.Calibration = None,
    duration: option.Duration = None,
    time: option.Time = None,
    half_life: option.HalfLife = None,
    ct: option.Ct = None,
    density: Annotated[
        str | None, typer.Option(help='In place of a CT: soft tissue of "1.04 g/mL".')
    ] = None,
    labels: option.Labels = None,
    names: option.Names = None,
    source: _Source = "ion",
    progeny: option.Progeny = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the simulation.")] = 1,
    seed: Seed = 1,
    as_json: Json = False,
    force: Force = False,
) -> None:
    """Write a case for GATE 10: images, materials and a script; run it with python run.py.

    The labels serve half-lives of regions. opengate is not needed to write the case.
    """
    from theratwin.cli import dose_voxel_inputs as inputs
    from theratwin.cli.dose_voxel_map import time_integrated
    from theratwin.cli.output import emit
    from theratwin.core import Provenance
    from theratwin.imaging import Image, read_image
    from theratwin.io import write_gate_case

    given = inputs.read(activity, unit, calibration, duration, None, None, labels, names)
    decay = inputs.half_lives(given, nuclide, time, half_life)
    values = time_integrated(given, decay)
    write_gate_case(
        out,
        Image(values, given.image.affine, "MBq h", activity.name),
        nuclide,
        decays=_whole(decays),
        ct=None if ct is None else read_image(ct, negative=True),
        density=None if density is None else parse(density, "g/mL", field="--density"),
        source=source,
        progeny=progeny,
        seed=seed,
        threads=threads,
        force=force,
    )
    total = float(values.sum(dtype=float))
    emit(
        "gate-case/1",
        {"folder": out, "decays": _whole(decays), "time_integrated_activity": total},
        unit={"time_integrated_activity": "MBq h"},
        text=f"GATE case: {out}, {_whole(decays):.3g} decays of {nuclide} ({source}), "
        f"{total:.4g} MBq h\nrun it:    python {out / 'run.py'}   (needs opengate)\n"
        f"read back: theratwin dose import-gate {out} --out dose.nii.gz",
        as_json=as_json,
        provenance=Provenance.now(inputs=[*given.files, *([ct] if ct else [])], seed=seed),
    )


def _whole(decays: float) -> int:
    if not (1 <= decays < 1e15 and decays == int(decays)):
        raise InputError(
            "no number of decays", field="--decays", value=decays, allowed="whole, from 1 on"
        )
    return int(decays)


def import_gate(
    folder: _Folder,
    out: option.Out,
    noise: _Noise = None,
    like: Annotated[
        Path | None, typer.Option(help="Bring the map to this image's axes (NIfTI).")
    ] = None,
    labels: option.Labels = None,
    names: option.Names = None,
    volume_above: option.VolumeAbove = None,
    geud: option.Exponent = None,
    uncertainty: option.Uncertainty = None,
    plot: Plot = None,
    as_json: Json = False,
    force: Force = False,
) -> None:
    """Read the dose that GATE found for a case: a map (--out) and a table of regions."""
    from theratwin.cli import dose_voxel_text as shown
    from theratwin.cli.dose_voxel import shared_uncertainties
    from theratwin.cli.dose_voxel_inputs import segments
    from theratwin.cli.dose_voxel_regions import region_rows
    from theratwin.cli.output import emit
    from theratwin.core import Provenance
    from theratwin.imaging import read_image
    from theratwin.imaging.write import check_nifti_name
    from theratwin.io import read_gate_dose

    for path in (out, *([noise] if noise else [])):
        check_nifti_name(path, force)
    check_plot(plot, force)
    found = read_gate_dose(folder, like=None if like is None else read_image(like))
    regions = segments(found.image, labels, names)
    rows, distributions = region_rows(
        regions,
        found.density,
        found.dose,
        None,
        tissues={},
        above=[parse(each, "Gy", field="--volume-above") for each in split(volume_above)],
        exponent=geud,
        shared=shared_uncertainties(uncertainty),
    )
    _write(found, out, noise, force)
    if plot is not None:
        from theratwin.report import plot_dose_volume

        save_plot(plot_dose_volume(distributions), plot)
    notes = shown.notes_on(found.dose, regions, rows)
    emit(
        "voxel-dose/1",
        {"regions": rows},
        unit=shown.UNITS,
        text=shown.table(rows, found.dose, out, notes),
        as_json=as_json,
        extra=shown.extra(found.dose, out, notes),
        provenance=Provenance.now(inputs=_inputs(folder, labels)),
    )


def _write(found: GateDose, out: Path, noise: Path | None, force: bool) -> None:
    from dataclasses import replace

    from theratwin.imaging import write_image

    maps: list[tuple[Path, Any, str]] = [(out, found.dose.dose, "Gy")]
    if noise is not None:
        maps.append((noise, found.dose.relative_uncertainty, "relative uncertainty"))
    for path, values, unit in maps:
        write_image(replace(found.image, data=values, unit=unit), path, force=force)


def _inputs(folder: Path, labels: Path | None) -> list[Path]:
    from theratwin.io.gate.dose import result_files

    return [*result_files(folder), *([labels] if labels else [])]
