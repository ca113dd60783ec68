"""``theratwin parameters``: the parameter sets that ship, with their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Json
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.core import Parameter

parameters = typer.Typer(no_args_is_help=True, help="Parameter sets and their sources.")

_ROOMS = ("kinetics", "physics", "dosimetry", "response", "planning")


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
