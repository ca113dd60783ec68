"""Crowds of cells: against clusters counted whole, energy kept, and limits of distance."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics.cells import (
    Cell,
    ball,
    cell_s_value,
    cluster_dose,
    crowd_s_value,
    nuclear_energy_share,
    populate,
    sheet,
)
from theratwin.physics.cells import crowd as crowd_module
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

CELL = Cell(radius=7e-3, nucleus_radius=4.5e-3)


def middle_dose(positions, source, target="N"):
    cluster = populate(positions, CELL, 1.0)
    middle = np.linalg.norm(positions - positions.mean(axis=0), axis=1).argmin()
    return cluster_dose(cluster, "Lu-177", source, target=target).cross[middle]


def test_sheet_is_the_middle_of_a_large_one():
    """41 x 41 cells at 90 um reach beyond the longest track; both interpolate over 96 distances."""
    found = crowd_s_value("Lu-177", CELL, "sheet", 0.09, "CS")
    assert found == pytest.approx(middle_dose(sheet(41, 0.09), "CS"), rel=2e-3)


def test_tissue_within_the_range_of_its_alphas():
    """At-211 reaches 70 um: 3000 cells of 14 um around one are all that it feels but for X rays."""
    found = crowd_s_value("At-211", CELL, "tissue", 14e-3, "Cy", progeny="none")
    cluster = populate(ball(3000, 14e-3), CELL, 1.0)
    dose = cluster_dose(cluster, "At-211", "Cy", progeny="none").cross
    assert found == pytest.approx(float(dose[0]), rel=5e-3)


@pytest.mark.parametrize("source", ["CS", "Cy", "N"])
def test_tissue_keeps_energy(source):
    """Cells and the gaps between them absorb all: gaps, 26 % of the volume, get the even dose.

    With the activity on cells' surfaces the gaps get a little more than the mean, from within
    nuclei less: 0.5 % of it where sources are 7 um from the gaps, and 147 keV reach 300 um.
    """
    pitch = 2 * CELL.radius
    alone = cell_s_value("Lu-177", CELL)
    whole = alone.total[f"C<-{source}"] + crowd_s_value(
        "Lu-177", CELL, "tissue", pitch, source, target="C"
    )
    room = pitch**3 / np.sqrt(2.0) * 1e-3  # g
    mean = 0.1479231 * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / room
    assert whole == pytest.approx(mean, rel=0.015)
    # N + Cy = C by mass; the three sums are interpolated over distance each for itself.
    parts = sum(
        CELL.mass(t) * crowd_s_value("Lu-177", CELL, "tissue", pitch, source, target=t)
        for t in ("N", "Cy")
    )
    cell = CELL.mass("C") * crowd_s_value("Lu-177", CELL, "tissue", pitch, source, target="C")
    assert parts == pytest.approx(cell, rel=2e-5)


def test_tissue_does_not_depend_on_how_many_are_counted(monkeypatch):
    values = []
    for counted in (2000, 20_000):
        monkeypatch.setattr(crowd_module, "_SHELL", counted)
        values.append(crowd_s_value("Lu-177", CELL, "tissue", 14e-3, "CS"))
    assert values[0] == pytest.approx(values[1], rel=1e-3)


def test_far_apart_cells_are_alone():
    far = crowd_s_value("At-211", CELL, "sheet", 0.5, "CS", progeny="none")
    near = crowd_s_value("At-211", CELL, "sheet", 0.02, "CS", progeny="none")
    assert far < 1e-3 * near


def test_the_share_of_energy_that_nuclei_absorb():
    """Alone 0.27 % (surface) and 0.47 % (cytoplasm); in tissue 19 %, near their part of the volume.

    The part of the volume is (4.5/7)^3 x 0.7405 = 19.7 %.
    """
    part = (CELL.nucleus_radius / CELL.radius) ** 3 * np.pi / np.sqrt(18.0)
    for source, alone in (("CS", 0.00272), ("Cy", 0.00473), ("N", 0.0213)):
        assert nuclear_energy_share("Lu-177", CELL, source) == pytest.approx(alone, rel=0.01)
        tissue = nuclear_energy_share("Lu-177", CELL, source, pitch=14e-3)
        assert tissue == pytest.approx(part, rel=0.08)
    order = [nuclear_energy_share("Lu-177", CELL, s, pitch=14e-3) for s in ("CS", "Cy", "N")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"crowd": "line"}, "crowd"),
        ({"pitch": 13e-3}, "pitch"),
        ({"pitch": float("inf")}, "pitch"),
        ({"source": "M"}, "source"),
        ({"target": "CS"}, "target"),
        ({"method": "exact"}, "method"),
    ],
)
def test_wrong_arguments(changed, field):
    given = {"crowd": "sheet", "pitch": 20e-3, "source": "CS", **changed}
    with pytest.raises(InputError, match=field):
        crowd_s_value("Lu-177", CELL, **given)
