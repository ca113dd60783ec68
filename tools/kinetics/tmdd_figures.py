"""Draw the figure of the page on target-mediated disposition: reductions against the full model.

Run from the repository's root: ``python tools/kinetics/tmdd_figures.py``. It prints the page's
table of errors.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from theratwin.cli.plot_file import save_plot
from theratwin.dynamics import Engine
from theratwin.kinetics.tmdd import (
    CENTRAL_TARGET,
    michaelis_menten,
    quasi_equilibrium,
    quasi_steady_state,
    tmdd_network,
)
from theratwin.report.style import (
    BLUE,
    GREEN,
    INK,
    PAGE_WIDTH,
    VERMILION,
    house_style,
    new_figure,
    plain_log_ticks,
)

FOLDER = Path("docs/methods")
DOSES = np.array([10.0, 100.0, 1000.0])
TIMES = np.concatenate([[0.0], np.geomspace(0.1, 672.0, 300)])
REDUCTIONS = (
    (quasi_equilibrium, BLUE, "Quasi-equilibrium"),
    (quasi_steady_state, GREEN, "Quasi-steady state"),
    (michaelis_menten, VERMILION, "Michaelis-Menten"),
)


def total(network) -> np.ndarray:
    """Return free and bound ligand (nmol), by dose and time."""
    engine = Engine(network.system())
    return engine.solve({"dose": DOSES}, TIMES, rtol=1e-10, atol=1e-13).require()["total"]


@house_style
def reductions() -> None:
    """Courses after three doses, and what each reduction gets wrong."""
    network = tmdd_network()
    full = total(network)
    figure = new_figure(PAGE_WIDTH, 3.4)
    left, right = figure.subplots(1, 2)
    for course in full:
        left.plot(TIMES / 24, course, color=INK, lw=2.2, alpha=0.35)
    left.plot([], [], color=INK, lw=2.2, alpha=0.35, label="Full model")
    for reduction, color, label in REDUCTIONS:
        found = total(reduction(network, CENTRAL_TARGET))
        error = found / full - 1.0
        for i, course in enumerate(found):
            left.plot(TIMES / 24, course, color=color, lw=0.9, label=label if i == 0 else None)
            style = ("-", "--", ":")[i]
            right.plot(TIMES[1:] / 24, 100 * np.abs(error[i, 1:]), color=color, lw=0.9, ls=style)
        worst = 100 * np.max(np.abs(error[:, 1:]), axis=1)
        area = np.trapezoid(found, TIMES, axis=1) / np.trapezoid(full, TIMES, axis=1) - 1.0
        print(f"{label}: largest error {worst.round(2)} %, area {(100 * area).round(2)} %")
    left.set(yscale="log", ylim=(1e-3, 2e3), xlim=(0, 28), xlabel="Time (d)")
    left.set(ylabel="Ligand, free and bound (nmol)")
    right.set(yscale="log", ylim=(1e-2, 1e3), xlim=(0, 28), xlabel="Time (d)", ylabel="Error (%)")
    for ax in (left, right):
        plain_log_ticks(ax.yaxis)
    for style, dose in zip(("-", "--", ":"), DOSES, strict=True):
        right.plot([], [], color=INK, ls=style, lw=0.9, label=f"{dose:g} nmol")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=3)
    save_plot(left, FOLDER / "tmdd-reductions.svg")


if __name__ == "__main__":
    reductions()
