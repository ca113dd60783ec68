"""``theratwin model study`` as users call it."""

from __future__ import annotations

import json

import pytest

from theratwin.cli.model import app
from theratwin.core.errors import InputError

CURVE = ("study", "psma", "--vary", "amount=10..1000 nmol", "--points", "3")


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_data(run):
    result = json.loads(run(*CURVE, "--json"))
    value = result["value"]
    assert result["schema"] == "theratwin/ligand-study/1"
    assert value["vary"] == {"amount": pytest.approx([10.0, 100.0, 1000.0])}
    assert result["unit"]["dose"] == "Gy/GBq"
    assert len(value["ratio"]["median"]) == 3
    assert value["dose"]["kidneys"]["median"][0] > value["dose"]["kidneys"]["median"][2]
    assert value["amount"] is None
    assert not value["calibrated"]


def test_text_says_that_it_is_not_calibrated(run):
    text = run(*CURVE, "--tumor", "tumor_2", "--organ", "parotid_glands")
    assert "tumor_2 against parotid_glands" in text
    assert "Not calibrated" in text


def test_pictures_of_curves_and_maps(run, tmp_path):
    curve, grid = tmp_path / "curve.svg", tmp_path / "map.svg"
    population = ("--parameters", "psma_population_ubc", "--patients", "5")
    run(*CURVE, *population, "--plot", str(curve))
    run(*CURVE, "--vary", "dissociation_constant=0.1..10 nmol/L", "--plot", str(grid))
    assert "Ligand administered (nmol)" in curve.read_text("utf-8")
    assert "Dissociation constant (nmol/L)" in grid.read_text("utf-8")
    with pytest.raises(InputError, match="--force"):
        run(*CURVE, "--plot", str(curve))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("study", "one-compartment", "--vary", "amount=1..10 nmol"), "psma-it"),
        ((*CURVE, "--amount", "57"), "amount"),
        ((*CURVE, "--amount", "57 nmol"), "varied already"),
        ((*CURVE, "--tumor", "lesion"), "tumor_rest"),
        ((*CURVE, "--plot", "study.txt"), ".svg"),
        ((*CURVE, "--parameters", "nowhere"), "nowhere"),
    ],
)
def test_wrong_input_is_refused(run, arguments, word):
    with pytest.raises(InputError, match=word):
        run(*arguments)


def test_the_calibrated_body_says_so_and_has_doses_of_clinics(run):
    """Corridors of docs/methods/whole_body.md: kidneys 0.35 to 0.55, a lesion 2 to 8 Gy/GBq."""
    varied = ("--vary", "amount=57..58 nmol", "--points", "2", "--json")
    value = json.loads(run("study", "psma617-calibrated", *varied))["value"]
    assert value["calibrated"]
    assert 0.35 < value["dose"]["kidneys"]["median"][0] < 0.55
    assert 2.0 < value["dose"]["tumors"]["median"][0] < 8.0
