"""``theratwin dose voxel``: a dose map from a map of activity, and what it means for regions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from theratwin.cli import dose_voxel_options as option
from theratwin.cli.lists import assignments, split
from theratwin.cli.options import Force, Json, Quiet
from theratwin.cli.plot_file import Plot, check_plot, save_plot
from theratwin.cli.processors import processors
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.cli.dose_voxel_inputs import Inputs
    from theratwin.dosimetry.voxel import VoxelDose


def register(app: typer.Typer) -> None:
    """Put the command on a Typer application."""
    app.command("voxel")(voxel)


def voxel(
    activity: option.Activity,
    nuclide: option.Nuclide,
    out: option.Out,
    unit: option.Unit = None,
    calibration: option.Calibration = None,
    duration: option.Duration = None,
    time: option.Time = None,
    half_life: option.HalfLife = None,
    progeny: option.Progeny = None,
    method: option.Method = "local",
    kernel: option.Kernel = None,
    photons: option.Photons = False,
    histories: option.Histories = None,
    precision: option.Precision = None,
    seed: option.Seed = None,
    workers: option.Workers = None,
    device: option.Device = None,
    ct: option.Ct = None,
    density: option.Density = None,
    labels: option.Labels = None,
    names: option.Names = None,
    tissue: option.Tissue = None,
    volume_above: option.VolumeAbove = None,
    geud: option.Exponent = None,
    uncertainty: option.Uncertainty = None,
    plot: Plot = None,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Absorbed dose by voxel, as a map (--out), and by region, as a table.

    Of a scan the activity decays with the effective half-life from the administration on.
    """
    from theratwin.cli import dose_voxel_inputs as inputs
    from theratwin.cli.dose_voxel_map import dose_map
    from theratwin.cli.dose_voxel_regions import check_low_let, region_rows
    from theratwin.cli.watch import counting

    _check_files(out, plot, force)
    if tissue:
        check_low_let(nuclide, progeny)
    with counting("Computing the dose map", quiet=quiet) as told:
        given = inputs.read(activity, unit, calibration, duration, ct, density, labels, names)
        decay = inputs.half_lives(given, nuclide, time, half_life)
        options = _options(kernel, photons, histories, precision, seed, progeny, workers, device)
        found, course = dose_map(given, nuclide, method, decay, options, told)
        rows, distributions = region_rows(
            given.segments,
            given.density,
            found,
            course,
            tissues=_tissues(tissue),
            above=[parse(each, "Gy", field="--volume-above") for each in split(volume_above)],
            exponent=geud,
            shared=shared_uncertainties(uncertainty),
        )
    _write(given, found, out, force)
    if plot is not None:
        from theratwin.report import plot_dose_volume

        save_plot(plot_dose_volume(distributions), plot)
    _tell(given, found, rows, out, kernel, as_json, local=method == "local", scan=decay is not None)


def _check_files(out: Path, plot: Path | None, force: bool) -> None:
    """Raise before anything is computed if a file cannot be written."""
    from theratwin.imaging.write import check_nifti_name

    check_nifti_name(out, force)
    check_plot(plot, force)


def _tell(
    given: Inputs,
    found: VoxelDose,
    rows: dict[str, Any],
    out: Path,
    kernel: Path | None,
    as_json: bool,
    *,
    local: bool,
    scan: bool,
) -> None:
    from theratwin.cli import dose_voxel_text as shown
    from theratwin.cli.output import emit
    from theratwin.core import Provenance

    outside = given.outside / given.activity.total
    notes = shown.notes_on(found, given.segments, rows, scan=scan, outside=outside, local=local)
    emit(
        "voxel-dose/1",
        {"regions": rows},
        unit=shown.UNITS,
        text=shown.table(rows, found, out, notes),
        as_json=as_json,
        extra=shown.extra(found, out, notes),
        provenance=Provenance.now(inputs=[*given.files, *([kernel] if kernel else [])]),
    )


def _write(given: Inputs, found: VoxelDose, out: Path, force: bool) -> None:
    from theratwin.imaging import Image, write_image

    write_image(Image(found.dose, given.image.affine, "Gy", out.name), out, force=force)


def _options(
    kernel: Path | None,
    photons: bool,
    histories: int | None,
    precision: str | None,
    seed: int | None,
    progeny: str | None,
    workers: int | None,
    device: str | None,
) -> dict[str, Any]:
    """Return the options that were given; a method refuses those of another."""
    from theratwin.physics import read_voxel_kernel

    given = {
        "kernel": None if kernel is None else read_voxel_kernel(kernel),
        "photons": photons or None,
        "histories": histories,
        "uncertainty": None if precision is None else parse(precision, "", field="--precision"),
        "seed": seed,
        "progeny": progeny,
        "workers": workers or processors(),
        "device": device,
    }
    return {name: value for name, value in given.items() if value is not None}


def _tissues(entries: list[str] | None) -> dict[str, str]:
    return dict(assignments("--tissue", split(entries)))


def shared_uncertainties(entries: list[str] | None) -> dict[str, float]:
    """Return relative uncertainties by name, from entries such as ``calibration=5 %``.

    Raises
    ------
    InputError
        If one is not between 0 and 100 %.
    """
    found = {
        name: parse(value, "", field=f"--uncertainty {name}")
        for name, value in assignments("--uncertainty", split(entries))
    }
    for name, value in found.items():
        if not 0 < value < 1:
            raise InputError(
                "it must lie between 0 and 100 %", field=f"--uncertainty {name}", value=f"{value:g}"
            )
    return found
