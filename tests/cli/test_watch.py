"""Progress: on a terminal, after a second, on stderr; otherwise nothing."""

from __future__ import annotations

import io
from itertools import count

import pytest

from theratwin.cli import watch


class _Stream(io.StringIO):
    def __init__(self, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "pace", "shows"), [(True, 0.6, True), (True, 0.01, False), (False, 0.6, False)]
)
def test_shows_what_lasts_on_a_terminal(monkeypatch, capsys, terminal, pace, shows):
    stream, ticks = _Stream(terminal), count()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(watch, "monotonic", lambda: pace * next(ticks))
    assert list(watch.watched(list("abcdef"), "Reading scans")) == list("abcdef")
    assert ("Reading scans" in stream.getvalue()) == shows
    assert capsys.readouterr().out == ""
