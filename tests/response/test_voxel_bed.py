"""BED maps: the factorized form, sums of courses against the whole curve, decay by voxel."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials, InputError, Pieces, Pulses
from theratwin.response import (
    Repair,
    Tissue,
    bed,
    decay_protraction,
    effect_of,
    protraction_factor,
    protraction_matrix,
    voxel_bed,
)

TISSUE = Tissue(2.5, Repair((0.6, 0.4), (0.4, 3.0)), name="kidneys")
UPTAKE = Exponentials([-1.0, 1.0], [0.5, 0.012])
COURSES = [
    UPTAKE,
    Exponentials.from_half_lives([3.0], [20.0], 100.0),
    Pieces.from_samples([0.0, 10.0, 60.0], [0.0, 4.0, 0.0]),
    Pulses([5.0, 30.0], [1.0, 2.0]),
]


def test_one_course_is_the_closed_form():
    dose = np.random.default_rng(1).uniform(0.0, 40.0, (3, 4, 5))
    G = protraction_factor(UPTAKE, TISSUE.repair)
    assert voxel_bed([dose], [UPTAKE], TISSUE) == pytest.approx(bed(dose, G, 2.5), rel=1e-13)
    assert voxel_bed([dose], [7.0 * UPTAKE], TISSUE) == pytest.approx(bed(dose, G, 2.5), rel=1e-13)


@pytest.mark.parametrize("until", [np.inf, 25.0])
def test_a_sum_of_courses_is_that_of_the_whole_curve(until):
    random = np.random.default_rng(2)
    courses = [course for course in COURSES if course.integral(end=until) > 0]
    doses = random.uniform(0.0, 20.0, (len(courses), 6))
    found = voxel_bed(doses, courses, TISSUE, until)
    for voxel in range(6):
        unit = [
            c * (d / c.integral(end=until)) for c, d in zip(courses, doses[:, voxel], strict=True)
        ]
        whole = unit[0]
        for curve in unit[1:]:
            whole = whole + curve
        # polarization takes the difference of like numbers, and pieces are integrated by rule
        assert found[voxel] == pytest.approx(effect_of(whole, TISSUE, until=until).bed, rel=1e-9)


def test_the_matrix_is_that_of_a_quadratic_form():
    matrix = protraction_matrix(COURSES, TISSUE.repair)
    assert np.allclose(matrix, matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > 0  # damage is positive in any mixture
    assert np.all(matrix >= 0)
    assert np.all(matrix <= 1)


def test_cycles_far_apart_do_not_meet():
    cycle = Exponentials.from_half_lives([1.0], [50.0])
    matrix = protraction_matrix([cycle, cycle.shifted(1500.0)], Repair.single(2.8))
    assert matrix[0, 1] < 1e-8
    assert matrix[0, 0] == pytest.approx(matrix[1, 1], rel=1e-12)


def test_decay_by_voxel():
    rates = np.log(2) / np.array([[5.0, 50.0], [80.0, 500.0]])
    found = decay_protraction(rates, TISSUE.repair)
    for place in np.ndindex(2, 2):
        curve = Exponentials([1.0], [rates[place]])
        assert found[place] == pytest.approx(protraction_factor(curve, TISSUE.repair), rel=1e-13)
    assert decay_protraction([0.0], TISSUE.repair)[0] == 0.0  # no signal


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: voxel_bed([1.0, 2.0], [UPTAKE], TISSUE), "each course"),
        (lambda: voxel_bed([1.0], [0.0 * UPTAKE], TISSUE), r"courses\[0\]"),
        (lambda: voxel_bed([1.0], [Exponentials([[1.0], [2.0]], [0.1])], TISSUE), "batch"),
        (lambda: decay_protraction([-0.1], TISSUE.repair), "rate"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_two_decays_together_by_hand():
    a, b, mu = 0.07, 0.014, 0.28
    unit = [Exponentials([1.0], [rate]) for rate in (a, b)]
    repair = Repair.from_rates([1.0], [mu])
    mixed = a * b / (a + b) * (1 / (a + mu) + 1 / (b + mu))
    assert protraction_matrix(unit, repair)[0, 1] == pytest.approx(mixed, rel=1e-12)
