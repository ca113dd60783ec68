"""``theratwin demo``: what it leaves, what it says, and that it says the patient is simulated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from theratwin import cli
from theratwin.case import Schedule
from theratwin.store import load_twin
from theratwin.twin import calibrate, predict

SHIPPED = Path(cli.__file__).parent / "demo"
FILES = {"case.toml", "cycle1.csv", "cycle2.csv"}


def demo(*arguments: str) -> str:
    """Return what the command prints."""
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as left:
        cli.main(["demo", *arguments])
    assert left.value.code == 0
    return out.getvalue()


@pytest.fixture(scope="module", autouse=True)
def _fewer_draws() -> Iterator[None]:
    """A quarter of the usual number: the README's own walk has them all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("theratwin.twin.calibrate", partial(calibrate, draws=500))
        yield


@pytest.fixture(scope="module", name="content")
def _content(tmp_path_factory) -> dict:
    """Return what one run says as JSON; its folder held an older run."""
    folder = tmp_path_factory.mktemp("out") / "demo"
    folder.mkdir()
    (folder / "case.toml").write_text("of an older run")
    return json.loads(demo("--out", str(folder), "--json", "--quiet"))


@pytest.fixture(name="folder")
def _folder(content) -> Path:
    return Path(content["value"]["report"]).parent


def test_it_leaves_case_twin_and_report(folder):
    assert {path.name for path in folder.iterdir()} == {*FILES, "twin", "report.html"}
    for name in FILES:
        assert (folder / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_the_twin_knows_both_cycles(folder):
    twin = load_twin(folder / "twin")
    assert twin.case.measurements.administrations == ("cycle 1", "cycle 2")
    assert [past.label for past in twin.history] == ["cycle 1"]
    assert twin.seed == 1
    assert twin.warnings == ()
    course = predict(twin, Schedule.regular("7.4 GBq", cycles=6, every="6 weeks"))
    assert {"kidneys", "red_marrow", "lesion_1", "lesion_2"} <= set(course.regions)


def test_the_report_says_what_it_is(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Research use only. Not a medical device." in page
    assert "imulated" in page
    loaded = re.findall(r"(?:src|href)=[\"'](?!data:|#)([^\"']+)", page)
    assert not [url for url in loaded if not url.startswith("https://doi.org/")]


def test_text_and_json_tell_the_same(content, tmp_path, monkeypatch):
    assert content["schema"] == "theratwin/demo/1"
    assert content["provenance"]["seed"] == 1
    monkeypatch.chdir(tmp_path)
    told = demo()
    assert (tmp_path / "out" / "demo" / "report.html").is_file()
    assert str(Path("out") / "demo" / "report.html") in told
    assert "simulated patient" in told
    assert "Research use only. Not a medical device." in told
    kidneys = content["value"]["dose_per_activity"]["kidneys"]
    assert f"{kidneys['median']:.3g} ({kidneys['low']:.3g} to {kidneys['high']:.3g})" in told
    assert f"{content['value']['plan']['next']['activity'] / 1000:.2f} GBq" in told
    assert 0.2 < kidneys["median"] < 0.8  # Gy/GBq; the generator's truth is 0.43 and 0.41


def test_the_whole_body_walks_with_curves_beside(tmp_path):
    content = json.loads(
        demo("--model", "psma", "--out", str(tmp_path / "demo"), "--json", "--quiet")
    )
    value = content["value"]
    folder = Path(value["report"]).parent
    assert {path.name for path in folder.iterdir()} == {
        *FILES,
        "twin",
        "twin-curves",
        "report.html",
    }
    assert [value["model"], value["beside"]["model"]] == ["psma", "curves"]
    assert load_twin(folder / "twin").model == "psma"
    assert load_twin(folder / "twin-curves").model == "curves"
    # The patient's scans are sums of exponentials: in blood no whole body meets them.
    (warning,) = value["warnings"]
    assert "blood" in warning
    assert value["beside"]["warnings"] == []
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Two models of the same data" in page
    assert "does not meet the scans of blood and whole body" in page
    assert "The model does not describe these data as well as they are known." in page
    for each in (value, value["beside"]):
        assert 0.2 < each["dose_per_activity"]["kidneys"]["median"] < 0.8  # truth 0.43, 0.41


def test_the_demo_has_two_models(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["demo", "--model", "sstr"])
    assert left.value.code == 2
    assert "curves, psma" in " ".join(capsys.readouterr().err.split())
