"""MIBG: the set is what the calibration finds, its exact solution, figures of humans held out."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm

from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.dynamics import Engine
from theratwin.kinetics.models.mibg import REGIONS, mibg
from theratwin.kinetics.models.transfer import transfer_matrix
from theratwin.physics import nuclide

ROOT = Path(__file__).parents[2]
TIMES = np.array([0.0, 1.0 / 3.0, 4.0, 24.0, 48.0, 72.0])


def _tool():
    name = "calibrate_mibg"
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / "kinetics" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


@pytest.fixture(scope="module")
def found():
    engine = Engine(mibg().system())
    return engine.solve({}, TIMES, to_infinity=True, rtol=1e-10, atol=1e-16).require()


def test_the_set_is_what_the_calibration_finds():
    shipped = parameter_set("kinetics", "mibg")
    known = TOOL.calibrated()
    for name in TOOL.ESTIMATED:
        # Four digits are shipped.
        assert shipped[name].value == pytest.approx(known[name].value, rel=1e-3), name


def test_against_the_matrix_exponential_and_its_integral(found):
    places, matrix = transfer_matrix(parameter_set("kinetics", "mibg"))
    decay = nuclide("I-131").decay_constant * np.eye(len(places))
    start = np.array([float(place == "central") for place in places])
    integral = np.linalg.solve(decay - matrix, start)
    for region, parts in REGIONS.items():
        inside = np.array([place in parts for place in places], dtype=float)
        exact = [inside @ expm((matrix - decay) * time) @ start for time in TIMES]
        assert found[f"activity.{region}"][0] == pytest.approx(exact, abs=1e-9), region
        value = found.integrals[f"time_integrated_activity.{region}"][0]
        assert value == pytest.approx(inside @ integral, rel=1e-8), region


def test_urine_and_liver_as_published(found):
    """Wafelman 1995, within a tenth of the spread between patients, 7 to 9 % of the dose.

    The three do not lie on two exponentials with the liver's ratio: a misfit is left.
    """
    grown = np.exp(nuclide("I-131").decay_constant * TIMES)
    body = (found["activity.whole_body"] - found["activity.bladder_contents"])[0] * grown
    for value, (mean, spread) in zip(
        1.0 - body[3:], ((0.53, 0.088), (0.69, 0.078), (0.83, 0.070)), strict=True
    ):
        assert value == pytest.approx(mean, abs=0.25 * spread)
    liver = found["activity.liver"][0] * grown
    assert liver[2] / liver[1] == pytest.approx(0.79, abs=0.01)  # Nakajo 1985, 79 +- 3.2 %


def test_figures_that_were_not_calibrated_to():
    model = TOOL.kinetics(parameter_set("kinetics", "mibg"))
    # Within the published spread between patients.
    assert TOOL.effective_dose(model, "I-131") == pytest.approx(0.18, abs=0.04)
    # Organs of adults without own uptake: 0.108 to 0.176 mGy/MBq (Ertl 1987).
    assert 0.108 < TOOL.mean_dose(model, "I-131", "whole_body") < 0.176
    # Honest miss: 28 % above the median of children (Matthay 2001), who clear MIBG faster.
    assert TOOL.child_dose(model, 20.7e3) / 0.199 == pytest.approx(1.28, abs=0.02)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"given": {"transfer.central.kidneys": 1.0}}, "transfer.central.kidneys"),
        ({"given": {"transfer.central.liver": -1.0}}, "transfer.central.liver"),
        ({"nuclide": "Lu-177"}, "nuclide.*an isotope of I"),
    ],
)
def test_wrong_input_names_its_field(options, field):
    with pytest.raises(InputError, match=field):
        mibg(**options)
