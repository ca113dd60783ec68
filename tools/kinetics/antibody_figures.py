"""Draw the figures of the page on antibodies: plasma, tissues, amounts and preload.

Run from the repository's root: ``python tools/kinetics/antibody_figures.py``. It prints what the
page's table says.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from theratwin.cli.plot_file import save_plot
from theratwin.core import parameter_set
from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.antibody import antibody_amount, antibody_body
from theratwin.kinetics.body.dosing import specific_activity
from theratwin.report.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    PAGE_WIDTH,
    VERMILION,
    axes_or_new,
    house_style,
    new_figure,
)

FOLDER = Path("docs/methods")
DAY = 24.0
#: Plasma in the vein (mL): 3126 mL less what organs hold.
CENTRAL = 1412.0

#: Adalimumab (nmol/L) after 5 mg/kg, as a public transcription of the platform model tabulates it.
TABLE = {
    8: 485.12,
    24: 458.62,
    72: 408.48,
    168: 346.94,
    336: 276.45,
    504: 224.61,
    672: 183.78,
    1008: 124.36,
}
#: Tissue over plasma (%), Shah and Betts 2013.
MEASURED = {
    "lungs": 14.9,
    "heart": 10.2,
    "kidneys": 13.7,
    "muscle": 3.97,
    "skin": 15.7,
    "small_intestine": 5.22,
    "large_intestine": 5.03,
    "spleen": 12.8,
    "liver": 12.1,
    "adipose": 4.78,
}
SPACES = ("vascular", "interstitial", "endosomes", "recycling")


def solved(times: np.ndarray, **options):
    """Return an unlabeled antibody's course."""
    body = antibody_body(**options)
    return Engine(body.network.system()).solve({}, times, rtol=1e-8, atol=1e-10).require()


@house_style
def plasma() -> None:
    """An antibody in plasma, as published and in this body, with and without FcRn."""
    times = np.linspace(0.0, 42 * DAY, 169)
    given = {"dose.cold": 2462.029}
    published = {
        "exchange": "reflection",
        "red_marrow": False,
        "sets": ("antibody_shah_2012",),
        "given": {**given, "vein.volume": "3126 mL"},
    }
    shown = (
        (published, 3126.0, MUTED, "platform, as published"),
        ({"given": given}, CENTRAL, BLUE, "two pores"),
        ({"given": given, "exchange": "reflection"}, CENTRAL, GREEN, "one reflection coefficient"),
        (
            {"given": {**given, "fcrn.k_on": 0.0}},
            CENTRAL,
            VERMILION,
            "two pores, no FcRn",
        ),
    )
    ax = axes_or_new(None, 5.2, 2.9)
    for options, volume, color, label in shown:
        found = solved(times, **options)["vein.cold"][0]
        ax.plot(times / DAY, 1e3 * found / volume, color=color, label=label)
    ax.plot([t / DAY for t in TABLE], [*TABLE.values()], "o", ms=4, mfc="none", color=INK)
    ax.set(yscale="log", ylim=(1.0, 3e3), xlim=(0, 42), xlabel="Day", ylabel="Plasma (nmol/L)")
    ax.legend(loc="lower right")
    save_plot(ax, FOLDER / "antibody-plasma.svg")


@house_style
def tissues() -> None:
    """Tissue over plasma at two weeks, against coefficients measured in several species."""
    size = parameter_set("kinetics", "antibody_physiology")
    ax = axes_or_new(None, 5.2, 3.2)
    rows = np.arange(len(MEASURED))
    ax.plot([*MEASURED.values()], rows, "o", color=INK, label="measured, several species")
    for exchange, marker, color in (("two_pore", "s", BLUE), ("reflection", "^", GREEN)):
        found = solved(np.array([0.0, 14 * DAY]), exchange=exchange, given={"dose.cold": 100.0})
        here = found["heart.vascular.cold"][0, 1] / size["heart.plasma_volume"].value
        ratios = [
            100.0
            * sum(found[f"{organ}.{space}.cold"][0, 1] for space in SPACES)
            / size[f"{organ}.volume"].value
            / here
            for organ in MEASURED
        ]
        print(exchange, dict(zip(MEASURED, np.round(ratios, 1).tolist(), strict=True)))
        label = exchange.replace("two_pore", "two pores")
        ax.plot(ratios, rows, marker, mfc="none", color=color, label=label)
    ax.set(xscale="log", xlim=(2, 40), xlabel="Tissue over plasma (%)")
    ax.minorticks_off()
    ax.set_xticks([2, 5, 10, 20, 40], ["2", "5", "10", "20", "40"])
    ax.set_yticks(rows, [organ.replace("_", " ") for organ in MEASURED])
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
    save_plot(ax, FOLDER / "antibody-tissues.svg")


def coefficients(target: str, amounts: np.ndarray, preloads: np.ndarray, regions: tuple[str, ...]):
    """Return time-integrated activity coefficients (h) by region, Y-90, one patient an amount."""
    body = antibody_body(target, "Y-90")
    hot = 1000.0 / specific_activity("Y-90")
    doses = (
        Bolus("vein.cold", 0.0, preloads),
        Bolus("vein.hot", 1.0, np.full(amounts.size, hot)),
        Bolus("vein.cold", 1.0, amounts - hot),
    )
    found = (
        Engine(body.network.system())
        .solve(
            {"patient.mass": np.full(amounts.size, 71000.0)},
            np.array([0.0, 30.0]),
            doses=doses,
            to_infinity=True,
            rtol=1e-8,
            atol=1e-12,
        )
        .require()
    )
    return {r: found.integrals[body.time_integrated_activity(r)] / 1000.0 for r in regions}


@house_style
def antigen() -> None:
    """Anti-CD66 over its amount, anti-CD45 over the preload."""
    regions = {"red_marrow": VERMILION, "liver": BLUE, "spleen": GREEN}
    figure = new_figure(PAGE_WIDTH, 2.9)
    left, right = figure.subplots(1, 2)
    amounts = np.geomspace(1.0, 400.0, 40)
    found = coefficients("cd66", amounts, np.zeros(amounts.size), (*regions, "whole_body"))
    left.axhspan(37.3 - 7.5, 37.3 + 7.5, color=MUTED, alpha=0.2, lw=0)
    left.axvline(13.3, color=MUTED, lw=0.6, ls=":")
    for region, color in regions.items():
        left.plot(amounts, found[region], color=color, label=region.replace("_", " "))
    left.set(xscale="log", xlabel="Antibody given (nmol)", ylabel="Coefficient (h)", ylim=(0, 60))
    left.set(title="Anti-CD66")
    left.legend(loc="upper right")
    masses = np.linspace(0.0, 150.0, 61)
    preloads = np.array([antibody_amount(1e-3 * mass) for mass in masses])
    found = coefficients("cd45", np.full(masses.size, 3.0), preloads, tuple(regions))
    for region, color in regions.items():
        right.plot(masses, found[region], color=color)
    right.axvspan(30.0, 47.0, color=MUTED, alpha=0.2, lw=0)
    right.set(xlabel="Cold preload (mg)", ylim=(0, 60), title="Anti-CD45, label an hour later")
    for i in (0, 14):
        print(f"{masses[i]:g} mg", {r: round(float(v[i]), 2) for r, v in found.items()})
    save_plot(left, FOLDER / "antibody-antigen.svg")


if __name__ == "__main__":
    plasma()
    tissues()
    antigen()
