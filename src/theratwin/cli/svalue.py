"""``theratwin svalue``: absorbed dose for each unit of time-integrated activity, at any scale."""

from __future__ import annotations

import typer

from theratwin.cli import svalue_cell, svalue_organ

svalue = typer.Typer(
    name="svalue",
    no_args_is_help=True,
    help="S values: absorbed dose for each decay.",
    epilog="Research use only. Not a medical device.",
)


svalue_cell.register(svalue)
svalue_organ.register(svalue)
