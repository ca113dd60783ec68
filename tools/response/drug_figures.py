"""Draw the figures of docs/methods/drugs.md and print its tables.

Run ``python tools/response/drug_figures.py``; the files are the same each time.
"""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib as mpl
import numpy as np

from theratwin.core import Exponentials, Pieces
from theratwin.physics.cells import Cell, nuclear_energy_share
from theratwin.report.style import CYCLES, MUTED, RC, new_figure, plain_log_ticks
from theratwin.response.cell_survival import cell_model
from theratwin.response.drugs import (
    Doses,
    dose_for,
    drug,
    free_concentration,
    loewe_index,
    log_kill_excess,
    log_kill_with_drugs,
)
from theratwin.twin import InVitro

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"
NAMES = ("talazoparib", "niraparib", "olaparib", "veliparib")
REGIMENS = {"talazoparib": ("1 mg", 24), "niraparib": ("300 mg", 24), "olaparib": ("300 mg", 12)}
REGIMENS |= {"rucaparib": ("600 mg", 12), "veliparib": ("400 mg", 12)}
UNTIL = 600.0


def cells(hr: str):
    return cell_model("medras-rpt", p53="mutant", hr=hr, drugs="parp")


def kill(hr: str, name: str, level: float, hours: float, dose: float = 0.0) -> float:
    """Return the log kill by a drug (nmol/mL for so many hours) and Lu-177 (Gy, 60 h)."""
    rate = math.log(2.0) / 60.0
    given = {
        "dose_rate": Exponentials([dose * rate], [rate]),
        f"drug.{name}": Pieces([0.0, hours], [[level]]),
    }
    return float(log_kill_with_drugs(cells(hr), [drug(name)], given, [UNTIL])[0, 0])


def concentrations() -> None:
    """Draw free concentrations under usual regimens, and what a day of each level does."""
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.9)
        left, right = figure.subplots(1, 2)
        time = np.linspace(0.0, 72.0, 1441)
        for color, name in zip(CYCLES, (*NAMES, "rucaparib"), strict=False):
            dose, every = REGIMENS[name]
            doses = Doses.regular(drug(name), dose, every=float(every), number=200)
            start = 72.0 * math.floor(200 * every / 72.0 / 2)
            level = 1e3 * free_concentration(drug(name), doses)(start + time)
            left.plot(time, level, color=color, label=f"{name}, {dose} / {every} h")
        left.set(yscale="log", xlabel="Time (h)", ylabel="Free concentration (nmol/L)")
        left.set(title="At steady state", ylim=(1.0, 1e6), xticks=[0, 24, 48, 72])
        left.legend(loc="upper right", fontsize=6.5, handlelength=1.4)
        levels = np.geomspace(1e-4, 10.0, 26)
        for color, name in zip(CYCLES, NAMES, strict=False):
            for hr, style in (("deficient", "-"), ("proficient", (0, (3, 2)))):
                survival = [math.exp(-kill(hr, name, float(c), 24.0)) for c in levels]
                label = name if hr == "deficient" else None
                right.plot(1e3 * levels, survival, color=color, ls=style, label=label)
        right.plot([], [], color=MUTED, ls=(0, (3, 2)), label="with HR")
        right.set(xscale="log", xlabel="Free concentration for 24 h (nmol/L)", ylim=(0.0, 1.02))
        right.set(ylabel="Surviving fraction", title="Alone: without HR, and with")
        right.legend(loc="lower left")
        plain_log_ticks(right.xaxis)
        figure.savefig(METHODS / "drugs-alone.svg", metadata={"Date": None})


