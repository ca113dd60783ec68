"""``theratwin dose lesion``: a lesion's dose to itself, with the uncertainty of every step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from theratwin.cli.options import Draws, Force, Json, Out, Seed
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dosimetry import DoseChain, RecoveryCurve

_UNITS = {
    "volume": "mL",
    "mass": "g",
    "recovery": "1",
    "time-integrated activity": "MBq h",
    "S value": "Gy/(MBq h)",
    "dose": "Gy",
}


def register(app: typer.Typer) -> None:
    """Add the command to the group ``dose``."""
    app.command("lesion")(lesion)


def lesion(
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")],
    activity: Annotated[
        str,
        typer.Option(
            help='Time-integrated activity before recovery, as "400 MBq h +- 6 %", with the '
            "uncertainty that noise brings."
        ),
    ],
    volume: Annotated[str, typer.Option(help='As outlined, "6 mL +- 30 %".')],
    calibration: Annotated[str, typer.Option(help='Its uncertainty, as "5 %".')],
    fit: Annotated[
        str, typer.Option(help='Uncertainty by the choice of the curve, as "5 %".')
    ] = "0 %",
    phantom: Annotated[
        Path | None,
        typer.Option(
            help="Recovery of a phantom's inserts: CSV with columns volume_mL, recovery and sd. "
            "Without it all is recovered."
        ),
    ] = None,
    resolution: Annotated[
        str | None,
        typer.Option(
            help='Of the image, full width at half maximum, as "10 mm": counts rise with the '
            "outline. Without it they do not depend on it."
        ),
    ] = None,
    density: Annotated[str, typer.Option(help='As "1.04 g/mL".')] = "1.04 g/mL",
    progeny: Annotated[
        Literal["none", "all"] | None, typer.Option(help="Whether daughters count.")
    ] = None,
    seed: Seed = 1,
    draws: Draws = 20000,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Dose of a lesion as a sphere, with interval and budget after the EANM's guidance."""
    from theratwin.cli.output import emit
    from theratwin.core import Provenance

    doubts = {"calibration": calibration, "fit": fit}
    chain = _chain(nuclide, activity, volume, doubts, phantom, resolution, density, progeny)
    extra = _extra(chain, draws, seed) | {"nuclide": nuclide}
    emit(
        "lesion-dose/1",
        chain.dose,
        unit="Gy",
        text=_text(chain, extra),
        as_json=as_json,
        out=out,
        force=force,
        extra=extra,
        provenance=Provenance.now(inputs=[phantom] if phantom else [], seed=seed),
    )


def _chain(
    nuclide: str,
    activity: str,
    volume: str,
    doubts: dict[str, str],
    phantom: Path | None,
    resolution: str | None,
    density: str,
    progeny: Literal["none", "all"] | None,
) -> DoseChain:
    """Return the calculation that the options describe."""
    from theratwin.cli.measured import measured
    from theratwin.cli.svalue_words import positive
    from theratwin.core.units import parse
    from theratwin.dosimetry import DoseChain, outline_slope
    from theratwin.physics import sphere_s_value

    integral = measured(activity, "MBq h", "--activity")
    outlined = measured(volume, "mL", "--volume")
    rho = positive(density, "g/mL", "--density")
    curve = None if phantom is None else _recovery(phantom)
    recovered = 1.0 if curve is None else float(curve.value(outlined.value))
    outline = 0.0
    if resolution is not None:
        width = positive(resolution, "mm", "--resolution")
        outline = float(outline_slope(outlined.value, width, recovered))
    own = sphere_s_value(nuclide, rho * outlined.value, rho, progeny=progeny)
    uncertainties = {
        "counts": integral.relative_uncertainty,
        "volume": outlined.relative_uncertainty,
        "S value": float(own.relative_uncertainty),
    }
    for name, text in doubts.items():
        uncertainties[name] = parse(text, "", field=f"--{name}")
        if not uncertainties[name] >= 0:
            raise InputError("must not be negative", field=f"--{name}", value=text)
    return DoseChain(
        integral.value,
        outlined.value,
        lambda mass: sphere_s_value(nuclide, mass, rho, progeny=progeny).total,
        uncertainties,
        density=rho,
        recovery=curve,
        outline=outline,
    )


def _recovery(path: Path) -> RecoveryCurve:
    """Fit the recovery curve to a phantom's table."""
    import csv

    from theratwin.dosimetry import fit_recovery

    if not path.is_file():
        raise InputError("there is no such file", field="--phantom", value=str(path))
    columns = ("volume_mL", "recovery", "sd")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    if not rows or not set(columns) <= set(rows[0]):
        raise InputError(
            "a column is missing",
            field=str(path),
            value=list(rows[0]) if rows else None,
            allowed=columns,
        )
    try:
        numbers = {name: [float(row[name]) for row in rows] for name in columns}
    except (TypeError, ValueError):
        raise InputError("every row needs three numbers", field=str(path)) from None
    try:
        return fit_recovery(numbers["volume_mL"], numbers["recovery"], numbers["sd"])
    except InputError as error:
        raise error.at(str(path)) from None


def _extra(chain: DoseChain, draws: int, seed: int) -> dict[str, Any]:
    import numpy as np

    drawn = chain.sample(draws, seed=seed)["dose"]
    low, high = np.quantile(drawn, (0.05, 0.95))
    found = chain.first_order
    return {
        "interval": {"low": float(low), "high": float(high)},
        "relative_uncertainty": found.relative_sd("dose"),
        "relative_uncertainty_by_draws": float(np.std(np.log(drawn))),
        "budget": dict(found.budgets["dose"].parts),
        "sensitivity_to_volume": found.sensitivities["dose"]["volume"],
        "steps": {
            name: {
                "value": value,
                "unit": _UNITS[name],
                "relative_uncertainty": found.relative_sd(name),
            }
            for name, value in found.values.items()
        },
    }


def _text(chain: DoseChain, extra: dict[str, Any]) -> str:
    low, high = extra["interval"]["low"], extra["interval"]["high"]
    lines = [
        f"lesion, {extra['nuclide']}: {chain.dose:.3g} Gy, 90 % interval {low:.3g} to {high:.3g}",
        "a sphere that irradiates itself; unweighted absorbed dose",
        "",
        f"{'step':<26}{'value':>11}  {'unit':<11}{'uncertainty':>11}",
    ]
    lines += [
        f"{name:<26}{step['value']:>11.4g}  {step['unit']:<11}{step['relative_uncertainty']:>11.1%}"
        for name, step in extra["steps"].items()
    ]
    shares = chain.first_order.budgets["dose"].shares
    lines += ["", f"{'component of the dose':<26}{'uncertainty':>11}  of variance"]
    lines += [
        f"{name:<26}{part:>11.1%}  {shares[name]:>11.0%}"
        for name, part in sorted(extra["budget"].items(), key=lambda each: -each[1])
    ]
    slope = extra["sensitivity_to_volume"]
    return "\n".join([*lines, f"a volume 1 % larger changes the dose by {slope:+.2f} %"])
