"""``theratwin response tumor`` as users call it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from numpy.testing import assert_allclose

from theratwin.cli.response_tumor import register
from theratwin.core import Exponentials, InputError, UnsupportedError
from theratwin.response import log_cell_kill_of, tissue

CYCLE = ("--exponential", "15 Gy", "--half-life", "51 h")
SHORT = ("--until", "40 weeks", "--step", "1 week")


@pytest.fixture
def run(capsys):
    app = typer.Typer()
    register(app)

    @app.callback()
    def _program() -> None:
        """With several commands, names are asked for."""

    def call(*arguments: str) -> str:
        app(["tumor", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


@pytest.fixture
def follow(run):
    def call(*arguments: str) -> dict:
        return json.loads(run(*arguments, "--json"))

    return call


def course(cycles):
    starts = 1008.0 * np.arange(cycles)
    rate = 15.0 * np.log(2.0) / 51.0
    return Exponentials.from_half_lives([rate] * cycles, [51.0] * cycles, starts)


def test_the_kill_of_all_cycles_is_the_integral(follow):
    found = follow(*CYCLE, "--cycles", "3", *SHORT)
    expected = log_cell_kill_of(course(3), tissue("prostate_metastasis"), until=40 * 168.0)
    assert found["schema"] == "theratwin/tumor/1"
    assert_allclose(found["summary"]["log_kill"], expected, rtol=1e-8)
    assert_allclose(found["value"]["log_kill"][-1], expected, rtol=1e-8)
    assert found["starts_day"] == [0.0, 42.0, 84.0]
    assert_allclose(found["dose"]["value"], 45.0, rtol=1e-12)


def test_living_cells_and_summary_agree_with_the_course(follow):
    found = follow(*CYCLE, *SHORT, "--set", "doubling_time=50 d", "--set", "initial_volume=4 mL")
    value, told = found["value"], found["summary"]
    days = np.array(value["time"])
    expected = 4.0 * np.exp(np.log(2.0) / 50.0 * days - np.array(value["log_kill"]))
    assert_allclose(value["living_volume"], expected, rtol=1e-7)
    assert told["nadir_volume"] == min(value["volume"])
    assert told["nadir_day"] == days[np.argmin(value["volume"])]
    assert found["parameters"]["doubling_time"] == {"value": 1200.0, "unit": "h"}
    assert value["recist"][0] == "SD"
    assert told["marker"]["psa50"] is (min(value["marker"]) <= 70.0)


def test_every_kinetic_model_kills_as_response_survival_says(follow):
    from theratwin.response.cell_survival import cell_model

    for name in ("linear", "lq-l", "lpl"):
        found = follow(*CYCLE, *SHORT, "--model", name)["summary"]["log_kill"]
        expected = cell_model(name).log_kill(course(1), 40 * 168.0)
        assert_allclose(found, expected, rtol=1e-6)


def test_the_growth_law_and_its_parameters(follow):
    free = follow(*CYCLE, *SHORT)["value"]["volume"][-1]
    limited = follow(*CYCLE, *SHORT, "--growth", "logistic", "--set", "capacity=11 mL")
    assert limited["value"]["volume"][-1] != pytest.approx(free, rel=1e-3)
    assert limited["parameters"]["reference_volume"]["value"] == 10.0
    with pytest.raises(InputError, match="capacity"):
        follow(*CYCLE, *SHORT, "--set", "capacity=11 mL")


def test_a_parameter_file_and_set_before_it(follow, tmp_path):
    file = tmp_path / "lesion.toml"
    entry = '[{}]\nvalue = {}\nunit = "{}"\nsource = "assumption"\nnote = "test"\n'
    rows = (("initial_volume", 3.0, "mL"), ("alpha", 0.3, "1/Gy"), ("marker.initial", 20.0, ""))
    file.write_text("format = 1\n" + "".join(entry.format(*row) for row in rows))
    found = follow(*CYCLE, *SHORT, "--parameters", str(file), "--set", "initial_volume=5 mL")
    assert found["value"]["volume"][0] == 5.0
    assert found["value"]["marker"][0] == 20.0
    assert found["cells"]["parameters"]["alpha"] == {"value": 0.3, "unit": "1/Gy"}
    assert list(found["provenance"]["inputs"]) == ["lesion.toml"]
    with pytest.raises(InputError, match="both give"):
        follow(*CYCLE, *SHORT, "--parameters", str(file), "--alpha", "0.2 /Gy")


def test_helium_ions_need_a_model_with_values_for_them(follow):
    with pytest.raises(UnsupportedError, match="alpha"):
        follow("--acute", "1 Gy", "--let", "100 keV/um", *SHORT)
    values = ("--set", "alpha.alpha=0.7 /Gy", "--set", "alpha.beta=0.01 /Gy^2")
    found = follow("--acute", "1 Gy", "--let", "100 keV/um", *SHORT, *values)
    assert_allclose(found["summary"]["log_kill"], 0.71, rtol=1e-6)


def test_a_lesion_too_small_to_be_seen_has_control_but_no_recist(run, follow):
    tiny = ("--set", "initial_volume=1e-6 mL")
    found = follow(*CYCLE, *SHORT, *tiny)
    assert found["summary"]["best_response"] is None
    assert set(found["value"]["recist"]) == {None}
    assert 0.0 < found["summary"]["control"] < 1.0
    assert "too small to be seen" in run(*CYCLE, *SHORT, *tiny)


def test_a_lesion_that_is_gone_for_decades(follow):
    found = follow("--acute", "60 Gy", "--until", "30 years", "--step", "1 week")
    assert found["summary"]["log_kill"] > 300.0
    assert found["summary"]["control"] == 1.0
    assert found["summary"]["regrowth_day"] is None
    assert min(found["value"]["volume"]) > 0.0


def test_the_text_and_the_picture(run, tmp_path):
    picture = tmp_path / "course.svg"
    text = run(*CYCLE, "--cycles", "2", "--plot", str(picture))
    assert "RECIST 1.1" in text
    assert "control in the end" in text
    assert picture.read_text().count("living cells") == 1
    with pytest.raises(InputError, match="exists already"):
        run(*CYCLE, "--plot", str(picture))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("--cycles", "0"), "--cycles"),
        (("--cycles", "3", "--until", "80 d"), "last cycle"),
        (("--step", "1 s"), "too many times"),
        (("--every", "-1 d"), "--every"),
        (("--growth", "gompert"), "gompertz"),
        (("--set", "initial_volum=3 mL"), "initial_volume"),
        (("--model", "lqq"), "lq"),
        (("--phase", "G1"), "--phase"),
    ],
)
def test_what_is_wrong_is_named(run, arguments, match):
    with pytest.raises(InputError, match=match):
        run(*CYCLE, *arguments)


def test_cells_in_cycle_are_weighted_by_their_descendants_unless_asked_otherwise(follow):
    call = (*CYCLE, *SHORT, "--model", "medras-rpt")
    kills = [
        follow(*call, *more)["summary"]["log_kill"]
        for more in ((), ("--set", "follow=population"), ("--set", "follow=cells"))
    ]
    assert kills[0] == kills[1]
    assert abs(kills[0] / kills[2] - 1.0) > 0.01
