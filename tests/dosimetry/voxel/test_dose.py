"""One call for every method: the same as the method itself, and refusals by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dosimetry.voxel import (
    METHODS,
    kernel_dose,
    local_dose,
    local_energy,
    voxel_dose,
)
from theratwin.physics import VoxelKernel
from theratwin.physics.matter import density_of_hounsfield

SIZE = (4.0, 4.0, 5.0)
RANDOM = np.random.default_rng(4)
ACTIVITY = RANDOM.random((5, 6, 7))
HU = RANDOM.uniform(-1000.0, 900.0, ACTIVITY.shape)
KERNEL = VoxelKernel(np.full((3, 3, 3), 0.01), SIZE, "water", 1.0, "Lu-177", 0.0, "made up")


def test_each_method_is_its_own_function():
    rho = density_of_hounsfield(HU)
    found = voxel_dose(ACTIVITY, SIZE, "Lu-177", "local", hounsfield=HU)
    alone = local_dose(ACTIVITY, rho, SIZE, local_energy("Lu-177"))
    assert np.array_equal(found.dose, alone.dose)
    assert (found.apart, found.activity_apart) == (alone.apart, alone.activity_apart)
    assert found.apart == np.count_nonzero(rho < 0.1)
    assert found.method == f"{alone.method}; Lu-177"
    found = voxel_dose(ACTIVITY, SIZE, "lu177", "kernel", density=rho, kernel=KERNEL)
    assert np.array_equal(found.dose, kernel_dose(ACTIVITY, KERNEL, SIZE, rho).dose)


def test_density_comes_first_and_ct_numbers_say_the_rest():
    both = voxel_dose(ACTIVITY, SIZE, "Lu-177", "local", density=1.05, hounsfield=HU)
    alone = voxel_dose(ACTIVITY, SIZE, "Lu-177", "local", density=1.05)
    assert np.array_equal(both.dose, alone.dose)


def test_options_are_those_of_the_method():
    given = {"density": 1.0}
    more = voxel_dose(ACTIVITY, SIZE, "I-131", "local", **given, photons=True)
    less = voxel_dose(ACTIVITY, SIZE, "I-131", "local", **given)
    assert np.all(more.dose > 2 * less.dose)
    with pytest.raises(InputError, match=r"kernel: it has no effect on the method local"):
        voxel_dose(ACTIVITY, SIZE, "Lu-177", "local", **given, kernel=KERNEL)
    with pytest.raises(InputError, match=r"seed: it has no effect on the method kernel"):
        voxel_dose(ACTIVITY, SIZE, "Lu-177", "kernel", seed=1)


def test_progeny_that_counts_decays_in_the_voxel():
    chain = voxel_dose(ACTIVITY, SIZE, "Ac-225", "local", density=1.0, progeny="all")
    parent = voxel_dose(ACTIVITY, SIZE, "Ac-225", "local", density=1.0, progeny="none")
    # four alphas in place of one, with betas of Bi-213 and Pb-209
    assert np.all(chain.dose > 4 * parent.dose)
    assert chain.method.endswith("Ac-225, Fr-221, At-217, Bi-213, Po-213, Tl-209, Pb-209")
    own = voxel_dose(ACTIVITY, SIZE, "Ac-225", "kernel", density=1.0, progeny="all")
    # alphas stay; photons and betas leave a block of 2 to 3 cm
    assert 0.9 * chain.dose.sum() < own.dose.sum() < 1.01 * chain.dose.sum()
    made_up = replace(KERNEL, nuclide="Ac-225")
    with pytest.raises(InputError, match="of other progeny"):
        voxel_dose(ACTIVITY, SIZE, "Ac-225", "kernel", kernel=made_up, progeny="all")


def test_every_method_in_the_table_is_told_in_the_docstring():
    assert all(f'``"{name}"``' in (voxel_dose.__doc__ or "") for name in METHODS)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"method": "locla"}, InputError, "nearest match 'local'"),
        ({"density": None}, InputError, "density: the method local needs it"),
        ({"density": None, "hounsfield": HU[:-1]}, InputError, "grid of the activity"),
        ({"density": None, "hounsfield": np.ones(HU.shape)}, InputError, "no CT numbers"),
        ({"density": None, "hounsfield": HU * np.nan}, InputError, "not finite"),
        ({"nuclide": "Ac-225"}, UnsupportedError, "progeny"),
        ({"method": "kernel", "kernel": KERNEL, "nuclide": "Y-90"}, InputError, "another nuclide"),
    ],
)
def test_wrong_input_is_named(changed, error, words):
    given = {"nuclide": "Lu-177", "method": "local", "density": 1.0} | changed
    with pytest.raises(error, match=words):
        voxel_dose(ACTIVITY, SIZE, **given)
