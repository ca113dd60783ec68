"""Small cases and a small model for the twin's tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

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
from theratwin.core import LogNormal

CYCLES = (
    Administration("cycle 1", 0.0, 7400.0),
    Administration("cycle 2", 1008.0, 5000.0),
)


@dataclass(frozen=True)
class Line:
    """A model of two parameters: the logarithm of a monoexponential's value at some times."""

    times: tuple[float, ...] = (24.0, 96.0)
    values: tuple[float, ...] = (50.0, 20.0)
    sd: float = 0.1
    priors: tuple[LogNormal, ...] = (LogNormal(30.0, 20.0), LogNormal(40.0, 1.8))
    name: str = "monoexponential"
    parameter_names: tuple[str, ...] = field(default=("scale", "half_life"))

    @property
    def observed(self):
        return np.log(self.values)

    @property
    def observed_sd(self):
        return np.full(len(self.values), self.sd)

    def predicted(self, theta):
        rate = np.log(2.0) * np.exp(-theta[..., 1:])
        return theta[..., :1] - rate * np.array(self.times)


@pytest.fixture
def line() -> type[Line]:
    return Line


@pytest.fixture
def make_case() -> Callable[..., Case]:
    """Return a function from rows (region, cycle, time, value) to a case of two cycles."""

    def make(rows, *, cycles=CYCLES, appears=None, height=1760.0, organs=None, **changes) -> Case:
        volumes = {"kidneys": Volume(310.0, 0.08), "liver": Volume(1700.0, 0.05)}
        defaults = {"uncertainty": SharedUncertainty(0.05, 0.08)}
        return Case(
            "test",
            Patient("male", 80_000.0, height=height, organs=volumes | (organs or {})),
            Radiopharmaceutical("177Lu-PSMA", Ligand("psma-617", "psma"), "Lu-177"),
            Schedule(cycles),
            lesions=(
                Lesion("lesion_1", Volume(5.0, 0.1)),
                Lesion("lesion_2", Volume(2.0, 0.2), appears=appears),
            ),
            measurements=Measurements(tuple(_measurement(*row) for row in rows)),
            **defaults | changes,
        )

    return make


def _measurement(region, cycle, time, value, relative=0.05) -> Measurement:
    kind = Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY
    return Measurement(region, cycle, time, value, relative, kind)


def decaying(region, cycle, times, *, at_zero, half_life, relative=0.05):
    """Return rows of exact values of one exponential of effective half-life (h)."""
    return [(region, cycle, t, at_zero * 2.0 ** (-t / half_life), relative) for t in times]


@pytest.fixture
def rows() -> Callable[..., list]:
    return decaying
