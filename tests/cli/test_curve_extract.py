"""``theratwin curve extract``: what it writes, and what a user sees for wrong input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from theratwin.cli.curve_extract import register
from theratwin.core.errors import InputError

AFFINE = np.diag([-4.0, -4.0, 5.0, 1.0])
VOXEL = 0.08


@pytest.fixture
def app():
    program = typer.Typer()
    register(program)
    program.callback()(lambda: None)
    return program


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two scans in Bq/mL, 4 and 24 h, and labels, in the current folder."""
    monkeypatch.chdir(tmp_path)
    labels = np.zeros((8, 8, 8), np.uint8)
    labels[1:3, 1:3, 1:3] = 1
    labels[5:7, 5:7, 5:7] = 2
    scan = np.where(labels == 1, 3000.0, np.where(labels == 2, 40000.0, 10.0))
    nibabel.save(nibabel.Nifti1Image(labels, AFFINE), "labels.nii.gz")
    nibabel.save(nibabel.Nifti1Image(scan, AFFINE), "a.nii.gz")
    nibabel.save(nibabel.Nifti1Image(0.5 * scan, AFFINE), "b.nii.gz")
    nibabel.save(nibabel.Nifti1Image(scan.astype(np.uint16), AFFINE), "whole.nii.gz")
    return tmp_path


GIVEN = {
    "--spect": ["a.nii.gz", "b.nii.gz"],
    "--labels": ["labels.nii.gz"],
    "--times": ["4 h", "24 h"],
    "--unit": ["Bq/mL"],
    "--administration": ["cycle 1"],
    "--names": ["1=kidney_left", "2=lesion_1"],
    "--uncertainty": ["5 %", "lesion_1=12 %"],
}


def _arguments(**changed):
    options = GIVEN | {f"--{name}": values for name, values in changed.items()}
    words = ["extract"]
    for option, values in options.items():
        words += [option, *values] if values is not None else []
    return words


def _run(app, *flags, **changed):
    return CliRunner().invoke(app, [*_arguments(**changed), *flags])


def _refused(app, *flags, **changed):
    result = _run(app, *flags, **changed)
    assert isinstance(result.exception, InputError), result.output
    return str(result.exception)


