"""Electrons across shared faces: areas by counting, energy by numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.physics.matter import csda_range, material
from theratwin.physics.organs.contact import contact, crossing, face_areas
from theratwin.physics.organs.saf_case import groups


@pytest.fixture(scope="module")
def slabs(small):
    """A slab of liver (two voxels thick) on muscle, the air elsewhere."""
    organ = np.zeros((5, 4, 6), dtype=np.uint8)
    organ[:, :, 1:3], organ[:, :, 3:5] = 95, 107
    return replace(small, organ=organ)


def test_areas(slabs):
    areas = face_areas(slabs)
    assert areas[95, 107] == areas[107, 95] == 20 * 2.0 * 2.0  # mm2
    assert areas[95, 95] == 0
    assert areas[95, 0] == 20 * 4.0  # the model's outer faces are no faces of two voxels


def test_a_thick_slab_gives_an_eighth_of_a_range(slabs):
    """Straight tracks: R/8 of what starts below a unit of area crosses it."""
    parts = groups(slabs)
    touching = contact(slabs, "liver", parts, face_areas(slabs))
    muscle = next(i for i, numbers in enumerate(parts) if 107 in numbers)
    reach = float(csda_range(material("soft"), 0.2)) / 1.05 * 10  # mm
    assert crossing(touching, 0.2)[muscle] == pytest.approx(reach / 8 / 16.0)  # of 16 mm
    liver = next(i for i, numbers in enumerate(parts) if 95 in numbers)
    assert touching[liver] == 0
