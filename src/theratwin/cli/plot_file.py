"""A plot that a command writes to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Plot = Annotated[Path | None, typer.Option("--plot", help="Draw it: .svg, .png, .pdf.")]
_KINDS = [".svg", ".png", ".pdf"]


def check_plot(plot: Path | None, force: bool) -> None:
    """Refuse a file before the work is done, not after.

    Raises
    ------
    InputError
        If it is of no kind that can be drawn, or stands there already.
    """
    if plot is None:
        return
    if plot.suffix.lower() not in _KINDS:
        raise InputError("no kind of picture", field="--plot", value=str(plot), allowed=_KINDS)
    if plot.exists() and not force:
        raise InputError(
            "this exists already",
            field="--plot",
            value=str(plot),
            remedy="Give --force to replace it",
        )


def save_plot(ax: Axes, path: Path) -> None:
    """Write the figure that axes stand in; without a date, so that the same gives the same."""
    import matplotlib as mpl

    from theratwin.report.style import RC, figure_of

    path.parent.mkdir(parents=True, exist_ok=True)
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with mpl.rc_context(RC):
        figure_of(ax).savefig(path, dpi=200, metadata=undated.get(path.suffix.lower()))
