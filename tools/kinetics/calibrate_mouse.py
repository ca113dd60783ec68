"""Calibrate the mouse body to percent injected dose per gram of tissues; draw data and model.

Run ``python tools/kinetics/calibrate_mouse.py TABLE.csv`` from the repository's root, with the
table of published biodistributions (number, year, ligand's molecular weight, time, tissues). It
prints what each parameter set holds and draws ``docs/methods/mouse-psma617.svg`` and its like.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from theratwin.cli.plot_file import save_plot
from theratwin.core import Fixed, Parameter
from theratwin.core.parameter import ASSUMPTION
from theratwin.dynamics import Engine
from theratwin.kinetics import WholeBody
from theratwin.kinetics.body import specific_activity
from theratwin.kinetics.models.mouse import mouse_body
from theratwin.physics import nuclide
from theratwin.report.style import INK, MUTED, PAGE_WIDTH, house_style, new_figure, plain_log_ticks

FOLDER = Path("docs/methods")
#: Tissue of the table to the body's region; blood is a concentration.
REGIONS = {
    "Tumor": "tumor",
    "Kidney": "kidneys",
    "Blood": "blood",
    "Liver": "liver",
    "Spleen": "spleen",
    "Heart": "heart",
    "Lung": "lungs",
    "Muscle": "muscle",
}
#: What is estimated, with its start and bounds; of the tumor, `lesion` in the sets.
ESTIMATED = {
    "tumor.receptor_density": (0.05, 1e-4, 10.0),
    "tumor.internalization": (0.3, 0.01, 2.0),
    "tumor.release": (0.01, 1e-4, 1.0),
    "kidneys.receptor_density": (0.05, 1e-4, 10.0),
    "kidneys.internalization": (0.05, 1e-4, 2.0),
    "kidneys.release": (0.1, 1e-3, 1.0),
    "kidneys.filtered_share": (0.8, 0.05, 1.0),
    "spleen.receptor_density": (0.003, 1e-5, 1.0),
}
#: Several starts: these densities times these factors.
VARIED, FACTORS = ("tumor.receptor_density", "kidneys.receptor_density"), (0.1, 1.0, 10.0, 50.0)
#: Residuals are log((model + floor) / (mean + floor)) / relative; the floor is in %IA/g.
RELATIVE, FLOOR = 0.3, 0.1
BLOOD_DENSITY = 1.06  # g/mL, of the table's grams of blood


@dataclass(frozen=True)
class Study:
    """One ligand in one strain: where it stands in the table, what was given."""

    name: str
    title: str
    number: int
    year: int
    weight: float
    activity: float  # MBq
    amount: float  # nmol


STUDIES = (
    Study("mouse_psma617_lncap", "PSMA-617, LNCaP in NOD-scid, 2018", 7, 2018, 1042.14, 37.0, 1.0),
    Study("mouse_psma617", "PSMA-617, PC-3 PIP in CD-1 nu/nu, 2022", 18, 2022, 1042.14, 3.7, 0.1),
    Study("mouse_psma_1448", "1448 g/mol, PC-3 PIP in CD-1 nu/nu", 18, 2022, 1448.4592, 3.7, 0.1),
)


def main(table: Path) -> None:
    """Calibrate and draw every study."""
    for study in STUDIES:
        times, data = read(table, study)
        body = study_body(study)
        engine = Engine(body.system)
        found, residual = fitted(study, body, engine, times, data)
        print(f"\n{study.name}: {study.title}")
        for name, value in found.items():
            print(f"  {name} = {value:.4g}")
        met = within_twofold(study, body, engine, times, data, found)
        print(f"  within twofold, above 0.1 %: {met}")
        print(f"  reduced chi square: {residual:.2f}")
        draw(study, body, engine, found, times, data)


def read(table: Path, study: Study) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return times (h) and percent injected dose per gram by region."""
    with table.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if is_of(row, study)]
    times = np.array([float(row["time_h"]) for row in rows])
    return times, {
        region: np.array([float(row[key]) for row in rows]) for key, region in REGIONS.items()
    }


def is_of(row: Mapping[str, str], study: Study) -> bool:
    """Say whether a row of the table is of the study."""
    listed = (row["reference_number"], row["year"], row["molecular_weight"])
    return listed == (str(study.number), str(study.year), f"{study.weight:.8g}")


def study_body(study: Study) -> WholeBody:
    """Return the mouse of a study, with the ligand in its vein."""
    hot = study.activity / specific_activity("Lu-177")
    given = {
        name: Parameter(name, unit(name), Fixed(start), ASSUMPTION, note="Estimated.")
        for name, (start, _, _) in ESTIMATED.items()
    }
    return mouse_body((), given={**given, "dose.hot": hot, "dose.cold": study.amount - hot})


