"""CT numbers to tissue."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.matter import (
    density_of_hounsfield,
    material_index_of_hounsfield,
    schneider_materials,
)


def test_bins_hold_their_lower_end():
    names = [schneider_materials()[i].name for i in material_index_of_hounsfield([-951, -950, 19])]
    assert names == ["air", "lung", "soft tissue"]


def test_calcium_rises_with_the_ct_number():
    bone = [m for m in schneider_materials() if m.name.startswith("marrow")]
    assert len(bone) == 15
    assert np.all(np.diff([m.fractions[20] for m in bone]) > 0)
    assert bone[-1].fractions[20] == pytest.approx(0.225, abs=1e-3)


def test_density_of_water_and_fat():
    assert density_of_hounsfield(0.0) == pytest.approx(1.018, abs=2e-3)
    assert density_of_hounsfield(-5000.0) == density_of_hounsfield(-1000.0)
