"""Doses on the command line: read, given, and told."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from theratwin.cli.model import app
from theratwin.cli.model_doses import as_data, as_text, read_doses
from theratwin.core import InputError
from theratwin.dynamics import Bolus, Infusion, Jump, model

NETWORK = model("one-compartment")
SYSTEM = NETWORK.system()
#: Elimination and decay of the model (per h).
RATE = 1.0 + math.log(2.0) / 160.0


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app(("simulate", "one-compartment", *arguments), standalone_mode=False)
        return capsys.readouterr().out

    return call


def read(*entries: str, end: float = 100.0):
    return read_doses(entries, NETWORK, SYSTEM, end)


def test_a_bolus_an_infusion_and_a_new_value():
    bolus, infusion, jump = read(
        "plasma.drug = 2 umol @ 30 min",
        "infusion=6nmol@1h for 20 min",
        " infusion = 1 umol/h @ 1 d ",
    )
    assert isinstance(bolus, Bolus)
    assert (bolus.state, bolus.time, bolus.amount) == ("plasma.drug", 0.5, 2000.0)
    assert isinstance(infusion, Infusion)
    assert (infusion.switch, infusion.time, infusion.amount) == ("infusion", 1.0, 6.0)
    assert_allclose(infusion.duration, 1.0 / 3.0, rtol=1e-15)
    assert isinstance(jump, Jump)
    assert (jump.switch, jump.time, jump.value) == ("infusion", 24.0, 1000.0)


def test_several_times_are_several_doses():
    doses = read("infusion = 3 nmol @ 0 h, 24 h, 2 d for 1 h")
    assert [dose.time for dose in doses] == [0.0, 24.0, 48.0]
    assert {dose.duration for dose in doses} == {1.0}
    assert [entry["kind"] for entry in as_data(doses)] == ["infusion"] * 3
    assert as_text(doses, NETWORK)[1] == "  3 nmol through infusion at 24 h for 1 h"


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ("plasma.drug 5 nmol @ 0 h", 'Write for example "plasma.drug = 100 nmol @ 0 h'),
        ("plasma.drug = 5 nmol", "cannot be read"),
        ("plasma.drug = 5 nmol @ 0 h @ 1 h", "cannot be read"),
        ("plasma = 5 nmol @ 0 h", "nearest match 'plasma.drug'"),
        ("volume = 5 mL @ 0 h", "no such state or switch"),
        ("plasma.drug = 5 @ 0 h", "unit is missing"),
        ("plasma.drug = 5 MBq @ 0 h", "does not convert"),
        ("plasma.drug = 5 nmol @ 0", "unit is missing"),
        ("plasma.drug = 5 nmol @ 0 h,", "no number"),
        ("plasma.drug = 5 nmol @ -1 h", "before the start"),
        ("plasma.drug = 5 nmol @ 101 h", "after the last result"),
        ("plasma.drug = 5 nmol @ 0 h for 1 h", r"Infuse through a switch \(infusion\)"),
        ("infusion = 5 nmol/h @ 0 h for 1 h", "does not convert to nmol"),
        ("infusion = 5 nmol @ 0 h", "does not convert to nmol/h"),
        ("infusion = 5 nmol @ 0 h for 0 h", "must be positive"),
        ("infusion = -5 nmol @ 0 h for 1 h", "must not be negative"),
        ("plasma.drug = -5 nmol @ 0 h", "must not be negative"),
    ],
)
def test_bad_text_is_named_with_a_remedy(entry, word):
    with pytest.raises(InputError, match=word) as told:
        read(entry)
    assert "--dose" in str(told.value)


@given(st.text(max_size=30) | st.text("=@ forhnml,019.", max_size=30))
def test_any_other_text_is_refused(text):
    if "=" in text and "@" in text:
        with pytest.raises(InputError, match="--dose"):
            read(f"{text} and more")
        return
    with pytest.raises(InputError, match="cannot be read"):
        read(text)


def test_a_model_without_switches_says_so():
    network = model("receptor-binding")
    with pytest.raises(InputError, match="no switch through which"):
        read_doses(["ligand = 1 nmol @ 0 h for 1 h"], network, network.system(), 10.0)


def test_what_is_given_is_solved(run):
    text = run(
        *("--set", "dose=0 nmol", "--times", "1 h, 4 h", "--rtol", "1e-9", "--json"),
        *("--dose", "plasma.drug = 3 nmol @ 0 h, 2 h", "--dose", "infusion = 4 nmol @ 1 h for 2 h"),
    )
    result = json.loads(text)
    imaged = result["value"]["observables"]["imaged"]["median"]
    boluses = 3.0 * np.exp(-RATE * np.array([1.0, 4.0]))
    late = 3.0 * math.exp(-2.0 * RATE)
    infused = 2.0 / RATE * (math.exp(-RATE) - math.exp(-3.0 * RATE))
    # Ten times the tolerance, for what builds up over the steps.
    assert_allclose(imaged, boluses + np.array([0.0, late + infused]), rtol=1e-8)
    told = result["value"]["doses"][2]
    assert told.pop("kind") == told.pop("target") == "infusion"
    assert told == {"time": 1.0, "duration": 2.0, "amount": 4.0}
    assert result["unit"]["doses"]["amount"] == {"plasma.drug": "nmol", "infusion": "nmol"}


def test_the_text_tells_the_doses(run):
    text = run("--end", "4 h", "--dose", "plasma.drug = 3 nmol @ 2 h")
    assert "  3 nmol into plasma.drug at 2 h" in text
    assert "infusion is 5 nmol/h from 1 h" in run(
        "--end", "4 h", "--dose", "infusion = 5 nmol/h @ 60 min"
    )


def test_all_patients_are_dosed(run):
    value = json.loads(
        run(
            *("--patients", "20", "--vary", "clearance", "--times", "1 h", "--json"),
            *("--set", "dose=0 nmol", "--dose", "plasma.drug = 3 nmol @ 1 h"),
        )
    )["value"]
    imaged = value["observables"]["imaged"]
    assert_allclose([imaged["low"][0], imaged["high"][0]], 3.0, rtol=1e-12)
