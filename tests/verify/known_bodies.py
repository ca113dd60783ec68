"""What is known of simulated bodies: size, volumes as delineated, how well scans see."""

from __future__ import annotations

import numpy as np

from theratwin.case import Lesion, Patient, Volume
from theratwin.core import LogNormal

LESIONS = ("lesion_1", "lesion_2")
#: What is delineated: volume (mL) over patients, and its relative standard uncertainty.
DELINEATED = {
    "kidneys": (LogNormal(310.0, 1.2), 0.08),
    "parotid_glands": (LogNormal(40.0, 1.2), 0.12),
    "liver": (LogNormal(1700.0, 1.2), 0.05),
    "spleen": (LogNormal(200.0, 1.3), 0.08),
    "lesion_1": (LogNormal(20.0, 2.0), 0.1),
    "lesion_2": (LogNormal(1.0, 1.3), 0.25),
}
#: What is imaged, and blood: relative standard uncertainty of one value.
NOISE = {
    "kidneys": 0.05,
    "parotid_glands": 0.08,
    "liver": 0.05,
    "spleen": 0.06,
    "lesion_1": 0.08,
    "lesion_2": 0.15,
    "whole_body": 0.03,
    "blood": 0.05,
}
IMAGED = tuple(region for region in NOISE if region != "blood")
CALIBRATION, RECOVERY = 0.05, 0.08  # relative standard uncertainties that all scans share
SMALL = frozenset({"parotid_glands", *LESIONS})


def known(person: np.random.Generator) -> tuple[Patient, tuple[Lesion, ...]]:
    """Draw a man with his organs and lesions."""
    volumes = {
        region: Volume(float(spread.sample(person, 1)[0]), relative)
        for region, (spread, relative) in DELINEATED.items()
    }
    lesions = tuple(Lesion(name, volumes.pop(name)) for name in LESIONS)
    patient = Patient(
        "male",
        float(LogNormal(80_000.0, 1.12).sample(person, 1)[0]),
        age=float(np.clip(person.normal(70.0, 8.0), 45.0, 90.0)),
        height=float(np.clip(person.normal(1760.0, 70.0), 1550.0, 2000.0)),
        organs=volumes,
    )
    return patient, lesions
