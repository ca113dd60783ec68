"""``theratwin svalue cell`` as users call it."""

from __future__ import annotations

import json

import pytest

from theratwin.cli.svalue import svalue
from theratwin.core.errors import InputError, UnsupportedError

CELL = ("--cell-radius", "5 um", "--nucleus-radius", "3 um")


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        svalue(["cell", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_json(run):
    found = json.loads(run("--nuclide", "Lu-177", *CELL, "--json"))
    assert found["schema"] == "theratwin/svalue/1"
    assert found["unit"] == "Gy/(Bq s)"
    assert list(found["value"])[:5] == ["N<-N", "N<-Cy", "N<-CS", "C<-C", "C<-CS"]
    assert found["value"]["N<-N"] == pytest.approx(3.344e-3, rel=0.04)  # MIRDcell
    assert found["relative_uncertainty"].keys() == found["value"].keys()
    assert "Cole" in found["method"]


def test_other_units_of_length_and_the_other_method(run):
    options = ("--nuclide", "Lu-177", "--cell-radius", "0.005 mm", "--nucleus-radius", "3000 nm")
    found = json.loads(run(*options, "--method", "csda", "--json"))
    assert "CSDA" in found["method"]
    assert found["value"]["N<-N"] == pytest.approx(3.4e-3, rel=0.04)


def test_table(run):
    text = run("--nuclide", "Ac-225", *CELL, "--progeny", "all", "--distance", "10 um")
    for words in ("N<-CS", "10 um to the target", "Fr-221 1"):
        assert words in text


def test_retention(run):
    chain = ("--nuclide", "Ac-225", *CELL, "--progeny", "all", "--json")
    kept = json.loads(run(*chain))["value"]["N<-CS"]
    half = json.loads(run(*chain, "--retention", "50 %"))["value"]["N<-CS"]
    one = json.loads(run(*chain, "--retention", "Fr-221=0", "--retention", "At-217=0"))
    assert one["value"]["N<-CS"] < half < kept  # two of three daughters' alphas are missing
    assert one["decays"]["Fr-221"] == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--cell-radius", "5 um", "--nucleus-radius", "6 um"), "--nucleus-radius"),
        (("--cell-radius", "5", "--nucleus-radius", "3 um"), "--cell-radius"),
        (("--cell-radius", "-5 um", "--nucleus-radius", "3 um"), "--cell-radius"),
        ((*CELL, "--distance", "9 um"), "--distance"),
        ((*CELL, "--retention", "0.5"), "--retention"),
        ((*CELL, "--progeny", "all", "--retention", "Lu-177=1"), "--retention"),
    ],
)
def test_refusals_name_the_option(run, options, word):
    with pytest.raises(InputError, match=word):
        run("--nuclide", "Lu-177", *options)


def test_a_chain_needs_a_word(run):
    with pytest.raises(UnsupportedError, match="progeny all, or none"):
        run("--nuclide", "Ac-225", *CELL)
