"""Dose-volume histograms drawn: what the lines say, order, axes."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dosimetry import DoseDistribution
from theratwin.report import plot_dose_volume

REGIONS = {
    "kidney_left": DoseDistribution(np.linspace(1.0, 3.0, 101)),
    "lesion_1": DoseDistribution(np.linspace(10.0, 30.0, 101)),
}


def test_lines_are_the_histograms():
    ax = plot_dose_volume(REGIONS)
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert list(lines) == ["Lesion 1, 20 Gy", "Left kidney, 2 Gy"]
    doses, volumes = lines["Lesion 1, 20 Gy"].get_data()
    assert volumes == pytest.approx(100.0 * REGIONS["lesion_1"].fraction_above(doses))
    assert (ax.get_xlabel(), ax.get_ylabel()) == (
        "Absorbed dose (Gy)",
        "Volume that gets it or more (%)",
    )


def test_single_hot_voxels_do_not_stretch_the_axis():
    hot = DoseDistribution(np.append(np.full(999, 2.0), 500.0))
    assert plot_dose_volume({"liver": hot}).get_xlim()[1] == pytest.approx(1.08 * 2.0)
    assert plot_dose_volume({"liver": DoseDistribution([0.0, 0.0])}).get_xlim()[1] > 0


def test_nothing_to_draw_is_an_error():
    with pytest.raises(InputError, match="no region"):
        plot_dose_volume({})
