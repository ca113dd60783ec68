"""The loop's verbs and the catalogs, as a user calls them: text, JSON, exit statuses, Ctrl-C."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from theratwin import cli
from theratwin.core.errors import FitError

ROOT = Path(__file__).resolve().parents[2]
ONE_SCAN = ROOT / "examples" / "one_scan.toml"
DEMO = ROOT / "src" / "theratwin" / "cli" / "demo"
INTERVAL = {"median", "low", "high"}
FAST = ("--draws", "150")


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


@pytest.fixture(name="run")
def _run(capsys):
    def run(*arguments: object) -> Done:
        status = 0
        try:
            cli.main([str(argument) for argument in arguments])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else int(left.code is not None)
        told = capsys.readouterr()
        return Done(status, told.out, told.err)

    return run


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory) -> Path:
    """Return a twin of the demo patient after cycle 1, which no test may change."""
    folder = tmp_path_factory.mktemp("made") / "twin"
    with pytest.raises(SystemExit) as left:
        cli.main(["calibrate", str(DEMO / "case.toml"), "--seed", "3", "--out", str(folder), *FAST])
    assert left.value.code == 0
    return folder


@pytest.fixture(name="twin")
def _twin(made, tmp_path) -> Path:
    """Return a twin of the test's own."""
    return shutil.copytree(made, tmp_path / "twin")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# calibrate


def test_calibrate_tells_doses_and_where_the_twin_is(run, tmp_path):
    done = run("calibrate", ONE_SCAN, "--out", tmp_path / "twin", *FAST)
    assert done.status == 0
    assert done.err == ""
    for part in ("simulated", "Gy/GBq", "kidneys", "lesion_1", "Not a medical device", "is in"):
        assert part in done.out
    assert {"twin.json", "case.json", "posterior"} <= set(names(tmp_path / "twin"))


def test_calibrate_as_json(run, tmp_path):
    done = run("calibrate", ONE_SCAN, "--seed", 7, "--out", tmp_path / "twin", "--json", *FAST)
    content = done.json
    assert content["schema"] == "theratwin/twin/1"
    assert content["unit"] == {"dose": "Gy", "dose_per_activity": "Gy/GBq", "bed": "Gy"}
    assert set(content["value"]) == set(content["unit"])
    kidneys = content["value"]["dose"]["kidneys"]["cycle 1"]
    assert set(kidneys) == INTERVAL
    assert 0 < kidneys["low"] < kidneys["median"] < kidneys["high"]
    per_activity = content["value"]["dose_per_activity"]["kidneys"]["cycle 1"]["median"]
    assert kidneys["median"] == pytest.approx(7.4 * per_activity, rel=1e-12)
    assert content["schedule"] == [
        {"name": "cycle 1", "time_h": 0.0, "activity_MBq": 7400.0, "amount_nmol": 100.0}
    ]
    assert content["twin"] == str(tmp_path / "twin")
    assert content["warnings"] == []
    assert content["provenance"]["seed"] == 7
    assert "one_scan.toml" in content["provenance"]["inputs"]


def test_the_same_seed_gives_the_same_numbers_another_does_not(run, tmp_path):
    def doses(seed: int, folder: str) -> dict:
        return run(
            "calibrate", ONE_SCAN, "--seed", seed, "--out", tmp_path / folder, "--json", *FAST
        ).json["value"]

    assert doses(1, "a") == doses(1, "b")
    assert doses(2, "c") != doses(1, "d")
    files = contents(tmp_path / "a")
    draws = {name for name in files if name.startswith("posterior")}
    assert draws
    assert all(files[name] == contents(tmp_path / "b")[name] for name in draws)


