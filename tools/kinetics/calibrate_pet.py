"""Calibrate the bodies of PSMA ligands for PET to published uptake.

``PYTHONPATH=src python tools/kinetics/calibrate_pet.py`` prints the medians that stand in
``src/theratwin/kinetics/parameters/*_calibrated.toml`` of PSMA-11, PSMA-1007 and DCFPyL. Nothing
is random: six logarithms are solved for six figures of each ligand, from a fixed start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from theratwin.case import Administration, Schedule
from theratwin.dosimetry import bodies, self_s_value
from theratwin.dynamics import Engine
from theratwin.kinetics import WholeBody, psma_body
from theratwin.physics import nuclide

MASS, DENSITY = 80_000.0, 1.05
REGIONS = ("kidneys", "parotid_glands", "liver", "spleen", "lesion_1")
#: Where urine is that has left the kidneys.
OUT = ("bladder", "urine")
#: Where the share filtered and the density of each region start (nmol/mL).
START = (0.3, 0.03, 0.01, 0.005, 0.005, 0.01)


@dataclass(frozen=True)
class Study:
    """A ligand in PET: what is given, when it is scanned, and what was published.

    Parameters
    ----------
    nuclide, activity, amount
        Of the administration: MBq, nmol.
    time
        Of the scan (h).
    targets
        Figure to its published value: ``uptake.REGION`` is an uptake value at the scan,
        ``dose.REGION`` mGy/MBq, ``urine`` the share excreted by the hour in ``urine_time``.
    urine_time
        In hours.
    """

    nuclide: str
    activity: float
    amount: float
    time: float
    targets: Mapping[str, float]
    urine_time: float


#: Amounts are of the order of a kit's; at a few nanomoles nothing saturates.
STUDIES = {
    "psma11": Study(
        "Ga-68",
        150.0,
        5.0,
        1.0,
        {
            "dose.kidneys": 0.262,
            "uptake.parotid_glands": 12.0,
            "uptake.liver": 5.4,
            "uptake.spleen": 8.1,
            "urine": 0.14,
        },
        2.0,
    ),
    "psma1007": Study(
        "F-18",
        250.0,
        5.0,
        2.0,
        {
            "uptake.kidneys": 13.1,
            "uptake.parotid_glands": 18.6,
            "uptake.liver": 11.8,
            "uptake.spleen": 11.3,
            "urine": 0.012,
        },
        2.0,
    ),
    "dcfpyl": Study(
        "F-18",
        330.0,
        5.0,
        1.0,
        {
            "uptake.kidneys": 19.8,
            "uptake.parotid_glands": 9.05,
            "uptake.liver": 5.0,
            "uptake.spleen": 4.0,
            "urine": 0.5,
        },
        8.0,
    ),
}
#: Mean uptake value of PSMA-11 in all tumor of patients who were to get PSMA-617, at 1 h.
LESION = 7.6


def body(ligand: str, label: str) -> WholeBody:
    """Return the body of a man of 80 kg with one lesion of 20 mL."""
    given = {"patient.mass": "80 kg", "lesion_1.volume": "20 mL"}
    return psma_body(ligand=ligand, nuclide=label, lesions=["lesion_1"], given=given)


def figures(
    whole: WholeBody, engine: Engine, study: Study, values: Mapping[str, float], scan: float
) -> dict[str, float]:
    """Return uptake values at the scan, doses (mGy/MBq), shares in regions and in urine."""
    schedule = Schedule((Administration("PET", 0.0, study.activity, study.amount),))
    times = sorted({scan, study.urine_time})
    doses = whole.doses(schedule)
    solution = engine.solve(values, times, doses=doses, to_infinity=True, rtol=1e-9).require()
    known = {each.name: each.value for each in whole.network.parameters}
    decay = nuclide(study.nuclide).decay_constant

    def share(name: str, time: float) -> float:
        """Return the share of the activity given, corrected for decay."""
        at = times.index(time)
        return float(solution[name][0, at]) / study.activity * math.exp(decay * time)

    found = {}
    for region in REGIONS:
        mass = known[f"{region}.volume"] * DENSITY
        factor = self_s_value(study.nuclide, mass, bodies=bodies(region))
        integral = float(solution.integrals[whole.time_integrated_activity(region)][0])
        found[f"share.{region}"] = share(whole.activity(region), scan)
        found[f"uptake.{region}"] = found[f"share.{region}"] * MASS / mass
        found[f"dose.{region}"] = 1e3 * float(factor) * integral / study.activity
    found["urine"] = sum(share(f"activity.{place}", study.urine_time) for place in OUT)
    found["blood"] = share("concentration.blood", scan) * MASS / 1.06
    return found


def calibrate(ligand: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return the medians of a ligand, and the figures that they give."""
    study = STUDIES[ligand]
    targets = dict(study.targets) | {"uptake.lesion_1": _lesion(ligand)}
    whole = body(ligand, study.nuclide)
    engine = Engine(whole.system)
    names = [
        f"{ligand}.kidneys.filtered_share",
        *(f"{region}.receptor_density" for region in REGIONS),
    ]

    def at(logs: np.ndarray) -> dict[str, float]:
        values = dict(zip(names, np.exp(logs), strict=True))
        return figures(whole, engine, study, values, study.time)

    def residuals(logs: np.ndarray) -> np.ndarray:
        found = at(logs)
        return np.array([math.log(found[key] / aim) for key, aim in targets.items()])

    fit = least_squares(
        residuals, np.log(START), diff_step=1e-3, xtol=1e-10, ftol=1e-14, gtol=1e-10
    )
    medians = {name: float(np.exp(value)) for name, value in zip(names, fit.x, strict=True)}
    return medians, at(fit.x)


