"""The Monte Carlo tiers against the others, where all must agree, and where they must not."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel import voxel_dose

SIZE = (4.0, 4.0, 4.0)
POINT = np.zeros((9, 9, 9))
POINT[4, 4, 4] = 1.0
RUN = {"histories": 40_000, "seed": 3}


@pytest.fixture(scope="module")
def soft():
    """Lu-177 in one voxel of soft tissue, by all four tiers."""
    options = {"local": {}, "kernel": {}, "photons": RUN, "full": RUN}
    return {
        method: voxel_dose(POINT, SIZE, "Lu-177", method, density=1.04, **given)
        for method, given in options.items()
    }


def test_four_tiers_in_soft_tissue(soft):
    own = {method: found.dose[4, 4, 4] for method, found in soft.items()}
    # beyond local deposition, 6 % of the electrons' energy leaves 4 mm; photons add 0.3 %
    assert own["full"] == pytest.approx(own["kernel"], rel=0.01)
    assert own["photons"] == pytest.approx(own["local"], rel=0.01)
    assert own["local"] > 1.04 * own["full"]
    near = [found.dose[4, 4, 5] for found in soft.values()]
    assert near[0] == 0.0
    assert near[3] == pytest.approx(near[1], rel=0.06)
    far = {m: soft[m].dose[:, :, 0].sum() for m in ("kernel", "photons", "full")}
    # photons only; outside the block is nothing, which scatters nothing back
    assert far["photons"] == pytest.approx(far["full"], rel=0.12)
    assert 0.75 * far["kernel"] < far["full"] < 1.05 * far["kernel"]


def test_noise_is_told(soft):
    noise = soft["full"].relative_uncertainty
    assert noise is not None
    assert 0 < noise[4, 4, 4] < 0.01 < noise[4, 4, 6]
    assert soft["kernel"].relative_uncertainty is None


def test_energy_does_not_depend_on_density_but_dose_does():
    thin, dense = (
        voxel_dose(POINT, SIZE, "Y-90", "full", density=rho, **RUN).dose for rho in (0.3, 1.0)
    )
    # electrons of 0.9 MeV leave a voxel of lung: its dose is below that of the same energy
    assert thin[4, 4, 4] < 0.6 * dense[4, 4, 4] / 0.3
    assert thin[4, 4, 6] > 5 * dense[4, 4, 6]


def test_bone_beside_soft_tissue_takes_more_photons():
    rho = np.full(POINT.shape, 1.04)
    rho[:, :, 6:] = 1.8
    uniform, mixed = (
        voxel_dose(POINT, SIZE, "I-123", "photons", density=d, histories=100_000).dose[3:6, 3:6, 6]
        for d in (1.04, rho)
    )
    # photoelectric absorption of 28 and 159 keV in calcium and phosphorus
    assert mixed.sum() > 1.5 * uniform.sum()


def test_threads_do_not_matter_and_precision_stops():
    one, two = (
        voxel_dose(POINT, SIZE, "Lu-177", "full", density=1.0, workers=w, **RUN).dose
        for w in (1, 2)
    )
    assert np.array_equal(one, two)
    loose = voxel_dose(
        POINT, SIZE, "Lu-177", "full", density=1.0, histories=400_000, uncertainty=0.02
    )
    assert "5e+04" in loose.method  # the least: five of forty batches


def test_air_gets_no_dose():
    rho = np.full(POINT.shape, 1.0)
    rho[:, :, 7:] = 0.0012
    found = voxel_dose(POINT, SIZE, "Y-90", "full", density=rho, **RUN)
    assert (found.dose[:, :, 7:] == 0).all()
    assert found.apart == 9 * 9 * 2


def test_density_is_needed():
    with pytest.raises(InputError, match="density"):
        voxel_dose(POINT, SIZE, "Lu-177", "full")
