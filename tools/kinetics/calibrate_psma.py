"""Calibrate the PSMA-617 body to clinical doses, half-lives, retention and blood.

``PYTHONPATH=src python tools/kinetics/calibrate_psma.py`` prints the medians that stand in
``src/theratwin/kinetics/parameters/psma617_calibrated.toml``. Nothing is random: least squares of
nine logarithms from a fixed start, weighted by how well each figure is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import body_figures
import numpy as np
from scipy.optimize import least_squares

from theratwin.case import Schedule
from theratwin.dynamics import Engine
from theratwin.kinetics import WholeBody, psma_body

AMOUNT = 57.09
REGIONS = ("kidneys", "parotid_glands", "liver", "spleen", "lesion_1")
SETS = ("physiology_male", "psma_kletting_2016", "psma_amsterdam", "psma617_calibrated")
#: Measured in clinics (Gy/GBq, h, share of the activity given), and the relative weight's inverse.
TARGETS = {
    "dose.kidneys": (0.43, 0.05),
    "dose.parotid_glands": (0.58, 0.1),
    "dose.liver": (0.10, 0.1),
    "dose.spleen": (0.06, 0.2),
    "dose.lesion_1": (4.0, 0.2),
    "half_life.kidneys": (35.5, 0.1),
    "half_life.parotid_glands": (42.2, 0.2),
    "half_life.liver": (22.9, 0.2),
    "retained": (0.435, 0.1),
    "half_life.blood": (10.8, 0.2),
}
#: What is free, and where it starts (inside units).
START = {
    "kidneys.filtered_share": 0.2,
    "kidneys.receptor_density": 0.005,
    "kidneys.release": 0.017,
    "parotid_glands.receptor_density": 0.006,
    "parotid_glands.release": 0.022,
    "liver.receptor_density": 0.0007,
    "liver.release": 0.017,
    "spleen.receptor_density": 0.001,
    "lesion_1.receptor_density": 0.05,
}


def body() -> WholeBody:
    """Return the body of the set, with one lesion of 20 mL."""
    return psma_body(
        ligand="psma-617", sets=SETS, lesions=["lesion_1"], given={"lesion_1.volume": "20 mL"}
    )


def figures(
    whole: WholeBody, engine: Engine, parameters: Mapping[str, np.ndarray], size: int
) -> dict[str, np.ndarray]:
    """Return doses (Gy/GBq), half-lives (h) and retention of patients with 7.4 GBq in 57 nmol."""
    schedule = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount=f"{AMOUNT} nmol")
    return body_figures.figures(whole, engine, schedule, REGIONS, parameters, size)


def calibrate() -> tuple[dict[str, float], dict[str, float]]:
    """Return the medians and the figures that they give."""
    whole = body()
    engine = Engine(whole.system)
    names = list(START)

    def residuals(logs: np.ndarray) -> np.ndarray:
        found = figures(whole, engine, _one(names, logs), 1)
        return np.array([math.log(found[k][0] / aim) / sd for k, (aim, sd) in TARGETS.items()])

    fit = least_squares(residuals, np.log(list(START.values())), diff_step=1e-3)
    medians = {name: float(np.exp(value)) for name, value in zip(names, fit.x, strict=True)}
    found = figures(whole, engine, _one(names, fit.x), 1)
    return medians, {name: float(value[0]) for name, value in found.items()}


def _one(names: list[str], logs: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.exp(logs[[at]]) for at, name in enumerate(names)}


if __name__ == "__main__":
    for group in calibrate():
        for name, value in group.items():
            print(f"{name:34s} {value:.4g}")
