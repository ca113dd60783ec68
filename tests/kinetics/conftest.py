"""Cases with one or two cycles of Lu-177-PSMA."""

from __future__ import annotations

from collections.abc import Callable

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
