"""``theratwin svalue organ``: S values from a source region to the organs of a phantom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.core.provenance import Provenance
    from theratwin.physics.organs import OrganSValues, SafTable

Phantom = Annotated[
    Literal["AM", "AF"],
    typer.Option(help="Adult male (AM) or adult female (AF) of ICRP Publication 110."),
]
NuclideName = Annotated[str, typer.Option("--nuclide", help="The nuclide, such as Lu-177.")]
Progeny = Annotated[
    Literal["none", "all"] | None,
    typer.Option(help="Whether daughters count; they decay where the parent does."),
]
WallDose = Annotated[
    Literal["mean", "surface"],
    typer.Option(help="Dose of walls by charged particles of their content: mean, or surface."),
]
Masses = Annotated[
    list[str] | None,
    typer.Option("--mass", help='A patient\'s mass, as "liver=1500 g"; may be repeated.'),
]
Table = Annotated[
    Path | None,
    typer.Option(help="Table of specific absorbed fractions, in place of the one that ships."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the group ``svalue``."""
    app.command("organ")(organ)


def organ(
    phantom: Phantom,
    nuclide: NuclideName,
    source: Annotated[str, typer.Option(help="The source region, such as kidneys.")],
    progeny: Progeny = None,
    mass: Masses = None,
    walls: WallDose = "mean",
    table: Table = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """S values, mGy/(MBq s), from one source region to all targets; unweighted absorbed dose."""
    from theratwin.cli.output import emit
    from theratwin.physics import chain_weights, weighted_emissions
    from theratwin.physics.organs import organ_s_values, scaled_to_masses

    safs = saf_table(phantom, table)
    decays = chain_weights(nuclide, progeny)
    try:
        values = organ_s_values(safs, weighted_emissions(decays), source, walls=walls)
        values = scaled_to_masses(values, given_masses(mass))
    except InputError as error:
        raise named(error) from None
    emit(
        "svalue/1",
        values.mgy_per_mbq_s(),
        unit="mGy/(MBq s)",
        text=_text(values, decays, mass),
        as_json=as_json,
        out=out,
        force=force,
        provenance=provenance(*[table] if table else []),
        extra=_extra(values, decays, mass),
    )


def saf_table(phantom: str, path: Path | None) -> SafTable:
    """Return the table that ships, or the one of a file if it is of that phantom."""
    from theratwin.physics.organs import read_saf_table, shipped_saf_table

    if path is None:
        return shipped_saf_table(phantom)
    found = read_saf_table(path)
    if found.phantom != phantom:
        raise InputError(
            "the table is of another phantom",
            field="--phantom",
            value=phantom,
            allowed=found.phantom,
        )
    return found


def provenance(*inputs: Path) -> Provenance:
    """Return the provenance of S values, with the files that they were made from."""
    from theratwin.core.provenance import Provenance

    sets = ("physics/organ_s_values", "physics/skeleton")
    return Provenance.now(inputs=inputs, parameter_sets=sets)


def given_masses(entries: list[str] | None) -> dict[str, float]:
    """Return masses in g by region, from entries such as ``"liver=1500 g"``."""
    from theratwin.cli.lists import assignments

    pairs = assignments("--mass", entries or [])
    return {name: parse(text, "g", field=f"--mass {name}") for name, text in pairs}


def named(error: InputError) -> InputError:
    """Name the option in an error of the calculation."""
    field = error.field or ""
    if field not in ("source", "walls", "mass", "activity"):
        return error
    return InputError(
        error.message,
        field=f"--{field}",
        value=error.value,
        allowed=error.allowed,
        remedy=error.remedy,
    )


def method(phantom: str, walls: str, mass: list[str] | None) -> str:
    """Say how the values come about."""
    scaled = (
        "; own dose scaled to the patient's mass, charged particles as 1/m, photons as m^(-2/3)"
        if mass
        else ""
    )
    return (
        f"specific absorbed fractions by Monte Carlo in the ICRP-110 phantom {phantom}; alphas and "
        f"recoils local; walls from contents: {walls}; unweighted absorbed dose{scaled}"
    )


def _of_bone(source: str) -> str:
    """Say which bone surfaces are meant, for a source in or on bone."""
    if not source.startswith(("trabecular_bone", "cortical_bone")):
        return ""
    return "; marrow and bone surfaces (here 10 um, 120 g) by ICRP Publication 30"


def _extra(
    values: OrganSValues, decays: dict[str, float], mass: list[str] | None
) -> dict[str, Any]:
    def by_target(numbers: Any) -> dict[str, float]:
        return dict(zip(values.targets, map(float, numbers), strict=True))

    return {
        "relative_uncertainty": by_target(values.relative_uncertainty),
        "mass": dict(values.target_mass),
        "mass_unit": "g",
        "photons": by_target(values.photons / 3.6),
        "electrons": by_target(values.electrons / 3.6),
        "alphas": by_target(values.alphas / 3.6),
        "phantom": values.phantom,
        "nuclide": next(iter(decays)),
        "decays": decays,
        "source": values.source,
        "source_mass_g": values.source_mass,
        "method": method(values.phantom, values.walls, mass) + _of_bone(values.source),
    }


def _text(values: OrganSValues, decays: dict[str, float], mass: list[str] | None) -> str:
    parent = next(iter(decays))
    lines = [
        f"{parent} in {values.source} ({values.source_mass:.4g} g), phantom {values.phantom}",
        "decays: " + ", ".join(f"{name} {n:.4g}" for name, n in decays.items()),
        method(values.phantom, values.walls, mass) + _of_bone(values.source),
        "",
        f"{'target':<25} {'S, mGy/(MBq s)':>14}  uncertainty    mass, g  by photons",
    ]
    order = sorted(range(len(values.targets)), key=lambda i: -values.total[i])
    for i in order:
        target, s = values.targets[i], values.total[i]
        share = f"{values.photons[i] / s:.0%}" if s > 0 else "-"
        spread = f"{values.relative_uncertainty[i]:.1%}" if s > 0 else "-"
        lines.append(
            f"{target:<25} {s / 3.6:>14.3e}  {spread:>11}  {values.target_mass[target]:>9.4g}"
            f"  {share:>10}"
        )
    return "\n".join(lines)
