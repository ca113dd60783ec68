"""Draw the figures of the page on antibodies: plasma, tissues, amounts and preload.

Run from the repository's root: ``python tools/kinetics/antibody_figures.py``. It prints what the
page's tables say.
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
    plain_log_ticks,
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
    "brain": 0.351,
}
#: What a tissue holds besides its plasma.
SPACES = ("interstitial", "endosomes", "recycling")
#: Places from which a label is released.
CELLS = ("red_marrow", "liver", "spleen", "blood_cells", "catabolites")


def shown(region: str) -> str:
    """Return a region's name as a picture has it."""
    return region.replace("_", " ").capitalize()


def solved(times: np.ndarray, **options):
    """Return an unlabeled antibody's course."""
    body = antibody_body(**options)
    return Engine(body.network.system()).solve({}, times, rtol=1e-8, atol=1e-10).require()


@house_style
def plasma() -> None:
    """An antibody in plasma, as published and in this body; a murine one, without FcRn."""
    times = np.linspace(0.0, 42 * DAY, 169)
    given = {"dose.cold": 2462.029}
    published = {
        "exchange": "reflection",
        "red_marrow": False,
        "sets": ("antibody_shah_2012",),
        "given": {**given, "vein.volume": "3126 mL"},
    }
    courses = (
        (published, 3126.0, MUTED, "Platform, as published"),
        ({"given": given}, CENTRAL, BLUE, "Two pores"),
        ({"given": given, "exchange": "reflection"}, CENTRAL, GREEN, "One reflection coefficient"),
        ({"given": given, "sets": ("antibody_murine",)}, CENTRAL, VERMILION, "Murine, two pores"),
    )
    ax = axes_or_new(None, 5.2, 2.9)
    for options, volume, color, label in courses:
        found = solved(times, **options)["vein.cold"][0]
        ax.plot(times / DAY, 1e3 * found / volume, color=color, label=label)
    days = [time / DAY for time in TABLE]
    ax.plot(days, [*TABLE.values()], "o", ms=4, mfc="none", color=INK, clip_on=False)
    ax.set(yscale="log", ylim=(1.0, 3e3), xlim=(0, 42), xlabel="Time (d)", ylabel="Plasma (nmol/L)")
    plain_log_ticks(ax.yaxis)
    ax.legend(loc="lower right")
    save_plot(ax, FOLDER / "antibody-plasma.svg")


@house_style
def tissues() -> None:
    """Tissue without plasma over plasma at two weeks, against coefficients of several species."""
    size = parameter_set("kinetics", "antibody_physiology")
    ax = axes_or_new(None, 5.2, 3.4)
    rows = np.arange(len(MEASURED))
    ax.plot([*MEASURED.values()], rows, "o", color=INK, label="Measured, several species")
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
        label = {"two_pore": "Two pores", "reflection": "One reflection coefficient"}[exchange]
        ax.plot(ratios, rows, marker, mfc="none", color=color, label=label)
    for row, value in zip(rows, MEASURED.values(), strict=True):
        ax.plot([value / 2, value * 2], [row, row], color=MUTED, lw=4, alpha=0.2, zorder=0)
    ax.set(xscale="log", xlim=(0.15, 40), xlabel="Tissue without its plasma, over plasma (%)")
    ax.minorticks_off()
    ax.set_xticks([0.2, 0.5, 1, 2, 5, 10, 20, 40], ["0.2", "0.5", "1", "2", "5", "10", "20", "40"])
    ax.set_yticks(rows, [shown(organ) for organ in MEASURED])
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
        left.plot(amounts, found[region], color=color, label=shown(region))
    left.set(xscale="log", xlabel="Antibody given (nmol)", ylim=(0, 60), title="Anti-CD66")
    left.set(ylabel="Time-integrated activity coefficient (h)")
    plain_log_ticks(left.xaxis)
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


def given_alone(target: str, nuclide: str, amount: float, half_time: float, **options):
    """Return a body's solution (a GBq in an amount, hourly for a week), by the label's release."""
    rate = np.log(2.0) / half_time
    places = CELLS if target != "none" else CELLS[-1:]
    given = {f"{place}.release": rate for place in places}
    body = antibody_body(target, nuclide, given=given, **options)
    hot = 1000.0 / specific_activity(nuclide)
    doses = (Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, amount - hot))
    engine = Engine(body.network.system())
    times = np.arange(0.0, 7 * DAY + 1.0)
    found = engine.solve({}, times, doses=doses, to_infinity=True, rtol=1e-8, atol=1e-12)
    return body, found.require()


def labels() -> None:
    """Print what of a murine antibody's label is kept, by its half-time in cells."""
    for target, options in (("none", {"sets": ("antibody_murine",)}), ("cd66", {})):
        for days in (15.0, 10.0, 5.0, 1.0):
            body, found = given_alone(target, "Y-90", 13.3, days * DAY, **options)
            out = (found["released.hot"][0] + found["released.cold"][0]) / 13.3
            decay = np.exp(-np.log(2.0) / 64.1 * np.arange(0.5, out.size - 1))
            as_activity = 100 * float(np.sum(np.diff(out) * decay))
            regions = ("red_marrow", "liver", "spleen", "kidneys", "lungs", "whole_body")
            kept = {
                r: round(float(found.integrals[body.time_integrated_activity(r)][0]) / 1e3, 2)
                for r in regions
            }
            print(target, f"{days:g} days: {as_activity:.1f} % out in 7 days, kept (h)", kept)


def fragments() -> None:
    """Print half-lives in plasma by size."""
    times = np.array([0.0, 1.0, 8.0, 12.0, 48.0])
    for mass in (27.0, 50.0, 100.0):
        given = {"antibody.molar_mass": mass, "dose.cold": 10.0}
        sets = ("antibody_murine", "antibody_fragment")
        course = solved(times, sets=sets, given=given)["vein.cold"][0]
        spans = ((1, 2), (3, 4))
        found = [
            (times[j] - times[i]) * np.log(2.0) / np.log(course[i] / course[j]) for i, j in spans
        ]
        print(f"{mass:g} kDa: half-life {found[0]:.1f} h (1 to 8 h), {found[1]:.1f} h (12 to 48 h)")


def anti_cd45() -> None:
    """Print coefficients (h) of I-131 anti-CD45, 35 mg, of which iodine leaves cells in hours."""
    body, found = given_alone("cd45", "I-131", 233.3, 2.0)
    regions = ("red_marrow", "spleen", "liver", "lungs", "kidneys", "whole_body")
    kept = {r: float(found.integrals[body.time_integrated_activity(r)][0]) / 1e3 for r in regions}
    print("I-131 anti-CD45", {r: round(v, 2) for r, v in kept.items()})


if __name__ == "__main__":
    plasma()
    tissues()
    antigen()
    labels()
    fragments()
    anti_cd45()