def test_the_folder_is_named_after_the_case(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("calibrate", ONE_SCAN, *FAST).status == 0
    assert names(tmp_path) == ["one_scan-twin"]


def test_what_stands_there_is_kept_without_force(run, tmp_path, twin):
    before = contents(twin)
    refused = run("calibrate", ONE_SCAN, "--out", twin, *FAST)
    assert refused.status == 2
    assert "--force" in refused.err
    assert contents(twin) == before
    assert run("calibrate", ONE_SCAN, "--out", twin, "--force", *FAST).status == 0
    assert contents(twin)["case.json"] != before["case.json"]
    assert names(tmp_path) == ["twin"]


def test_until_forgets_what_came_later(run, tmp_path):
    case = ROOT / "examples" / "new_lesion.toml"
    out = tmp_path / "twin"
    done = run("calibrate", case, "--until", "cycle 1", "--out", out, "--json", *FAST)
    assert [each["name"] for each in done.json["schedule"]] == ["cycle 1"]
    assert set(done.json["value"]["dose"]) == {"kidneys", "lesion_1"}
    wrong = run("calibrate", case, "--until", "cycle 9", "--out", tmp_path / "other", *FAST)
    assert wrong.status == 2
    assert "nearest match 'cycle " in wrong.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.toml",), "nowhere.toml"),
        ((str(ONE_SCAN), "--draws", "10"), "--draws"),
        ((str(ONE_SCAN), "--seed", "-1"), "--seed"),
        ((str(ONE_SCAN), "--sed", "1"), "--sed"),
        ((), "CASE"),
    ],
)
def test_wrong_usage_is_status_2(run, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    done = run("calibrate", *arguments)
    assert done.status == 2
    assert told in done.err
    assert names(tmp_path) == []


def test_a_newer_case_file_is_refused_as_unsupported(run, tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(ONE_SCAN.read_text().replace("format = 1", "format = 2"))
    assert run("calibrate", file, "--out", tmp_path / "twin").status == 3
    assert names(tmp_path) == ["case.toml"]


def test_a_failed_fit_is_status_4_and_leaves_nothing(run, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise FitError("the fit found no solution", field="kidneys")

    # the module, not the function that goes by the same name
    monkeypatch.setattr(import_module("theratwin.twin.calibrate"), "fit_block", fail)
    done = run("calibrate", ONE_SCAN, "--out", tmp_path / "twin", *FAST)
    assert done.status == 4
    assert done.err.startswith("theratwin: kidneys: the fit found no solution")
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_named_without_a_traceback(run, tmp_path):
    (tmp_path / "file").write_text("mine")
    done = run("calibrate", ONE_SCAN, "--out", tmp_path / "file" / "twin", *FAST)
    assert done.status == 2
    assert str(tmp_path / "file") in done.err
    assert "Traceback" not in done.err


# Ctrl-C


INTERRUPTED = """
import signal
import sys
import time
from importlib import import_module

from theratwin import cli

# a job that a shell puts in the background starts with the signal ignored, and so do its children
signal.signal(signal.SIGINT, signal.default_int_handler)
calibrate = import_module("theratwin.twin.calibrate")
fit, fitted = calibrate.fit_block, []

def told(block, **options):
    fitted.append(block)
    if len(fitted) == 2:
        print("fitting", flush=True)
        time.sleep(60.0)  # however fast a fit is, the signal comes meanwhile
    return fit(block, **options)

calibrate.fit_block = told
cli.main(sys.argv[1:])
"""


def test_ctrl_c_while_calibrating_leaves_nothing(tmp_path):
    # The second of eight regions is being fitted when the signal comes.
    command = ("calibrate", DEMO / "case.toml", "--out", tmp_path / "twin")
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "fitting\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err) == ("", "")
    assert names(tmp_path) == []


@pytest.mark.parametrize("force", [False, True])
def test_ctrl_c_while_writing_leaves_what_was_there(run, tmp_path, twin, monkeypatch, force):
    def interrupted(_):
        raise KeyboardInterrupt

    before = contents(twin)
    monkeypatch.setattr("theratwin.store.twin_folder.draws_to_csv", interrupted)
    arguments = (twin, "--force") if force else (tmp_path / "other",)
    assert run("calibrate", ONE_SCAN, *FAST, "--out", *arguments).status == 130
    assert names(tmp_path) == ["twin"]
    assert contents(twin) == before


# predict


def test_predict_says_what_calibrate_said(run, tmp_path):
    first = run("calibrate", ONE_SCAN, "--out", tmp_path / "twin", "--json", *FAST).json
    again = run("predict", tmp_path / "twin", "--json").json
    assert again["schema"] == "theratwin/prediction/1"
    assert again["value"] == first["value"]
    assert again["provenance"] == first["provenance"]


def test_predict_another_course(run, made):
    content = run(
        "predict", made, "--activity", "7.4 GBq", "--cycles", 3, "--every", "8 weeks", "--json"
    ).json
    assert [each["time_h"] for each in content["schedule"]] == [0.0, 1344.0, 2688.0]
    kidneys = content["value"]["dose"]["kidneys"]
    assert list(kidneys) == ["cycle 1", "cycle 2", "cycle 3", "total"]
    text = run("predict", made, "--activity", "7.4 GBq", "--cycles", 3).out
    assert "cycle 3 7.4 GBq" in text
    assert "Biologically effective dose" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--cycles", 3), "belong together"),
        (("--activity", "7.4 GBq"), "belong together"),
        (("--activity", "7.4", "--cycles", 3), "activity"),
        (("--activity", "7.4 Gy", "--cycles", 3), "activity"),
        (("--activity", "-7.4 GBq", "--cycles", 3), "activity"),
        (("--activity", "7.4 GBq", "--cycles", 0), "cycles"),
        (("--activity", "7.4 GBq", "--cycles", 2, "--every", "0 weeks"), "every"),
    ],
)
def test_wrong_courses_are_refused(run, made, arguments, told):
    done = run("predict", made, *arguments)
    assert done.status == 2
    assert told in done.err


def test_predict_to_a_file(run, made, tmp_path):
    out = tmp_path / "new" / "prediction.json"
    assert run("predict", made, "--json", "--out", out).out == ""
    assert json.loads(out.read_text())["schema"] == "theratwin/prediction/1"
    assert run("predict", made, "--out", out).status == 2
    assert run("predict", made, "--out", out, "--force").status == 0
    assert "Absorbed dose" in out.read_text()


def test_no_twin_and_a_newer_one(run, tmp_path, twin):
    missing = run("predict", tmp_path / "nowhere")
    assert missing.status == 2
    assert "calibrate" in missing.err
    manifest = twin / "twin.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    assert run("predict", twin).status == 3


# update


def test_update_narrows_in_place_and_remembers(run, twin, tmp_path):
    done = run("update", twin, DEMO / "cycle2.csv", "--json")
    assert done.status == 0
    content = done.json
    assert content["schema"] == "theratwin/twin/1"
    assert set(content["provenance"]["inputs"]) >= {"case.toml", "cycle2.csv"}
    assert names(tmp_path) == ["twin"]
    kept = json.loads((twin / "twin.json").read_text())
    assert [past["label"] for past in kept["history"]] == ["cycle 1"]
    before = kept["history"][0]["dose"]["cycle 2"]["kidneys"]
    after = content["value"]["dose_per_activity"]["kidneys"]["cycle 2"]
    assert after["high"] / after["low"] < before["high"] / before["low"]


def test_update_to_another_folder_leaves_the_twin(run, twin, tmp_path):
    before = contents(twin)
    assert run("update", twin, DEMO / "cycle2.csv", "--out", tmp_path / "narrowed").status == 0
    assert contents(twin) == before
    again = run("update", twin, DEMO / "cycle2.csv", "--out", tmp_path / "narrowed")
    assert again.status == 2
    assert "--force" in again.err


def test_update_with_a_new_administration(run, tmp_path):
    out = tmp_path / "twin"
    case = ROOT / "examples" / "one_scan.toml"
    run("calibrate", case, "--out", out, *FAST)
    scans = tmp_path / "cycle2.csv"
    scans.write_text(
        "region,administration,time,activity,uncertainty,at\n"
        "kidneys,cycle 2,24 h,150 MBq,5 %,scan\n"
    )
    unknown = run("update", out, scans)
    assert unknown.status == 2
    assert "--administration" in unknown.err
    partly = run("update", out, scans, "--administration", "cycle 2")
    assert partly.status == 2
    told = ("--administration", "cycle 2", "--activity", "7.4 GBq", "--time", "6 weeks")
    done = run("update", out, scans, *told, "--json")
    assert done.status == 0, done.err
    assert [each["time_h"] for each in done.json["schedule"]] == [0.0, 1008.0]
    known = run("update", out, scans, *told)
    assert known.status == 2
    assert "knows this administration" in known.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cycle2.csv"),
        ("region,time,activity,uncertainty,at\nkidneys,24 h,1 MBq,5 %,scan\n", "administration"),
        (
            "region,administration,time,activity,uncertainty,at\n"
            "kidney,cycle 2,24 h,150 Gy,5 %,scan\n",
            "line 2",
        ),
    ],
)
def test_wrong_measurements_leave_the_twin(run, twin, tmp_path, text, told):
    before = contents(twin)
    scans = tmp_path / "cycle2.csv"
    scans.write_text(text)
    done = run("update", twin, scans)
    assert done.status == 2
    assert told in done.err
    assert contents(twin) == before


