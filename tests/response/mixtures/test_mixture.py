"""Mixtures: by hand, against known EUDs, cross-fire's limits, spread, control."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Exponentials, InputError
from theratwin.response import (
    Repair,
    Tissue,
    linear_quadratic_eud,
    log_cell_kill_of,
    protraction_factor,
    tissue,
)
from theratwin.response.mixtures import Mixture, Part, log_survival_of_spread

CELLS = tissue("prostate_metastasis")
CYCLE = Exponentials.from_half_lives([30.0 * np.log(2.0) / 51.0], [51.0])  # 30 Gy
G = protraction_factor(CYCLE, CELLS.repair)


def test_one_part_is_the_uniform_dose():
    effect = Mixture([Part(1.0, 5.0, CELLS)]).effect(CYCLE)
    kill = log_cell_kill_of(CYCLE, CELLS)
    assert_allclose([effect.log_kill, effect.eud, effect.dose], [kill, 30.0, 30.0], rtol=1e-12)
    assert_allclose(effect.eubed, kill / CELLS.known_alpha, rtol=1e-12)


def test_a_histogram_has_the_known_eud():
    doses, volumes = np.array([10.0, 25.0, 40.0]), np.array([0.2, 0.5, 0.3])
    course = CYCLE * (volumes @ doses / 30.0)
    effect = Mixture.of_volumes(doses, volumes, CELLS).effect(course)
    expected = linear_quadratic_eud(doses, G, CELLS.known_alpha, CELLS.alpha_beta, volumes)
    assert_allclose(effect.eud, expected, rtol=1e-10)


def test_parts_of_other_sensitivity_and_repair_by_hand():
    slow = Tissue(3.0, Repair.single(6.0), alpha=0.3)
    mixture = Mixture([Part(3.0, 1.0, CELLS), Part(1.0, 0.2, slow)])
    relative = np.array([1.0, 0.2]) / 0.8
    assert_allclose(mixture.relative_doses, relative, rtol=1e-14)
    kills = [log_cell_kill_of(CYCLE * r, c) for r, c in zip(relative, (CELLS, slow), strict=True)]
    expected = -np.log(0.75 * np.exp(-kills[0]) + 0.25 * np.exp(-kills[1]))
    assert_allclose(mixture.effect(CYCLE).log_kill, expected, rtol=1e-10)


def test_the_mean_dose_is_that_of_the_course_whatever_the_cross_fire():
    for cross_fire in (0.0, 0.3, 1.0):
        mixture = Mixture([Part(0.7, 1.0, CELLS), Part(0.3, 0.1, CELLS)], cross_fire)
        assert_allclose(mixture.fractions @ mixture.relative_doses, 1.0, rtol=1e-14)
    assert_allclose(mixture.relative_doses, 1.0, rtol=1e-14)


def test_without_receptors_and_cross_fire_cells_survive():
    mixture = Mixture([Part(0.9, 1.0, CELLS), Part(0.1, 0.0, CELLS)])
    effect = mixture.effect(CYCLE * 100.0)
    assert_allclose(effect.log_kill, np.log(10.0), rtol=1e-12)
    assert_allclose(mixture.control(effect, 100.0), 0.0, atol=0.0)


def test_spread_within_a_part():
    mixture = Mixture([Part(1.0, 1.0, CELLS, spread=0.7)], cross_fire=0.3)
    a, q = CELLS.known_alpha * 30.0, CELLS.beta * G * 900.0
    assert_allclose(
        mixture.effect(CYCLE).log_kill, -log_survival_of_spread(a, q, 0.7, 0.3), rtol=1e-12
    )
    assert mixture.effect(CYCLE).eud < 30.0


def test_many_parts_that_sample_a_spread_come_near_it():
    # Midpoints of 2000 equal shares of a log-normal: an error of the order of 1 / parts.
    from scipy.stats import norm

    width = np.sqrt(np.log1p(0.5**2))
    uptakes = np.exp(width * norm.ppf((np.arange(2000) + 0.5) / 2000) - 0.5 * width**2)
    sampled = Mixture.of_volumes(uptakes, np.ones(2000), CELLS).effect(CYCLE)
    spread = Mixture([Part(1.0, 1.0, CELLS, spread=0.5)]).effect(CYCLE)
    assert_allclose(sampled.log_kill, spread.log_kill, rtol=1e-2)


def test_control_is_that_no_cell_of_any_part_survives():
    mixture = Mixture([Part(0.6, 1.0, CELLS), Part(0.4, 0.5, CELLS)])
    effect = mixture.effect(CYCLE)
    survival = np.exp(-effect.part_log_kill)
    expected = (1.0 - survival[0]) ** 60 * (1.0 - survival[1]) ** 40
    assert_allclose(mixture.control(effect, 100.0), expected, rtol=1e-12)


def test_draws_and_no_dose():
    many = Exponentials.from_half_lives([[0.4], [0.0]], [[51.0], [51.0]])
    effect = Mixture([Part(0.6, 1.0, CELLS), Part(0.4, 0.5, CELLS)]).effect(many)
    assert effect.part_log_kill.shape == (2, 2)
    assert_allclose([effect.log_kill[1], effect.eud[1]], 0.0, atol=1e-12)


def test_what_is_no_mixture():
    with pytest.raises(InputError, match="uptake"):
        Mixture([Part(1.0, 0.0, CELLS)])
    with pytest.raises(InputError, match="fraction"):
        Mixture([Part(1.0, 1.0, CELLS)], cross_fire=1.5)
    with pytest.raises(InputError, match="0 or more"):
        Part(-1.0, 1.0, CELLS)


def test_jax_differentiates_the_effect_by_the_dose():
    from theratwin.core._jax import jax

    mixture = Mixture([Part(0.6, 1.0, CELLS, spread=0.3), Part(0.4, 0.5, CELLS)], 0.2)

    def eud(scale):
        return mixture.effect(CYCLE * scale).eud

    slope = jax.grad(eud)(jax.numpy.asarray(1.0))
    ends = [float(eud(1.0 + step)) for step in (-1e-5, 1e-5)]
    assert_allclose(slope, (ends[1] - ends[0]) / 2e-5, rtol=1e-6)
