"""``theratwin dose voxel``: maps and tables against closed forms, and what a user sees."""

from __future__ import annotations

import json

import nibabel
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from theratwin.cli.dose import app
from theratwin.core import Exponentials
from theratwin.core.errors import InputError, TheratwinError
from theratwin.dosimetry.voxel import (
    Source,
    local_energy,
    region_voxels,
    voxel_course,
    voxel_dose,
)
from theratwin.physics import VoxelKernel, write_voxel_kernel
from theratwin.physics.matter import density_of_hounsfield
from theratwin.response import bed, tissue

AFFINE = np.diag([-4.0, -4.0, 5.0, 1.0])
VOXEL = 0.08  # mL
GY_GRAM = 1.602176634e-10 * 3.6e9  # Gy g/(MBq h) for each MeV a decay
DENSE = 40.0  # HU


def _save(name, data, affine=AFFINE):
    nibabel.save(nibabel.Nifti1Image(data, affine), name)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A scan of two regions in Bq/mL, a CT of twice the resolution, labels, a kernel."""
    monkeypatch.chdir(tmp_path)
    labels = np.zeros((8, 8, 8), np.uint8)
    labels[1:4, 1:4, 1:4] = 1
    labels[5:7, 5:7, 5:7] = 2
    scan = np.where(labels == 1, 3e5, np.where(labels == 2, 2e6, 0.0)).astype(np.float32)
    scan[5, 5, 5] *= 2
    _save("scan.nii.gz", scan)
    _save("labels.nii.gz", labels)
    half = AFFINE.copy()
    half[:3, :3] /= 2
    half[:3, 3] -= AFFINE[:3, :3].diagonal() / 4
    ct = np.where(np.kron(labels, np.ones((2, 2, 2))) > 0, DENSE, -1000.0)
    _save("ct.nii.gz", ct.astype(np.int16), half)
    _save("density.nii", np.full(labels.shape, 1.05, np.float32))
    s = np.array([[[8.0, 1.0], [1.0, 0.5]], [[1.0, 0.5], [0.5, 0.25]]]) * 1e-2
    kernel = VoxelKernel(s, (4, 4, 5), "water", 1.0, "Lu-177", 0.02, "made up")
    write_voxel_kernel(kernel, "kernel.json")
    return tmp_path


GIVEN = {
    "--nuclide": "Lu-177",
    "--unit": "Bq/mL",
    "--time": "24 h",
    "--effective-half-life": "50 h",
    "--density": "1.05 g/mL",
    "--labels": "labels.nii.gz",
    "--names": "1=kidney_left,2=lesion_1",
    "--out": "dose.nii.gz",
}


def _run(*flags, scan="scan.nii.gz", **changed):
    options = GIVEN | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    words = ["voxel", scan, *flags]
    for option, value in options.items():
        if value is not None:
            words += [option, value]
    return CliRunner().invoke(app, words)


def _value(*flags, **changed):
    result = _run(*flags, "--json", "--force", names=None, **changed)
    assert result.exit_code == 0, result.output + str(result.exception)
    return json.loads(result.stdout)


def _named(*flags, **changed):
    flags = (*flags, "--names", "1=kidney_left", "--names", "2=lesion_1")
    return _value(*flags, **changed)["value"]["regions"]


def _refused(*flags, **changed):
    result = _run(*flags, **{"names": None, **changed})
    assert isinstance(result.exception, TheratwinError), result.output
    return str(result.exception)


def _local(concentration, half_life=50.0, time=24.0, density=1.05):
    """Dose of a voxel (Gy) with this concentration (Bq/mL) at the scan."""
    integral = concentration * 1e-6 * 2 ** (time / half_life) * half_life / np.log(2)
    return integral * local_energy("Lu-177") * GY_GRAM / density


def test_dose_of_a_scan_by_hand(files):
    regions = _named()
    kidney, lesion = regions["kidney_left"], regions["lesion_1"]
    assert kidney["mean"] == pytest.approx(_local(3e5), rel=1e-6)
    assert kidney["D95"] == pytest.approx(_local(3e5), rel=1e-6)
    assert kidney["volume"] == pytest.approx(27 * VOXEL)
    assert lesion["mean"] == pytest.approx(_local(2e6 * 9 / 8), rel=1e-6)
    assert (lesion["max"], lesion["D2"]) == pytest.approx((_local(4e6),) * 2, rel=1e-6)
    assert lesion["relative_uncertainty"] is None
    image = nibabel.load("dose.nii.gz")
    assert image.get_fdata()[2, 2, 2] == pytest.approx(_local(3e5), rel=1e-6)
    assert image.affine == pytest.approx(AFFINE)


def test_a_map_integrated_over_time_gives_the_same(files):
    concentration = nibabel.load("scan.nii.gz").get_fdata()
    integral = concentration * 1e-6 * 2 ** (24 / 50) * 50 / np.log(2)
    _save("integral.nii", integral.astype(np.float32))
    _save("voxels.nii", (VOXEL * integral).astype(np.float32))
    scan = _named()["lesion_1"]["mean"]
    late = {"time": None, "effective_half_life": None}
    for name, unit in (("integral.nii", "MBq h/mL"), ("voxels.nii", "MBq h")):
        found = _named(scan=name, unit=unit, **late)
        assert found["lesion_1"]["mean"] == pytest.approx(scan, rel=1e-6)
    assert "over time already" in _refused(scan="voxels.nii", unit="MBq h", out="other.nii")


def test_density_from_a_ct_of_another_grid(files):
    found = _value("--ct", "ct.nii.gz", density=None)
    rho = float(density_of_hounsfield(DENSE))
    lesion = found["value"]["regions"]["label_2"]
    assert lesion["mean"] == pytest.approx(_local(2e6 * 9 / 8, density=rho), rel=1e-6)
    assert found["apart"]["voxels"] == 512 - 27 - 8
    assert found["apart"]["activity_MBq_h"] == 0.0
    again = _value(density="density.nii")["value"]["regions"]["label_2"]
    assert again["mean"] == pytest.approx(_local(2e6 * 9 / 8), rel=1e-6)


def test_each_region_has_its_half_life(files):
    regions = _named("--effective-half-life", "lesion_1=80 h")
    assert regions["kidney_left"]["mean"] == pytest.approx(_local(3e5), rel=1e-6)
    assert regions["lesion_1"]["mean"] == pytest.approx(_local(2e6 * 9 / 8, 80.0), rel=1e-6)


def test_bed_and_eud(files):
    regions = _named("--tissue", "kidney_left=kidneys", "--tissue", "lesion_1=prostate_metastasis")
    kidney, lesion = regions["kidney_left"], regions["lesion_1"]
    G = 2.8 / (2.8 + 50.0)
    assert kidney["G"] == pytest.approx(G, rel=1e-9)
    assert kidney["bed_mean"] == pytest.approx(bed(_local(3e5), G, 2.5), rel=1e-6)
    assert kidney["eud"] is None  # its alpha is not known
    cold, hot = _local(2e6), _local(4e6)
    G, alpha = 1.9 / 51.9, tissue("prostate_metastasis").known_alpha
    survived = (7 * np.exp(-alpha * bed(cold, G, 1.5)) + np.exp(-alpha * bed(hot, G, 1.5))) / 8
    assert lesion["eubed"] == pytest.approx(-np.log(survived) / alpha, rel=1e-6)
    assert bed(lesion["eud"], G, 1.5) == pytest.approx(lesion["eubed"], rel=1e-9)


def test_kernel_and_uncertainty(files):
    more = ("--kernel", "kernel.json", "--method", "kernel", "--uncertainty", "calibration=5 %")
    found = _value(*more, "--volume-above", "1 Gy", "--geud", "4", density=None)
    lesion = found["value"]["regions"]["label_2"]
    assert lesion["uncertainty"] == {"S values": pytest.approx(0.02), "calibration": 0.05}
    assert lesion["relative_uncertainty"] == pytest.approx(np.hypot(0.02, 0.05))
    assert lesion["geud"] > lesion["mean"]
    assert lesion["volume_above"]["1 Gy"] <= lesion["volume"]
    assert "no density scaling" in found["method"]
    # all eight voxels see each other: 8 + 3 + 1.5 + 0.25 in units of 1e-2 Gy/(MBq h)
    integral = VOXEL * 2.0 * 2 ** (24 / 50) * 50 / np.log(2)
    farthest = 0.1275 * integral + 0.0025 * integral
    assert lesion["min"] == pytest.approx(farthest, rel=1e-5)


def test_the_text_and_the_plot(files):
    result = _run("--plot", "dvh.svg", "--volume-above", "5 Gy", names=None)
    assert result.exit_code == 0, result.output
    for words in ("region", "D95", "V 5 Gy", "dose map: dose.nii.gz", "note: activity is taken"):
        assert words in result.stdout
    assert "Volume that gets it or more" in (files / "dvh.svg").read_text()
    assert "exists already" in _refused(out="other.nii", plot="dvh.svg")
    assert "exists already" in _refused()


def test_progeny_counts_where_it_is_asked_for(files):
    more = {"nuclide": "Ac-225", "effective_half_life": "50 h"}
    alone = _value("--progeny", "none", **more)["value"]["regions"]["label_1"]["mean"]
    chain = _value("--progeny", "all", **more)
    assert chain["value"]["regions"]["label_1"]["mean"] > 4 * alone
    assert "Bi-213" in chain["method"]


def test_a_region_of_air_is_named_and_left_out(files):
    labels = nibabel.load("labels.nii.gz").get_fdata().astype(np.uint8)
    labels[0, 0, 0] = 3  # outside the body, in the CT
    _save("three.nii", labels)
    found = _value("--ct", "ct.nii.gz", density=None, labels="three.nii")
    assert set(found["value"]["regions"]) == {"label_1", "label_2"}
    assert "no dose for label_3: no voxel of 0.1 g/mL or more" in found["notes"]
    _save("air.nii", np.where(labels == 3, 3, 0).astype(np.uint8))
    assert "no region holds" in _refused(
        "--ct", "ct.nii.gz", "--force", density=None, labels="air.nii"
    )


def test_a_sheared_grid_and_bed_of_alphas_are_refused(files):
    sheared = AFFINE.copy()
    sheared[0, 1] = 1.0
    _save("sheared.nii", nibabel.load("scan.nii.gz").get_fdata(), sheared)
    assert "right angles" in _refused(scan="sheared.nii")
    more = ("--tissue", "label_1=kidneys")
    assert "alphas" in _refused(
        *more, "--progeny", "all", nuclide="At-211", effective_half_life="5 h"
    )


@pytest.mark.parametrize(
    ("flags", "changed", "words"),
    [
        ((), {"out": "dose.mhd"}, "no NIfTI file"),
        ((), {"unit": None}, "does not guess"),
        ((), {"time": None}, "--time: missing"),
        ((), {"effective_half_life": "300 h"}, "slower than its nuclide"),
        ((), {"effective_half_life": "label_1=50 h"}, "missing for"),
        ((), {"effective_half_life": "spleen=50 h"}, "no such region"),
        ((), {"density": None}, "density: the method local needs it"),
        ((), {"density": "1.05"}, "unit is missing"),
        (("--ct", "ct.nii.gz"), {}, "a CT says the density already"),
        (("--ct", "density.nii"), {"density": None}, "negative numbers"),
        ((), {"density": "scan.nii.gz"}, "g/mL"),
        ((), {"labels": None, "names": "1=liver"}, "belong to --labels"),
        (("--kernel", "kernel.json"), {}, "no effect on the method local"),
        (("--precision", "2 %"), {}, "no effect on the method local"),
        (("--device", "cpu"), {}, "no effect on the method local"),
        (("--photons",), {"method": "kernel"}, "no effect on the method kernel"),
        ((), {"method": "quick"}, "unknown method"),
        ((), {"nuclide": "Ac-225"}, "progeny"),
        (("--tissue", "spleen=kidneys"), {}, "no such region"),
        (("--tissue", "label_1=kidny"), {}, "unknown tissue"),
        (("--uncertainty", "calibration=0"), {}, "between 0 and 100"),
        (("--duration", "20 min"), {}, "belongs to --calibration"),
        (("--calibration", "2 Bq/mL"), {}, "not both"),
    ],
)
def test_wrong_input_is_named(files, flags, changed, words):
    assert words in _refused(*flags, **changed)
    assert not (files / "dose.nii.gz").exists()


def test_a_device_that_is_not_there_is_named(files, monkeypatch):
    monkeypatch.setattr("theratwin.physics.transport.batches.find_spec", lambda _: None)
    assert "numba-cuda is missing" in _refused("--device", "cuda", method="full")
    assert _value("--device", "cpu", "--histories", "100", method="photons")["value"]["regions"]


def test_monte_carlo_tells_errors_of_regions_from_batches(files):
    """Those of the sum of two half-lives, each with histories of its own; as in Python."""
    more = {"method": "full", "histories": "2000", "seed": "3"}
    given = ("--effective-half-life", "label_2=80 h", "--uncertainty", "calibration=5 %")
    regions = _value(*given, **more)["value"]["regions"]
    scan = nibabel.load("scan.nii.gz").get_fdata() * 1e-6 * VOXEL
    labels = nibabel.load("labels.nii.gz").get_fdata()
    masks = {f"label_{value}": labels == value for value in (1, 2)}
    sources = [
        Source(name, np.flatnonzero(mask), Exponentials.from_half_lives([1.0], [half_life]))
        for (name, mask), half_life in zip(masks.items(), (50.0, 80.0), strict=True)
    ]

    def dose_of(activity, seed):
        run = {"histories": 2000, "regions": masks, "seed": seed}
        return voxel_dose(activity, (4.0, 4.0, 5.0), "Lu-177", "full", density=1.05, **run)

    total = voxel_course(scan, 24.0, sources, dose_of, seed=3).total
    for name, mask in masks.items():
        known, told = total.region_means[name], regions[name]
        assert told["mean"] == pytest.approx(known.dose, rel=1e-6)  # the map is of float32
        noise = told["uncertainty"]["noise of the voxels"]
        assert noise == pytest.approx(known.noise, rel=1e-4)
        assert told["relative_uncertainty"] == pytest.approx(np.hypot(noise, 0.05))
        assert noise != pytest.approx(region_voxels(total, mask).noise, rel=2e-3)
    assert _value(*given, **more)["value"]["regions"] == regions


def test_a_map_without_labels_has_its_error_from_batches(files):
    more = {"method": "photons", "histories": "400", "labels": None}
    row = _value(**more)["value"]["regions"]["image"]
    assert 0 < row["uncertainty"]["noise of the voxels"] < 0.1
    assert "a seed is a whole number" in _refused("--force", "--seed", "-1", **more)


def test_the_program_has_the_command():
    from theratwin.cli.program import app as program

    shown = typer.main.get_command(program).commands["dose"].commands["voxel"]  # pyright: ignore
    assert {"activity", "method", "kernel", "out"} <= {each.name for each in shown.params}
    assert issubclass(InputError, TheratwinError)
