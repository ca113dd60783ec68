"""What leaves the command line as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from theratwin.cli.output import emit, plain
from theratwin.core.errors import InputError


def test_what_json_does_not_hold_is_turned_into_what_it_does():
    content = {
        "mapping": MappingProxyType({"a": np.float64(1.5)}),
        "array": np.array([[1.0, np.nan], [np.inf, 2.0]]),
        "start": datetime(2024, 3, 1, 10, tzinfo=UTC),
        "path": Path("a") / "b",
        "infinite": float("inf"),
        "pair": (1, None),
    }
    assert json.loads(json.dumps(plain(content), allow_nan=False)) == {
        "mapping": {"a": 1.5},
        "array": [[1.0, None], [None, 2.0]],
        "start": "2024-03-01T10:00:00+00:00",
        "path": str(Path("a") / "b"),
        "infinite": None,
        "pair": [1, None],
    }


def test_a_file_is_written_once_and_replaced_by_force_only(tmp_path, capsys):
    out = tmp_path / "new" / "result.json"
    emit("x/1", 1.0, text="one", as_json=True, out=out)
    assert json.loads(out.read_text())["schema"] == "theratwin/x/1"
    with pytest.raises(InputError, match="--force"):
        emit("x/1", 2.0, text="two", as_json=False, out=out)
    emit("x/1", 2.0, text="two", as_json=False, out=out, force=True)
    assert out.read_text() == "two\n"
    assert capsys.readouterr().out == ""
