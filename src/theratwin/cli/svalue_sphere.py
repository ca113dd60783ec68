"""``theratwin svalue sphere``: the S value of a sphere that irradiates itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.cli.svalue_words import named, positive
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.physics import SphereSValue


def register(app: typer.Typer) -> None:
    """Add the command to the group ``svalue``."""
    app.command("sphere")(sphere)


def sphere(
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")],
    mass: Annotated[str, typer.Option(help='Mass of the sphere, as "1 g".')],
    bone_fraction: Annotated[
        float, typer.Option(help="Cortical bone in the mass, 0 to 1; the rest is soft tissue.")
    ] = 0.0,
    density: Annotated[
        str | None, typer.Option(help='As "1.04 g/mL"; of the mix where left out.')
    ] = None,
    progeny: Annotated[
        Literal["none", "all"] | None, typer.Option(help="Whether daughters count.")
    ] = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """S value of a sphere that holds its activity evenly, in a medium without end."""
    from theratwin.cli.output import emit
    from theratwin.physics import sphere_s_value
    from theratwin.physics.units import DECAYS_PER_MBQ_H

    grams = positive(mass, "g", "--mass")
    rho = None if density is None else positive(density, "g/mL", "--density")
    try:
        found = sphere_s_value(nuclide, grams, rho, bone_fraction=bone_fraction, progeny=progeny)
    except InputError as error:
        raise named(error) from None
    value = float(found.total) / DECAYS_PER_MBQ_H
    emit(
        "svalue/1",
        value,
        unit="Gy/(Bq s)",
        text=_text(found, value, bone_fraction),
        as_json=as_json,
        out=out,
        force=force,
        extra={
            "nuclide": found.nuclide,
            "mass": grams,
            "density": found.density,
            "bone_fraction": bone_fraction,
            "relative_uncertainty": found.relative_uncertainty,
            "parts": {
                part: float(getattr(found, part)) / DECAYS_PER_MBQ_H
                for part in ("electrons", "photons", "alphas")
            },
        },
    )


def _text(found: SphereSValue, value: float, bone_fraction: float) -> str:
    tissue = "soft tissue" if bone_fraction == 0 else f"{bone_fraction:.0%} cortical bone by mass"
    parts = ", ".join(
        f"{part} {float(getattr(found, part) / found.total):.1%}"
        for part in ("electrons", "photons", "alphas")
        if getattr(found, part) > 0
    )
    return (
        f"{found.nuclide}, {float(found.mass):.6g} g, {found.density:.3g} g/mL, {tissue}\n"
        f"S = {value:.4e} Gy/(Bq s), uncertainty {float(found.relative_uncertainty):.1%}\n"
        f"{parts}; unweighted absorbed dose"
    )