def predicted(
    study: Study, body: WholeBody, engine: Engine, times: np.ndarray, values: Mapping[str, object]
) -> dict[str, np.ndarray]:
    """Return percent injected dose per gram, corrected for decay, shape ``(mouse, time)``."""
    solution = engine.solve(values, times).require()
    factor = 100.0 / study.activity * np.exp(nuclide("Lu-177").decay_constant * times)
    known = {part.name: part.value for part in body.network.parameters}
    scale = known["patient.mass"] / known["reference.mass"]
    found = {"blood": factor * solution["concentration.blood"] / BLOOD_DENSITY}
    for region in REGIONS.values():
        if region == "tumor":
            mass = known["tumor.volume"] * known["tumor.density"]
        elif region != "blood":
            mass = known[f"{region}.reference_volume"] * scale
        else:
            continue
        found[region] = factor * solution[body.activity(region)] / mass
    return found


def unit(name: str) -> str:
    """Return the unit of an estimated parameter."""
    units = {"receptor_density": "nmol/mL", "filtered_share": ""}
    return units.get(name.rpartition(".")[2], "1/h")


def fitted(
    study: Study,
    body: WholeBody,
    engine: Engine,
    times: np.ndarray,
    data: Mapping[str, np.ndarray],
) -> tuple[dict[str, float], float]:
    """Return the estimates, and the sum of squares over the degrees of freedom."""
    names = list(ESTIMATED)
    starts, lows, highs = (np.log([ESTIMATED[n][i] for n in names]) for i in range(3))
    measured = np.concatenate([data[region] for region in REGIONS.values()])

    def misses(points: np.ndarray) -> np.ndarray:
        """Return residuals, shape ``(point, value)``, of points, one a row."""
        values = {name: np.exp(points[:, i]) for i, name in enumerate(names)}
        found = predicted(study, body, engine, times, values)
        model = np.concatenate([found[r] for r in REGIONS.values()], axis=1)
        return np.log((model + FLOOR) / (measured + FLOOR)) / RELATIVE

    def slopes(point: np.ndarray) -> np.ndarray:
        step = 1e-4
        moved = misses(np.vstack([point, point + step * np.eye(point.size)]))
        return ((moved[1:] - moved[0]) / step).T

    tries = [
        least_squares(
            lambda point: misses(point[None])[0],
            starts + np.log(factor) * np.array([name in VARIED for name in names]),
            slopes,
            bounds=(lows, highs),
        )
        for factor in FACTORS
    ]
    best = min(tries, key=lambda each: each.cost)
    values = dict(zip(names, np.exp(best.x), strict=True))
    return values, 2.0 * best.cost / (measured.size - len(names))


def within_twofold(
    study: Study,
    body: WholeBody,
    engine: Engine,
    times: np.ndarray,
    data: Mapping[str, np.ndarray],
    values: Mapping[str, float],
) -> str:
    """Return how many of the values above a tenth of a percent the model has within twofold."""
    found = predicted(study, body, engine, times, values)
    ratios = np.concatenate(
        [found[r][0][data[r] > 0.1] / data[r][data[r] > 0.1] for r in REGIONS.values()]
    )
    return f"{int(np.sum(np.abs(np.log(ratios)) < math.log(2.0)))} of {ratios.size}"


@house_style
def draw(
    study: Study,
    body: WholeBody,
    engine: Engine,
    values: Mapping[str, float],
    times: np.ndarray,
    data: Mapping[str, np.ndarray],
) -> None:
    """Draw every tissue's data and curve."""
    grid = np.geomspace(0.1, max(times.max(), 24.0), 120)
    found = predicted(study, body, engine, grid, values)
    figure = new_figure(PAGE_WIDTH, 3.6)
    panels = figure.subplots(2, 4, sharex=True)
    for ax, region in zip(panels.flat, REGIONS.values(), strict=True):
        ax.plot(grid, found[region][0])
        shown = data[region] > 0.0
        ax.plot(times[shown], data[region][shown], "o", color=INK)
        ax.axhspan(1e-6, FLOOR, color=MUTED, alpha=0.2, lw=0)
        ax.set(xscale="log", yscale="log", title=region.capitalize())
        top = max(found[region].max(), data[region].max())
        ax.set_ylim(max(data[region][shown].min() / 3.0, top * 1e-5), 2.0 * top)
        for axis in (ax.xaxis, ax.yaxis):
            plain_log_ticks(axis)
    figure.supxlabel("Time (h)", fontsize=8)
    figure.supylabel("Activity (% of injected per g)", fontsize=8)
    save_plot(panels[0, 0], FOLDER / f"{study.name.replace('_', '-')}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
