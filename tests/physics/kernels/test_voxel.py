"""Voxel kernels: energy balance, symmetry, published tables, our own transport in voxels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics import emissions
from theratwin.physics.kernels import nuclide_voxel_kernel, voxel_kernel
from theratwin.physics.kernels.overlap import sphere_overlap, voxel_overlap
from theratwin.physics.units import MGY_PER_MBQ_S

TABLES = Path(__file__).parents[4] / "shared/reference/voxel_s_values"


def published(nuclide: str, size: str) -> np.ndarray:
    path = TABLES / f"{nuclide}{size}mmsoft.txt"
    if not path.exists():
        pytest.skip("needs the tables of Lanconelli et al. 2012 beside the project")
    rows = np.loadtxt(path, skiprows=2, encoding="latin-1")
    table = np.zeros((6, 6, 6))
    table[tuple(rows[:, :3].astype(int).T)] = rows[:, 3]
    return table


def test_moved_voxels_lose_by_the_mean_chord():
    w = voxel_overlap(np.array([0.0, 0.02]), (1.0, 2.0, 4.0), 2)
    # the projected area of a box, a quarter of its surface, over its volume: 28/4/8
    assert 1 - w[1, 0, 0, 0] == pytest.approx(0.02 * 28 / 4 / 8, rel=0.02)
    # a quarter of each face's own area
    assert w[1, 1, 0, 0] == pytest.approx(0.02 * 8 / 4 / 8, rel=0.03)


@pytest.mark.parametrize("distance", [0.3, 1.0, 2.5])
def test_moved_voxels_lie_somewhere(distance):
    w = voxel_overlap(np.array([distance]), (1.0, 1.0, 1.0), 5)[0]
    folded = np.where(np.arange(5) > 0, 2.0, 1.0)
    assert np.einsum("ijk,i,j,k->", w, folded, folded, folded) == pytest.approx(1.0, abs=2e-3)


def test_moved_spheres():
    # the mean share over all moves within the diameter is the mean of 1 - 3t/4 + t^3/16
    t = np.linspace(0, 2, 2001)
    assert np.trapezoid(sphere_overlap(t, 1.0), t) == pytest.approx(2 - 1.5 + 0.25, rel=1e-5)


@pytest.mark.parametrize(("size", "digits"), [("4.42", 3)])
def test_yttrium(size, digits):
    table = published("90Y", size)
    ratio = nuclide_voxel_kernel("Y-90", float(size)).s * MGY_PER_MBQ_S / table
    near = table > 1e-3  # beyond the range only bremsstrahlung
    assert ratio[near] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("nuclide", "ours"), [("177Lu", "Lu-177"), ("131I", "I-131")])
def test_neighbors(nuclide, ours):
    table = published(nuclide, "4.42")
    ratio = nuclide_voxel_kernel(ours, 4.42).s * MGY_PER_MBQ_S / table
    nearest = [(0, 0, 1), (0, 1, 1), (1, 1, 1), (0, 0, 2), (0, 1, 2), (0, 0, 3)]
    assert np.array([ratio[at] for at in nearest]) == pytest.approx(1.0, abs=0.04)
    # the published self voxel misses most conversion and Auger electrons of Lu-177 (8.6 %) and
    # some of I-131 (2 %): by the balance of its own energy
    assert ratio[0, 0, 0] == pytest.approx(1.083 if ours == "Lu-177" else 1.02, abs=0.015)


def test_all_energy_of_electrons_is_in_a_wide_kernel():
    emitted = emissions("Y-90")
    kernel = voxel_kernel(emitted, 6.0, extent=8)
    # 4 % of 1 MeV is not radiated; 0.3 % is, of which a good part leaves 9 cm
    assert kernel.energy_absorbed == pytest.approx(emitted.electrons.energy_per_decay, rel=4e-3)
    assert kernel.energy_absorbed < emitted.electrons.energy_per_decay


def test_denser_media_keep_more():
    thin, dense = (nuclide_voxel_kernel("Y-90", 4.0, "lung", rho).s for rho in (0.2, 0.4))
    assert dense[0, 0, 0] / thin[0, 0, 0] > 0.9
    # the same mass for each edge: S goes as 1/mass
    scaled = nuclide_voxel_kernel("Y-90", 8.0, "lung", 0.2).s
    assert scaled * 8 * 0.2 == pytest.approx(dense * 0.4, rel=1e-9)


def test_chains_add_up():
    with_progeny = nuclide_voxel_kernel("Ac-225", 4.0, progeny="all")
    assert with_progeny.nuclide.startswith("Ac-225 + Fr-221")
    alone = nuclide_voxel_kernel("Ac-225", 4.0, progeny="none")
    # 27.5 MeV of alphas against 5.8
    assert 4 < with_progeny.s[0, 0, 0] / alone.s[0, 0, 0] < 5.5


def test_uneven_edges_turn_with_their_axes():
    one = nuclide_voxel_kernel("Y-90", (2.0, 3.0, 4.0), extent=3).s
    other = nuclide_voxel_kernel("Y-90", (4.0, 3.0, 2.0), extent=3).s
    assert other == pytest.approx(one.transpose(2, 1, 0), rel=1e-3)


@pytest.mark.parametrize(
    ("options", "field"),
    [({"voxel_size": -1.0}, "voxel_size"), ({"medium": "lead"}, "medium"),
     ({"density": 0.0}, "density"), ({"extent": 0}, "extent")],
)  # fmt: skip
def test_errors_name_the_field(options, field):
    given = {"voxel_size": 4.0, "medium": "soft", "density": None, "extent": 3} | options
    with pytest.raises(InputError, match=field):
        voxel_kernel(emissions("Y-90"), **given)
