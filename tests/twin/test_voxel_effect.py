"""The effect on uneven dose: one course by hand, several against the exact exposure."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials
from theratwin.dosimetry.time_activity import fit_voxels
from theratwin.dosimetry.voxel import Source, local_dose, voxel_course
from theratwin.response import (
    Repair,
    Tissue,
    bed,
    decay_protraction,
    effect_of,
    linear_quadratic_eud,
    protraction_factor,
)
from theratwin.twin import voxel_effect

TISSUE = Tissue(10.0, Repair((0.5, 0.5), (0.5, 2.0)), alpha=0.2, name="lesion")
ACTIVITY = np.random.default_rng(8).uniform(1.0, 9.0, (4, 4, 4))
DECAY = Exponentials([-0.5, 1.0], [0.4, 0.012])


def _local(activity):
    return local_dose(activity, 1.0, (10.0, 10.0, 10.0), 0.147)


def test_one_course_is_the_factorized_form():
    course = voxel_course(ACTIVITY, 24.0, [Source("all", np.arange(64), DECAY)], _local)
    half = np.arange(0, 64, 2)
    found = voxel_effect(course, TISSUE, half)
    G = float(protraction_factor(DECAY, TISSUE.repair))
    doses = course.dose().reshape(-1)[half]
    assert abs(found.G - G) < 1e-12
    assert found.bed.doses == pytest.approx(np.sort(doses * (1 + G * doses / 10.0))[::-1])
    eud = linear_quadratic_eud(doses, G, 0.2, 10.0)
    assert (found.eud, found.eubed) == pytest.approx((eud, eud * (1 + G * eud / 10.0)))
    assert found.eubed <= found.bed.mean  # cold voxels decide
    bare = voxel_effect(course, Tissue(10.0, TISSUE.repair), half)
    assert (bare.eud, bare.eubed) == (None, None)


@pytest.mark.parametrize("until", [np.inf, 60.0])
def test_two_sources_are_one_exposure_in_each_voxel(until):
    sources = [
        Source("a", np.arange(32), DECAY),
        Source("b", np.arange(32, 64), Exponentials([1.0], [0.03])),
    ]

    def smeared(activity):  # every source reaches every voxel
        return _local(activity + 0.2 * activity.mean())

    course = voxel_course(ACTIVITY, 24.0, sources, smeared)
    found = voxel_effect(course, TISSUE, [5], until)
    rates = [c * p.dose.reshape(-1)[5] for c, p in zip(course.courses, course.parts, strict=True)]
    whole = effect_of(rates[0] + rates[1], TISSUE, until=until)
    assert found.bed.mean == pytest.approx(float(whole.bed), rel=1e-10)
    # a single voxel: the EUD is its dose
    assert found.eud == pytest.approx(float(whole.dose), rel=1e-9)


def test_the_map_of_all_sources_is_their_sum():
    sources = [Source("a", np.arange(32), DECAY), Source("b", np.arange(32, 64), DECAY)]
    parted = voxel_course(ACTIVITY, 24.0, sources, _local).total
    whole = voxel_course(ACTIVITY, 24.0, [Source("all", np.arange(64), DECAY)], _local).total
    assert parted.dose == pytest.approx(whole.dose, rel=1e-12)
    assert parted.relative_uncertainty is None


def test_fits_of_several_scans_give_bed_voxel_by_voxel():
    random = np.random.default_rng(12)
    times = np.array([4.0, 24.0, 72.0, 144.0])
    rates = random.uniform(0.006, 0.03, (3, 4, 5))
    scans = random.uniform(1.0, 5.0, rates.shape)[..., None] * np.exp(-rates[..., None] * times)
    fits = fit_voxels(scans, times, decay_constant=0.00434)
    assert fits.counts["OK"] == rates.size
    dose = _local(fits.integral).dose
    found = bed(dose, decay_protraction(fits.rate, TISSUE.repair), TISSUE.alpha_beta)
    for voxel in np.ndindex(rates.shape):
        course = Exponentials([dose[voxel] * rates[voxel]], [rates[voxel]])
        # the fit stops within about 1e-8 of the rate
        assert found[voxel] == pytest.approx(float(effect_of(course, TISSUE).bed), rel=1e-6)
