"""Options of cell models among the entries of ``--set``."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from theratwin.cli.response import app
from theratwin.cli.response_options import option_values, options_among
from theratwin.core.errors import InputError
from theratwin.response.cell_survival.library import cell_model_class

RUN = CliRunner()


def survival(*arguments: str) -> float:
    done = RUN.invoke(app, ["survival", "--acute", "2 Gy", "--json", *arguments])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)["value"]


def test_a_frozen_cycle_is_medras():
    line = ["--phase", "G2", "--hr", "deficient"]
    frozen = survival("--model", "medras-rpt", "--set", "cycle=frozen", *line)
    assert frozen == pytest.approx(survival("--model", "medras", *line), rel=1e-5)
    moving = survival("--model", "medras-rpt", *line)
    assert moving != pytest.approx(frozen, rel=1e-3)


def test_values_take_the_kind_of_their_option():
    model = cell_model_class("medras-rpt")
    given = ["checkpoint=yes", "delayed_death=2", "drugs=parp,atr", "rate.fast=2 /h"]
    own, left = options_among(model, given)
    assert option_values(model, own) == {
        "checkpoint": True,
        "delayed_death": 2,
        "drugs": "parp,atr",
    }
    assert left == ["rate.fast=2 /h"]
    delay = option_values(cell_model_class("medras"), ["plating_delay=1 d"])
    assert delay == {"plating_delay": 24.0}


@pytest.mark.parametrize("entry", ["checkpoint=maybe", "delayed_death=often"])
def test_a_value_of_the_wrong_kind_is_refused(entry):
    with pytest.raises(InputError, match=entry.partition("=")[0]):
        option_values(cell_model_class("medras-rpt"), [entry])
