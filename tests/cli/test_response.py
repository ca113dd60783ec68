"""``theratwin response`` as users call it."""

from __future__ import annotations

import json
import math

import pytest
from numpy.testing import assert_allclose

from theratwin.cli.response import app
from theratwin.core import Exponentials, InputError
from theratwin.response import Repair, protraction_factor

TERMS = '[["1 Gy/h","5 h"],["0.5 Gy/h","60 h"]]'
REPAIR = '[[0.5663,"0.333 h"],[0.4337,"2.66 h"]]'
KIDNEY_CYCLE = json.dumps([[f"{23 * math.log(2) / 51.6!r} Gy/h", "51.6 h"]])


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return call


class TestProtraction:
    @pytest.mark.parametrize(
        "terms",
        [
            '[["-1 Gy/h","5 h"]]',
            '[["1 Gy/h","5 h"],["-0.9 Gy/h","60 h"]]',
            '[["1 Gy/h","60 h"],["-0.5 Gy/h","60 h","200 h"]]',
        ],
    )
    def test_a_dose_rate_below_zero_is_refused(self, run, terms):
        with pytest.raises(InputError, match="below zero"):
            run("protraction", "--terms", terms, "--repair", REPAIR)

    @pytest.mark.parametrize(
        "terms",
        [
            '[["1 Gy/h","60 h"],["-1 Gy/h","2 h"]]',
            '[["1 Gy/h","60 h"],["-1 Gy/h","2 h"],["1 Gy/h","60 h","8 weeks"],'
            '["-1 Gy/h","2 h","8 weeks"]]',
        ],
    )
    def test_uptake_is_a_negative_term(self, run, terms):
        assert 0.0 < float(run("protraction", "--terms", terms, "--repair", REPAIR).split()[1]) < 1

    def test_two_terms_and_two_components(self, run):
        result = json.loads(run("protraction", "--terms", TERMS, "--repair", REPAIR, "--json"))
        assert result["schema"] == "theratwin/protraction/1"
        assert result["unit"] == {"G": "1", "dose": "Gy"}
        assert result["provenance"]["versions"]["numpy"]
        # With rates 2.081 and 0.2604 /h it is 0.0280056299; half-times rounded to three digits
        # move it by 0.06 %.
        assert_allclose(result["value"]["G"], 0.027990046715449458, rtol=1e-12)
        assert_allclose(result["value"]["dose"], 50.4943264, rtol=1e-9)

    def test_rates_in_place_of_rounded_half_times(self, run):
        exact = [[0.5663, f"{math.log(2) / 2.081!r} h"], [0.4337, f"{math.log(2) / 0.2604!r} h"]]
        arguments = ("protraction", "--terms", TERMS, "--repair", json.dumps(exact), "--json")
        assert_allclose(json.loads(run(*arguments))["value"]["G"], 0.0280056299, rtol=3e-9)

    def test_json_holds_every_digit(self, run):
        curve = Exponentials.from_half_lives([1.0, 0.5], [5.0, 60.0])
        expected = protraction_factor(curve, Repair((0.5663, 0.4337), (0.333, 2.66)))
        given = run("protraction", "--terms", TERMS, "--repair", REPAIR, "--json")
        assert_allclose(json.loads(given)["value"]["G"], float(expected), rtol=1e-14)

    def test_until_and_constant_rate(self, run):
        arguments = ("--terms", '[["2 Gy/h", null]]', "--repair", '[["100 %", "90 min"]]')
        given = json.loads(run("protraction", *arguments, "--until", "10 h", "--json"))["value"]
        assert_allclose([given["G"], given["dose"]], [0.3400688318, 20.0], rtol=1e-9)

    def test_text(self, run):
        assert run("protraction", "--terms", TERMS, "--repair", REPAIR).splitlines() == [
            "G     0.02799004672",
            "dose  50.49432643 Gy",
        ]

    def test_out(self, run, tmp_path):
        file = tmp_path / "g.json"
        call = ("protraction", "--terms", TERMS, "--repair", REPAIR, "--json", "--out", str(file))
        assert run(*call) == ""
        assert json.loads(file.read_text())["schema"] == "theratwin/protraction/1"
        with pytest.raises(InputError, match="--out"):
            run(*call)
        run(*call, "--force")

    @pytest.mark.parametrize(
        ("terms", "repair", "field"),
        [
            ('[["1 Gy/h","5"]]', REPAIR, r"--terms\[0\]\[1\]"),
            ('[["1 Gy/h","5 h"],["1 Gy","5 h"]]', REPAIR, r"--terms\[1\]\[0\]"),
            ('[["1 Gy/h","0 h"]]', REPAIR, r"--terms\[0\]\[1\]"),
            ('[[1,"5 h"]]', REPAIR, r"--terms\[0\]\[0\]"),
            ('[["1 Gy/h","5 h","x"]]', REPAIR, r"--terms\[0\]\[2\]"),
            ('[["1 Gy/h"]]', REPAIR, r"--terms\[0\]"),
            ('[["1 Gy/h",null]]', REPAIR, r"--terms\[0\]\[1\]: the dose has no end"),
            ("[]", REPAIR, "--terms"),
            ("1 Gy/h", REPAIR, "--terms: this is no JSON"),
            (TERMS, '[[0.5,"1 h"]]', "--repair.*sum to 1"),
            (TERMS, '[[1,"1 Gy"]]', r"--repair\[0\]\[1\]"),
            (TERMS, '[[true,"1 h"]]', r"--repair\[0\]\[0\]"),
            (TERMS, '["1 h"]', r"--repair\[0\]"),
            (TERMS, '[[1,"-1 h"]]', r"--repair.*half_times\[0\]"),
        ],
    )
    def test_wrong_input_is_named(self, run, terms, repair, field):
        with pytest.raises(InputError, match=field):
            run("protraction", "--terms", terms, "--repair", repair)