def isoboles(effect: float = 3.0, hours: float = 72.0) -> None:
    """Draw doses of Lu-177 and levels of olaparib that have one effect, and the line between."""
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.9)
        left, right = figure.subplots(1, 2)
        for color, (hr, wanted) in zip(
            CYCLES, (("deficient", effect), ("proficient", 0.7)), strict=False
        ):
            ends = (
                dose_for(wanted, lambda d, hr=hr: kill(hr, "olaparib", 0.0, hours, d)),
                dose_for(wanted, lambda c, hr=hr: kill(hr, "olaparib", c, hours), start=0.1),
            )
            shares = np.linspace(0.0, 1.0, 9)
            levels = [
                dose_for(
                    wanted,
                    lambda c, hr=hr, d=ends[0] * (1.0 - s): kill(hr, "olaparib", c, hours, d),
                    start=0.1,
                )
                for s in shares[1:-1]
            ]
            x, y = ends[0] * (1.0 - shares), np.array([0.0, *levels, ends[1]])
            left.plot(
                x / ends[0], y / ends[1], "o-", color=color, label=f"HR {hr}, log kill {wanted:g}"
            )
        left.plot([0.0, 1.0], [1.0, 0.0], color=MUTED, ls=(0, (3, 2)), label="additive (Loewe)")
        left.set(
            xlabel="Lu-177, part of the dose alone", ylabel="Olaparib, part of the level alone"
        )
        left.set(title="Isoboles, three days of the drug", xlim=(0, 1.03), ylim=(0, 1.03))
        left.legend(loc="upper right")
        _timing(right)
        figure.savefig(METHODS / "drugs-with-lutetium.svg", metadata={"Date": None})


def _timing(ax) -> None:
    """Draw the log kill beyond both alone against when a day of the drug begins."""
    assay, delay = InVitro(), 48.0
    rate = assay.exposure(delay=delay).total_dose_rate
    starts = np.arange(-48.0, 145.0, 6.0)
    for color, hr in zip(CYCLES, ("deficient", "proficient"), strict=False):

        def found(given, hr=hr):
            return float(log_kill_with_drugs(cells(hr), [drug("olaparib")], given, [UNTIL])[0, 0])

        by_dose = found({"dose_rate": rate})
        excess = []
        for start in starts:
            level = {"drug.olaparib": Pieces([delay + start, delay + start + 24.0], [[0.1]])}
            excess.append(
                log_kill_excess(by_dose, found(level), found({"dose_rate": rate} | level))
            )
        ax.plot(starts, excess, color=color, label=f"HR {hr}")
    ax.axhline(0.0, color=MUTED, lw=0.6)
    ax.axvspan(0.0, 4.0, color=MUTED, alpha=0.25, lw=0)
    ax.set(xlabel="Begin of a day of olaparib after that of Lu-177 (h)", xticks=range(-48, 145, 24))
    ax.set(ylabel="Log kill beyond the sum", title="DOTATOC in a dish, 0.1 µmol/L")
    ax.legend(loc="upper right")


def tables() -> None:
    """Print the numbers of the page."""
    for hr in ("deficient", "proficient"):
        print(
            hr,
            {name: [round(kill(hr, name, c, 24.0), 3) for c in (0.01, 0.1, 1.0)] for name in NAMES},
        )
        for dose, level, hours in (
            (2.0, 0.1, 24.0),
            (2.0, 0.03, 72.0),
            (5.0, 0.03, 72.0),
            (2.0, 0.1, 72.0),
            (5.0, 0.1, 72.0),
        ):
            both = kill(hr, "olaparib", level, hours, dose)
            alone = kill(hr, "olaparib", 0.0, hours, dose), kill(hr, "olaparib", level, hours)
            line = [f"{value:.3f}" for value in (*alone, both)]
            print(f"{dose:g} Gy, {level:g} for {hours:g} h:", *line, f"{both - sum(alone):+.3f}")
        for level in (0.1, 0.3):
            index = loewe_index(
                2.0,
                level,
                kill(hr, "olaparib", level, 72.0, 2.0),
                lambda d, hr=hr: kill(hr, "olaparib", 0.0, 72.0, d),
                lambda c, hr=hr: kill(hr, "olaparib", c, 72.0),
            )
            print(f"Loewe, 2 Gy and {level:g}: {index:.3f}")
    cell = Cell(radius=7e-3, nucleus_radius=4.5e-3)
    for source in ("CS", "Cy", "N"):
        shares = [nuclear_energy_share("Lu-177", cell, source, pitch=p) for p in (None, 14e-3)]
        print(source, [f"{100 * share:.2f} %" for share in shares])
    for density in (100.0, 700.0, 2800.0):
        assay = InVitro(density=density, given={"cells": 1e3 * density})
        print(
            density,
            {k: round(v, 3) for k, v in assay.doses.items()},
            f"{assay.cell_share:.4f}",
            f"{assay.well_share:.6f}",
        )


if __name__ == "__main__":
    tables()
    concentrations()
    isoboles()