def test_writes_the_table_of_a_case(app, files):
    result = _run(app, "--out", "out/measurements.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    rows = list(csv.DictReader((files / "out/measurements.csv").read_text().splitlines()))
    assert [(row["region"], row["time [h]"]) for row in rows] == [
        ("kidney_left", "4"),
        ("kidney_left", "24"),
        ("lesion_1", "4"),
        ("lesion_1", "24"),
    ]
    assert float(rows[0]["activity [MBq]"]) == pytest.approx(8 * VOXEL * 3e-3, rel=1e-9)
    assert float(rows[3]["activity [MBq]"]) == pytest.approx(8 * VOXEL * 2e-2, rel=1e-9)
    assert [row["uncertainty [%]"] for row in rows] == ["5", "5", "12", "12"]
    assert {row["at"] for row in rows} == {"scan"}
    assert {row["administration"] for row in rows} == {"cycle 1"}


def test_a_case_takes_the_table(app, files):
    from theratwin.io import load_case, load_measurements
    from theratwin.io.case_file import write_template

    _run(app, "--out", "cycle.csv", names=["1=kidneys", "2=lesion_1"], times=["5 h", "30 h"])
    write_template(files / "case.toml")
    taken = load_measurements(files / "cycle.csv", load_case(files / "case.toml"))
    assert [(m.region, m.time, m.relative_uncertainty) for m in taken] == [
        ("kidneys", 5.0, 0.05),
        ("kidneys", 30.0, 0.05),
        ("lesion_1", 5.0, 0.12),
        ("lesion_1", 30.0, 0.12),
    ]
    assert taken.items[0].value == pytest.approx(8 * VOXEL * 3e-3, rel=1e-9)
    assert taken.items[0].volume == pytest.approx(8 * VOXEL, rel=1e-9)


def test_stdout_holds_the_table_and_stderr_the_summary(app, files):
    result = _run(app)
    assert result.stdout.startswith("region,administration,time [h],activity [MBq]")
    assert len(result.stdout.splitlines()) == 5
    assert "note: activities are taken as they were at each scan" in result.stderr
    assert "not corrected for" in result.stderr
    assert _run(app, "--quiet").stderr == ""


def test_repeated_options_and_lists_with_commas_say_the_same(app, files):
    repeated = ["extract", "--spect", "a.nii.gz", "--spect=b.nii.gz"]
    repeated += ["--times", "4 h", "--times", "24 h", *_arguments(spect=None, times=None)[1:]]
    lists = _arguments(spect=["a.nii.gz,b.nii.gz"], times=["4 h, 24 h"])
    found = [CliRunner().invoke(app, words).stdout for words in (repeated, lists, _arguments())]
    assert found[0] == found[1] == found[2] != ""


def test_json_holds_voxels_means_totals_and_provenance(app, files):
    content = json.loads(_run(app, "--json", "--remainder").stdout)
    assert content["schema"] == "theratwin/activity-table/1"
    assert content["unit"]["mean"] == "kBq/mL"
    kidney = content["value"][0]
    assert (kidney["region"], kidney["voxels"], kidney["labels"]) == ("kidney_left", 8, [1])
    assert kidney["mean"] == pytest.approx(3.0, rel=1e-12)
    early = [row for row in content["value"] if row["time"] == 4]
    parts = sum(row["activity"] for row in early if row["region"] != "whole_body")
    assert parts == pytest.approx(content["totals"][0]["activity"], rel=1e-12)
    assert set(content["provenance"]["inputs"]) == {"a.nii.gz", "b.nii.gz", "labels.nii.gz"}
    assert any("whole_body" in note for note in content["notes"])


def test_a_file_of_names_is_an_input_too(app, files):
    (files / "names.csv").write_text("label,region\n1,left kidney\n2,lesion_1\n")
    content = json.loads(_run(app, "--json", names=["names.csv"]).stdout)
    assert content["value"][0]["region"] == "kidney_left"
    assert "names.csv" in content["provenance"]["inputs"]


def test_counts_with_a_sensitivity(app, files):
    result = _run(app, "--json", unit=None, calibration=["20 cps/MBq"], duration=["10 min"])
    # 3000 counts a voxel, 8 voxels, 20 counts a second and MBq, 600 s
    kidney = json.loads(result.stdout)["value"][0]
    assert kidney["activity"] == pytest.approx(8 * 3000 / (20 * 600), rel=1e-12)


def test_a_factor_for_each_scan(app, files):
    result = _run(app, "--json", unit=None, calibration=["1 Bq/mL", "2 Bq/mL"])
    kidney, later = json.loads(result.stdout)["value"][:2]
    assert kidney["activity"] == pytest.approx(later["activity"], rel=1e-12)


def test_recovery_is_applied_and_recorded(app, files):
    plain, corrected = (
        json.loads(_run(app, "--json", recovery=given).stdout)["value"][2]
        for given in (None, ["lesion_1=0.5"])
    )
    assert corrected["recovery"] == 0.5
    assert corrected["activity"] == pytest.approx(2 * plain["activity"], rel=1e-14)


def test_activities_at_the_administration_say_so(app, files):
    rows = csv.DictReader(_run(app, at=["administration"]).stdout.splitlines())
    assert {row["at"] for row in rows} == {"administration"}


def test_an_existing_file_is_kept(app, files):
    (files / "table.csv").write_text("mine")
    assert "--force" in _refused(app, "--out", "table.csv")
    assert (files / "table.csv").read_text() == "mine"
    assert _run(app, "--out", "table.csv", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"unit": None}, "theratwin does not guess"),
        ({"spect": ["whole.nii.gz", "b.nii.gz"]}, "whole.nii.gz: the scale is lost"),
        ({"names": None}, "1 (8 voxels), 2 (8 voxels)"),
        ({"names": ["1=kidny_left"]}, "nearest match 'kidney_left'"),
        ({"names": ["3=liver"]}, "no voxel has the label of liver"),
        ({"uncertainty": None}, "missing for kidney_left, lesion_1"),
        ({"uncertainty": ["lesion_1=5 %"]}, "missing for kidney_left"),
        ({"uncertainty": ["5"]}, 'such as "5 %"'),
        ({"uncertainty": ["5 %", "6 %"]}, "given twice for all regions"),
        ({"uncertainty": ["5 %", "liver=6 %"]}, "allowed: kidney_left, lesion_1"),
        ({"administration": None}, '--administration "cycle 1"'),
        ({"administration": [" "]}, '--administration "cycle 1"'),
        ({"times": ["4 h"]}, "1 given for 2 scans"),
        ({"times": ["4", "24 h"]}, "times: the unit is missing"),
        ({"times": ["4 h", "4 h"]}, "two scans at one time"),
        ({"times": ["4 Gy", "24 h"]}, "does not convert to h"),
        ({"spect": ["a.nii.gz", "a.nii.gz"]}, "the scan is given twice"),
        ({"spect": ["a.nii.gz", "c.nii.gz"]}, "no such file"),
        ({"labels": ["a.nii.gz"]}, "no voxel has the label"),
        ({"at": ["scam"]}, "nearest match 'scan'"),
        ({"recovery": ["lesion_1"]}, "NAME=VALUE"),
        (
            {
                "unit": None,
                "calibration": ["20 cps/MBq"],
                "duration": ["1 h"],
                "at": ["administration"],
            },
            "counts are of the time of the scan",
        ),
    ],
)
def test_wrong_input_is_named_with_its_remedy(app, files, changed, says):
    assert says in _refused(app, **changed)
    assert not list(files.glob("*.csv"))


def test_a_stray_word_is_a_usage_error(app, files):
    assert _run(app, "--json", "stray").exit_code == 2


def test_a_real_series_without_scale_is_refused(app, files):
    series = Path(__file__).parents[2].parent / "shared" / "reference" / "lu177_fap_spect"
    if not series.is_dir():
        pytest.skip(f"no reference data at {series}")
    scans = [str(series / f"SPECT-{hour}H_reg.nii.gz") for hour in ("004", "024")]
    said = _refused(app, spect=scans, unit=None)
    assert "calibration: missing" in said
    assert "the scale of SPECT-004H_reg.nii.gz is lost" in said
