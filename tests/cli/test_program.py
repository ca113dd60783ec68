"""The program itself: help, version, errors and exit statuses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from theratwin import cli
from theratwin.core.errors import FitError, InfeasibleError, InputError, UnsupportedError


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


def left_with(monkeypatch, error, arguments=()):
    def fail(_):
        raise error

    monkeypatch.setattr("theratwin.cli.program.app", fail)
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    return left.value.code


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("x"), 2),
        (UnsupportedError("x"), 3),
        (FitError("x"), 4),
        (InfeasibleError("x"), 5),
    ],
)
def test_each_error_has_its_exit_status(error, status, monkeypatch):
    assert left_with(monkeypatch, error) == status


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied", "there/twin"),
        OSError(28, "No space left on device", "there/twin"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(error, monkeypatch, capsys):
    assert left_with(monkeypatch, error) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"theratwin: there/twin: {error.strerror.lower()}. Check the path")


def test_an_interrupt_ends_with_130():
    code = (
        "from theratwin.cli import main, app\n"
        "@app.command()\n"
        "def wait():\n"
        "    raise KeyboardInterrupt\n"
        "main(['wait'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr


def test_our_own_mistakes_are_not_hidden(monkeypatch):
    monkeypatch.setattr("theratwin.cli.program.app", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.main([])
