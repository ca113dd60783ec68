"""Two ways to give 44.4 GBq of Lu-177 PSMA to virtual patients: 6 x 7.4, or 7.4 and then 37 GBq.

The patients are sampled from the ranges in `ranges.toml`; each has one tumor of three populations
(`theratwin.response.cell_survival.neira_population`), whose mass decides how much of every cycle it
takes up and how much dose that gives: uptake, dose and kill are one coupled network. Activity
stays in the body and is shared out, to each part by SUV times mass over the sum of all. A patient
dies when the tumor reaches 1000 g, and of nothing else.

It says how the model behaves over its ranges, and nothing of any patient; the two arms have the
same activity in all, and no toxicity is counted but the BED of organs.

Run ``python examples/virtual_patients/two_arms.py [seed] [patients]``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from theratwin.core import ParameterSet, read_parameter_set, stream
from theratwin.dynamics import TIME, Engine, Network, NetworkBuilder, couple
from theratwin.response.cell_survival import neira_population
from theratwin.response.tumor.self_dose import SelfDose

HERE = Path(__file__).parent
GBQ = 1000.0
ARMS = {"6 x 7.4 GBq": (7.4 * GBQ,) * 6, "7.4 + 37 GBq": (7.4 * GBQ, 37.0 * GBQ)}
MOST_CYCLES = 6
ORGANS = ("kidneys", "parotids", "lacrimal_glands", "red_marrow")
YEARS = 10
#: Mass of a cell (g): what is below is shown as one.
CELL = 1e-9
#: A tumor progresses when its diameter is a fifth above the least: its mass 1.2 cubed.
PROGRESSION = 1.2**3
Cohort = dict[str, np.ndarray]


def ranges() -> ParameterSet:
    return read_parameter_set(HERE / "ranges.toml")


def sample(patients: int, seed: int) -> Cohort:
    """Draw patients; each parameter has a stream of its own, so that none depends on the rest."""
    known = ranges()
    drawn = {
        name: p.distribution.sample(stream(seed, "virtual_patients", name), patients)
        for name, p in known.items()
    }
    parts = ("tumor", *ORGANS)
    weighted = sum(drawn[f"{part}.suv"] * drawn[f"{part}.mass"] for part in parts)
    mass = drawn["body.mass"] - sum(drawn[f"{part}.mass"] for part in parts)
    # By definition SUVs, weighted with mass, add to the mass of the body.
    return drawn | {"rest.mass": mass, "rest.suv": (drawn["body.mass"] - weighted) / mass}


def uptake() -> Network:
    """Return the tumor's activity: its share of every cycle by its mass then, and its dose rate."""
    note = "Given for each virtual patient."
    b = NetworkBuilder("uptake")
    mass = b.input("mass", "g")
    suv = b.parameter("suv", 10.0, "", note=note)
    others = b.parameter("others", 7e4, "g", note="Of all other parts: SUV times mass.")
    loss = b.parameter("loss", 0.02, "1/h", note=note)
    start = b.parameter("start_mass", 50.0, "g", note=note)
    given = [b.parameter(f"given_{k}", 0.0, "MBq", note=note) for k in range(MOST_CYCLES)]
    gram = b.parameter("gram", 1.0, "g", note="The unit of mass.")
    unit = b.parameter("unit", 1.0, "Gy/(MBq h)", note="The unit of S values.")
    first = given[0] * (suv * start / (suv * start + others))
    activity = b.variable("activity", first, "MBq")
    b.rate(activity, -loss * activity)
    for k in range(1, MOST_CYCLES):
        time = b.parameter(f"time_{k}", 1e9, "h", note=note)
        share = suv * mass / (suv * mass + others)
        b.event(f"cycle_{k}", TIME - time, {activity: activity + given[k] * share})
    known = ranges()
    law = SelfDose.power_law(
        known.value("nuclide.self_dose"), known.value("nuclide.self_dose_exponent"), "italia_code"
    )
    b.output("dose_rate", law.expression(mass, gram, unit) * activity, "Gy/h")
    return b.freeze()


@cache
def engine() -> Engine:
    whole = couple(
        "virtual-patient",
        {"tumor": neira_population(), "uptake": uptake()},
        {"tumor.dose_rate": "uptake.dose_rate", "uptake.mass": "tumor.mass"},
    )
    return Engine(whole.system({}))


@dataclass(frozen=True)
class Outcome:
    """What became of each patient: masses (g) over time (h), BED (Gy) by organ, times (h)."""

    times: np.ndarray
    mass: np.ndarray
    bed: dict[str, np.ndarray]
    progression: np.ndarray
    survival: np.ndarray


def run(cohort: Cohort, cycles: Sequence[float], years: float = YEARS) -> Outcome:
    """Follow patients through an arm; a time that never came is infinite."""
    interval = ranges().value("trial.interval")
    starts = interval * np.arange(len(cycles))
    days = 24.0 * np.arange(int(365.25 * years) + 1)
    times = np.unique(np.concatenate([days, starts]))
    solution = engine().solve(
        parameters(cohort, cycles, interval), times, keep=(), rtol=1e-8, atol=1e-10
    )
    mass = np.maximum(solution.require()["tumor.mass"], CELL)
    at_cycles = mass[:, np.searchsorted(times, starts)]
    least = np.minimum.accumulate(mass, axis=1)
    lethal = ranges().value("trial.lethal_mass")
    return Outcome(
        times,
        mass,
        organ_bed(cohort, cycles, at_cycles),
        first_time(times, np.log(mass / least), np.log(PROGRESSION)),
        first_time(times, np.log(mass), np.log(lethal)),
    )


