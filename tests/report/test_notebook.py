"""What a notebook shows of a twin and a prediction."""

from __future__ import annotations

from theratwin.report import DISCLAIMER
from theratwin.twin import predict


def test_a_twin_shows_doses_and_origin(updated, small):
    text = updated._repr_html_()
    assert "(simulated)" in text
    assert "Gy/GBq" in text
    assert DISCLAIMER in text
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in small._repr_html_()


def test_a_prediction_shows_dose_and_bed(updated):
    text = predict(updated)._repr_html_()
    assert "Biologically effective dose (Gy)" in text
    assert DISCLAIMER in text
