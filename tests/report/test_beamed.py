"""A prediction with the external beams of a plan in it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import ExternalBeam, Schedule
from theratwin.planning import bounds, plan
from theratwin.report.beamed import with_beams
from theratwin.report.plots.bed import cumulative
from theratwin.report.report import render
from theratwin.twin import calibrate, predict
from theratwin.twin.effects import effects

from ..planning.test_plan import simulated

BEAM = ExternalBeam.regular({"lesion_1": "3 Gy", "kidneys": "0.4 Gy"}, fractions=3, first="3 weeks")


@pytest.fixture(scope="module")
def twin():
    return calibrate(simulated(), draws=100, seed=1)


def test_totals_are_those_of_the_plan(twin):
    found = plan(twin, bounds=bounds("5 GBq", 2), external_beam=[BEAM])
    beamed = with_beams(predict(twin, found.schedule), found.external_beam)
    for region in ("kidneys", "lesion_1"):
        expected = found.best.bed[region].median
        assert_allclose(np.median(beamed[region].bed.sum(axis=1)), expected, rtol=1e-3)


def test_a_fraction_counts_from_its_cycle_on(twin):
    prediction = predict(twin, Schedule.regular("5 GBq", cycles=2, every="6 weeks"))
    late = ExternalBeam.regular({"kidneys": "1 Gy"}, fractions=1, first="7 weeks")
    added = cumulative(with_beams(prediction, [late]), "kidneys") - cumulative(
        prediction, "kidneys"
    )
    assert_allclose(added[:, 0], 0.0, atol=1e-12)
    # By itself 1 Gy at an alpha/beta of 2.5 Gy is 1.4 Gy; the cycle's dose rate adds to it.
    assert np.all((added[:, 1] > 1.4) & (added[:, 1] < 1.5))


def test_lesions_feel_the_beam(twin):
    prediction = predict(twin, Schedule.regular("5 GBq", cycles=2, every="6 weeks"))
    alone = effects(prediction).lesions["lesion_1"].log_kill[:, -1]
    both = effects(with_beams(prediction, [BEAM])).lesions["lesion_1"].log_kill[:, -1]
    assert np.median((both - alone) / 0.147) == pytest.approx(9.0 * 3.0, rel=0.1)


def test_the_report_says_that_the_beam_is_counted(twin):
    found = plan(twin, bounds=bounds("5 GBq", 2), external_beam=[BEAM])
    assert "external beam given until the next" in render(twin, found)
    assert "external beam" not in render(twin, plan(twin, bounds=bounds("5 GBq", 2)))
