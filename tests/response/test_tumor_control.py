"""Poisson tumor control: known half-doses, and the logarithm where it underflows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Exponentials, InputError
from theratwin.response import (
    bed50,
    dose_of_bed,
    log_cell_kill_of,
    protraction_factor,
    tissue,
    tumor_control,
)

TUMOR = tissue("prostate_metastasis")


def test_half_doses_of_the_prostate_metastasis():
    # Printed to four digits in the reference: BED50 131.8 Gy, D50 56.18 Gy at G .0359.
    half = bed50(TUMOR.known_clonogens, TUMOR.known_alpha)
    assert_allclose(half, 131.8, atol=0.05)
    G = protraction_factor(Exponentials.from_half_lives([1.0], [51.0]), TUMOR.repair)
    assert_allclose(dose_of_bed(half, G, TUMOR.alpha_beta), 56.18, atol=0.005)


def test_half_dose_controls_half():
    dose = dose_of_bed(bed50(1.79e8, 0.147), 1.9 / 52.9, 1.5)
    course = Exponentials.from_half_lives([dose * math.log(2) / 51.0], [51.0])
    control = tumor_control(1.79e8, log_cell_kill_of(course, TUMOR))
    assert_allclose(control.probability, 0.5, rtol=1e-9)  # 20 times the rounding of the kill
    assert not control.underflows


def test_underflow_is_said_and_the_logarithm_still_ranks():
    # alpha .017 /Gy and 1e9 clonogens: no feasible dose controls anything.
    control = tumor_control(1e9, 0.017 * np.array([30.0, 60.0, 90.0]))
    assert np.all(control.probability == 0)
    assert np.all(control.underflows)
    assert np.all(np.diff(control.log_surviving) < 0)


@pytest.mark.parametrize("log_surviving", [6.5, 6.6, 6.613, 6.614, 6.62, 6.7])
def test_underflow_agrees_with_the_probability(log_surviving):
    control = tumor_control(1.0, -log_surviving)
    assert bool(control.underflows) == (control.probability == 0)


def test_voxels_are_summed():
    control = tumor_control([1e8, 1e8], [18.0, 21.0], voxels=True)
    expected = math.exp(-1e8 * (math.exp(-18.0) + math.exp(-21.0)))
    assert_allclose(control.probability, expected, rtol=1e-12)


def test_voxels_without_clonogens_do_not_matter():
    with_empty = tumor_control([1e8, 0.0], [18.0, 0.0], voxels=True)
    assert_allclose(with_empty.log_surviving, math.log(1e8) - 18.0, rtol=1e-14)


def test_a_cold_voxel_decides():
    kill = np.full(1000, 30.0)
    uniform = tumor_control(1e5, kill, voxels=True)
    kill[0] = 5.0
    cold = tumor_control(1e5, kill, voxels=True)
    assert uniform.probability > 0.99 > 0.5 > cold.probability


@pytest.mark.parametrize("clonogens", [0.0, -1.0, float("nan")])
def test_without_clonogens_there_is_nothing_to_control(clonogens):
    with pytest.raises(InputError, match="clonogens"):
        tumor_control(clonogens, 10.0)
