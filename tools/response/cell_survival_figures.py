"""Draw the figures of docs/methods/cell_survival.md and print its table.

Run ``python tools/response/cell_survival_figures.py``; the files are the same each time.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

from theratwin.core import Exponentials, Pieces, Pulses
from theratwin.report.style import CYCLES, MUTED, RC, new_figure, plain_log_ticks
from theratwin.response.cell_survival import cell_model, departure, matched_models

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"
ALPHA, BETA, RATE = 0.147, 0.098, np.log(2.0) / 1.9
NAMES = ("linear", "lq", "lq-l", "lpl", "rmr", "tlk", "neira")
COLORS = (MUTED, *CYCLES)
DASHES = {"rmr": (0, (4, 3)), "lq-l": (0, (4, 3)), "linear": (0, (1.5, 1.5))}


def acute(doses: np.ndarray) -> Pulses:
    return Pulses([0.0], doses[:, None])


def decaying(doses: np.ndarray, half_life: float = 51.0) -> Exponentials:
    rate = np.log(2.0) / half_life
    return Exponentials(doses[:, None] * rate, np.array([rate]))


def curves() -> None:
    """Draw survival against dose, acute and at the rate of a radiopharmaceutical."""
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.8)
        panels = figure.subplots(1, 2)
        for ax, form, last, title in (
            (panels[0], acute, 12.0, "Given at once"),
            (panels[1], decaying, 40.0, "Effective half-life 51 h"),
        ):
            doses = np.linspace(0.0, last, 81)[1:]
            for number, name in enumerate(NAMES):
                survival = cell_model(name).survival(form(doses))
                color = COLORS[number]
                ax.plot(doses, survival, color=color, ls=DASHES.get(name, "-"), label=name)
            ax.set_yscale("log")
            ax.set(xlim=(0.0, last), ylim=(1e-5, 1.0), title=title, xlabel="Dose (Gy)")
            plain_log_ticks(ax.yaxis)
            ax.grid(axis="y")
        panels[0].set_ylabel("Surviving fraction")
        panels[1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        save(figure, "cell-survival-curves.svg")


def protraction() -> None:
    """Draw survival after one dose against the time that it takes."""
    hours = np.geomspace(1e-3, 1e4, 71)
    with mpl.rc_context(RC):
        figure = new_figure(5.2, 2.8)
        ax = figure.add_subplot()
        for number, name in enumerate(NAMES):
            model = cell_model(name)
            survival = [float(model.survival(Pieces([0.0, h], [[6.0 / h]]))) for h in hours]
            color = COLORS[number]
            ax.plot(hours, survival, color=color, ls=DASHES.get(name, "-"), label=name)
        ax.set(xscale="log", yscale="log", xlim=(hours[0], hours[-1]), ylim=(0.009, 0.6))
        plain_log_ticks(ax.yaxis)
        plain_log_ticks(ax.xaxis)
        ax.grid(axis="y")
        ax.set(xlabel="Time that 6 Gy take (h)", ylabel="Surviving fraction")
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        save(figure, "cell-survival-protraction.svg")


def save(figure: mpl.figure.Figure, name: str) -> None:
    with mpl.rc_context(RC):
        figure.savefig(METHODS / name, metadata={"Date": None})


def table() -> None:
    """Print how far the matched models are from the linear-quadratic one."""
    models = matched_models(ALPHA, BETA, RATE)
    forms = {
        "acute 0.1 Gy": Pulses([0.0], [0.1]),
        "acute 0.01 Gy": Pulses([0.0], [0.01]),
        "acute 2 Gy": Pulses([0.0], [2.0]),
        "6 Gy in 24 h": Pieces([0.0, 24.0], [[0.25]]),
        "6 Gy in 1000 h": Pieces([0.0, 1000.0], [[0.006]]),
        "20 Gy, 51 h": decaying(np.array([20.0]))[0],
    }
    print("| model |", " | ".join(forms), "|")
    for name, model in models.items():
        print(
            f"| `{name}` |",
            " | ".join(f"{float(departure(model, e)):.2g}" for e in forms.values()),
            "|",
        )


if __name__ == "__main__":
    curves()
    protraction()
    table()
