"""Dose over depth in spheres, against their mean doses and the flat limits of an edge."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.physics import sphere_s_value
from theratwin.physics.sphere_profile import sphere_profile


@pytest.mark.parametrize("name", ["Lu-177", "Y-90", "I-131", "Ac-225"])
@pytest.mark.parametrize("mass", [1e-6, 1e-3, 1.0, 100.0])
def test_mean_over_the_volume_is_the_s_value(name, mass):
    # The same kernels by another way: sums over depth against the reduction theorem, 5e-4.
    profile = sphere_profile(name, mass, progeny="all")
    expected = float(sphere_s_value(name, mass, progeny="all").total) * mass
    assert_allclose(profile.share.sum(), 1.0, rtol=1e-12)
    assert_allclose(profile.share @ profile.total, expected, rtol=1e-3)


def test_the_surface_of_a_large_sphere_gets_half():
    # Of alphas all but the curvature: half at the surface, all at twice the longest range.
    profile = sphere_profile("Ac-225", 1.0, progeny="all")
    full = profile.alphas[0]
    assert_allclose(profile.alphas[-1] / full, 0.5, atol=0.01)
    deep = profile.depth > 0.2
    assert_allclose(profile.alphas[deep], full, rtol=1e-6)


def test_dose_falls_toward_the_surface():
    profile = sphere_profile("Lu-177", 0.1)
    assert (np.diff(profile.depth) < 0).all()
    assert (np.diff(profile.total) < 0).all()
    assert (profile.alphas == 0).all()


def test_wrong_values_are_named():
    with pytest.raises(InputError, match="mass"):
        sphere_profile("Lu-177", 0.0)
    with pytest.raises(InputError, match="density"):
        sphere_profile("Lu-177", 1.0, density=-1.0)
