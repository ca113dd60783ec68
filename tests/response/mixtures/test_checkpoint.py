"""Radiopharmaceutical, lymphocytes and a checkpoint inhibitor: one network by ports."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Exponentials
from theratwin.dynamics import couple
from theratwin.response.cell_survival import cell_model
from theratwin.response.driven import follow
from theratwin.response.immune import immune_lite
from theratwin.response.tumor import tumor_network

DOSE = Exponentials.from_half_lives([0.05], [51.0])
TIMES = [0.0, 240.0, 480.0]


@pytest.fixture(scope="module")
def course():
    model = cell_model("lpl")
    lesion = tumor_network(
        kill="hazard", further_inputs=["hazard.other"], values={"initial_volume": 1e-3}
    )
    whole = couple(
        "lesion with lymphocytes",
        {"cells": model.network(), "immune": immune_lite(), "lesion": lesion},
        {
            "immune.hazard": "cells.hazard",
            "lesion.hazard": "cells.hazard",
            "lesion.hazard.other": "immune.immune_hazard",
        },
    )
    cells = {f"cells.{name}": value for name, value in model.parameters.items()}

    def solved(dose, checkpoint):
        inputs = {
            "cells.dose_rate": dose,
            "immune.dose_rate": dose,
            "immune.dose_rate_blood": 0.02 * dose,
            "immune.checkpoint": checkpoint,
        }
        return follow(whole, inputs, TIMES, parameters=cells)

    return solved


def test_kill_is_that_of_radiation_and_of_lymphocytes(course):
    found = course(DOSE, 1.0)
    radiation = found["cells.log_kill"][0]
    assert_allclose(radiation[-1], cell_model("lpl").log_kill(DOSE, TIMES[-1]), rtol=1e-6)
    assert np.all(found["lesion.log_kill"][0, 1:] > radiation[1:] + 1e-3)


def test_the_inhibitor_adds_to_radiation(course):
    """Living volume: none, inhibitor, radiation, both; each treatment lowers it in turn."""
    nothing = 0.0 * DOSE
    none, inhibitor, radiation, both = (
        course(dose, u)["lesion.living"][0, -1]
        for dose, u in ((nothing, 0.0), (nothing, 1.0), (DOSE, 0.0), (DOSE, 1.0))
    )
    assert inhibitor < none
    assert both < radiation < none
    assert both < inhibitor
