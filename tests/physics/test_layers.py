"""Layers between mirrors: balance of energy, symmetry, limits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.physics import emissions, sphere_s_value
from theratwin.physics.layers import mirrored_layers
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM


@pytest.mark.parametrize("name", ["Lu-177", "Y-90", "Ac-225"])
def test_all_energy_stays_between_the_mirrors(name):
    # The mean dose is that of even activity, wherever it starts (1e-6: kernels end in a tail).
    uneven = np.zeros(24)
    uneven[[2, 17]] = [12.0, 12.0]
    even, some = (
        mirrored_layers(name, 0.01, activity, progeny="all")
        for activity in (np.full(24, 1.0), uneven)
    )
    for kind in ("electrons", "alphas"):
        flat = getattr(even, kind)
        assert_allclose(flat, flat.mean(), rtol=1e-9)
        assert_allclose(getattr(some, kind).mean(), flat.mean(), rtol=1e-6)


def test_even_activity_gives_the_energy_emitted():
    emitted = emissions("Lu-177").electrons.energy_per_decay
    expected = emitted * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H
    found = mirrored_layers("Lu-177", 0.02, np.ones(5))
    # ICRP-107's energy to the kernels' rounding; bremsstrahlung, 0.05 %, ends in their tail.
    assert_allclose(found.electrons, expected, rtol=1e-3)
    large = sphere_s_value("Ac-225", 1000.0, progeny="all")
    alphas = mirrored_layers("Ac-225", 0.02, np.ones(5), progeny="all").alphas
    # Recoils, 2 % of the energy, are in the sphere's part by alphas only; so is its surface.
    assert_allclose(alphas, float(large.alphas) * 1000.0, rtol=0.03)


def test_alphas_end_and_betas_go_on():
    one = np.zeros(40)
    one[0] = 1.0
    found = mirrored_layers("Ac-225", 0.005, one, progeny="all")
    # Po-213's 8.4 MeV reach 0.085 mm: 17 layers and a half.
    assert (found.alphas[:15] > 0).all()
    assert (found.alphas[19:] < 1e-12 * found.alphas[0]).all()
    assert (found.electrons > 0).all()
    assert (np.diff(mirrored_layers("Lu-177", 0.005, one).electrons) < 0).all()


def test_reversed_layers_are_reversed():
    activity = np.array([3.0, 1.0, 0.0, 0.5])
    there, back = (mirrored_layers("Lu-177", 0.05, a) for a in (activity, activity[::-1]))
    assert_allclose(there.electrons, back.electrons[::-1], rtol=1e-9)


def test_wrong_values_are_named():
    with pytest.raises(InputError, match="concentration"):
        mirrored_layers("Lu-177", 0.01, [-1.0])
    with pytest.raises(InputError, match="thickness"):
        mirrored_layers("Lu-177", 0.0, [1.0])