# curve fit, nuclide, parameters


def test_curve_fit(run):
    case = ROOT / "examples" / "dotatate.toml"
    done = run("curve", "fit", case, "--region", "kidney", "--json", *FAST)
    assert done.status == 0, done.err
    content = done.json
    assert content["schema"] == "theratwin/curves/1"
    kidneys = content["value"]["kidneys"]
    assert sum(each["weight"] for each in kidneys["structures"].values()) == pytest.approx(1.0)
    integral = kidneys["time_integrated_activity_coefficient_h"]["cycle 1"]
    assert set(integral) == set(kidneys["effective_half_life_h"]) == INTERVAL
    # No more than all activity staying: 1/lambda = 230 h for Lu-177.
    assert 0 < integral["low"] < integral["median"] < integral["high"] < 230.2
    text = run("curve", "fit", case, "--region", "kidneys", "--region", "lesion_1", *FAST).out
    assert "effective half-life" in text
    assert "lesion_1" in text


def test_curve_fit_of_what_was_not_measured(run):
    done = run("curve", "fit", ONE_SCAN, "--region", "liver")
    assert done.status == 2
    assert "allowed: kidneys" in done.err


def test_parameters(run):
    listed = run("parameters", "list", "--json").json
    assert listed["schema"] == "theratwin/parameter-sets/1"
    assert "response/tissues" in listed["value"]
    for name in listed["value"]:
        shown = run("parameters", "show", name, "--json").json
        assert shown["schema"] == "theratwin/parameter-set/1"
        assert all(entry["source"] for entry in shown["value"].values())
    assert "kidneys.alpha_beta = 2.5 Gy" in run("parameters", "show", "response/tissues").out


