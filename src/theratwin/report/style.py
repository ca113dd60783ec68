"""The house style of plots: one palette, one set of sizes, and figures without global state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.rcsetup import cycler

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

P = ParamSpec("P")
R = TypeVar("R")

INK, MUTED, FAINT, RULE = "#1d2733", "#5b6673", "#d5dae0", "#b3261e"

#: Okabe and Ito's palette, told apart with every common form of color blindness.
BLUE, VERMILION, GREEN = "#0072b2", "#d55e00", "#009e73"
PURPLE, SKY, ORANGE = "#a8588a", "#56b4e9", "#e69f00"
CYCLES = (BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE)
MARKERS = ("o", "s", "^", "D", "v", "P")

#: Width (inches) of the text on A4 with 15 mm margins.
PAGE_WIDTH = 7.1

RC: dict[Any, Any] = {
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.0,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=CYCLES),
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "lines.linewidth": 1.3,
    "lines.markersize": 4.0,
    "errorbar.capsize": 0.0,
    "figure.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "theratwin",
}


def house_style(plot: Callable[P, R]) -> Callable[P, R]:
    """Make a function draw in the house style, whatever the caller's settings are."""

    @wraps(plot)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(RC):
            return plot(*args, **kwargs)

    return styled


def new_figure(width: float, height: float, margins: Mapping[str, float] | None = None) -> Figure:
    """Return an empty figure (inches) with a canvas of its own, with fixed margins if given."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=None if margins else "constrained")
    if margins:
        figure.subplots_adjust(**margins)
    FigureCanvasAgg(figure)
    return figure


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes given, or those of a new figure (inches)."""
    return new_figure(width, height).add_subplot() if ax is None else ax


def figure_of(ax: Axes) -> Figure:
    """Return the figure that axes stand in."""
    figure = ax.get_figure(root=True)
    assert figure is not None  # axes are always made on one
    return figure


def cycle_style(number: int) -> tuple[str, str]:
    """Return color and marker of a cycle, counted from 0; they repeat after six."""
    return CYCLES[number % len(CYCLES)], MARKERS[number % len(MARKERS)]


def plain_log_ticks(axis: Axis, *, wide: bool = False) -> None:
    """Label a logarithmic axis in plain numbers; 2 and 5 between decades where there is room."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = sorted(axis.get_view_interval())
    between = (1.0, 2.0, 5.0) if high / low < (5000.0 if wide else 60.0) else (1.0,)
    if not wide and 60.0 <= high / low < 300.0:
        between = (1.0, 3.0)
    if high / low < 10.0:
        between = (1.0, 2.0, 3.0, 5.0, 7.0)
    axis.set_major_locator(LogLocator(subs=between, numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def hour_ticks(axis: Axis, end: float) -> None:
    """Put about four ticks on an axis of hours, at whole days where it spans days."""
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    days = max(1, round(end / 24.0 / 4.0))
    axis.set_major_locator(MultipleLocator(24.0 * days) if end > 60.0 else MaxNLocator(5))
