"""Make the figures and tables of docs/methods/tumor.md.

python tools/response/tumor_figures.py docs/methods
"""

from __future__ import annotations

import sys
from pathlib import Path

import lesion_by_hand as lesion
import numpy as np

from theratwin.core import Exponentials
from theratwin.dynamics import Bolus, Engine
from theratwin.report.style import (
    BLUE,
    GREEN,
    MUTED,
    ORANGE,
    PURPLE,
    VERMILION,
    house_style,
    new_figure,
)
from theratwin.response import log_cell_kill_of, tissue, tumor_control
from theratwin.response.driven import follow
from theratwin.response.mixtures import AntigenClass, Mixture, Part, target_escape_network
from theratwin.response.tumor import TumorModel, to_space

END = 3024.0
STEPS = (1008.0, 504.0, 168.0, 84.0, 42.0, 24.0, 12.0, 6.0)
CELLS = tissue("prostate_metastasis")


def errors() -> list[tuple[float, float, float, float]]:
    """Return step, errors of dose and volume, and of the logarithm of living cells."""
    exact = lesion.whole(END)[1][:, -1]
    rows = []
    for step in STEPS:
        found = lesion.split(END, step)[1][:, -1]
        volumes = lesion.volume_of(found[lesion.TUMOR]) / lesion.volume_of(exact[lesion.TUMOR])
        rows.append((step, found[9] / exact[9] - 1.0, volumes - 1.0, found[6] - exact[6]))
    return rows


def print_errors(rows: list[tuple[float, float, float, float]]) -> None:
    """Print the table of the page."""
    print("| step | dose | volume | living cells |\n|---|---|---|---|")
    for step, dose, volume, living in rows:
        name = f"{step / 24.0:g} d" if step >= 24.0 else f"{step:g} h"
        print(f"| {name} | {100 * dose:+.2f} % | {100 * volume:+.2f} % | x {np.exp(living):.3g} |")


@house_style
def splitting(rows: list[tuple[float, float, float, float]], path: Path) -> None:
    """Draw living cells of one system and by turns, and the errors over the step."""
    figure = new_figure(7.1, 2.9)
    left, right = figure.subplots(1, 2)
    times = np.linspace(0.0, END, 253)[1:]
    doses = [
        Bolus(f"blood.{label}", time, amount)
        for time in lesion.CYCLES
        for label, amount in (("hot", lesion.HOT), ("cold", lesion.COLD))
    ]
    one = Engine(lesion.coupled().system()).solve({}, times, doses=to_space(doses)).require()
    weeks = times / 168.0
    left.plot(weeks, one["tumor.living"][0], color=BLUE, label="one system")
    for step, color in ((1008.0, VERMILION), (168.0, ORANGE)):
        states = lesion.split(END, step, times)[1]
        living = lesion.VOLUME * np.exp(states[lesion.TUMOR][0])
        name = f"turns of {step / 168:g} week{'s' if step > 168 else ''}"
        left.plot(weeks, living, color=color, ls="--", label=name)
    left.set(xlabel="Time (weeks)", ylabel="Living cells (mL)", yscale="log", xlim=(0, END / 168.0))
    left.legend()
    steps = np.array([row[0] for row in rows])
    for column, name, color in ((1, "dose", BLUE), (2, "volume", GREEN), (3, "ln cells", PURPLE)):
        right.plot(steps, [abs(row[column]) for row in rows], "o-", color=color, label=name)
    right.plot(steps, 1e-3 * steps / 6.0, color=MUTED, lw=0.8, ls=":", label="first order")
    right.set(xlabel="Step of the turns (h)", ylabel="Error", xscale="log", yscale="log")
    right.legend()
    figure.savefig(path / "tumor-splitting.svg", metadata={"Date": None})


@house_style
def mixtures(path: Path) -> None:
    """Draw EUD over cross-fire, classes over time, and control over volume."""
    figure = new_figure(7.1, 3.1)
    first, second, third = figure.subplots(1, 3)
    _eud(first)
    _escape(second)
    _control(third)
    figure.savefig(path / "tumor-mixtures.svg", metadata={"Date": None})


def _course(dose: float) -> Exponentials:
    return Exponentials.from_half_lives([dose * np.log(2.0) / 51.0], [51.0])


def _eud(ax) -> None:
    shares = np.linspace(0.0, 1.0, 41)
    cycle = _course(60.0)
    for negative, color in ((0.01, BLUE), (0.1, VERMILION), (0.5, GREEN)):
        parts = [Part(1.0 - negative, 1.0, CELLS), Part(negative, 0.0, CELLS)]
        euds = [float(Mixture(parts, share).effect(cycle).eud) for share in shares]
        ax.plot(shares, euds, color=color, label=f"{100 * negative:g} % without receptors")
    spread = [Part(1.0, 1.0, CELLS, spread=0.6)]
    euds = [float(Mixture(spread, share).effect(cycle).eud) for share in shares]
    ax.plot(shares, euds, color=MUTED, ls="--", label="uptake spread by 60 %")
    ax.set(xlabel="Cross-fire", ylabel="EUD of 60 Gy (Gy)", xlim=(0, 1), ylim=(0, 62))
    _legend(ax, 1)


def _escape(ax) -> None:
    classes = [
        AntigenClass("positive", 0.95, 1.0, CELLS),
        AntigenClass("negative", 0.05, 0.0, CELLS),
    ]
    course = Exponentials.joined(_course(15.0).shifted(1008.0 * k) for k in range(4))
    times = np.linspace(0.0, 60 * 168.0, 301)
    for share, style in ((0.2, "-"), (0.9, "--")):
        found = follow(target_escape_network(classes, cross_fire=share), course, times)
        for name, color in (("positive", BLUE), ("negative", VERMILION)):
            volume = found["living"][0] * found[f"fraction.{name}"][0]
            ax.plot(
                times / 168.0, volume, color=color, ls=style, label=f"{name}, cross-fire {share:g}"
            )
    ax.set(xlabel="Time (weeks)", ylabel="Living cells (mL)", yscale="log", xlim=(0, 60))
    ax.set_ylim(1e-5, 30.0)
    _legend(ax, 1)


def _control(ax) -> None:
    volumes = np.geomspace(1e-6, 1e2, 60)
    course = Exponentials.joined(_course(15.0).shifted(1008.0 * k) for k in range(4))
    kill = log_cell_kill_of(course, CELLS)
    ax.plot(volumes, tumor_control(1e8 * volumes, kill).probability, color=MUTED, ls=":",
            label="Poisson, no births")  # fmt: skip
    for loss, color in ((0.0, BLUE), (0.9, VERMILION), (0.97, GREEN)):
        model = TumorModel(values={"initial_volume": volumes, "cell_loss": loss})
        end = model.course(course, [0.0, 5000.0]).control[:, -1]
        ax.plot(volumes, end, color=color, label=f"cell loss {loss:g}")
    ax.set(xlabel="Volume (mL)", ylabel="Control at 30 weeks", xscale="log", ylim=(0, 1.02))
    _legend(ax, 1)


def _legend(ax, columns: int) -> None:
    ax.legend(fontsize=6.5, loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=columns)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    table = errors()
    print_errors(table)
    splitting(table, folder)
    mixtures(folder)
