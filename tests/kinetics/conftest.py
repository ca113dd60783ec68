"""Cases with one or two cycles of Lu-177-PSMA, small whole bodies."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

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


@pytest.fixture(scope="session")
def bodies() -> ModuleType:
    """Return the small whole bodies of ``_bodies.py``."""
    place = Path(__file__).with_name("_bodies.py")
    spec = importlib.util.spec_from_file_location("kinetics_bodies", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def make_case() -> Callable[..., Case]:
    """Return a function from rows (region, cycle, time, value) to a case."""

    def make(rows, *, duration: float = 0.0, appears: str | None = None, **patient) -> Case:
        return Case(
            "test",
            Patient("male", 80_000.0, **patient),
            Radiopharmaceutical("177Lu-PSMA", Ligand("psma-617", "psma"), "Lu-177"),
            Schedule(
                (
                    Administration("cycle 1", 0.0, 7400.0, duration=duration),
                    Administration("cycle 2", 1008.0, 5000.0, duration=duration),
                )
            ),
            lesions=(Lesion("lesion_1", Volume(5.0, 0.1), appears=appears),),
            measurements=Measurements(
                tuple(
                    Measurement(region, cycle, t, value, 0.05) for region, cycle, t, value in rows
                )
            ),
        )

    return make
