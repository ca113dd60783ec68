"""``theratwin nuclide``: half-lives, branches, decay chains and emissions."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from theratwin.cli.nuclide_text import half_life, nuclide_text
from theratwin.cli.options import Json
from theratwin.core.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theratwin.physics import Nuclide

app = typer.Typer(no_args_is_help=True, help="Nuclides: half-lives, decay chains, emissions.")


@app.command("list")
def list_nuclides(
    element: Annotated[
        str | None, typer.Argument(help="Only those of this element, such as Ac.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the nuclides by element; those of one element with half-lives and daughters."""
    from theratwin.cli.output import emit
    from theratwin.physics import nuclide, nuclide_names

    found = [nuclide(name) for name in nuclide_names()]
    if element is not None:
        found = _of_element(found, element)
    text = _by_element(found) if element is None else _one_element(found)
    emit("nuclides/1", [one.name for one in found], text=text, as_json=as_json)


@app.command("show")
def show_nuclide(
    name: Annotated[str, typer.Argument(help="The nuclide, such as Lu-177.")],
    progeny: Annotated[
        Literal["none", "all"], typer.Option(help="Whether its decay chain is told too.")
    ] = "all",
    as_json: Json = False,
) -> None:
    """Show half-life, branches and energy for each decay by radiation, alone and with progeny."""
    from theratwin.cli.output import emit
    from theratwin.physics import decay_chain, nuclide

    found = nuclide(name)
    energy, refused = _energies({found.name: 1.0})
    value: dict[str, Any] = {
        "name": found.name,
        "half_life_h": found.half_life,
        "branches": _branches(found),
        "energy_MeV_per_decay": energy,
        "no_energy_because": refused,
    }
    if progeny == "all" and len(decay_chain(found).members) > 1:
        value["chain"] = _chain(found)
    emit("nuclide/2", value, text=nuclide_text(value), as_json=as_json)


def _branches(found: Nuclide) -> list[dict[str, Any]]:
    """Return the branches; fission has no daughter."""
    from theratwin.physics import nuclide_names

    known = frozenset(nuclide_names())
    return [
        {
            "mode": branch.mode,
            "fraction": branch.fraction,
            "daughter": daughter,
            "stable": None if daughter is None else daughter not in known,
        }
        for branch in found.branches
        for daughter in [branch.daughter if branch.mode != "SF" else None]
    ]


def _chain(parent: Nuclide) -> dict[str, Any]:
    """Return the members with their decays within the horizon, and what all emit together."""
    from theratwin.physics import chain_weights, decay_chain
    from theratwin.physics.decay import HORIZON

    decays = chain_weights(parent, "all")
    energy, refused = _energies(decays)
    members = []
    for member in decay_chain(parent).members:
        own = _energies({member.name: 1.0})[0]
        weight = decays[member.name]
        total = None if own is None else weight * sum(own.values())
        row = {"name": member.name, "half_life_h": member.half_life}
        members.append(row | {"decays": weight, "energy_MeV": total})
    return {
        "horizon_h": HORIZON,
        "members": members,
        "energy_MeV_per_decay": energy,
        "no_energy_because": refused,
    }


def _energies(weights: Mapping[str, float]) -> tuple[dict[str, float] | None, str | None]:
    """Return energies by radiation, or why there are none."""
    from theratwin.physics import weighted_emissions
    from theratwin.physics.emissions import KINDS

    try:
        emitted = weighted_emissions(weights)
    except UnsupportedError as error:
        return None, f"{error.value}: {error.message}"
    return {kind: float(getattr(emitted, kind).energy_per_decay) for kind in KINDS}, None


def _of_element(found: list[Nuclide], element: str) -> list[Nuclide]:
    symbol = element.strip().capitalize()
    chosen = [one for one in found if one.element == symbol]
    if not chosen:
        raise InputError(
            "no nuclide of this element",
            field="ELEMENT",
            value=element,
            allowed=sorted({one.element for one in found}),
        )
    return sorted(chosen, key=lambda one: (one.mass_number, one.name))


def _by_element(found: list[Nuclide]) -> str:
    """Return a line or more for each element, in the order of their numbers."""
    rows: dict[str, list[Nuclide]] = {}
    for one in sorted(found, key=lambda one: (one.atomic_number, one.mass_number, one.name)):
        rows.setdefault(one.element, []).append(one)
    head = f"{len(found)} nuclides of {len(rows)} elements (ICRP Publication 107)"
    return "\n".join([head, "", *(_row(symbol, row) for symbol, row in rows.items())])


def _row(symbol: str, row: list[Nuclide]) -> str:
    masses = " ".join(one.name.partition("-")[2] for one in row)
    return textwrap.fill(masses, 96, initial_indent=f"{symbol:<4}", subsequent_indent=" " * 4)


def _one_element(found: list[Nuclide]) -> str:
    lines = []
    for one in found:
        ways = ", ".join(
            f"{b.fraction:.4g} {b.mode}" + (f" to {b.daughter}" if b.mode != "SF" else "")
            for b in one.branches
        )
        lines.append(f"{one.name:<8}  {half_life(one.half_life):<12}  {ways}")
    return "\n".join(lines)
