"""``theratwin svalue``: absorbed dose for each unit of time-integrated activity, at any scale."""

from __future__ import annotations

import typer

from theratwin.cli import svalue_cell

svalue = typer.Typer(
    name="svalue",
    no_args_is_help=True,
    help="S values: absorbed dose for each decay.",
    epilog="Research use only. Not a medical device.",
)


@svalue.callback()
def _svalue() -> None:
    """Keep the subcommand's name, while there is one only."""


svalue_cell.register(svalue)
