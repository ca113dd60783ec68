"""``theratwin svalue cell``: S values of a cell's compartments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.cli.svalue_words import named, positive
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.physics.cells import CellSValue

_Retention = Annotated[
    list[str] | None,
    typer.Option(
        help="Fraction of the daughters' decays in the source, as 0.5, or one daughter's, as "
        "Fr-221=0.5; may be repeated."
    ),
]
_WORDS = {
    "cole": "electrons by Cole 1969",
    "csda": "electrons by CSDA (ICRU 90)",
}


def register(app: typer.Typer) -> None:
    """Add the command to the group ``svalue``."""
    app.command("cell")(cell)


def cell(
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Lu-177.")],
    cell_radius: Annotated[str, typer.Option(help='Radius of the cell, as "5 um".')],
    nucleus_radius: Annotated[str, typer.Option(help='Radius of its nucleus, as "3 um".')],
    progeny: Annotated[
        Literal["none", "all"] | None, typer.Option(help="Whether daughters count.")
    ] = None,
    retention: _Retention = None,
    distance: Annotated[
        str | None, typer.Option(help='To the center of a second cell, the target, as "10 um".')
    ] = None,
    method: Annotated[
        Literal["cole", "csda"], typer.Option(help="Range and energy of electrons.")
    ] = "cole",
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """S values of nucleus (N), cytoplasm (Cy), membrane (CS) and cell (C), target<-source."""
    from theratwin.cli.output import emit
    from theratwin.physics.cells import Cell, cell_s_value

    try:
        found = cell_s_value(
            nuclide,
            Cell(
                positive(cell_radius, "mm", "--cell-radius"),
                positive(nucleus_radius, "mm", "--nucleus-radius"),
            ),
            distance=None if distance is None else positive(distance, "mm", "--distance"),
            progeny=progeny,
            retention=_retention(retention, progeny),
            method=method,
        )
    except InputError as error:
        raise named(error, {"radius": "--cell-radius"}) from None
    value = _per_bq_s(found.total)
    emit(
        "svalue/1",
        value,
        unit="Gy/(Bq s)",
        text=_table(found, value),
        as_json=as_json,
        out=out,
        force=force,
        extra=_extra(found),
    )


def _extra(found: CellSValue) -> dict[str, Any]:
    return {
        "relative_uncertainty": found.relative_uncertainty,
        "method": _method(found),
        "nuclide": found.nuclide,
        "decays": found.weights,
        "cell_radius_um": found.cell.radius * 1e3,
        "nucleus_radius_um": found.cell.nucleus_radius * 1e3,
        "distance_um": None if found.distance is None else found.distance * 1e3,
        "electrons": _per_bq_s(found.electrons),
        "alphas": _per_bq_s(found.alphas),
        "recoils": _per_bq_s(found.recoils),
    }


def _method(found: CellSValue) -> str:
    return (
        f"straight tracks in water; {_WORDS[found.method]}; alphas by ASTAR; recoils local; "
        "no photons"
    )


def _table(found: CellSValue, value: dict[str, float]) -> str:
    chain = ", ".join(f"{name} {weight:.4g}" for name, weight in found.weights.items())
    apart = "" if found.distance is None else f", {found.distance * 1e3:g} um to the target"
    lines = [
        f"{found.nuclide}, cell {found.cell.radius * 1e3:g} um, nucleus "
        f"{found.cell.nucleus_radius * 1e3:g} um{apart}",
        f"decays: {chain}",
        _method(found),
        "",
        "target<-source  S, Gy/(Bq s)  uncertainty",
    ]
    spread = found.relative_uncertainty
    lines += [f"{pair:<14}  {s:>12.4e}  {spread[pair]:>11.1%}" for pair, s in value.items()]
    return "\n".join(lines)


def _per_bq_s(doses: dict[str, float]) -> dict[str, float]:
    from theratwin.physics.units import DECAYS_PER_MBQ_H

    return {pair: dose / DECAYS_PER_MBQ_H for pair, dose in doses.items()}


def _retention(given: list[str] | None, progeny: str | None) -> float | dict[str, float]:
    if not given:
        return 1.0
    if progeny != "all":
        raise InputError(
            "without daughters it has no effect", field="--retention", remedy="Give --progeny all"
        )
    if len(given) == 1 and "=" not in given[0]:
        return parse(given[0], "", field="--retention")
    fractions: dict[str, float] = {}
    for text in given:
        name, sign, fraction = text.partition("=")
        if not sign:
            raise InputError("no daughter's name", field="--retention", value=text)
        fractions[name] = parse(fraction, "", field=f"--retention {name}")
    return fractions
