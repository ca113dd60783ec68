"""Draw the figure of the page on iodine.

Run from the repository's root: ``python tools/kinetics/iodine_figures.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from theratwin.cli.plot_file import save_plot
from theratwin.dynamics import Engine, Network
from theratwin.kinetics.models.iodine import iodine
from theratwin.physics import nuclide
from theratwin.report.style import INK, PAGE_WIDTH, house_style, new_figure, plain_log_ticks

FOLDER = Path("docs/methods")
DECAY = nuclide("I-131").decay_constant
HOURS = np.linspace(0.0, 96.0, 193)


def curves(network: Network) -> dict[str, np.ndarray]:
    """Return percent of what was administered, corrected for decay, by region."""
    solution = Engine(network.system()).solve({}, HOURS, rtol=1e-8, atol=1e-14).require()
    names = [o.name.removeprefix("activity.") for o in network.observables]
    return {n: 100.0 * solution[f"activity.{n}"][0] * np.exp(DECAY * HOURS) for n in names}


@house_style
def thyroid_and_body() -> None:
    """The thyroid of healthy and hyperthyroid patients; whole bodies without a thyroid."""
    figure = new_figure(PAGE_WIDTH, 2.7)
    left, right = figure.subplots(1, 2)
    for label, network in (
        ("Euthyroid", iodine()),
        ("60 % at 24 h, half-life 120 h", iodine(uptake=0.6, effective_half_life=120.0)),
        (
            "70 % at 6 h, half-life 80 h",
            iodine(uptake=0.7, uptake_time=6.0, effective_half_life=80.0),
        ),
    ):
        left.plot(HOURS, curves(network)["thyroid"], label=label)
    left.plot(24.0, 28.9, "o", color=INK, label="Measured, Uchiyama 1982")
    left.set(title="Thyroid, corrected for decay", ylabel="Uptake (%)", ylim=(0.0, 120.0))
    left.legend()
    # Mean and standard deviation by an exposure meter, Ravichandran 2016, at 48 and 72 h.
    measured = {"rhtsh": ((8.9, 6.0), (5.0, 5.0)), "withdrawal": ((14.8, 12.0), (7.0, 8.0))}
    for i, (preparation, label) in enumerate((("rhtsh", "rhTSH"), ("withdrawal", "Withdrawal"))):
        body = curves(iodine(preparation))["whole_body"] * np.exp(-DECAY * HOURS)
        (line,) = right.plot(HOURS, body, label=label)
        for time, (mean, spread) in zip((48.0, 72.0), measured[preparation], strict=True):
            low = min(spread, 0.8 * mean)
            right.errorbar(
                time + 1.5 * i,
                mean,
                [[low], [spread]],
                fmt="o",
                color=line.get_color(),
            )
    right.errorbar([], [], [], fmt="o", color=INK, label="Measured, Ravichandran 2016")
    right.set(title="Whole body, no thyroid", ylabel="Activity (% of administered)")
    right.set(yscale="log", ylim=(0.3, 120.0))
    plain_log_ticks(right.yaxis)
    right.legend()
    for ax in (left, right):
        ax.set(xlabel="Time (h)", xticks=[0, 24, 48, 72, 96])
    save_plot(left, FOLDER / "iodine.svg")


if __name__ == "__main__":
    thyroid_and_body()
