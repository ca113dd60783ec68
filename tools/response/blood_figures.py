"""Draw the figures of the page on blood: six cycles with patients, two models after one dose.

Run from the repository's root: ``python tools/response/blood_figures.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from theratwin.cli.plot_file import save_plot
from theratwin.core import Exponentials, stream
from theratwin.report.plots.blood_counts import COLORS, plot_blood_counts
from theratwin.report.style import INK, MUTED, PAGE_WIDTH, axes_or_new, house_style, new_figure
from theratwin.response.blood import BloodCounts, blood_counts, docetaxel_course

FOLDER = Path("docs/methods")
DAY, WEEK = 24.0, 168.0
PATIENTS = 300


def course(doses: np.ndarray, half_lives: np.ndarray, starts: np.ndarray) -> Exponentials:
    """Return dose rates of marrow: doses (Gy) and half-lives (h) by patient, in each cycle."""
    rates = np.log(2.0) / half_lives
    return Exponentials(
        np.repeat((doses * rates)[:, None], starts.size, axis=1),
        np.repeat(rates[:, None], starts.size, axis=1),
        starts,
    )


@house_style
def six_cycles() -> None:
    """Patients with a published cohort's doses; how their sensitivities spread is a guess."""
    random = stream(1, "blood figures")
    starts = 6 * WEEK * np.arange(6)
    # Median 0.33 and mean 0.42 Gy a cycle.
    doses = 0.33 * np.exp(np.sqrt(2 * np.log(0.42 / 0.33)) * random.standard_normal(PATIENTS))
    half_lives = random.uniform(50.0, 80.0, PATIENTS)
    alpha = 1.33 * np.exp(0.25 * random.standard_normal(PATIENTS))
    found = blood_counts(
        course(doses, half_lives, starts),
        np.arange(0.0, 44 * WEEK, 2 * DAY),
        parameters={"stem.alpha": alpha},
    )
    figure = new_figure(PAGE_WIDTH, 3.6)
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for ax, line in zip(panels.flat, found.lines, strict=True):
        one = BloodCounts(found.times, {line: found[line]}, {line: found.baselines[line]})
        plot_blood_counts(one, starts, ax)
        ax.get_legend().remove()
        ax.set(title=line.capitalize(), ylim=(0.0, 110.0))
        ax.label_outer()
    save_plot(panels[0, 0], FOLDER / "blood-six-cycles.svg")


@house_style
def one_dose() -> None:
    """Neutrophils after docetaxel, and neutrophils and platelets after a cycle of Lu-177."""
    ax = axes_or_new(None, 5.0, 2.6)
    drug = docetaxel_course("180 mg")
    one = course(np.array([0.42]), np.array([67.0]), np.zeros(1))
    cycle = blood_counts(one, drug.times)
    shown = (
        (drug, "neutrophils", INK, "neutrophils, docetaxel 180 mg"),
        (cycle, "neutrophils", COLORS["neutrophils"], "neutrophils, 0.42 Gy to marrow"),
        (cycle, "platelets", COLORS["platelets"], "platelets, 0.42 Gy to marrow"),
    )
    for found, line, color, label in shown:
        part = 100.0 * found[line][0] / found.baselines[line][0]
        ax.plot(found.times / DAY, part, color=color, label=label)
    ax.axhline(100.0, color=MUTED, lw=0.6, ls=":")
    ax.set(xlabel="Day", ylabel="Part of the baseline (%)", xlim=(0, 42), ylim=(0, 130))
    ax.legend(loc="lower right")
    save_plot(ax, FOLDER / "blood-one-dose.svg")


if __name__ == "__main__":
    six_cycles()
    one_dose()
