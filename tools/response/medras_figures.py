"""Make the figures of `docs/methods/medras.md`, and print its table of options.

Usage: python tools/response/medras_figures.py docs/methods
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core import Component, Curve, Exponentials, Exposure, Pieces, Pulses, Quality
from theratwin.report.style import (
    BLUE,
    GREEN,
    MUTED,
    ORANGE,
    PAGE_WIDTH,
    PURPLE,
    VERMILION,
    house_style,
    new_figure,
    plain_log_ticks,
)
from theratwin.response.medras import Medras, MedrasRpt

DECAY = math.log(2.0) / 51.0
#: The exposures of the table: two at once, one over a day, one that decays with 51 h.
EXPOSURES: dict[str, Curve] = {
    "0.2 Gy at once": Pulses([0.0], [0.2]),
    "2 Gy at once": Pulses([0.0], [2.0]),
    "6 Gy in 24 h": Pieces([0.0, 24.0], [[0.25]]),
    "10 Gy, 51 h": Exponentials([10.0 * DECAY], [DECAY]),
}
#: Rows of the table: what is on, and the model.
ROWS: dict[str, tuple[type, dict[str, Any]]] = {
    "`medras`": (Medras, {}),
    '`medras-rpt`, `cycle="frozen"`': (MedrasRpt, {"cycle": "frozen"}),
    "`medras-rpt`": (MedrasRpt, {}),
    '`follow="population"`': (MedrasRpt, {"follow": "population"}),
    "`checkpoint`": (MedrasRpt, {"checkpoint": True}),
    "`cycle_delay`": (MedrasRpt, {"cycle_delay": True}),
    "`replicate_breaks`": (MedrasRpt, {"replicate_breaks": True}),
    "`hypersensitivity`": (MedrasRpt, {"hypersensitivity": True}),
    "`single_strand_breaks`": (MedrasRpt, {"single_strand_breaks": True}),
    "`senescence`": (MedrasRpt, {"senescence": True}),
    "`delayed_death=3`": (MedrasRpt, {"delayed_death": 3}),
}
LINES = {
    "p53 mutant": {"p53": "mutant"},
    "p53 mutant, HR-deficient": {"p53": "mutant", "hr": "deficient"},
    "p53 wild type": {"p53": "wildtype"},
}


def table(line: dict[str, str]) -> str:
    """Return the table of surviving fractions of a line, as text."""
    head = f"| | {' | '.join(EXPOSURES)} |\n|---|{'---:|' * len(EXPOSURES)}"
    rows = [head]
    for name, (model, options) in ROWS.items():
        cells = model.of(**line, **options)
        found = [f"{float(cells.survival(curve)):.4f}" for curve in EXPOSURES.values()]
        rows.append(f"| {name} | {' | '.join(found)} |")
    return "\n".join(rows)


@house_style
def acute_and_slow() -> Any:
    """Draw survival of MEDRAS: at once by phase and ion, and over time beside the extension."""
    figure = new_figure(PAGE_WIDTH, 2.9)
    left, right = figure.subplots(1, 2)
    _acute(left)
    _slow(right)
    return figure


def _acute(ax: Any) -> None:
    doses = np.linspace(0.0, 8.0, 81)
    at_once = Pulses([0.0], doses[:, None])
    for name, options, color in (
        ("G1, p53", {"phase": "G1"}, VERMILION),
        ("G1", {"phase": "G1", "p53": "mutant"}, BLUE),
        ("G2", {"phase": "G2"}, GREEN),
        ("G2 without HR", {"phase": "G2", "hr": "deficient"}, ORANGE),
    ):
        ax.plot(doses, Medras.of(**options).survival(at_once), color=color, label=name)
    fewer = np.linspace(0.0, 3.5, 36)
    ions = Exposure(
        "cells",
        {Component.ALPHA: Pulses([0.0], fewer[:, None])},
        {Component.ALPHA: Quality(let=100.0)},
    )
    found = Medras.of(phase="G1", p53="mutant").survival(ions)
    ax.plot(fewer, found, color=BLUE, ls="--", label="G1, helium 100 keV/µm")
    ax.set(yscale="log", ylim=(1e-3, 30.0), xlim=(0, 8), xlabel="Dose at once (Gy)")
    ax.set(ylabel="Surviving fraction", title="medras: phase, p53, repair and LET")
    ax.legend(loc="upper right", ncols=2, columnspacing=1.0)


def _slow(ax: Any) -> None:
    durations = np.geomspace(0.1, 1000.0, 41)
    curves = [Pieces([0.0, t], [[6.0 / t]]) for t in durations]
    for name, model, options, color, style in (
        ("medras", Medras, {"p53": "mutant"}, BLUE, "-"),
        ("medras, p53", Medras, {}, VERMILION, "-"),
        ("medras-rpt frozen, p53", MedrasRpt, {"cycle": "frozen"}, VERMILION, ":"),
        ("medras-rpt", MedrasRpt, {"p53": "mutant"}, BLUE, "--"),
        ("medras-rpt, p53", MedrasRpt, {}, VERMILION, "--"),
    ):
        found = [float(model.of(**options).survival(curve)) for curve in curves]
        ax.plot(durations, found, color=color, ls=style, label=name)
    ax.set(xscale="log", yscale="log", xlim=(0.1, 1000.0), ylim=(0.01, 1.0))
    ax.set(xlabel="6 Gy over (h)", ylabel="Surviving fraction")
    ax.set(title="Asynchronous cells, by dose rate")
    plain_log_ticks(ax.xaxis)
    ax.legend(loc="lower center", ncols=2, columnspacing=1.0)


@house_style
def course() -> Any:
    """Draw a decaying dose rate in the extension: breaks and phases, and the fates of cells."""
    figure = new_figure(PAGE_WIDTH, 2.9)
    left, right = figure.subplots(1, 2)
    hours = np.concatenate([np.linspace(0.0, 10.0, 101), np.linspace(10.5, 240.0, 460)])
    curve = EXPOSURES["10 Gy, 51 h"]
    for name, options, style in (("", {}, "-"), (", checkpoint", {"checkpoint": True}, "--")):
        found = MedrasRpt.of(p53="mutant", **options).solve(curve, hours)
        for phase, color in (("G1", BLUE), ("S", PURPLE), ("G2", GREEN)):
            left.plot(
                hours, found[f"cells.{phase}"][0], color=color, ls=style, label=f"{phase}{name}"
            )
    left.set(xlim=(0, 240), ylim=(0, 1), xlabel="Time (h)", ylabel="Fraction of living cells")
    left.set(title="Phases at 10 Gy that decay with 51 h")
    left.legend(loc="upper right", ncols=2, columnspacing=1.0)
    _fates(right, hours, curve)
    return figure


def _fates(ax: Any, hours: np.ndarray, curve: Curve) -> None:
    for name, options, color, style in (
        ("p53 mutant", {"p53": "mutant"}, BLUE, "-"),
        ("its living, death at division 3", {"p53": "mutant", "delayed_death": 3}, BLUE, ":"),
        ("wild type", {}, VERMILION, "-"),
        ("its living, half senescent", {"senescence": True}, VERMILION, ":"),
        ("HR-deficient mutant", {"p53": "mutant", "hr": "deficient"}, ORANGE, "-"),
    ):
        found = MedrasRpt.of(**options).solve(curve, hours)
        kind = "living" if style == ":" else "survival"
        ax.plot(hours, found[kind][0], color=color, ls=style, label=name)
    slow = Medras.of(p53="mutant").over_time(curve, hours)
    ax.plot(hours, slow, color=MUTED, lw=1.0, label="medras, p53 mutant")
    ax.set(yscale="log", xlim=(0, 240), ylim=(1e-4, 1.2), xlabel="Time (h)")
    ax.set(ylabel="Per cell at the start", title="Cells that can divide, and that live")
    ax.legend(loc="lower left")


def main(folder: str) -> None:
    """Write the figures, and print the tables."""
    for name, figure in (("medras-survival", acute_and_slow()), ("medras-rpt", course())):
        figure.savefig(Path(folder) / f"{name}.svg", metadata={"Date": None})
        if len(sys.argv) > 2:
            figure.savefig(Path(sys.argv[2]) / f"{name}.png", dpi=150)
    for name, line in LINES.items():
        print(f"\n{name}\n\n{table(line)}")


if __name__ == "__main__":
    main(sys.argv[1])
