"""Draw the figures of the page on compartments that exchange: MIBG and CLR1404.

Run from the repository's root: ``python tools/kinetics/compartment_figures.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from calibrate_clr1404 import FAST, MARROW, TERMINAL, integrals, marrow_dose, phases
from calibrate_mibg import FIGURES, child_dose, effective_dose, kinetics, predicted
from matplotlib.axes import Axes

from theratwin.cli.plot_file import save_plot
from theratwin.core import parameter_set
from theratwin.report.style import (
    BLUE,
    MUTED,
    PAGE_WIDTH,
    RULE,
    house_style,
    new_figure,
    plain_log_ticks,
)

FOLDER = Path("docs/methods")
MIBG = kinetics(parameter_set("kinetics", "mibg"))
#: Published figures that nothing was calibrated to: mean, its spread where one was stated.
OTHERS = {
    "effective dose, I-123": (0.014, 0.002),
    "effective dose, I-124": (0.25, 0.04),
    "effective dose, I-131": (0.18, 0.04),
    "body of children, I-131": (0.199, 0.0),
}


@house_style
def mibg() -> None:
    """Where MIBG is over three days; the model's figures beside those published."""
    figure = new_figure(PAGE_WIDTH, 2.9)
    left, right = figure.subplots(1, 2)
    times = np.linspace(0.0, 84.0, 169)
    held = [MIBG.fractions(time) for time in times]
    for label, parts, at in (
        ("Excreted, with bladder", ("urine", "bladder"), (33.0, 50.0)),
        ("Central and tissues", ("central", "tissues"), (43.0, 34.0)),
        ("Liver", ("liver",), (7.0, 20.0)),
        ("Salivary glands", ("salivary_glands",), (54.0, 6.0)),
    ):
        share = [100.0 * sum(one[part] for part in parts) for one in held]
        (line,) = left.plot(times, share)
        left.text(*at, label, color=line.get_color(), fontsize=7.5)
    published = np.array([FIGURES[f"urine, {time} h"] for time in (24, 48, 72)])
    left.errorbar(
        (24, 48, 72),
        100.0 * published[:, 0],
        100.0 * published[:, 1],
        fmt="o",
        color=BLUE,
        label="Urine, Wafelman 1995",
    )
    left.set(xlabel="Time (h)", ylabel="Activity (% of administered)", ylim=(0.0, 102.0))
    left.set(title="Corrected for decay", xticks=[0, 24, 48, 72])
    left.legend(loc="upper right")
    _ratios(right)
    save_plot(left, FOLDER / "mibg.svg")


def _ratios(ax: Axes) -> None:
    """Draw model over published; filled what was calibrated to."""
    effective = [effective_dose(MIBG, label) for label in ("I-123", "I-124", "I-131")]
    values = [*predicted(MIBG), *effective, child_dose(MIBG, 20.7e3)]
    for row, ((name, (mean, spread)), value) in enumerate(
        zip({**FIGURES, **OTHERS}.items(), values, strict=True)
    ):
        used = name in FIGURES
        ax.errorbar(1.0, row, xerr=spread / mean, color=MUTED, capsize=2, linewidth=0.8)
        ax.plot(value / mean, row, "o", color=BLUE, fillstyle="full" if used else "none")
    names = [name[0].upper() + name[1:].replace("_", " ") for name in (*FIGURES, *OTHERS)]
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.axvline(1.0, color=RULE, linewidth=0.6)
    ax.set(xlabel="Model over published", xlim=(0.5, 1.6), title="Filled: calibrated to")


@house_style
def clr1404() -> None:
    """Plasma by three half-lives of the fast phase; the marrow's dose by that half-life."""
    figure = new_figure(PAGE_WIDTH, 2.6)
    left, right = figure.subplots(1, 2)
    days = np.linspace(0.0, 42.0, 421)
    for fast in (12.0, FAST, 48.0):
        a, b, slow = phases(fast)
        curve = (1.0 - slow) * np.exp(-a * 24.0 * days) + slow * np.exp(-b * 24.0 * days)
        left.plot(days, 100.0 * curve, label=f"Fast phase {fast:.0f} h, slow {TERMINAL:.0f} h")
    left.set(xlabel="Time (d)", ylabel="Activity (% of the peak)", yscale="log", ylim=(5.0, 110.0))
    left.set(title="Plasma, corrected for decay")
    plain_log_ticks(left.yaxis)
    left.legend()
    assumed = np.geomspace(6.0, 96.0, 9)
    right.plot(assumed, [marrow_dose(integrals(fast)[1]) for fast in assumed], label="Model")
    right.plot(FAST, marrow_dose(integrals(FAST)[1]), "o", color=BLUE, label="As shipped")
    right.axhline(MARROW, color=RULE, linewidth=0.8, label="Grudzinski 2014 (mSv/MBq)")
    right.set(xlabel="Half-life of the fast phase (h)", ylabel="Dose (mGy/MBq)", ylim=(0.0, 0.8))
    right.set(title="Red marrow, not calibrated to")
    right.legend(loc="lower left")
    save_plot(left, FOLDER / "clr1404.svg")


if __name__ == "__main__":
    mibg()
    clr1404()
