"""Draw two assays of cells in a dish: one incubation, and two with washes between.

Run from the repository's root: ``python tools/kinetics/assay_figure.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from theratwin.cli.plot_file import save_plot
from theratwin.kinetics.models import Assay, Incubation
from theratwin.report.style import BLUE, PAGE_WIDTH, VERMILION, house_style, new_figure
from theratwin.twin import InVitro

FOLDER = Path("docs/methods")
HOURS = np.linspace(0.0, 96.0, 481)


@house_style
def main() -> None:
    """Draw what is on and in a cell, and the dose rate to its nucleus."""
    one = Incubation(0.0, 4.0, 1.0)
    twice = Assay([one, Incubation(48.0, 52.0, 1.0)], washes=[24.0])
    assays = (
        ("Incubated for 4 h, twice", twice, {"color": BLUE}),
        ("Incubated for 4 h, once", Assay([one]), {"color": VERMILION, "ls": (0, (3, 2))}),
    )
    figure = new_figure(PAGE_WIDTH, 2.7)
    panels = figure.subplots(1, 3)
    for label, schedule, line in assays:
        assay = InVitro(schedule=schedule)
        found = assay.solve(HOURS)
        for ax, place in zip(panels, ("membrane", "cytoplasm"), strict=False):
            ax.plot(HOURS, 1e9 * found[place][0], label=label, **line)
        panels[2].plot(HOURS, 1e3 * assay.dose_rate(HOURS), **line)
    for ax, title, name in zip(
        panels,
        ("Membrane", "Cytoplasm", "Nucleus"),
        ("Activity (mBq a cell)", "Activity (mBq a cell)", "Dose rate (mGy/h)"),
        strict=True,
    ):
        ax.set(title=title, xlabel="Time (h)", ylabel=name, ylim=(0.0, None))
        ax.set_xticks([0, 24, 48, 72, 96])
    names = panels[0].get_legend_handles_labels()
    figure.legend(*names, loc="outside lower center", ncols=2)
    save_plot(panels[0], FOLDER / "in-vitro.svg")


if __name__ == "__main__":
    main()
