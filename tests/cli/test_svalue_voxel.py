"""``theratwin svalue voxel`` and ``svalue sphere`` as users call them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from theratwin.cli.svalue import svalue
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import read_voxel_kernel


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        svalue([*arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_voxels_as_json(run):
    found = json.loads(
        run("voxel", "--nuclide", "Y-90", "--size", "4.42 mm", "--medium", "soft", "--json")
    )
    assert found["schema"] == "theratwin/svalue/1"
    assert found["unit"] == "mGy/(MBq s)"
    value = np.array(found["value"])
    assert value.shape == (6, 6, 6)
    # Lanconelli et al. 2012: 0.689 and 9.73e-2
    assert value[0, 0, :2] == pytest.approx([0.689, 9.73e-2], rel=0.02)
    assert np.array(found["relative_uncertainty"]).shape == (6, 6, 6)


def test_voxels_as_text_and_as_a_kernel_file(run, tmp_path):
    path = tmp_path / "lu.json"
    text = run(
        "voxel", "--nuclide", "Lu-177", "--size", "4 x 4 x 5 mm", "--extent", "3", "--kernel",
        str(path),
    )  # fmt: skip
    assert "voxels of 4 x 4 x 5 mm, soft" in text
    kernel = read_voxel_kernel(path)
    assert kernel.nuclide == "Lu-177"
    assert kernel.shape == (3, 3, 3)
    with pytest.raises(InputError, match="--kernel"):
        run("voxel", "--nuclide", "Lu-177", "--size", "4 mm", "--kernel", str(path))


def test_a_sphere(run):
    found = json.loads(run("sphere", "--nuclide", "Lu-177", "--mass", "1 g", "--json"))
    # PyTheranostics' table of soft spheres between 0.932 g and 2.21 g
    assert found["value"] == pytest.approx(2.32e-11, rel=0.015)
    assert found["unit"] == "Gy/(Bq s)"
    assert sum(found["parts"].values()) == pytest.approx(found["value"])


def test_chains_and_bone(run):
    alone, chain = (
        json.loads(
            run("sphere", "--nuclide", "Ac-225", "--mass", "10 g", "--progeny", way, "--json")
        )["value"]
        for way in ("none", "all")
    )
    assert 4 < chain / alone < 5.5
    with pytest.raises(UnsupportedError, match="Ac-225"):
        run("sphere", "--nuclide", "Ac-225", "--mass", "10 g")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("voxel", "--nuclide", "Y-90", "--size", "4.42"), "--size"),
        (("voxel", "--nuclide", "Y-90", "--size", "4 x 4 mm"), "--size"),
        (("voxel", "--nuclide", "Y-90", "--size", "4 mm", "--medium", "lead"), "--medium"),
        (("voxel", "--nuclide", "Y-90", "--size", "4 mm", "--extent", "900"), "--extent"),
        (("sphere", "--nuclide", "Y-90", "--mass", "-1 g"), "--mass"),
        (("sphere", "--nuclide", "Y-90", "--mass", "1 g", "--bone-fraction", "2"), "--bone"),
    ],
)
def test_errors_name_the_option(run, arguments, word):
    with pytest.raises(InputError, match=word):
        run(*arguments)
