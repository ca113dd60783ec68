"""Calibrate the PSMA-617 body to clinical doses, half-lives, retention and blood.

``PYTHONPATH=src python tools/kinetics/calibrate_psma.py`` prints the medians that stand in
``src/theratwin/kinetics/parameters/psma617_calibrated.toml``. Nothing is random: least squares of
nine logarithms from a fixed start, weighted by how well each figure is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.optimize import least_squares

from theratwin.case import Schedule
from theratwin.dosimetry import bodies, marrow_model, self_s_value
from theratwin.dynamics import Engine, Solution
from theratwin.kinetics import WholeBody, psma_body

ACTIVITY, AMOUNT, HEIGHT = 7400.0, 57.09, 1760.0
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
    """Return doses (Gy/GBq), half-lives (h) and retention of patients, effective from 24 to 96 h.

    That of blood is biological, from 24 to 48 h.
    """
    schedule = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount=f"{AMOUNT} nmol")
    solution = engine.solve(
        parameters,
        [24.0, 48.0, 96.0],
        doses=whole.doses(schedule),
        to_infinity=True,
    ).require()
    defaults = {each.name: each.value for each in whole.network.parameters}
    known = {
        name: np.broadcast_to(value, size) for name, value in {**defaults, **parameters}.items()
    }
    decay = math.log(2.0) / float(defaults["hot.half_life"])
    per_gbq = 1000.0 / ACTIVITY
    found = {}
    for region in REGIONS:
        volume = known[f"{region}.volume"]
        factor = self_s_value("Lu-177", volume * 1.05, bodies=bodies(region))
        integral = solution.integrals[whole.time_integrated_activity(region)]
        found[f"dose.{region}"] = integral * factor * per_gbq
        found[f"half_life.{region}"] = _half_life(solution, whole.activity(region), 2)
    found["dose.red_marrow"] = _marrow(whole, solution, known["patient.mass"]) * per_gbq
    found["half_life.red_marrow"] = _half_life(solution, whole.activity("red_marrow"), 2)
    retained = solution[whole.activity("whole_body")][:, 0] / ACTIVITY
    found["retained"] = retained * math.exp(decay * 24.0)
    effective = _half_life(solution, "concentration.blood", 1)
    found["half_life.blood"] = 1.0 / (1.0 / effective - decay / math.log(2.0))
    return found


def _half_life(solution: Solution, name: str, last: int) -> np.ndarray:
    times, values = solution.times, solution[name]
    return math.log(2.0) * (times[last] - times[0]) / np.log(values[:, 0] / values[:, last])


def _marrow(whole: WholeBody, solution: Solution, mass: np.ndarray) -> np.ndarray:
    """Return the dose (Gy) of marrow by its own activity and by the body's photons."""
    own = solution.integrals[whole.time_integrated_activity("red_marrow")]
    rest = solution.integrals[whole.time_integrated_activity("whole_body")]
    models = [marrow_model("Lu-177", float(each), HEIGHT) for each in mass]
    near = np.array([model.self_s_value for model in models])
    far = np.array([model.body_s_value for model in models])
    return near * own + far * rest


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
