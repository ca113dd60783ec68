"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file, not to stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what stands there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the random streams.")]
Draws = Annotated[int, typer.Option("--draws", min=100, help="Number of posterior draws.")]
