"""The program itself: help, version, errors and exit statuses."""

from __future__ import annotations

import pytest

from theratwin import cli
from theratwin.core.errors import InputError


def test_help_says_what_it_is_and_is_not(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["--help"])
    assert left.value.code == 0
    assert "Not a medical device" in capsys.readouterr().out


def test_unknown_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["forecast"])
    assert left.value.code == 2
    assert "forecast" in capsys.readouterr().err


def test_error_of_the_family_sets_the_exit_status(monkeypatch, capsys):
    def fail(_):
        raise InputError("this is wrong", field="a.b", value="x")

    monkeypatch.setattr("theratwin.cli.program.app", fail)
    with pytest.raises(SystemExit) as left:
        cli.main([])
    assert left.value.code == 2
    assert "a.b: this is wrong" in capsys.readouterr().err
