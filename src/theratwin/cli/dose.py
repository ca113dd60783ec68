"""``theratwin dose``: absorbed dose from activity."""

from __future__ import annotations

import typer

from theratwin.cli import dose_gate, dose_lesion, dose_marrow, dose_organ, dose_voxel

app = typer.Typer(
    name="dose",
    no_args_is_help=True,
    help="Absorbed dose from activity.",
    epilog="Research use only. Not a medical device.",
)

for command in (dose_organ, dose_lesion, dose_marrow, dose_voxel, dose_gate):
    command.register(app)
