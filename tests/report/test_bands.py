"""Bands of activity around the curve."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.report.bands import activity_bands, horizon
from theratwin.twin import predict


@pytest.mark.parametrize("region", ["kidneys", "lesion_2", "blood"])
def test_bands_cover_the_median_and_nest(updated, region):
    for band in activity_bands(updated, region):
        assert np.all(band.low <= band.median)
        assert np.all(band.median <= band.high)
        # A measurement adds its own noise; 400 draws tell quantiles to a few percent.
        assert np.all(band.scan_low <= 1.05 * band.low)
        assert np.all(band.scan_high >= 0.95 * band.high)


def test_one_band_a_measured_cycle(updated, twin):
    assert [band.name for band in activity_bands(updated, "kidneys")] == ["cycle 1", "cycle 2"]
    assert [band.name for band in activity_bands(twin, "kidneys")] == ["cycle 1"]
    predicted = activity_bands(predict(twin), "kidneys")
    assert [band.name for band in predicted] == ["cycle 1", "cycle 2"]


def test_a_prediction_is_less_certain_than_its_scans(updated):
    # It holds what all scans share, calibration of 5 %, beside the curve's own spread.
    def width(source):
        band = activity_bands(source, "kidneys")[0]
        middle = np.searchsorted(band.times, 48.0)
        return np.log(band.high[middle] / band.low[middle])

    assert width(predict(updated)) > 1.5 * width(updated)


def test_data_lie_where_they_should(updated):
    # Six points with 5 % noise: all within the 90 % bands of single measurements or close by.
    for band in activity_bands(updated, "kidneys"):
        low = np.interp(band.measured_times, band.times, band.scan_low)
        high = np.interp(band.measured_times, band.times, band.scan_high)
        assert np.all(band.measured > 0.9 * low)
        assert np.all(band.measured < 1.1 * high)


def test_blood_is_given_in_kilobecquerel(updated):
    bands = activity_bands(updated, "blood")
    first = updated.case.measurements.of_region("blood").items[0]
    assert bands[0].unit == "kBq/mL"
    assert bands[0].measured[0] == pytest.approx(1e3 * first.value)


def test_a_single_early_scan_shows_what_the_dose_rests_on(small):
    # One scan at 48 h: three quarters of a half-life of 159.5 h are shown.
    assert horizon(small.case) == pytest.approx(0.75 * 159.5, rel=0.01)
