"""Draw two assays of cells in a dish: one incubation, and two with washes between.

Run from the repository's root: ``python tools/kinetics/assay_figure.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from theratwin.cli.plot_file import save_plot
from theratwin.kinetics.models import Assay, Incubation
from theratwin.report.style import PAGE_WIDTH, house_style, new_figure
from theratwin.twin import InVitro

FOLDER = Path("docs/methods")
HOURS = np.linspace(0.0, 96.0, 481)


@house_style
def main() -> None:
    """Draw what is on and in a cell, and the dose rate to its nucleus."""
    one = Incubation(0.0, 4.0, 1.0)
    assays = {
        "4 h": InVitro(schedule=Assay([one])),
        "4 h, twice": InVitro(schedule=Assay([one, Incubation(48.0, 52.0, 1.0)], washes=[24.0])),
    }
    figure = new_figure(PAGE_WIDTH, 2.5)
    panels = figure.subplots(1, 3)
    for label, assay in assays.items():
        found = assay.solve(HOURS)
        for ax, place in zip(panels, ("membrane", "cytoplasm"), strict=False):
            ax.plot(HOURS, 1e9 * found[place][0], label=label)
        panels[2].plot(HOURS, 1e3 * assay.dose_rate(HOURS), label=label)
    for ax, title, unit in zip(
        panels,
        ("Membrane", "Cytoplasm", "Nucleus"),
        ("mBq a cell", "mBq a cell", "mGy/h"),
        strict=True,
    ):
        ax.set(title=title, xlabel="time (h)", ylabel=unit, ylim=(0.0, None))
    panels[0].legend(fontsize=7)
    save_plot(panels[0], FOLDER / "in-vitro.svg")


if __name__ == "__main__":
    main()
