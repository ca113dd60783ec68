"""The option of ``theratwin response`` that says how sublethal damage is repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.response_exposure import rows
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.response import Repair

REPAIR = typer.Option(
    "--repair",
    help="Repair as a JSON list of components: the fraction and the half-time. Example: "
    '[[1, "2.8 h"]].',
)
OwnRepair = Annotated[str | None, REPAIR]


def repair_of(text: str) -> Repair:
    """Return the repair of ``--repair``.

    Raises
    ------
    InputError
        If it is none; the component is named.
    """
    from theratwin.response import Repair

    fractions, half_times = [], []
    for i, entry in enumerate(rows(text, "--repair")):
        field = f"--repair[{i}]"
        if not isinstance(entry, list) or len(entry) != 2:
            raise InputError(
                "this is no component of repair",
                field=field,
                value=entry,
                allowed='[fraction, half-time], as [1, "2.8 h"]',
            )
        bare = type(entry[0]) in (int, float)
        fraction = float(entry[0]) if bare else parse(entry[0], "", field=f"{field}[0]")
        fractions.append(fraction)
        half_times.append(parse(entry[1], "h", field=f"{field}[1]"))
    try:
        return Repair(tuple(fractions), tuple(half_times))
    except InputError as error:
        raise error.at("--repair") from None
