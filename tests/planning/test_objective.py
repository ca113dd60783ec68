"""Objectives against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.planning import (
    bed,
    log_cell_kill,
    mean_lesion_bed,
    mean_lesion_dose,
    objective_named,
)
from theratwin.planning.glands import glands_of
from theratwin.planning.objective import default_objective


def test_one_lesion_keeps_its_clonogens_less_alpha_bed(make_course):
    course = make_course(lesion_1=[2.0], lesion_mass=10.0)
    total = course.total(bed("lesion_1")).at(2, 5000.0)
    expected = -(np.log(1e8 * 10.0) - 0.147 * total)
    assert log_cell_kill().draws(course, 2, 5000.0) == pytest.approx(expected, rel=1e-12)


def test_survivors_of_all_lesions_add_up(make_course):
    course = make_course(lesion_1=[2.0], lesion_2=[0.5], lesion_mass=3.0)
    survivors = sum(
        3e8 * np.exp(-0.147 * course.total(bed(name)).at(3, 4000.0))
        for name in ("lesion_1", "lesion_2")
    )
    drawn = log_cell_kill().draws(course, 3, 4000.0)
    # The exponential of numbers of order 100 amplifies rounding: 1e-14 * 100.
    assert drawn == pytest.approx(-np.log(survivors), rel=1e-11)


def test_the_clonogen_density_shifts_it_and_no_more(make_course):
    course = make_course(lesion_1=[2.0, 3.0], lesion_2=[0.5, 1.0])
    few, many = log_cell_kill(density="1e7 1/g"), log_cell_kill(density="1e9 1/g")
    grid = np.linspace(0.0, 9000.0, 4)
    shift = few.draws(course, 2, grid) - many.draws(course, 2, grid)
    assert shift == pytest.approx(np.log(100.0), rel=1e-10)


def test_means_over_lesions(make_course):
    course = make_course(lesion_1=[2.0], lesion_2=[1.0], delivered=1000.0)
    assert mean_lesion_dose().draws(course, 1, 3000.0) == pytest.approx([6.0], rel=1e-12)
    assert (mean_lesion_bed().draws(course, 1, 3000.0) > 6.0).all()


def test_without_alpha_the_mean_bed_is_taken_and_without_tissue_the_dose(make_course):
    course = make_course(lesion_1=[2.0])
    assert default_objective(course) == log_cell_kill()
    region = course.regions["lesion_1"]
    no_alpha = replace(region, tissue=replace(region.known_tissue, alpha=None))
    course = replace(course, regions={"lesion_1": no_alpha})
    assert default_objective(course) == mean_lesion_bed()
    with pytest.raises(InputError, match="no alpha is known"):
        log_cell_kill().draws(course, 1, 1000.0)
    assert log_cell_kill(alpha="0.2 1/Gy").worth(course) == 0.2
    course = replace(course, regions={"lesion_1": replace(region, tissue=None)})
    assert default_objective(course) == mean_lesion_dose()


def test_without_lesion_there_is_nothing_to_maximize(make_course):
    with pytest.raises(InputError, match="no lesion was measured"):
        default_objective(make_course(kidneys=[1.0]))


def test_an_unknown_objective_is_refused():
    with pytest.raises(InputError, match="nearest match 'log-cell-kill'"):
        objective_named("log-cel-kill")


def test_a_gland_weight_needs_glands_and_a_sense(make_course):
    bare, full = make_course(lesion_1=[1.0]), make_course(parotid_glands=[1.0], lesion_1=[1.0])
    assert not glands_of(bare, None).count
    assert glands_of(full, None).regions == ("parotid_glands",)
    with pytest.raises(InputError, match="no gland was measured"):
        glands_of(bare, 0.5)
    with pytest.raises(InputError, match="out of range"):
        glands_of(full, -1.0)


def test_growth_takes_back_what_it_doubles(make_course):
    """ln 2 T / T_d of the logarithm, from the first administration to the last."""
    course = make_course(lesion_1=[5.0, 7.0])
    still, growing = log_cell_kill(), log_cell_kill(doubling_time="42 days")
    for cycles in (0, 1, 4):
        lost = still.draws(course, cycles, 5000.0) - growing.draws(course, cycles, 5000.0)
        np.testing.assert_allclose(lost, np.log(2.0) * cycles, rtol=1e-9, atol=1e-12)
    assert growing.counts_time
    assert not still.counts_time