class TestBed:
    def test_kidneys(self, run):
        given = json.loads(run("bed", "--terms", KIDNEY_CYCLE, "--tissue", "kidneys", "--json"))
        assert_allclose(given["value"]["BED"], 33.8912, atol=5e-5)
        assert_allclose(given["value"]["EQD2"], 33.8912 / 1.8, atol=5e-5)
        assert given["provenance"]["parameter_sets"] == ["response/tissues"]

    def test_every_form_of_dose(self, run):
        def told(*form: str) -> dict:
            return json.loads(run("bed", *form, "--tissue", "kidneys", "--json"))["value"]

        assert_allclose(told("--acute", "2 Gy")["EQD2"], 2.0, rtol=1e-14)
        decaying = told("--exponential", "23 Gy", "--half-life", "51.6 h")
        assert_allclose(decaying["BED"], 33.8912, atol=5e-5)
        mu_t = math.log(2) / 2.8 * 10.0
        factor = 2.0 / mu_t * (1.0 + math.expm1(-mu_t) / mu_t)
        constant = told("--constant", "8 Gy", "--duration", "10 h")
        assert_allclose(constant["BED"], 8.0 * (1.0 + factor * 8.0 / 2.5), rtol=1e-10)
        with pytest.raises(InputError, match="one form of dose"):
            run("bed", "--tissue", "kidneys")

    def test_plot(self, run, tmp_path):
        picture = tmp_path / "bed.svg"
        call = ("bed", "--acute", "2 Gy", "--tissue", "kidneys", "--plot", str(picture))
        run(*call)
        assert "<svg" in picture.read_text(encoding="utf-8")
        with pytest.raises(InputError, match="--plot"):
            run(*call)

    def test_given_values_go_first(self, run):
        plain = ("--alpha-beta", "2.5 Gy", "--repair", '[[1,"2.8 h"]]')
        assert run("bed", "--terms", KIDNEY_CYCLE, *plain) == run(
            "bed", "--terms", KIDNEY_CYCLE, "--tissue", "marrow", *plain
        )

    def test_text(self, run):
        text = run("bed", "--terms", KIDNEY_CYCLE, "--tissue", "kidneys")
        assert text.splitlines() == ["BED   33.8912 Gy", "EQD2  18.8284 Gy", "dose  23 Gy"]

    def test_missing_values_are_named(self, run):
        with pytest.raises(InputError, match="--alpha-beta"):
            run("bed", "--terms", KIDNEY_CYCLE)
        with pytest.raises(InputError, match="--repair"):
            run("bed", "--terms", KIDNEY_CYCLE, "--alpha-beta", "2.5 Gy")
        with pytest.raises(InputError, match="nearest match 'kidneys'"):
            run("bed", "--terms", KIDNEY_CYCLE, "--tissue", "kidney")
        with pytest.raises(InputError, match="alpha_beta"):
            run("bed", "--terms", KIDNEY_CYCLE, "--tissue", "kidneys", "--alpha-beta", "0 Gy")


class TestSurvival:
    def test_prostate_metastasis(self, run):
        terms = json.dumps([[f"{20 * math.log(2) / 51!r} Gy/h", "51 h"]])
        given = run("survival", "--terms", terms, "--tissue", "prostate_metastasis", "--json")
        kill = 0.147 * 20 + 0.098 * 1.9 / 52.9 * 400
        assert_allclose(json.loads(given)["log_kill"], kill, rtol=1e-12)
        assert_allclose(json.loads(given)["value"], math.exp(-kill), rtol=1e-11)

    def test_alpha(self, run):
        call = ("survival", "--terms", KIDNEY_CYCLE, "--tissue", "kidneys")
        with pytest.raises(InputError, match="--alpha: alpha of kidneys"):
            run(*call)
        given = json.loads(run(*call, "--alpha", "0.1 /Gy", "--json"))
        assert_allclose(given["log_kill"], 3.38912, atol=5e-6)
