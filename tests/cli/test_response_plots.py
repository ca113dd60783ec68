"""Plots that commands of ``theratwin response`` draw."""

from __future__ import annotations

import pytest

from theratwin.cli.response import app


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bed", "--terms", '[["0.5 Gy/h", "40 h"]]', "--tissue", "kidneys"], ["BED", "Gy"]),
        (["survival", "--model", "lpl", "--exponential", "10 Gy", "--half-life", "51 h"], ["lpl"]),
        (["survival", "--model", "medras", "--acute", "2 Gy"], ["medras"]),
    ],
)
def test_a_plot_is_written(arguments, words, tmp_path, capsys):
    file = tmp_path / "plot.svg"
    app([*arguments, "--plot", str(file)], standalone_mode=False)
    capsys.readouterr()
    drawn = file.read_text(encoding="utf-8")
    assert drawn.startswith("<?xml")
    assert all(word in drawn for word in words)
