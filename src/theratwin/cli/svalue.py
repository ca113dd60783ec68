"""``theratwin svalue``: absorbed dose for each unit of time-integrated activity, at any scale."""

from __future__ import annotations

import typer

from theratwin.cli import svalue_cell, svalue_organ, svalue_sphere, svalue_voxel

svalue = typer.Typer(
    name="svalue",
    no_args_is_help=True,
    help="S values: absorbed dose for each decay.",
    epilog="Research use only. Not a medical device.",
)

for command in (svalue_cell, svalue_voxel, svalue_sphere, svalue_organ):
    command.register(svalue)
