"""``theratwin dose marrow``: red marrow by blood, by an image, with remainder and sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Draws, Force, Json, Out, Seed

if TYPE_CHECKING:
    from theratwin.dosimetry import MarrowDose

_Text = str | None


def register(app: typer.Typer) -> None:
    """Add the command to the group ``dose``."""
    app.command("marrow")(marrow)


def marrow(
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")],
    blood: Annotated[
        _Text,
        typer.Option(help='Time-integrated concentration in blood, as "2.1 MBq h/mL +- 8 %".'),
    ] = None,
    samples: Annotated[
        Path | None,
        typer.Option(
            help="Blood samples in its place: CSV with columns time [h], concentration [kBq/mL] "
            "and, if known, uncertainty [%]."
        ),
    ] = None,
    model: Annotated[
        _Text, typer.Option(help="Model of the samples; by default an average by AICc.")
    ] = None,
    ratio: Annotated[
        _Text, typer.Option(help='Concentration in marrow over that in blood, as "1 +- 20 %".')
    ] = None,
    hematocrit: Annotated[
        _Text, typer.Option(help="Gives the ratio as 0.19/(1 - hematocrit), as 0.42.")
    ] = None,
    image: Annotated[
        _Text,
        typer.Option(
            help="Time-integrated concentration in an imaged volume, as lumbar vertebrae: "
            '"1.4 MBq h/mL +- 15 %".'
        ),
    ] = None,
    marrow_fraction: Annotated[
        _Text, typer.Option(help='Part of that volume that is red marrow, as "0.6 +- 10 %".')
    ] = None,
    activity: Annotated[
        _Text,
        typer.Option(help='Time-integrated activity in marrow of known mass, as "90 MBq h".'),
    ] = None,
    mass: Annotated[_Text, typer.Option(help='That mass, as "60 g +- 15 %".')] = None,
    remainder: Annotated[
        _Text,
        typer.Option(
            help='Time-integrated activity of the rest of the body, as "30 GBq h +- 5 %".'
        ),
    ] = None,
    body_mass: Annotated[_Text, typer.Option(help='For the remainder, as "80 kg".')] = None,
    height: Annotated[_Text, typer.Option(help='For the remainder, as "176 cm".')] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="A further source, its time-integrated activity and its S value to red marrow, "
            'as "liver = 5000 MBq h +- 10 %, 1.2e-7 mGy/(MBq s)"; may be repeated.'
        ),
    ] = None,
    seed: Seed = 1,
    draws: Draws = 20000,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Absorbed dose of red marrow, by source, with its interval and what makes it uncertain."""
    from theratwin.cli.marrow_inputs import MarrowInputs, marrow_dose_of
    from theratwin.cli.output import emit
    from theratwin.core import Provenance

    given = MarrowInputs(
        nuclide=nuclide,
        blood=blood,
        samples=samples,
        model=model,
        image=image,
        activity=activity,
        ratio=ratio,
        hematocrit=hematocrit,
        marrow_fraction=marrow_fraction,
        mass=mass,
        remainder=remainder,
        body_mass=body_mass,
        height=height,
        source=tuple(source or ()),
    )
    found, words = marrow_dose_of(given)
    extra = _extra(found, draws, seed) | {"nuclide": nuclide, "method": found.method}
    extra["basis"] = words
    emit(
        "marrow-dose/1",
        found.dose,
        unit="Gy",
        text=_text(found, extra, words),
        as_json=as_json,
        out=out,
        force=force,
        extra=extra,
        provenance=Provenance.now(
            inputs=[samples] if samples else [],
            seed=seed,
            parameter_sets=["dosimetry/red_marrow"],
        ),
    )


def _extra(found: MarrowDose, draws: int, seed: int) -> dict[str, Any]:
    import numpy as np

    drawn = found.sample(draws, seed=seed)["dose"]
    low, high = np.quantile(drawn, (0.05, 0.95))
    order = found.first_order
    budget = order.budgets["dose"]
    return {
        "interval": {"low": float(low), "high": float(high)},
        "relative_uncertainty": budget.total,
        "relative_uncertainty_by_draws": float(np.std(np.log(drawn))),
        "by_source": {name: dose for name, dose in order.values.items() if name != "dose"},
        "budget": dict(budget.parts),
    }


def _text(found: MarrowDose, extra: dict[str, Any], words: list[str]) -> str:
    total = found.dose
    low, high = extra["interval"]["low"], extra["interval"]["high"]
    lines = [
        f"red marrow, {extra['nuclide']}: {total:.3g} Gy, 90 % interval {low:.3g} to {high:.3g}",
        *words,
        "",
        "source                    dose, Gy",
    ]
    lines += [
        f"{name:<22}  {dose:>10.4g}  {dose / total:>4.0%}"
        for name, dose in extra["by_source"].items()
    ]
    lines += ["", f"uncertainty of the dose   {extra['relative_uncertainty']:>8.1%}  of variance"]
    shares = found.first_order.budgets["dose"].shares
    lines += [
        f"{name:<22}  {part:>10.1%}  {shares[name]:>11.0%}"
        for name, part in sorted(extra["budget"].items(), key=lambda each: -each[1])
    ]
    return "\n".join(lines)
