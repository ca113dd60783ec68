"""Derivatives of doses by the amount of ligand against differences of predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import Schedule
from theratwin.core import UnsupportedError
from theratwin.twin import calibrate, predict, predict_by_amount
from theratwin.twin.models import MODELS, KineticModel

_FURTHER = ("cycle 2", "cycle 3")


@pytest.fixture(scope="module")
def twin(small_body):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))
        rows = small_body.scans("cycle 1")
        case, _ = small_body.simulated_case(rows, small_body.cycles(1), seed=5, model="small")
        return calibrate(case, seed=1, draws=100)


def _course(small_body, change: float = 0.0) -> Schedule:
    return Schedule(
        tuple(
            replace(a, amount=a.amount + change) if a.name in _FURTHER else a
            for a in small_body.cycles(3)
        )
    )


def test_values_are_those_predicted(twin, small_body):
    course = _course(small_body)
    found, slopes = predict_by_amount(twin, course, _FURTHER)
    plain = predict(twin, course)
    assert set(slopes) == set(found.regions) == set(plain.regions)
    for region, dose in plain.regions.items():
        assert np.array_equal(found[region].dose, dose.dose)


def test_derivatives_of_dose_and_of_its_protracted_square(twin, small_body):
    step = 0.5
    found, slopes = predict_by_amount(twin, _course(small_body), _FURTHER)
    more, less = (predict(twin, _course(small_body, change)) for change in (step, -step))
    for region, slope in slopes.items():
        rise = (more[region].dose - less[region].dose) / (2 * step)
        # Of a thousandth of the amount: truncation 1e-5; noise of the solver over the step.
        noise = 1e-5 * found[region].dose.max()
        np.testing.assert_allclose(slope.dose, rise, rtol=1e-3, atol=noise)
        assert np.all(slope.dose[:, 0] == 0.0)
        if found[region].tissue is not None:
            rise = (more[region].quadratic - less[region].quadratic) / (2 * step)
            noise = 1e-5 * found[region].quadratic.max()
            square = found[region].quadratic_slope(slope)
            np.testing.assert_allclose(square, rise, rtol=1e-3, atol=noise)


def test_more_ligand_lowers_the_dose_where_receptors_saturate(twin, small_body):
    _, slopes = predict_by_amount(twin, _course(small_body), _FURTHER)
    for region in ("kidneys", "lesion_1"):
        assert np.all(slopes[region].dose[:, 1:] < 0.0)


def test_curves_do_not_know_the_amount(small_body):
    case, _ = small_body.simulated_case(
        [("kidneys", "cycle 1", t) for t in (4.0, 24.0, 72.0)], small_body.cycles(1)
    )
    twin = calibrate(case, seed=1, draws=100, model="curves")
    with pytest.raises(UnsupportedError, match="amount of ligand"):
        predict_by_amount(twin, _course(small_body), _FURTHER)
