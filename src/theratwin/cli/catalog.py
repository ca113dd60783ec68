"""``theratwin nuclide`` and ``theratwin parameters``: what ships, with its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Json
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.core import Parameter

nuclides = typer.Typer(no_args_is_help=True, help="Nuclides: half-lives, branches, emissions.")
parameters = typer.Typer(no_args_is_help=True, help="Parameter sets and their sources.")

_ROOMS = ("kinetics", "physics", "dosimetry", "response", "planning")


@nuclides.command("list")
def list_nuclides(as_json: Json = False) -> None:
    """List the nuclides."""
    from theratwin.cli.output import emit
    from theratwin.physics import nuclide_names

    names = list(nuclide_names())
    emit("nuclides/1", names, text="\n".join(names), as_json=as_json)


@nuclides.command("show")
def show_nuclide(
    name: Annotated[str, typer.Argument(help="The nuclide, such as Lu-177.")],
    as_json: Json = False,
) -> None:
    """Show a nuclide's half-life, daughters, and energy for each decay by radiation."""
    from theratwin.cli.output import emit
    from theratwin.physics import emissions, nuclide

    found = nuclide(name)
    emitted = emissions(found)
    kinds = ("gamma", "x_ray", "annihilation", "beta", "conversion", "auger", "alpha", "recoil")
    energy = {kind: float(getattr(emitted, kind).energy_per_decay) for kind in kinds}
    value = {
        "name": found.name,
        "half_life_h": found.half_life,
        "daughters": {branch.daughter: branch.fraction for branch in found.branches},
        "energy_MeV_per_decay": energy,
    }
    lines = [
        f"{found.name}: half-life {found.half_life:.6g} h",
        *(f"  to {b.daughter}: {b.fraction:.6g} ({b.mode})" for b in found.branches),
        "  energy for each decay, MeV:",
        *(f"    {kind:<13}{mean:.5f}" for kind, mean in energy.items() if mean),
    ]
    emit("nuclide/1", value, text="\n".join(lines), as_json=as_json)


@parameters.command("list")
def list_parameters(as_json: Json = False) -> None:
    """List the parameter sets, as room/name."""
    from theratwin.cli.output import emit
    from theratwin.core import parameter_set, parameter_set_names

    titles = {
        f"{room}/{name}": parameter_set(room, name).title
        for room in _ROOMS
        for name in parameter_set_names(room)
    }
    width = max(map(len, titles))
    text = "\n".join(f"{name:<{width}}  {title}" for name, title in titles.items())
    emit("parameter-sets/1", titles, text=text, as_json=as_json)


@parameters.command("show")
def show_parameters(
    name: Annotated[str, typer.Argument(metavar="ROOM/NAME", help="The parameter set.")],
    as_json: Json = False,
) -> None:
    """Show every value of a parameter set with its source."""
    from theratwin.cli.output import emit
    from theratwin.core import parameter_set

    room, _, short = name.partition("/")
    if room not in _ROOMS or not short:
        raise InputError(
            "this names no parameter set",
            field="ROOM/NAME",
            value=name,
            remedy="`theratwin parameters list` names them all",
        )
    chosen = parameter_set(room, short)
    value = {path: _described(parameter) for path, parameter in chosen.items()}
    lines = [chosen.title, ""]
    for path, entry in value.items():
        lines.append(f"{path} = {entry['value']:.6g} {entry['unit']}  {entry['distribution']}")
        lines.append(f"    {' '.join(filter(None, (entry['source'], entry['where'])))}")
        lines.extend([f"    {entry['note']}"] if entry["note"] else [])
    emit("parameter-set/1", value, text="\n".join(lines), as_json=as_json)


def _described(parameter: Parameter) -> dict[str, Any]:
    from theratwin.core import Fixed, citation

    spread = parameter.distribution
    source = "assumption" if parameter.is_assumption else str(citation(parameter.source))
    return {
        "value": parameter.value,
        "unit": parameter.unit,
        "distribution": "" if isinstance(spread, Fixed) else str(spread),
        "source": source,
        "where": parameter.where,
        "note": parameter.note,
    }
