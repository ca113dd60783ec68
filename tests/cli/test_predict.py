"""``theratwin predict`` of a whole body: another label, ligand, infusion, and over a range."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from theratwin import cli
from theratwin.case import AminoAcids, Measurements, Schedule
from theratwin.io import load_case
from theratwin.store import load_twin, save_twin
from theratwin.twin import calibrate, predict

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COURSE = ("--activity", "7.4 GBq", "--cycles", 2, "--amount", "98 nmol")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Return folders of twins: the demo's patient as a whole body and as curves; DOTATATE."""
    root = tmp_path_factory.mktemp("twins")
    demo = load_case(Path(str(files("theratwin.cli.demo"))) / "case.toml")
    case = load_case(EXAMPLES / "dotatate.toml")
    given = tuple(replace(a, amino_acids=AminoAcids(0.5, 4.0), amount=140.0) for a in case.schedule)
    blood = tuple(m for m in case.measurements if m.administration == given[0].name)
    case = replace(case, schedule=Schedule(given[:1]), measurements=Measurements(blood))
    save_twin(calibrate(demo, seed=1, draws=100, model="psma", posterior="laplace"), root / "body")
    save_twin(calibrate(demo, seed=1, draws=100), root / "curves")
    save_twin(calibrate(case, seed=1, draws=100, model="sstr", posterior="laplace"), root / "sstr")
    return root


