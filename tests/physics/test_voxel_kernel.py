"""Voxel kernels: symmetry, energy, files, and published tables read as kernels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import (
    VoxelKernel,
    emissions,
    read_voxel_kernel,
    write_voxel_kernel,
)

TABLES = Path(__file__).parents[3] / "shared/reference/voxel_s_values"


def made_up(shape=(3, 4, 2), size=(2.0, 3.0, 4.0), uncertainty=0.02) -> VoxelKernel:
    s = np.random.default_rng(1).random(shape)
    return VoxelKernel(s, size, "soft tissue", 1.04, "Lu-177", uncertainty, "random numbers")


def published(name: str) -> VoxelKernel:
    """Read one of the tables of Bologna: mGy/(MBq s), soft tissue of 1.04 g/mL."""
    path = TABLES / name
    if not path.is_file():
        pytest.skip("the published voxel S values, ../shared/reference, are not here")
    rows = np.array([line.split() for line in path.read_text("latin-1").splitlines()[2:]], float)
    s = np.zeros(tuple(int(rows[:, axis].max()) + 1 for axis in range(3)))
    s[tuple(rows[:, :3].astype(int).T)] = rows[:, 3] * 3.6
    edge = 4.8 if "4.8" in name else 4.42
    nuclide = {"177": "Lu-177", "90Y": "Y-90", "131": "I-131"}[name[:3]]
    return VoxelKernel(s, (edge,) * 3, "soft tissue", 1.04, nuclide, np.nan, name)


def test_expansion_mirrors_every_axis():
    kernel = made_up()
    full = kernel.expanded()
    assert full.shape == (5, 7, 3)
    assert np.array_equal(full[2:, 3:, 1:], kernel.s)
    for axis in range(3):
        assert np.array_equal(full, np.flip(full, axis))


def test_energy_is_mass_times_the_sum_of_all_doses():
    kernel = made_up()
    mev = kernel.expanded().sum() * (2 * 3 * 4 * 1.04e-3) / (1.602176634e-10 * 3.6e9)
    assert kernel.energy_absorbed == pytest.approx(mev, rel=1e-12)


def test_file_keeps_every_digit(tmp_path):
    uncertainty = np.full((3, 4, 2), 0.01)
    uncertainty[2, 2, 1] = np.nan
    kernel = made_up(uncertainty=uncertainty)
    found = read_voxel_kernel(write_voxel_kernel(kernel, tmp_path / "kernel.json"))
    assert np.array_equal(found.s, kernel.s)
    assert np.array_equal(found.relative_uncertainty, uncertainty, equal_nan=True)
    for name in ("voxel_size", "density", "nuclide", "medium", "provenance"):
        assert getattr(found, name) == getattr(kernel, name)


def test_file_in_other_units(tmp_path):
    path = write_voxel_kernel(made_up(), tmp_path / "kernel.json")
    content = json.loads(path.read_text())
    content["s_value"]["unit"] = "mGy/(MBq s)"
    content["voxel_size"] = {"value": [0.2, 0.3, 0.4], "unit": "cm"}
    del content["relative_uncertainty"]
    path.write_text(json.dumps(content))
    found = read_voxel_kernel(path)
    assert found.s == pytest.approx(3.6 * made_up().s)
    assert found.voxel_size == pytest.approx((2.0, 3.0, 4.0))
    assert np.isnan(found.relative_uncertainty).all()


@pytest.mark.parametrize(
    ("field", "value", "error", "message"),
    [
        ("format", 2, UnsupportedError, "newer"),
        ("kind", "sphere", InputError, "no kernel"),
        ("density", 1.04, InputError, "its unit"),
        ("medium", None, InputError, "medium"),
        ("nuclide", "Lx-177", InputError, "nuclide"),
        ("s_value", {"value": [[1.0]], "unit": "Gy/(MBq h)"}, InputError, "octant"),
        ("s_value", {"value": [[[-1.0]]], "unit": "Gy/(MBq h)"}, InputError, ">= 0"),
        ("s_value", {"value": [[[1.0]], [[1.0, 2.0]]], "unit": "Gy/(MBq h)"}, InputError, "number"),
    ],
)
def test_wrong_files_are_refused(tmp_path, field, value, error, message):
    path = write_voxel_kernel(made_up(), tmp_path / "kernel.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(error, match=message) as caught:
        read_voxel_kernel(path)
    assert "kernel.json" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [("voxel_size", (0.0, 1.0, 1.0)), ("voxel_size", (1.0, 1.0))],
)
def test_wrong_kernels_are_refused(kind, arguments):
    with pytest.raises(InputError, match=kind):
        made_up(size=arguments)
    with pytest.raises(InputError, match="relative_uncertainty"):
        made_up(uncertainty=-0.1)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    # Absorbed within 11 voxels of the source, over the electrons' energy. Y-90 loses a little to
    # bremsstrahlung. That Lu-177 table lacks most conversion electrons (9 % of them), and some
    # of its photons stay in: between 0.90 and 1.06 of the electrons' energy.
    [("90Y4.42mmsoft.txt", 0.97, 1.01), ("177Lu4.42mmsoft.txt", 0.90, 1.06)],
)
def test_published_tables_hold_the_energy_of_the_electrons(name, least, most):
    kernel = published(name)
    electrons = emissions(kernel.nuclide).electrons.energy_per_decay
    assert least < kernel.energy_absorbed / electrons < most
