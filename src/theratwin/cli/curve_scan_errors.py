"""``theratwin curve scan-errors``: what methods for one scan err by in patients with several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dosimetry.time_activity import ScanErrors

_SHOWN = ("mean", "sd", "rms", "worst")


def register(app: typer.Typer) -> None:
    """Add the command to the group ``curve``."""
    app.command("scan-errors")(scan_errors)


def scan_errors(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="PATIENTS.csv",
            help="Activities of several patients: columns patient, time_h, activity_MBq and, if "
            "known, sd_MBq.",
        ),
    ],
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")],
    times: Annotated[
        str, typer.Option(help='When the single scan is made, as "24 h, 72 h, 96 h".')
    ],
    population: Annotated[
        str | None,
        typer.Option(
            metavar='NAME|"MEAN, SD"',
            help="Effective half-lives for madsen and hou, by name, as psma.kidneys, or as "
            '"51 h, 13 h"; without it they are left out.',
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Model of the full fits; by default each patient's best by AICc."),
    ] = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Compare methods for one scan with full fits: bias, spread and worst error by scan time.

    Each patient's curve is fitted to all scans; its value at a time is what the single scan would
    have shown. Jackson's method leaves out the patient that it estimates.
    """
    from theratwin.cli.curve_population import curves_of, half_life_population
    from theratwin.cli.output import emit
    from theratwin.core import Provenance
    from theratwin.dosimetry.time_activity import one_scan_errors, scan_methods
    from theratwin.physics import nuclide as find

    decay = find(nuclide).decay_constant
    half_lives = None if population is None else half_life_population(population, decay)
    at = _times(times)
    curves = list(curves_of(str(table), model, decay).values())
    found = one_scan_errors(curves, at, scan_methods(curves, half_lives, decay))
    emit(
        "curve-scan-errors/1",
        {name: _values(errors) for name, errors in found.items()},
        unit="1",
        text=_text(found, len(curves)),
        as_json=as_json,
        out=out,
        force=force,
        extra={"scan_times_h": at, "patients": len(curves), "nuclide": nuclide},
        provenance=Provenance.now(inputs=[table]),
    )


def _times(text: str) -> list[float]:
    from theratwin.core.units import parse

    found = [parse(part.strip(), "h", field="--times") for part in text.split(",")]
    if not all(time > 0 for time in found):
        raise InputError("a scan comes after the administration", field="--times", value=text)
    return found


def _values(errors: ScanErrors) -> dict[str, Any]:
    return {name: getattr(errors, name) for name in _SHOWN}


def _text(found: dict[str, ScanErrors], patients: int) -> str:
    lines = [
        f"error of one scan against the full fit, {patients} patients",
        f"{'method':<12}{'scan':>8}" + "".join(f"{name:>9}" for name in _SHOWN),
    ]
    for method, errors in found.items():
        for i, time in enumerate(errors.times):
            mean, sd, rms, worst = (float(getattr(errors, name)[i]) for name in _SHOWN)
            lines.append(
                f"{method:<12}{f'{time:g} h':>8}{mean:>+9.1%}{sd:>9.1%}{rms:>9.1%}{worst:>+9.1%}"
            )
    return "\n".join(lines)
