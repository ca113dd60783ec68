"""Electrons across shared faces: areas by counting, energy by numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.physics.matter import csda_range, material
from theratwin.physics.organs.contact import contact, face_areas, reach
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
    touch = contact(slabs, "liver", parts, face_areas(slabs))
    liver = next(i for i, numbers in enumerate(parts) if 95 in numbers)
    muscle = next(i for i, numbers in enumerate(parts) if 107 in numbers)
    track = float(csda_range(material("soft"), 0.2)) / 1.05 * 10  # mm
    assert reach(0.2) * touch.into[muscle] == pytest.approx(track / 8 / 16.0)  # of 16 mm
    # and as much leaves on the other side, to the air
    assert touch.out[liver] == pytest.approx(2 * touch.into[muscle])
    assert (touch.start[liver], touch.start[muscle]) == (1.0, 0.0)
    assert touch.into[liver] == touch.out[muscle] == 0.0


def test_activity_on_both_sides_balances(slabs):
    """The whole body, by mass: what the slabs exchange cancels."""
    parts = groups(slabs)
    areas = face_areas(slabs)
    areas[0], areas[:, 0] = 0.0, 0.0  # no air
    touch = contact(slabs, "whole_body", parts, areas)
    assert touch.into.any()
    assert touch.into == pytest.approx(touch.out)
    assert touch.start.sum() == pytest.approx(1.0)