def parameters(cohort: Cohort, cycles: Sequence[float], interval: float) -> dict:
    beta, epsilon = cohort["tumor.beta"], cohort["tumor.epsilon"]
    values = {
        "tumor.alpha": cohort["tumor.alpha"],
        "tumor.p": np.sqrt(beta / epsilon),  # as published
        "tumor.epsilon": epsilon,
        "tumor.mu": cohort["tumor.mu"],
        "tumor.growth_rate": cohort["tumor.growth_rate"],
        "tumor.clearance_rate": cohort["tumor.clearance_rate"],
        "tumor.initial_mass": cohort["tumor.mass"],
        "uptake.start_mass": cohort["tumor.mass"],
        "uptake.suv": cohort["tumor.suv"],
        "uptake.others": others(cohort),
        "uptake.loss": cohort["tumor.washout"] + cohort["nuclide.decay"],
    }
    for k, activity in enumerate(cycles):
        values[f"uptake.given_{k}"] = activity
        if k:
            values[f"uptake.time_{k}"] = k * interval
    return values


def others(cohort: Cohort) -> np.ndarray:
    """Return SUV times mass (g) of all but the tumor."""
    return sum(cohort[f"{part}.suv"] * cohort[f"{part}.mass"] for part in (*ORGANS, "rest"))


def organ_bed(
    cohort: Cohort, cycles: Sequence[float], tumor_mass: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the BED (Gy) of each organ over all cycles, in red marrow of photons too."""
    tumor = cohort["tumor.suv"][:, None] * tumor_mass
    whole = tumor + others(cohort)[:, None]
    decay = cohort["nuclide.decay"]
    washout = {part: cohort[f"{part}.washout"] for part in ("tumor", *ORGANS)}
    washout["rest"] = cohort["body.washout"]
    # Time-integrated activity (MBq h) of every part and cycle.
    integrated = {"tumor": np.asarray(cycles) * tumor / whole / (washout["tumor"] + decay)[:, None]}
    for part in (*ORGANS, "rest"):
        share = (cohort[f"{part}.suv"] * cohort[f"{part}.mass"])[:, None] / whole
        integrated[part] = np.asarray(cycles) * share / (washout[part] + decay)[:, None]
    body = (cohort["body.mass"] / 1000.0) ** (-2.0 / 3.0)
    photons = (cohort["nuclide.whole_body_photons"] * body)[:, None] * sum(integrated.values())
    found = {}
    for organ in ORGANS:
        own = (cohort["nuclide.self_dose"] / cohort[f"{organ}.mass"])[:, None] * integrated[organ]
        rate = (washout[organ] + decay)[:, None]
        factor = rate / (rate + cohort[f"{organ}.repair_rate"][:, None])
        dose = own + photons if organ == "red_marrow" else own
        found[organ] = np.sum(
            dose + factor * dose**2 / cohort[f"{organ}.alpha_beta"][:, None], axis=1
        )
    return found


def first_time(times: np.ndarray, values: np.ndarray, level: float) -> np.ndarray:
    """Return when values, shape (patient, time), first reach a level, by lines; else infinity."""
    reached = values >= level
    k = np.argmax(reached, axis=1)
    rows = np.arange(len(values))
    before = np.maximum(k - 1, 0)
    low, high = values[rows, before], values[rows, k]
    rise = np.where(high > low, high - low, 1.0)
    found = times[before] + (level - low) / rise * (times[k] - times[before])
    return np.where(reached.any(axis=1), found, np.inf)


def told(outcome: Outcome) -> dict[str, tuple[float, float, float]]:
    """Return the median and the middle 90 % of each endpoint."""
    months = 730.5
    endpoints = {f"BED {organ} (Gy)": values for organ, values in outcome.bed.items()}
    endpoints |= {
        "least tumor mass (g)": outcome.mass.min(axis=1),
        "tumor mass at 1 year (g)": outcome.mass[:, np.searchsorted(outcome.times, 8766.0)],
        "time to progression (months)": outcome.progression / months,
        "survival (months)": outcome.survival / months,
    }
    quantiles = (0.5, 0.05, 0.95)
    return {
        name: tuple(float(np.quantile(values, q, method="lower")) for q in quantiles)
        for name, values in endpoints.items()
    }


def main(seed: int = 1, patients: int = 500) -> None:
    cohort = sample(patients, seed)
    print(f"{patients} virtual patients, seed {seed}; {YEARS} years")
    outcomes = {arm: run(cohort, cycles) for arm, cycles in ARMS.items()}
    rows = {arm: told(outcome) for arm, outcome in outcomes.items()}
    print(f"{'median (5 to 95 %)':30}" + "".join(f"{arm:>30}" for arm in ARMS))
    for name in next(iter(rows.values())):
        cells = [
            f"{row[name][0]:.3g} ({row[name][1]:.3g} to {row[name][2]:.3g})"
            for row in rows.values()
        ]
        print(f"{name:30}" + "".join(f"{cell:>30}" for cell in cells))
    better = np.mean(outcomes["7.4 + 37 GBq"].survival > outcomes["6 x 7.4 GBq"].survival)
    print(f"longer survival with two injections: {better:.0%} of patients")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
