"""Photons through matter against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.matter import attenuation, energy_transfer, material
from theratwin.physics.transport import Settings, VoxelMatter, region_deposition
from theratwin.physics.transport.photon_history import annihilate, follow_photon
from theratwin.physics.transport.random_stream import start_stream
from theratwin.physics.transport.scene import CREATED, ESCAPED, PHOTON
from theratwin.physics.transport.scenes import voxel_scene

ENERGY = 0.4
#: Every collision ends a photon, but Rayleigh's, which hardly turns at this energy.
FIRST_ONLY = Settings(electrons=False, photon_cutoff=0.9999 * ENERGY)


def unscattered(name: str) -> float:
    """Return mu/rho without Rayleigh scattering, cm2/g."""
    return float(attenuation(material(name), ENERGY, coherent=False))


def test_slabs_attenuate_by_their_sum():
    """A narrow beam through water, lung and bone: exp(-sum of mu x), by one majorant for all."""
    names, thickness = ("water", "lung", "cortical_bone"), (3, 5, 2)  # voxels of 1 cm
    index = np.repeat([0, 1, 2], thickness)[None, None, :]
    matter = VoxelMatter(
        tuple(material(name) for name in names),
        index,
        np.array([material(name).density for name in names])[index],
        (400.0, 400.0, 10.0),
    )
    scene = voxel_scene(matter, FIRST_ONLY)
    tally, book, stack = np.zeros(10), np.zeros(4), np.empty((8, 9))
    state, count = np.empty(2, np.uint64), 20_000
    row = np.array([-1.0, ENERGY, 20.0, 20.0, 0.0, 0.0, 0.0, 1.0, 1.0])
    for history in range(count):
        start_stream(state, 1, history)
        assert follow_photon(scene, row, stack, 0, tally, np.empty(0), book, state) == 0
    path = sum(
        unscattered(name) * material(name).density * x
        for name, x in zip(names, thickness, strict=True)
    )
    through = np.exp(-path)
    found = book[ESCAPED] / (count * ENERGY)
    assert found == pytest.approx(through, abs=4 * np.sqrt(through * (1 - through) / count))
    assert (tally.sum() + book[ESCAPED]) / count == pytest.approx(ENERGY, rel=1e-12)


def test_kerma_of_regions_follows_from_the_fluence():
    """Of the unscattered: the mean of exp(-mu r)/(4 pi r^2) over a shell, times mu_tr."""
    size, half = 4.0, 15  # mm
    place = np.arange(-half, half + 1) * size / 10
    r = np.sqrt(sum(axis**2 for axis in np.meshgrid(place, place, place, indexing="ij")))
    shell = np.full(r.shape, -1)
    shell[(r > 2.0) & (r < 4.0)] = 0
    shell[(r > 4.0) & (r < 5.5)] = 1
    matter = VoxelMatter((material("water"),), np.zeros(r.shape, int), 1.0, (size,) * 3)
    found = region_deposition(
        matter, shell, [r.size // 2], particle="photon", energy=ENERGY, histories=40_000,
        response=material("soft"), settings=FIRST_ONLY, workers=1,
    )  # fmt: skip
    mu = unscattered("water")
    fluence = np.exp(-mu * r) / (4 * np.pi * np.maximum(r, 0.1) ** 2)
    factor = float(energy_transfer(material("soft"), ENERGY))
    expected = [factor * fluence[shell == i].mean() for i in (0, 1)]
    # a voxel's middle stands for its volume and for the source's: below half a percent
    error = 4 * found.response_error + 5e-3 * np.array(expected)
    assert np.all(np.abs(found.response_dose - expected) < error)
    assert np.all(found.response_error < 0.02 * found.response_dose)


def test_a_positron_at_rest_ends_in_two_quanta(stream):
    stack, book = np.zeros((4, 9)), np.zeros(4)
    scene = None
    height = annihilate.py_func(scene, stack, 1, book, 1.0, 2.0, 3.0, 0.5, stream)
    one, other = stack[1:3]
    assert height == 3
    assert one[0] == other[0] == PHOTON
    assert one[1] == other[1] == pytest.approx(0.51099895)
    assert one[5:8] == pytest.approx(-other[5:8])
    assert one[8] == other[8] == 0.5
    assert book[CREATED] == pytest.approx(0.51099895)