def _lesion(ligand: str) -> float:
    """Return the uptake value of the lesion: that of PSMA-11 at the time of the ligand's scan."""
    if ligand == "psma11":
        return LESION
    medians, _ = calibrate("psma11")
    whole, study = body("psma11", "Ga-68"), STUDIES["psma11"]
    seen = figures(whole, Engine(whole.system), study, medians, STUDIES[ligand].time)
    return seen["uptake.lesion_1"]


#: Figures to show: what it is, then for each ligand what was published; empty where nothing was
#: found, in parentheses what was fitted.
SHOWN = {
    "uptake.kidneys": ("uptake value, kidneys", {"psma1007": "(13.1)", "dcfpyl": "(19.8)"}),
    "uptake.parotid_glands": (
        "parotid glands",
        {"psma11": "(12)", "psma1007": "(18.6)", "dcfpyl": "(9.05)"},
    ),
    "uptake.liver": ("liver", {"psma11": "(5.4)", "psma1007": "(11.8)", "dcfpyl": "(5.0)"}),
    "uptake.spleen": ("spleen", {"psma11": "(8.1)", "psma1007": "(11.3)", "dcfpyl": "(4.0)"}),
    "uptake.lesion_1": ("lesion of 20 mL", {"psma11": "(7.6)"}),
    "share.kidneys": ("share of the activity, kidneys", {"psma11": "0.07", "dcfpyl": "0.165"}),
    "share.liver": ("liver", {"psma11": "0.15", "dcfpyl": "0.093"}),
    "share.spleen": ("spleen", {"psma11": "0.02"}),
    "urine": (
        "urine by 2 h (DCFPyL: 8 h)",
        {"psma11": "(0.14)", "psma1007": "(0.012)", "dcfpyl": "(0.5)"},
    ),
    "dose.kidneys": ("self-dose, mGy/MBq, kidneys", {"psma11": "(0.262 ± 0.098)"}),
    "dose.liver": ("liver", {"psma11": "0.031 ± 0.004"}),
}


def table(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the rows of a Markdown table: the model's figure, then the published one."""
    lines = []
    for key, (words, published) in SHOWN.items():
        cells = [
            f"{found[ligand][key]:.3g}" + (f"; {published[ligand]}" if ligand in published else "")
            for ligand in STUDIES
        ]
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    results = {each: calibrate(each) for each in STUDIES}
    for each, groups in results.items():
        print(each)
        for group in groups:
            for name, value in group.items():
                print(f"  {name:34s} {value:.4g}")
    print("\n".join(table({each: found for each, (_, found) in results.items()})))
