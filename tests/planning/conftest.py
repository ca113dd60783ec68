"""Courses with doses made up, so that every answer is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.case import (
    Administration,
    Case,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core import Exponentials
from theratwin.planning.course import Course
from theratwin.response import tissue
from theratwin.twin import RegionDose

#: Half-life (h) of every dose rate; G = lambda / (lambda + mu) follows from it.
HALF_LIFE = 50.0
#: Tissue of each region used.
TISSUES = {
    "kidneys": "kidneys",
    "red_marrow": "marrow",
    "parotid_glands": "salivary_glands",
    "lesion_1": "prostate_metastasis",
    "lesion_2": "prostate_metastasis",
}


def _protraction(region: str) -> float:
    """Return the Lea-Catcheside factor of a region's dose."""
    half_time = tissue(TISSUES[region]).repair.half_times[0]
    return half_time / (half_time + HALF_LIFE)


def _course(
    *,
    delivered: float = 1000.0,
    cycles: int = 1,
    further: int = 6,
    lesion_mass: float = 10.0,
    **doses,
) -> Course:
    """Return a course.

    Parameters
    ----------
    delivered
        Activity (MBq) of each delivered cycle.
    cycles, further
        Numbers of delivered and of further cycles.
    lesion_mass
        Mass of every lesion (g).
    doses
        Dose (Gy/GBq) by region, one value a draw.
    """
    administrations = [
        Administration(f"cycle {k + 1}", 1008.0 * k, delivered if k < cycles else 1000.0)
        for k in range(cycles + further)
    ]
    schedule = Schedule(tuple(administrations))
    lesions = tuple(Lesion(name, Volume(10.0, 0.1)) for name in doses if name.startswith("lesion"))
    case = Case(
        "constructed",
        Patient("male", 80000.0),
        Radiopharmaceutical("x", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule(schedule.administrations[:cycles]),
        lesions=lesions,
        measurements=Measurements(
            tuple(Measurement(name, f"cycle {cycles}", 24.0, 1.0, 0.05) for name in doses)
        ),
    )
    regions = {
        name: _region(name, np.atleast_1d(np.asarray(values, float)), schedule, lesion_mass)
        for name, values in doses.items()
    }
    return Course(case, schedule, cycles, 1000.0, regions)


@pytest.fixture(scope="session")
def make_course():
    """The function that makes a course."""
    return _course


@pytest.fixture(scope="session")
def protraction():
    """The function that gives a region's Lea-Catcheside factor."""
    return _protraction


def _region(name: str, doses: np.ndarray, schedule: Schedule, lesion_mass: float) -> RegionDose:
    rate = np.log(2.0) / HALF_LIFE
    curves = tuple(
        Exponentials((doses * a.activity / 1000.0 * rate)[:, None], np.full((len(doses), 1), rate))
        for a in schedule
    )
    return RegionDose(
        region=name,
        dose_rates=curves,
        activities=curves,
        tissue=tissue(TISSUES[name]) if name in TISSUES else None,
        mass=np.full(len(doses), lesion_mass),
        lesion=name.startswith("lesion"),
    )
