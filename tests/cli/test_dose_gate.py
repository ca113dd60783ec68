"""``theratwin dose export-gate`` and ``import-gate``: from scan to case, from GATE's dose to Gy."""

from __future__ import annotations

import json

import nibabel
import numpy as np
import pytest
from typer.testing import CliRunner

from theratwin.cli.dose import app
from theratwin.core.errors import TheratwinError
from theratwin.imaging import Image
from theratwin.io import read_meta_image, write_meta_image

AFFINE = np.diag([4.0, -4.0, 5.0, 1.0])
SCAN = np.random.default_rng(3).uniform(1e5, 2e5, (6, 5, 4)).astype(np.float32)
#: MBq h of a voxel for each Bq/mL at 24 h, with 50 h
FACTOR = 0.08e-6 * 2 ** (24 / 50) * 50 / np.log(2)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    labels = np.zeros(SCAN.shape, np.uint8)
    labels[1:4, 1:4, 1:3] = 1
    nibabel.save(nibabel.Nifti1Image(SCAN, AFFINE), "scan.nii.gz")
    nibabel.save(nibabel.Nifti1Image(labels, AFFINE), "labels.nii.gz")
    ct = np.full(SCAN.shape, 30, np.int16)
    ct[0] = -1000
    nibabel.save(nibabel.Nifti1Image(ct, AFFINE), "ct.nii.gz")
    return tmp_path


def _run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


GIVEN = ("scan.nii.gz", "--nuclide", "Lu-177", "--unit", "Bq/mL", "--out", "case")
DECAY = ("--time", "24 h", "--effective-half-life", "50 h")


def _export(*more):
    return _run("export-gate", *GIVEN, *DECAY, "--decays", "1e6", *more)


def _simulate(folder):
    """Write what GATE would: 2e-13 Gy for each decay in all voxels, known to 3 %."""
    like = read_meta_image(folder / "activity.mhd")
    (folder / "output").mkdir()
    for name, value in (("dose", 2e-13 * 1e6), ("dose_uncertainty", 0.03)):
        image = Image(np.full(like.shape, value), like.affine, "", name)
        write_meta_image(image, folder / "output" / f"{name}.mhd")
    (folder / "output" / "decays.json").write_text('{"decays": 1000000}')


def test_there_and_back(files):
    result = _export("--ct", "ct.nii.gz", "--json", "--threads", "4")
    assert result.exit_code == 0, result.output + str(result.exception)
    value = json.loads(result.stdout)["value"]
    assert value["time_integrated_activity"] == pytest.approx(SCAN.sum() * FACTOR, rel=1e-5)
    _simulate(files / "case")
    shown = ("--labels", "labels.nii.gz", "--names", "1=liver", "--like", "scan.nii.gz")
    more = ("--noise", "noise.nii", "--uncertainty", "calibration=5 %", "--plot", "dvh.svg")
    result = _run("import-gate", "case", "--out", "dose.nii", *shown, *more, "--json")
    assert result.exit_code == 0, result.output + str(result.exception)
    content = json.loads(result.stdout)
    liver = content["value"]["regions"]["liver"]
    dose = 2e-13 * 3.6e9 * value["time_integrated_activity"]
    assert liver["mean"] == pytest.approx(dose, rel=1e-6)
    assert liver["uncertainty"]["noise of the voxels"] == pytest.approx(0.03 / np.sqrt(18))
    assert liver["relative_uncertainty"] == pytest.approx(np.hypot(0.03 / np.sqrt(18), 0.05))
    assert content["apart"]["voxels"] == 20
    image = nibabel.load("dose.nii")
    assert image.affine == pytest.approx(AFFINE)
    assert image.get_fdata()[0].max() == 0.0
    assert image.get_fdata()[1:] == pytest.approx(dose, rel=1e-6)
    assert nibabel.load("noise.nii").get_fdata()[1:] == pytest.approx(0.03, rel=1e-6)
    assert (files / "dvh.svg").exists()
    assert (
        len(content["provenance"]["inputs"]) == 7
    )  # case, decays, two images of two files, labels


def test_what_a_user_reads(files):
    text = _export("--density", "1.04 g/mL").stdout
    assert "run it:    python case/run.py" in text
    assert "theratwin dose import-gate case" in text
    _simulate(files / "case")
    told = _run("import-gate", "case", "--out", "dose.nii").stdout
    assert "GATE 10, 1e+06 decays (ion); Lu-177" in told
    assert "without --labels" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("export-gate", *GIVEN, "--decays", "10", "--density", "1 g/mL"), "--time: missing"),
        (("export-gate", *GIVEN, *DECAY, "--decays", "10"), "GATE needs to know the matter"),
        (
            ("export-gate", *GIVEN, *DECAY, "--decays", "1.5", "--density", "1 g/mL"),
            "number of decays",
        ),
        (("import-gate", "none", "--out", "dose.nii"), "case.json: no such file"),
        (("import-gate", "none", "--out", "dose.mhd"), "no NIfTI file"),
    ],
)
def test_wrong_input_is_named(files, words, message):
    result = _run(*words)
    assert isinstance(result.exception, TheratwinError), result.output
    assert message in str(result.exception)
    assert not (files / "case").exists()


def test_what_exists_is_kept(files):
    assert _export("--density", "1.04 g/mL").exit_code == 0
    assert "exists already" in str(_export("--density", "1.04 g/mL").exception)
    assert _export("--density", "1.04 g/mL", "--force").exit_code == 0
