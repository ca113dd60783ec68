"""``theratwin dose lesion`` as users call it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.main import get_command

from theratwin.cli.dose import app
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dosimetry import log_sd, outline_slope, sphere_recovery
from theratwin.physics import sphere_s_value

GIVEN = ("--activity", "400 MBq h +- 6 %", "--volume", "6 mL +- 30 %", "--calibration", "5 %")


@pytest.fixture
def run(capsys):
    def call(*options: str, nuclide: str = "Lu-177") -> str:
        command = ["lesion", "--nuclide", nuclide, *options]
        get_command(app)(command, standalone_mode=False)
        return capsys.readouterr().out

    return call


@pytest.fixture
def phantom(tmp_path):
    table = tmp_path / "phantom.csv"
    volumes = np.array([0.5, 1.2, 2.6, 5.6, 11.5, 26.5])
    rows = [f"{v},{1.0 / (1.0 + (2.0 / v) ** 0.8)},0.02" for v in volumes]
    table.write_text("\n".join(["volume_mL,recovery,sd", *rows]))
    return str(table)


def test_a_lesion_whose_counts_are_all_recovered(run):
    found = json.loads(run(*GIVEN, "--json"))
    own = sphere_s_value("Lu-177", 6.24, 1.04)
    assert found["schema"] == "theratwin/lesion-dose/1"
    assert found["value"] == pytest.approx(400.0 * float(own.total), rel=1e-6)
    slope = found["sensitivity_to_volume"]
    assert slope == pytest.approx(-1.0, abs=0.02)  # the electrons' S value goes with 1/m
    expected = {
        "counts": log_sd(0.06),
        "calibration": log_sd(0.05),
        "volume": abs(slope) * log_sd(0.3),
        "S value": log_sd(float(own.relative_uncertainty)),
        "fit": 0.0,
    }
    assert found["budget"] == pytest.approx(expected, rel=1e-4)
    total = np.sqrt(sum(part**2 for part in expected.values()))
    assert found["relative_uncertainty"] == pytest.approx(total, rel=1e-4)
    # 20000 draws: 0.5 %, three of them.
    assert found["relative_uncertainty_by_draws"] == pytest.approx(total, rel=0.015)
    edges = found["value"] * np.exp(np.array([-1.0, 1.0]) * 1.6449 * total)
    assert list(found["interval"].values()) == pytest.approx(edges, rel=0.02)


def test_recovery_and_outline_act_together(run, phantom):
    found = json.loads(
        run(*GIVEN, "--phantom", phantom, "--resolution", "10 mm", "--fit", "5 %", "--json")
    )
    recovery = 1.0 / (1.0 + 3.0**-0.8)
    steps = found["steps"]
    assert steps["recovery"]["value"] == pytest.approx(recovery, rel=1e-3)
    assert steps["time-integrated activity"]["value"] == pytest.approx(400.0 / recovery, rel=1e-3)
    slope = float(outline_slope(6.0, 10.0, recovery)) - 0.8 * (1.0 - recovery) - 1.0
    assert found["sensitivity_to_volume"] == pytest.approx(slope, abs=0.02)
    assert found["budget"]["recovery"] > 0
    assert "phantom.csv" in found["provenance"]["inputs"]
    assert recovery > float(sphere_recovery(6.0, 10.0)) > 0.4  # the phantom's camera is sharper


def test_text_tells_every_step(run):
    text = run(*GIVEN)
    for words in ("90 % interval", "S value", "of variance", "a volume 1 % larger"):
        assert words in text


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--volume", "6 g"), "--volume"),
        (("--volume", "-6 mL"), "must be positive"),
        (("--activity", "400 MBq"), "--activity"),
        (("--calibration", "-5 %"), "--calibration"),
        (("--phantom", "none.csv"), "no such file"),
        (("--resolution", "0 mm"), "--resolution"),
    ],
)
def test_wrong_options_are_refused(run, options, word):
    with pytest.raises(InputError, match=word):
        run(*GIVEN, *options)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("volume_mL,recovery\n1,0.5\n", "a column is missing"),
        ("volume_mL,recovery,sd\n1,0.5,x\n", "three numbers"),
        ("volume_mL,recovery,sd\n1,0.5,0.1\n2,0.6,0.1\n", "three inserts"),
    ],
)
def test_wrong_phantoms_are_refused(run, tmp_path, text, word):
    table = tmp_path / "phantom.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=word):
        run(*GIVEN, "--phantom", str(table))


def test_progeny_has_to_be_named(run):
    with pytest.raises(UnsupportedError):
        run(*GIVEN, nuclide="Ac-225")
    assert json.loads(run(*GIVEN, "--progeny", "all", "--json", nuclide="Ac-225"))["value"] > 100.0
