"""Draws conditioned on a scan against the closed form of log-normal doses."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.seed import stream
from theratwin.planning.ensemble import conditioned

DRAWS = 20_000


@pytest.fixture(scope="module")
def logarithms():
    random = stream(3, "ensemble")
    kidneys, lesion = random.standard_normal((2, DRAWS))
    return 0.4 * kidneys, 0.6 * lesion


def test_log_normal_doses_move_to_the_exact_posterior(make_course, logarithms):
    kidneys, lesion = logarithms
    course = make_course(kidneys=np.exp(kidneys), lesion_1=np.exp(lesion), delivered=1000.0)
    noise, shown = 0.3, 0.7
    found = conditioned(
        course, kidneys[:, None], np.array([shown]), np.array([noise]), stream(1, "errors")
    )
    # A normal prior of variance 0.16 and a measurement of variance 0.09.
    gain = 0.16 / (0.16 + 0.09)
    dose = np.log(found.regions["kidneys"].dose[:, 0])
    assert dose.mean() == pytest.approx(gain * shown, abs=4 * 0.24 / np.sqrt(DRAWS))
    assert dose.std() == pytest.approx(np.sqrt(gain) * noise, rel=0.02)
    # The square is that of the dose: twice the logarithm, moved twice as far.
    square = np.log(found.regions["kidneys"].quadratic[:, 0])
    assert square.std() == pytest.approx(2 * dose.std(), rel=1e-9)


def test_what_does_not_vary_with_the_scan_stays(make_course, logarithms):
    kidneys, lesion = logarithms
    course = make_course(kidneys=np.exp(kidneys), lesion_1=np.exp(lesion))
    found = conditioned(
        course, kidneys[:, None], np.array([2.0]), np.array([0.1]), stream(1, "errors")
    )
    before, after = (np.log(c.regions["lesion_1"].dose[:, 0]) for c in (course, found))
    # Chance correlation of 20,000 draws, 0.007, of a scan five spreads away.
    assert after.mean() == pytest.approx(before.mean(), abs=0.06)
    assert after.std() == pytest.approx(before.std(), rel=0.01)


def test_zeros_stay(make_course):
    doses = np.where(np.arange(100) < 50, 0.0, 1.0)
    course = make_course(kidneys=doses, lesion_1=np.ones(100))
    seen = stream(2, "seen").standard_normal((100, 1))
    found = conditioned(course, seen, np.array([1.0]), np.array([0.5]), stream(1, "errors"))
    assert np.all(found.regions["kidneys"].dose[:50] == 0.0)
