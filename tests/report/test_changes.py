"""What an update changed, in numbers and words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from theratwin.core.errors import InputError
from theratwin.report.changes import Change, changes
from theratwin.twin import Interval, predict


def test_it_compares_the_cycle_that_was_scanned(twin, updated):
    change = changes(updated)
    assert (change.cycle, change.before, change.added) == ("cycle 2", "cycle 1", "cycle 2")
    before, after = change.rows["kidneys"]
    column = predict(twin).schedule.names.index("cycle 2")
    assert before == predict(twin).dose_per_activity().rows["kidneys"][column]
    assert after == predict(updated).dose_per_activity().rows["kidneys"][column]


def test_scans_narrow(updated):
    change = changes(updated)
    # Kidneys were known from one cycle and 15 % change; two scans of 5 % must tell more.
    assert change.narrowing["kidneys"] < 1.0
    assert "Lesion" in change.words
    assert "narrower" in change.words


def test_words_tell_a_surprise_and_widening():
    rows = {"kidneys": (Interval(1.0, 0.9, 1.1), Interval(2.0, 1.5, 2.7))}
    words = Change("cycle 2", "cycle 1", "cycle 2", rows).words
    assert "Outside the interval predicted before: Kidneys." in words
    assert "wider" in words
    assert "narrower" not in words
    assert "nothing can be compared" in Change("cycle 2", "cycle 1", "cycle 2", {}).words


def test_without_an_update_there_is_none(updated):
    with pytest.raises(InputError, match="never updated"):
        changes(replace(updated, history=()))
