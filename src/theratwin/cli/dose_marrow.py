"""``theratwin dose marrow``: red marrow by blood, by an image, with remainder and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli import dose_marrow_options as options
from theratwin.cli.options import Draws, Force, Json, Out, Seed

if TYPE_CHECKING:
    from theratwin.dosimetry import MarrowDose


def register(app: typer.Typer) -> None:
    """Add the command to the group ``dose``."""
    app.command("marrow")(marrow)


def marrow(
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")],
    blood: options.Blood = None,
    samples: options.BloodSamples = None,
    model: options.Model = None,
    ratio: options.Ratio = None,
    hematocrit: options.Hematocrit = None,
    image: options.Image = None,
    marrow_fraction: options.MarrowFraction = None,
    activity: options.Activity = None,
    mass: options.Mass = None,
    remainder: options.Remainder = None,
    body_mass: options.BodyMass = None,
    height: options.Height = None,
    source: options.Sources = None,
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

    own: dict[str, Any] = {"blood": blood, "samples": samples, "model": model, "image": image}
    own |= {"activity": activity, "ratio": ratio, "hematocrit": hematocrit, "mass": mass}
    body: dict[str, Any] = {"remainder": remainder, "body_mass": body_mass, "height": height}
    given = MarrowInputs(
        nuclide, marrow_fraction=marrow_fraction, source=tuple(source or ()), **own, **body
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
