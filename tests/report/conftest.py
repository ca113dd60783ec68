"""A simulated patient for the report, and the twin of it, made once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import (
    Administration,
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    SharedUncertainty,
    Volume,
)
from theratwin.twin import calibrate, update

_DECAY = np.log(2.0) / 159.5
_ACTIVITY = 5400.0

#: Retained fraction a day after administration (decay corrected; blood for each mL), biological
#: half-life (h), and the fast phase's half-life (h).
_TRUTH = {
    "kidneys": (0.015, 40.0, 5.0),
    "parotid_glands": (0.003, 35.0, 4.0),
    "liver": (0.02, 23.0, 5.0),
    "lesion_1": (0.02, 60.0, 8.0),
    "lesion_2": (0.0006, 50.0, 8.0),
    "whole_body": (0.35, 40.0, 3.0),
    "blood": (5e-6, 20.0, 1.5),
}
_TIMES = {"cycle 1": (1.5, 24.0, 48.0, 120.0), "cycle 2": (24.0, 72.0)}


def _measured() -> Measurements:
    generator = np.random.default_rng(1)

    def retained(region: str, time: float) -> float:
        fraction, slow, fast = _TRUTH[region]
        shape = [0.5 ** (t / slow) + 0.4 * 0.5 ** (t / fast) for t in (time, 24.0)]
        return fraction * shape[0] / shape[1] * np.exp(-_DECAY * time)

    return Measurements(
        tuple(
            Measurement(
                region,
                cycle,
                time,
                _ACTIVITY * retained(region, time) * np.exp(0.05 * generator.standard_normal()),
                0.05,
                Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY,
            )
            for cycle, times in _TIMES.items()
            for region in _TRUTH
            for time in times
        )
    )


def _patient_case() -> Case:
    organs = {
        "kidneys": Volume(311.0, 0.08),
        "parotid_glands": Volume(50.0, 0.1),
        "liver": Volume(1800.0, 0.05),
    }
    return Case(
        "Patient P2",
        Patient("male", 80e3, 69.0, 1760.0, organs=organs),
        Radiopharmaceutical("177Lu-PSMA-I&T", Ligand("psma-i&t", "psma"), "Lu-177"),
        Schedule(
            (
                Administration("cycle 1", 0.0, _ACTIVITY, duration=1 / 6),
                Administration("cycle 2", 1008.0, _ACTIVITY, duration=1 / 6),
            )
        ),
        (
            Lesion("lesion_1", Volume(34.0, 0.1), "lymph node"),
            Lesion("lesion_2", Volume(1.0, 0.2), "bone"),
        ),
        _measured(),
        SharedUncertainty(calibration=0.05, recovery=0.08),
        origin="simulated",
        description="A test patient.",
    )


@pytest.fixture(scope="session")
def whole_case() -> Case:
    """Both cycles, as if all scans had been made."""
    return _patient_case()


@pytest.fixture(scope="session")
def twin(whole_case):
    """The twin after cycle 1, which knows of cycle 2's administration."""
    first = replace(whole_case, measurements=whole_case.measurements.of("cycle 1"))
    return calibrate(first, seed=1, draws=400)


@pytest.fixture(scope="session")
def updated(twin, whole_case):
    """The twin after the scans of cycle 2."""
    return update(twin, whole_case.measurements.of("cycle 2"))


@pytest.fixture(scope="session")
def small(whole_case):
    """One cycle, kidneys alone with one scan, as measured in a patient: no lesion, no marrow."""
    scan = next(m for m in whole_case.measurements if m.region == "kidneys" and m.time == 48.0)
    case = replace(
        whole_case.until("cycle 1"),
        name="<b>R&D</b>",
        lesions=(),
        measurements=Measurements((scan,)),
        origin="measured",
        description="",
    )
    return calibrate(case, seed=1, draws=400)