@pytest.fixture
def run(capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            cli.main([str(each) for each in arguments])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return call


def kidneys(run, *arguments):
    status, out, err = run("predict", *arguments, "--json")
    assert status == 0, err
    return json.loads(out)["value"]["dose_per_activity"]["kidneys"]


def test_another_label_and_another_ligand(run, folders):
    body = folders / "body"
    own = kidneys(run, body)["cycle 1"]["median"]
    terbium = kidneys(run, body, "--nuclide", "tb161")["cycle 1"]["median"]
    # Electrons of 0.203 MeV a decay stand against 0.147.
    assert 1.3 < terbium / own < 1.5
    other = kidneys(run, body, "--ligand", "PSMA-617")["cycle 1"]["median"]
    assert 0.5 < other / own < 2.0
    assert other != own
    text = run("predict", body, "--nuclide", "Tb-161", "--ligand", "psma-617")[1]
    assert "Tb-161 psma-617" in text


def test_an_infusion_is_that_of_the_course(run, folders):
    body = folders / "body"
    bolus, infusion = (
        kidneys(run, body, *COURSE, *more)["total"]["median"]
        for more in ((), ("--infusion", "4 h"))
    )
    twin = load_twin(body)
    course = Schedule.regular(
        "7.4 GBq", cycles=2, every="6 weeks", amount="98 nmol", duration="4 h"
    )
    told = predict(twin, course).dose_per_activity().rows["kidneys"][-1].median
    assert infusion == told
    assert infusion != bolus


def test_amino_acids_are_asked_for_where_they_were_given(run, folders):
    sstr = folders / "sstr"
    status, _, err = run("predict", sstr, *COURSE)
    assert status == 2
    assert "say whether these have" in err
    bare = kidneys(run, sstr, *COURSE, "--amino-acids", "none")["total"]["median"]
    held = kidneys(run, sstr, *COURSE, "--amino-acids", "30 min, 4 h")["total"]["median"]
    # 36 % at the medians of the population.
    assert 0.25 < 1.0 - held / bare < 0.45


def test_a_range_as_data(run, folders):
    status, out, err = run(
        *("predict", folders / "body", "--vary", "amount=20..500 nmol", "--points", 3),
        *("--draws", 20, "--json"),
    )
    assert status == 0, err
    content = json.loads(out)
    value = content["value"]
    assert content["schema"] == "theratwin/dose-study/1"
    assert content["unit"]["vary"] == "nmol"
    assert value["vary"] == pytest.approx([20.0, 100.0, 500.0])
    assert (value["own"], value["draws"], value["varied"]) == (98.0, 20, "amount")
    first, _, last = value["dose_per_activity"]["kidneys"]
    assert first["low"] < first["median"] < first["high"]
    assert last["median"] < first["median"]


def test_a_range_as_text_and_picture(run, folders, tmp_path):
    plot = tmp_path / "sink.svg"
    arguments = ("predict", folders / "body", "--vary", "tumor_burden=0..4", "--points", 2)
    status, out, err = run(*arguments, "--draws", 10, "--plot", plot)
    assert status == 0, err
    for part in ("simulated", "Tumor burden", "kidneys", "lesion_2", "Not a medical device"):
        assert part in out
    assert "Tumor burden (factor)" in plot.read_text("utf-8")
    assert run(*arguments, "--draws", 10, "--plot", plot)[0] == 2


@pytest.mark.parametrize(
    ("twin", "arguments", "status", "word"),
    [
        ("body", ("--nuclide", "Ac-225"), 3, "its progeny (Fr-221"),
        ("body", ("--nuclide", "Tb-616"), 2, "nearest match"),
        ("body", ("--ligand", "dotatate"), 2, "psma617"),
        ("body", ("--infusion", "1 h"), 2, "--activity and --cycles"),
        ("body", ("--amino-acids", "none"), 2, "--activity and --cycles"),
        ("body", (*COURSE, "--amino-acids", "30 min, 4 h"), 3, "no effect in the model psma"),
        ("sstr", (*COURSE, "--amino-acids", "4 h"), 2, "beginning and duration"),
        ("sstr", (*COURSE, "--amino-acids", "5 h, 4 h"), 2, "run into the administration"),
        ("body", (*COURSE, "--infusion", "1"), 2, "unit is missing"),
        ("body", ("--points", 3), 2, "--vary"),
        ("body", ("--plot", "a.svg"), 2, "--vary"),
        ("body", ("--vary", "affinity=1..2 nmol"), 2, "tumor_burden"),
        ("body", ("--vary", "amount"), 2, "LOW..HIGH UNIT"),
        ("body", ("--vary", "amount=1..500 nmol"), 2, "7.429 nmol and more"),
        ("body", (*COURSE, "--vary", "amount=20..500 nmol"), 2, "varied already"),
        ("body", ("--vary", "amount=20..500 nmol", "--plot", "a.txt"), 2, ".svg"),
        ("curves", ("--nuclide", "Tb-161"), 3, "model of the whole body"),
        ("curves", ("--ligand", "psma-617"), 3, "model of the whole body"),
        ("curves", ("--vary", "amount=20..500 nmol"), 3, "model of the whole body"),
        ("curves", ("--vary", "tumor_burden=0..4"), 3, "model of the whole body"),
    ],
)
def test_what_has_no_answer_is_refused(run, folders, twin, arguments, status, word):
    done = run("predict", folders / twin, *arguments)
    assert done[0] == status
    assert word in done[2]


def test_an_update_states_what_a_whole_body_needs(run, folders, tmp_path):
    scans = tmp_path / "cycle3.csv"
    scans.write_text(
        "region,administration,time [h],activity [MBq],uncertainty [%],at\n"
        "kidneys,cycle 3,24,90,5,scan\n"
    )
    new = ("--administration", "cycle 3", "--activity", "5.4 GBq", "--time", "12 weeks")
    out = ("--out", tmp_path / "later", "--quiet")
    body = folders / "body"
    assert run("update", body, scans, "--amount", "98 nmol")[0] == 2
    refused = run("update", body, scans, *new, *out)
    assert refused[0] == 2
    assert "amount of ligand is missing" in refused[2]
    done = run("update", body, scans, *new, "--amount", "98 nmol", "--infusion", "10 min", *out)
    assert done[0] == 0, done[2]
    given = load_twin(tmp_path / "later").case.schedule["cycle 3"]
    assert (given.amount, given.duration) == pytest.approx((98.0, 1 / 6))
