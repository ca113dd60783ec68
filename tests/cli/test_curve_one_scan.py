"""``theratwin curve fit TABLE.csv --method`` and ``curve scan-errors`` as users call them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.main import get_command

from theratwin.cli.curve import app
from theratwin.core.errors import InputError, UnsupportedError

TIMES = np.array([4.0, 24.0, 72.0, 168.0])


def activities(amplitude: float, half_life: float) -> np.ndarray:
    return amplitude * 2.0 ** (-TIMES / half_life)


@pytest.fixture(scope="module")
def patients(tmp_path_factory):
    """Return a table of simulated patients, their effective half-lives around 50 h."""
    generator = np.random.default_rng(1)
    lines = ["patient,time_h,activity_MBq"]
    for i in range(10):
        half_life = 50.0 * np.exp(0.2 * generator.standard_normal())
        noise = np.exp(0.03 * generator.standard_normal(TIMES.size))
        seen = noise * activities(100.0 + 5.0 * i, half_life)
        lines += [f"p{i},{t:g},{a:.6g}" for t, a in zip(TIMES, seen, strict=True)]
    table = tmp_path_factory.mktemp("population") / "patients.csv"
    table.write_text("\n".join(lines))
    return str(table)


@pytest.fixture
def run(tmp_path, capsys):
    def call(text: str, *options: str) -> str:
        table = tmp_path / "scan.csv"
        table.write_text(text)
        command = ["fit", str(table), "--nuclide", "Lu-177", *options]
        get_command(app)(command, standalone_mode=False)
        return capsys.readouterr().out

    return call


ONE = "time_h,activity_MBq,sd_MBq\n72,40,2\n"
SEVERAL = "time_h,activity_MBq,sd_MBq\n" + "".join(
    f"{t:g},{a:.8g},{0.05 * a:.8g}\n" for t, a in zip(TIMES, activities(100.0, 60.0), strict=True)
)


def test_haenscheid_is_its_formula(run):
    found = json.loads(run(ONE, "--method", "haenscheid", "--json"))
    assert found["schema"] == "theratwin/curve-fit/1"
    assert found["value"] == pytest.approx(40.0 * 2.0 * 72.0 / np.log(2.0), rel=1e-12)
    assert found["relative_uncertainty"] is None
    assert "bound" in found["basis"]
    assert "28.8 to 96 h" in run(ONE, "--method", "haenscheid")


@pytest.mark.parametrize("method", ["madsen", "hou"])
def test_half_lives_by_numbers_or_by_name(run, method):
    options = ("--method", method, "--json", "--population")
    numbers = json.loads(run(ONE, *options, "52.8 h, 14.1 h"))
    named = json.loads(run(ONE, *options, "sstr.kidneys"))  # median 51 h, 1.3: the same
    assert numbers["value"] == pytest.approx(named["value"], rel=2e-3)
    assert named["interval"]["low"] < named["value"] < named["interval"]["high"]


def test_nuclide_changes_the_half_lives_of_a_name(run):
    options = ("--method", "madsen", "--population", "psma.kidneys", "--json")
    lu = json.loads(run(ONE, *options))
    y = json.loads(run(ONE, *options, "--nuclide", "Y-90"))
    assert "median 35.5 h" in lu["basis"]
    assert "median 26.7 h" in y["basis"]


def test_one_of_several_scans_is_compared_with_the_full_fit(run):
    options = ("--method", "haenscheid", "--scan", "72 h")
    found = json.loads(run(SEVERAL, *options, "--json"))
    full = found["full_fit"]
    assert full["time_integrated_activity"] == pytest.approx(100.0 * 60.0 / np.log(2.0), rel=1e-3)
    for time, error in full["relative_error_by_scan_time_h"].items():
        share = float(time) / 60.0
        # The average over models is within 0.1 % of the one that is true.
        assert error == pytest.approx(2.0 * share * 2.0**-share - 1.0, abs=2e-3)
    assert "errs by" in run(SEVERAL, *options)
    assert found["points"] == 1


@pytest.mark.parametrize("method", ["jackson", "mixed"])
def test_methods_with_a_table_of_patients(run, patients, method):
    options = ["--method", method, "--population", patients, "--scan", "72 h", "--model", "mono"]
    found = json.loads(run(SEVERAL, *options, "--json"))
    # At 72 h half-lives of 40 to 60 h differ by 5 % in the integral.
    assert found["value"] == pytest.approx(100.0 * 60.0 / np.log(2.0), rel=0.08)
    assert "10 " in found["basis"]
    assert set(found["provenance"]["inputs"]) == {"scan.csv", "patients.csv"}


def test_mixed_effects_take_all_scans_if_none_is_named(run, patients):
    options = ("--method", "mixed", "--population", patients, "--model", "mono", "--json")
    every = json.loads(run(SEVERAL, *options))
    one = json.loads(run(SEVERAL, *options, "--scan", "24 h"))
    assert every["points"] == 4
    assert every["relative_uncertainty"] < 0.5 * one["relative_uncertainty"]
    assert every["value"] == pytest.approx(100.0 * 60.0 / np.log(2.0), rel=0.05)


def test_errors_of_one_scan_in_a_table_of_patients(patients, capsys):
    command = ["scan-errors", patients, "--nuclide", "Lu-177", "--times", "24 h, 72 h"]
    command += ["--population", "51 h, 10 h", "--model", "mono"]
    get_command(app)([*command, "--json"], standalone_mode=False)
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "theratwin/curve-scan-errors/1"
    assert set(found["value"]) == {"haenscheid", "madsen", "hou", "jackson"}
    for errors in found["value"].values():
        assert errors["rms"][1] < errors["rms"][0]
        assert abs(errors["worst"][0]) >= errors["rms"][0]
    get_command(app)(command, standalone_mode=False)
    assert "10 patients" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--method", "madson"), "nearest match 'madsen'"),
        (("--method", "madsen"), "needs a population"),
        (("--method", "mixed"), "table of patients"),
        (("--method", "haenscheid", "--population", "psma.kidneys"), "no effect"),
        (
            ("--method", "hou", "--scan", "72 h", "--population", "psma.kidny"),
            "nearest match 'psma.kidneys'",
        ),
        (("--method", "hou", "--population", "sstr.kidneys", "--model", "mono"), "--model"),
        (("--method", "haenscheid", "--scan", "71 h"), "no scan at this time"),
        (("--method", "haenscheid"), "several scans"),
        (("--scan", "72 h"), "Give --method too"),
        (("--population", "sstr.kidneys"), "Give --method too"),
    ],
)
def test_wrong_options_are_refused(run, options, word):
    with pytest.raises(InputError, match=word):
        run(SEVERAL, *options)


def test_a_name_is_no_table(run):
    with pytest.raises(UnsupportedError, match="column"):
        run(ONE, "--method", "jackson", "--population", "psma.kidneys")


def test_a_table_of_one_patient_is_no_population(run, tmp_path):
    table = tmp_path / "plain.csv"
    table.write_text(ONE)
    with pytest.raises(InputError, match="no column patient"):
        run(ONE, "--method", "jackson", "--population", str(table))


def test_patients_are_named_in_errors(run, tmp_path):
    table = tmp_path / "few.csv"
    table.write_text("patient,time_h,activity_MBq\np1,4,5\np1,24,4\np2,4,-5\n")
    with pytest.raises(InputError, match="patient p2"):
        run(ONE, "--method", "jackson", "--population", str(table))


def test_methods_of_tables_are_refused_for_a_case():
    with pytest.raises(InputError, match="--method"):
        get_command(app)(["fit", "case.toml", "--method", "hou"], standalone_mode=False)
