"""Misrepair from geometry, against integrals of its own and the published program's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from theratwin.response.medras.geometry import (
    lethal_part,
    meeting_integral,
    misrejoining,
    misrepair_coefficient,
    visible_part,
)

SIGMA = 0.04187
#: Numbers of the published program are given to six digits.
SIX_DIGITS = 5e-6


@pytest.mark.parametrize("radius", [1.0, 46.0 ** (-1.0 / 3.0)])
@pytest.mark.parametrize("reach", [0.05, 0.2, None])
def test_meeting_integral_is_that_of_the_overlap_of_two_spheres(radius, reach):
    # The part of a shell around a random point of a sphere that lies within it, with the weight
    # of the distance: an integral that the closed form has done.
    def shell(r):
        inside = 1.0 - (r / radius) * (3.0 - (r / radius) ** 2 / 4.0) / 4.0
        return 4.0 * np.pi * r**2 * inside * np.exp(-(r**2) / (2.0 * SIGMA**2))

    end = 2.0 * radius if reach is None else reach
    expected = quad(shell, 0.0, min(end, 12 * SIGMA), epsabs=1e-16, epsrel=1e-11)[0]
    assert_allclose(meeting_integral(SIGMA, radius, reach), expected, rtol=1e-8)


def test_published_coefficient():
    assert_allclose(misrepair_coefficient(SIGMA), 6.50639e-4, rtol=SIX_DIGITS)


@pytest.mark.parametrize(
    ("phase", "copies", "between", "large", "arms", "lethal"),
    [
        ("G1", 1.0, 0.134877, 0.242628, 0.0373006, 0.188752),
        ("S", 1.5, 0.134877, 0.347702, 0.0562174, 0.182472),
        ("G2", 2.0, 0.134877, 0.422458, 0.0751422, 0.142581),
    ],
)
def test_published_parts(phase, copies, between, large, arms, lethal):
    found = misrejoining(SIGMA, 6100.0 * copies, 46.0, copies, 3.0)
    assert_allclose(found, [between, large, arms], rtol=SIX_DIGITS)
    assert_allclose(lethal_part(phase, found), lethal, rtol=SIX_DIGITS)


def test_mitosis_is_seen_as_g1():
    found = misrejoining(SIGMA, 6100.0, 46.0, 1.0, 3.0)
    assert lethal_part("M", found) == lethal_part("G1", found)


def test_all_that_is_lethal_is_seen_and_more_in_g2():
    for phase, copies in (("S", 1.5), ("G2", 2.0)):
        found = misrejoining(SIGMA, 6100.0 * copies, 46.0, copies, 3.0)
        assert visible_part(phase, found) > lethal_part(phase, found)
    found = misrejoining(SIGMA, 6100.0, 46.0, 1.0, 3.0)
    assert visible_part("G1", found) == lethal_part("G1", found)


def test_draws_are_done_at_once():
    sigma = np.array([0.03, SIGMA, 0.06])
    each = [misrejoining(s, 6100.0, 46.0, 1.0, 3.0) for s in sigma]
    assert_allclose(misrejoining(sigma, 6100.0, 46.0, 1.0, 3.0), np.transpose(each), rtol=1e-14)


def test_more_chromosomes_mix_more():
    few, many = (misrejoining(SIGMA, 6100.0, n, 1.0, 3.0).between_chromosomes for n in (22.0, 46.0))
    assert few < many