@pytest.mark.parametrize("name", ["response/tisues", "tissues", "nowhere/tissues", "response/"])
def test_unknown_parameters_are_refused(run, name):
    done = run("parameters", "show", name)
    assert done.status == 2
    assert "tissues" in done.err or "parameters list" in done.err


@pytest.mark.parametrize(
    "command",
    [
        ("calibrate",),
        ("predict",),
        ("update",),
        ("curve", "fit"),
        ("nuclide", "show"),
        ("parameters", "show"),
    ],
)
def test_every_command_says_how_it_is_used(run, command):
    done = run(*command, "--help")
    assert done.status == 0
    assert "Usage: " in done.out


def test_the_model_and_the_way_to_draw_are_chosen_by_options(run, tmp_path):
    from theratwin.io.case_file import write_template

    case = write_template(tmp_path / "case.toml")
    folder = tmp_path / "body"
    options = ("--model", "psma", "--posterior", "laplace", "--draws", "100", "--json")
    done = run("calibrate", case, "--out", folder, *options)
    assert done.status == 0
    assert set(done.json["value"]["dose"]) >= {"kidneys", "parotid_glands", "lesion_1"}
    course = ("--activity", "7.4 GBq", "--cycles", "2")
    predicted = run("predict", folder, *course, "--amount", "98 nmol", "--json")
    assert set(predicted.json["value"]["dose"]["kidneys"]) == {"cycle 1", "cycle 2", "total"}
    refused = run("predict", folder, *course)
    assert refused.status == 2
    assert "amount of ligand is missing" in refused.err
    assert run("predict", folder, "--amount", "98 nmol").status == 2
    assert run("calibrate", case, "--model", "pbpk", "--out", tmp_path / "x").status == 2
    assert run("calibrate", case, "--posterior", "nuts", "--out", tmp_path / "x").status == 2
    scans = tmp_path / "later.csv"
    scans.write_text(
        "region,administration,time,activity,uncertainty,at\nkidneys,cycle 2,24 h,90 MBq,5 %,scan\n"
    )
    told = ("--administration", "cycle 2", "--activity", "7.4 GBq", "--time", "6 weeks")
    without = run("update", folder, scans, *told)
    assert without.status == 2
    assert "amount of ligand is missing" in without.err
    updated = run("update", folder, scans, *told, "--amount", "120 nmol", "--json")
    assert updated.json["schedule"][1]["amount_nmol"] == 120.0
    third = ("--administration", "cycle 3", "--activity", "7.4 GBq", "--time", "5 weeks")
    early = run("update", folder, scans, *third, "--amount", "120 nmol")
    assert "--time: 'cycle 2' was given later" in early.err
    alone = run("update", folder, scans, "--amount", "120 nmol")
    assert "a new administration needs its name" in alone.err


def test_curves_refuse_an_amount_rather_than_leave_it_out(run, made):
    course = ("--activity", "7.4 GBq", "--cycles", 2)
    refused = run("predict", made, *course, "--amount", "50 nmol")
    assert refused.status == 3
    assert "--model psma" in refused.err
