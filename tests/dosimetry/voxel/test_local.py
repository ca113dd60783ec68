"""Local deposition: closed form, energy, thin voxels, wrong maps."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dosimetry.voxel import local_dose, local_energy

MEV_GRAM = 1.602176634e-10 * 3.6e9  # Gy g/(MBq h) for each MeV a decay


def test_energy_is_that_of_charged_particles():
    # 0.08532 g Gy/(MBq h): Madsen 2018 for Lu-177, with 0.1479 MeV
    assert local_energy("Lu-177") * MEV_GRAM == pytest.approx(0.08532, rel=2e-3)
    assert local_energy("I-131", photons=True) > 2.5 * local_energy("I-131")
    with pytest.raises(UnsupportedError, match="progeny"):
        local_energy("Ac-225")


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_energy_is_conserved_in_any_density(kind):
    random = np.random.default_rng(2)
    activity = random.random((4, 5, 6)).astype(kind)
    density = random.uniform(0.2, 1.9, activity.shape)
    found = local_dose(activity, density, (2.0, 3.0, 4.0), 0.5)
    assert found.dose.dtype == kind
    energy = (found.dose * density).sum() * found.voxel_volume
    assert energy == pytest.approx(activity.sum() * 0.5 * MEV_GRAM, rel=1e-6)
    assert (found.apart, found.activity_apart) == (0, 0.0)


def test_air_is_set_apart():
    density = np.full((2, 2, 2), 1.0)
    density[0, 0] = (0.0, 0.0012)
    found = local_dose(np.full((2, 2, 2), 3.0), density, (1, 1, 1), 1.0)
    assert found.dose[0, 0].tolist() == [0.0, 0.0]
    assert (found.apart, found.activity_apart) == (2, 6.0)
    assert np.isfinite(found.dose).all()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"activity": np.full((2, 2, 2), -1.0)}, "activity"),
        ({"activity": np.full((2, 2, 2), np.nan)}, "activity"),
        ({"activity": np.ones((2, 2))}, "activity"),
        ({"density": np.ones((2, 2, 3))}, "density"),
        ({"density": -1.0}, "density"),
        ({"voxel_size": (1, 1)}, "voxel_size"),
        ({"voxel_size": (1, 1, 0)}, "voxel_size"),
        ({"energy": -0.1}, "energy"),
        ({"apart_below": 0.0}, "apart_below"),
    ],
)
def test_wrong_input_names_its_field(change, field):
    given = {"activity": np.ones((2, 2, 2)), "density": 1.0, "voxel_size": (1, 1, 1), "energy": 1.0}
    with pytest.raises(InputError, match=f"^{field}"):
        local_dose(**(given | change))
