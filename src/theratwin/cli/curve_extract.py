"""``theratwin curve extract``: the measurement table of a case from scans and labels."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from theratwin.cli import curve_extract_options as option
from theratwin.cli.lists import ListCommand, assignments, split, split_files
from theratwin.cli.output import emit
from theratwin.cli.watch import watched
from theratwin.core.errors import InputError
from theratwin.core.provenance import Provenance
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.imaging import Calibration, Scan


def register(app: typer.Typer) -> None:
    """Put the command on a Typer application."""
    app.command("extract", cls=ListCommand)(extract)


def extract(
    spect: option.Spect,
    labels: option.Labels,
    times: option.Times,
    administration: option.Administration = None,
    names: option.Names = None,
    unit: option.Unit = None,
    calibration: option.Calibration = None,
    duration: option.Duration = None,
    uncertainty: option.Uncertainty = None,
    at: option.At = "scan",
    recovery: option.Recovery = None,
    remainder: option.Remainder = False,
    out: option.Out = None,
    as_json: option.AsJson = False,
    force: option.Force = False,
    quiet: option.Quiet = False,
) -> None:
    """Read the activity of regions off calibrated scans: the measurement table of a case.

    Scans and labels share one grid. Options that take several values may be repeated, or given
    as a list: --times "4 h" "24 h". The table is CSV, as a case and `theratwin update` read it.
    """
    from theratwin import imaging
    from theratwin.cli import curve_extract_text as shown

    files = split_files(spect)
    calibrations = _calibrations(files, unit, split(calibration), split(duration))
    _check_at(at, calibrations)
    scans = _scans(files, split(times), calibrations)
    cycle = _named(administration)
    named_in = split_files(names or ())
    segmentation = imaging.read_labels(labels, _names(named_in, labels))
    regions = [segment.region for segment in segmentation.segments]
    if remainder:
        regions += ["remainder", "whole_body"]
    uncertainties = _uncertainties(split(uncertainty), regions)
    found = imaging.extract(
        scans,
        segmentation,
        recovery=_recoveries(split(recovery)),
        remainder=remainder,
        watch=lambda scans: watched(scans, "Reading scans"),
    )
    notes = shown.notes_on(found, declared=unit is not None, at=at, remainder=remainder)
    table = imaging.measurement_table(found, administration=cycle, uncertainty=uncertainties, at=at)
    inputs = [*files, labels, *(path for path in named_in if path.is_file())]
    emit(
        "activity-table/1",
        shown.records(found, cycle, uncertainties, at),
        unit=shown.UNITS,
        text=table,
        as_json=as_json,
        out=out,
        force=force,
        provenance=Provenance.now(inputs=inputs),
        extra={"totals": shown.totals(found), "notes": notes},
    )
    if not quiet:
        print(shown.summary(found, notes), file=sys.stderr)


def _named(administration: str | None) -> str:
    if administration is None or not administration.strip():
        raise InputError(
            "missing: the times must count from an administration of the case",
            field="administration",
            remedy='Give its name, such as --administration "cycle 1"',
        )
    return administration.strip()


def _calibrations(
    files: Sequence[Path], unit: str | None, factors: Sequence[str], durations: Sequence[str]
) -> Sequence[Calibration]:
    from theratwin import imaging

    if unit is None and not factors:
        raise imaging.calibration_missing(imaging.read_image(files[0]))
    return imaging.calibrations(len(files), unit=unit, factors=factors, durations=durations)


def _check_at(at: str, calibrations: Sequence[Calibration]) -> None:
    from theratwin.imaging import Sensitivity

    if at not in ("scan", "administration"):
        raise InputError("unknown moment", field="at", value=at, allowed=["scan", "administration"])
    if at == "administration" and isinstance(calibrations[0], Sensitivity):
        raise InputError(
            "counts are of the time of the scan",
            field="at",
            value=at,
            remedy="Leave --at out; correction for decay belongs to concentrations (--unit)",
        )


def _scans(
    files: Sequence[Path], times: Sequence[str], calibrations: Sequence[Calibration]
) -> list[Scan]:
    from theratwin.imaging import Scan

    if len(times) != len(files):
        raise InputError(
            f"{len(times)} given for {len(files)} scans",
            field="times",
            value=", ".join(times),
            remedy='Give the time of every scan, in the order of --spect: --times "4 h" "24 h"',
        )
    for path in files:
        if files.count(path) > 1:
            raise InputError("the scan is given twice", field="spect", value=str(path))
    hours = [parse(time, "h", field="times") for time in times]
    return [Scan(*each) for each in zip(files, hours, calibrations, strict=True)]


def _names(names: Sequence[Path], labels: Path) -> dict[int, str]:
    from theratwin import imaging

    if names:
        return imaging.read_names(names)
    present = imaging.label_counts(imaging.read_image(labels, holds="label values"))
    raise InputError(
        f"{labels.name} does not say what its labels are: {imaging.described(present)}",
        field="names",
        remedy="Name them: --names 1=kidney_left 2=lesion_1, or --names names.toml with format = 1 "
        'and, below [labels], lines such as 1 = "kidney_left"',
    )


def _recoveries(entries: Sequence[str]) -> dict[str, float]:
    from theratwin.imaging import region_name

    return {
        region_name(name, "recovery"): parse(value, "", field=f"recovery: {name}")
        for name, value in assignments("recovery", entries)
    }


def _uncertainties(entries: Sequence[str], regions: Sequence[str]) -> dict[str, float]:
    """Return the relative uncertainty of each region: its own, else the one given for all."""
    from theratwin.imaging import region_name

    general = [entry for entry in entries if "=" not in entry]
    if len(general) > 1:
        raise InputError(
            "given twice for all regions", field="uncertainty", value=", ".join(general)
        )
    found = {region: _fraction(general[0]) for region in regions} if general else {}
    for name, value in assignments("uncertainty", [e for e in entries if "=" in e]):
        region = region_name(name, "uncertainty")
        if region not in regions:
            raise InputError("no such region", field="uncertainty", value=name, allowed=regions)
        found[region] = _fraction(value)
    missing = [region for region in regions if region not in found]
    if missing:
        raise InputError(
            f"missing for {', '.join(missing)}; a reconstructed image does not hold it, for its "
            "voxels share their noise in a way that the file does not tell",
            field="uncertainty",
            remedy='Give --uncertainty "5 %" for all regions and "lesion_1=12 %" where it differs',
        )
    return found


def _fraction(text: str) -> float:
    value = parse(text, "", field="uncertainty")
    if not 0 < value < 1:
        raise InputError(
            "it must lie between 0 and 100 %",
            field="uncertainty",
            value=text,
            remedy='Write it with its sign, such as "5 %"',
        )
    return value
