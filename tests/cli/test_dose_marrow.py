"""``theratwin dose marrow`` as users call it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.main import get_command

from theratwin.cli.dose import app
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dosimetry import Measured, marrow_from_blood

BODY = ("--body-mass", "80 kg", "--height", "176 cm")
BLOOD = ("--blood", "2 MBq h/mL +- 8 %", "--ratio", "1 +- 20 %")


@pytest.fixture
def run(capsys):
    def call(*options: str, nuclide: str = "Lu-177") -> str:
        command = ["marrow", "--nuclide", nuclide, *options]
        get_command(app)(command, standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_dose_by_blood_with_remainder_and_a_source(run):
    liver = "liver = 5000 MBq h +- 10 %, 1.2e-7 mGy/(MBq s) +- 10 %"
    options = (*BLOOD, "--remainder", "30 GBq h +- 5 %", *BODY, "--source", liver)
    found = json.loads(run(*options, "--json"))
    assert found["schema"] == "theratwin/marrow-dose/1"
    assert found["unit"] == "Gy"
    parts = found["by_source"]
    own = marrow_from_blood("Lu-177", Measured(2.0), Measured(1.0)).dose
    assert parts["itself"] == pytest.approx(own)
    assert parts["liver"] == pytest.approx(5000.0 * 1.2e-7 * 3.6)  # mGy/(MBq s) in Gy/(MBq h)
    assert found["value"] == pytest.approx(sum(parts.values()))
    low, high = found["interval"]["low"], found["interval"]["high"]
    assert low < found["value"] < high
    # 20000 draws: 0.5 %; parts of the sum are no more than 30 % uncertain.
    assert found["relative_uncertainty_by_draws"] == pytest.approx(
        found["relative_uncertainty"], rel=0.03
    )
    assert found["budget"]["ratio"] > found["budget"]["blood"] > found["budget"]["liver activity"]
    text = run(*options)
    for words in ("90 % interval", "remainder", "liver", "of variance"):
        assert words in text


def test_samples_are_fitted(run, tmp_path):
    times = np.array([0.5, 2.0, 6.0, 24.0, 48.0, 96.0])
    values = 300.0 * np.exp(-0.8 * times) + 40.0 * np.exp(-0.03 * times)
    table = tmp_path / "blood.csv"
    rows = [f"{t:g},{v:.8g},3" for t, v in zip(times, values, strict=True)]
    table.write_text("\n".join(["time [h],concentration [kBq/mL],uncertainty [%]", *rows]))
    truth = (300.0 / 0.8 + 40.0 / 0.03) / 1000.0  # MBq h/mL
    options = ("--samples", str(table), "--hematocrit", "0.47", "--json")
    expected = marrow_from_blood("Lu-177", Measured(truth), Measured(0.19 / 0.53)).dose
    one = json.loads(run(*options, "--model", "bi"))
    assert one["value"] == pytest.approx(expected, rel=1e-3)
    # The average over models gives wrong ones some weight.
    assert json.loads(run(*options))["value"] == pytest.approx(expected, rel=0.05)
    assert "blood.csv" in one["provenance"]["inputs"]


def test_image_and_activity(run):
    image = ("--image", "1 MBq h/mL +- 15 %", "--marrow-fraction", "0.5 +- 10 %")
    activity = ("--activity", "1000 MBq h", "--mass", "515 g +- 15 %")
    doses = [json.loads(run(*options, "--json"))["value"] for options in (image, activity)]
    assert doses[0] == pytest.approx(doses[1], rel=1e-9)  # both 2 MBq h in a mL of marrow
    assert "mass" in run(*activity)


def test_a_ratio_without_uncertainty_gets_the_assumed_one(run):
    assumed = json.loads(run("--blood", "2 MBq h/mL", "--ratio", "1", "--json"))
    assert assumed["budget"]["ratio"] == pytest.approx(0.198, abs=1e-3)
    assert "uncertain by 20%" in assumed["basis"][1]
    certain = json.loads(run("--blood", "2 MBq h/mL", "--ratio", "1 +- 0 %", "--json"))
    assert "ratio" not in certain["budget"]


def test_the_same_seed_gives_the_same_interval(run):
    one, two, other = (
        json.loads(run(*BLOOD, "--json", "--seed", seed))["interval"] for seed in ("1", "1", "2")
    )
    assert one == two != other


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ((), "in one way"),
        ((*BLOOD, "--image", "1 MBq h/mL"), "in one way"),
        (("--blood", "2 MBq h/mL"), "--ratio 1 for small ligands"),
        ((*BLOOD, "--hematocrit", "0.4"), "in one way"),
        (("--blood", "2 MBq h/mL", "--hematocrit", "42"), "--hematocrit"),
        ((*BLOOD, "--mass", "1 kg"), "with --activity alone"),
        ((*BLOOD, "--height", "1.7 m"), "with --remainder alone"),
        ((*BLOOD, "--model", "bi"), "with --samples alone"),
        ((*BLOOD, "--remainder", "3 GBq h"), "--body-mass"),
        (("--image", "1 MBq h/mL"), "--marrow-fraction"),
        (("--activity", "1 MBq h"), "--mass"),
        ((*BLOOD, "--source", "liver = 3 MBq h"), "S value are needed"),
        ((*BLOOD, "--source", "liver = 3 MBq h, 1 mGy"), "S value"),
        (("--blood", "2 MBq", "--ratio", "1"), "--blood"),
        (("--blood", "-2 MBq h/mL", "--ratio", "1"), "must be positive"),
        (("--samples", "none.csv", "--ratio", "1"), "no such file"),
    ],
)
def test_wrong_options_are_refused(run, options, word):
    with pytest.raises(InputError, match=word):
        run(*options)


def test_alpha_emitters_are_refused(run):
    with pytest.raises(UnsupportedError):
        run(*BLOOD, nuclide="Ra-223")
