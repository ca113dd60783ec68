"""``theratwin response counts`` as users call it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from theratwin.cli.response_counts import register
from theratwin.core import Exponentials, InputError
from theratwin.response.blood import blood_counts, docetaxel_course

CYCLE = ("--exponential", "0.42 Gy", "--half-life", "67 h")
DRUG = ("--model", "friberg", "--drug", "docetaxel", "--dose", "180 mg")


@pytest.fixture
def run(capsys):
    app = typer.Typer()
    register(app)

    def call(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_six_cycles(run):
    given = json.loads(run(*CYCLE, "--cycles", "6", "--every", "6 weeks", "--json"))
    assert given["schema"] == "theratwin/counts/1"
    assert given["starts_day"] == [42.0 * i for i in range(6)]
    assert given["unit"]["platelets"] == "1e9/L"
    assert given["unit"]["hemoglobin"] == "g/L"
    platelets = given["value"]["platelets"]
    assert platelets["baseline"] == pytest.approx(242.0)
    for start, cycle in zip(given["starts_day"], platelets["cycles"], strict=True):
        assert 25.0 <= cycle["day"] - start <= 45.0
        assert cycle["recovery_day"] - start <= 56.0


def test_one_cycle_is_that_of_the_library(run):
    given = json.loads(run(*CYCLE, "--json"))["value"]
    rate = 0.6931471805599453 / 67.0
    lowest = blood_counts(Exponentials([0.42 * rate], [rate])).nadir("platelets")
    # Sampled every 6 h here and every 12 h there.
    assert_allclose(given["platelets"]["nadir"], lowest.count[0] * 1e-6, rtol=1e-5)
    assert_allclose(given["platelets"]["day"], lowest.time[0] / 24.0, atol=0.05)


def test_docetaxel(run):
    given = json.loads(run(*DRUG, "--json"))
    lowest = docetaxel_course("180 mg").nadir("neutrophils")
    assert_allclose(given["value"]["neutrophils"]["nadir"], lowest.count[0] * 1e-6, rtol=1e-3)
    assert given["value"]["neutrophils"]["grade"] == 3
    assert given["model"] == "friberg"
    both = json.loads(run(*DRUG, *CYCLE, "--json"))["value"]["neutrophils"]
    assert both["nadir"] < given["value"]["neutrophils"]["nadir"]


def test_the_course_of_docetaxel_by_another_solver(run):
    """Friberg's equations with Bruno's kinetics, 180 mg at once, neutrophils in 1e9/L."""
    given = json.loads(run(*DRUG, "--until", "40 d", "--json"))["course"]
    rate = 4.0 / 88.7

    def slopes(_, y):
        effect = 8.58 * y[0] / 7.4 / 0.808
        return [
            1.51 * y[1] + 0.084 * y[2] - (1.06 + 1.26 + 5.2) * y[0],
            1.06 * y[0] - 1.51 * y[1],
            1.26 * y[0] - 0.084 * y[2],
            rate * y[3] * ((1.0 - effect) * (5.05 / y[7]) ** 0.161 - 1.0),
            *(rate * (y[i] - y[i + 1]) for i in range(3, 7)),
        ]

    hours = 24.0 * np.array(given["day"])
    start = [180.0, 0.0, 0.0, *[5.05] * 5]
    found = solve_ivp(slopes, (0, hours[-1]), start, "LSODA", t_eval=hours, rtol=1e-10, atol=1e-12)
    assert_allclose(given["neutrophils"], found.y[7], rtol=1e-7)


def test_text(run):
    lines = run(*CYCLE, "--cycles", "2").splitlines()
    assert lines[0].split() == [
        "baseline",
        "nadir",
        "day",
        "grade",
        "back",
        "at",
        "90",
        "%,",
        "day",
    ]
    assert [line.split()[0] for line in lines[1:5]] == [
        "neutrophils",
        "platelets",
        "hemoglobin",
        "lymphocytes",
    ]
    assert "never below" in lines[3]
    assert lines[6].startswith("lowest in each cycle")


def test_parameters_from_a_file_and_by_name(run, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'format = 1\n[platelets.baseline]\nvalue = "100e9 1/L"\nunit = "1/mL"\n'
        'source = "assumption"\nnote = "Measured before the course."\n'
    )
    by_file = json.loads(run(*CYCLE, "--parameters", str(file), "--json"))["value"]
    assert by_file["platelets"]["baseline"] == pytest.approx(100.0)
    by_name = json.loads(run(*CYCLE, "--set", "stem.alpha=0 /Gy", "--json"))["value"]
    assert by_name["platelets"]["fraction"] > by_file["platelets"]["fraction"]


def test_plot_and_until(run, tmp_path):
    picture = tmp_path / "counts.svg"
    run(*CYCLE, "--until", "8 weeks", "--plot", str(picture))
    assert picture.read_text().startswith("<?xml")
    with pytest.raises(InputError, match="--plot"):
        run(*CYCLE, "--plot", str(picture))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "one form of dose"),
        ((*CYCLE, "--model", "fribergs"), "--model"),
        ((*CYCLE, "--model", "friberg"), "--model"),
        ((*CYCLE, "--drug", "docetaxel", "--dose", "1 mg"), "--model"),
        (("--model", "friberg", "--drug", "docetaxel"), "--dose"),
        ((*DRUG[:3], "paclitaxel", *DRUG[4:]), "--drug"),
        ((*CYCLE, "--cycles", "0"), "--cycles"),
        ((*CYCLE, "--every", "0 h", "--cycles", "2"), "--every"),
        ((*CYCLE, "--cycles", "3", "--until", "4 weeks"), "--until"),
        ((*CYCLE, "--set", "platelet.baseline=1 1/mL"), "--set"),
    ],
)
def test_wrong_options_are_named(run, arguments, named):
    with pytest.raises(InputError, match=named):
        run(*arguments)
