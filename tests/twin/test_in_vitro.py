"""An assay from end to end: doses by hand, energy shares, and drugs that act or come too late."""

from __future__ import annotations

import math

import numpy as np
import pytest

from theratwin.core import Component, Geometry, Pieces
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.cells import Cell, cell_s_value, nuclear_energy_share
from theratwin.response.cell_survival import cell_model
from theratwin.response.drugs import drug
from theratwin.twin.in_vitro import NEIGHBORS, InVitro


@pytest.fixture(scope="module")
def assay():
    return InVitro()


def cells(hr, drugs=()):
    return cell_model("medras-rpt", p53="mutant", hr=hr, drugs=drugs)


def test_dose_is_activity_times_s_value(assay):
    """Each source by a fine trapezoid of the kinetics' own activities; steps of 1.2 min."""
    times = np.unique(np.r_[np.linspace(0.0, 12.0, 601), np.linspace(12.0, assay.end, 4001), 4.0])
    solution = assay.solve(times)
    own = cell_s_value("Lu-177", assay.cell).total
    for place, code in (("membrane", "CS"), ("cytoplasm", "Cy")):
        expected = own[f"N<-{code}"] * np.trapezoid(solution[place][0], times)
        assert assay.doses[place] == pytest.approx(expected, rel=1e-3)
    assert assay.doses["nucleus"] == 0.0
    medium = assay.s_values["medium"] * np.trapezoid(solution["medium"][0], times)
    assert assay.doses["medium"] == pytest.approx(medium, rel=6e-3)  # it jumps at the wash
    assert assay.dose == pytest.approx(sum(assay.doses.values()), rel=1e-15)


def test_dose_rate_is_the_sum_of_its_sources(assay):
    times = np.array([0.0, 1.0, 3.9, 4.1, 48.0, 300.0])
    parts = sum(curve(times) for curve in assay.dose_rates.values())
    assert assay.dose_rate(times) == pytest.approx(parts, rel=1e-12)
    assert float(assay.dose_rate.integral()) == pytest.approx(assay.dose, rel=1e-12)


def test_medium_during_incubation_is_that_of_a_layer(assay):
    """1 MBq/mL in 2 mm of medium: 47.5 mGy/h at the bottom, less what cells displace."""
    rate = float(assay.dose_rates["medium"](0.01))
    assert assay.height == pytest.approx(2.0, rel=1e-12)
    assert rate == pytest.approx(0.0475, rel=0.07)
    assert rate < 0.0475


def test_washing_earlier_spares_dose():
    doses = [InVitro(given={"incubation": hours}).dose for hours in (1.0, 4.0, 24.0)]
    assert doses == sorted(doses)


def test_neighbors_matter_as_cells_crowd():
    """Cross-dose over the cells' own: 1 % sparse, 50 % confluent; published for colonies: 15 %."""
    share = {}
    for density in (100.0, 700.0, 2800.0):
        assay = InVitro(density=density, given={"cells": 1e3 * density})
        own = sum(assay.doses[place] for place in ("membrane", "cytoplasm"))
        share[density] = assay.doses[NEIGHBORS] / (own + assay.doses[NEIGHBORS])
    assert share[100.0] < 0.03
    assert share[700.0] == pytest.approx(0.15, abs=0.05)
    assert 0.3 < share[2800.0] < 0.6


def test_suspension_is_irradiated_from_all_sides(assay):
    suspended = InVitro(arrangement="suspension")
    ratio = suspended.doses["medium"] / assay.doses["medium"]
    assert 1.7 < ratio < 2.0
    assert suspended.doses["cytoplasm"] == pytest.approx(assay.doses["cytoplasm"], rel=1e-12)


def test_the_part_of_energy_that_reaches_nuclei(assay):
    """Of what cells hold 0.5 %, of all in the well 0.01 %, against 19 % in tissue: never 1 %."""
    alone = nuclear_energy_share("Lu-177", assay.cell, "Cy")
    assert assay.cell_share == pytest.approx(alone, rel=0.03)
    assert assay.cell_share == pytest.approx(0.0047, rel=0.05)
    assert 5e-5 < assay.well_share < 5e-4
    tissue = nuclear_energy_share("Lu-177", assay.cell, "Cy", pitch=2 * assay.cell.radius)
    assert tissue == pytest.approx(0.194, abs=0.005)


def test_exposure_says_where_it_is(assay):
    exposure = assay.exposure({"olaparib": Pieces([0.0, 1.0], [[1.0]])}, delay=24.0)
    assert exposure.geometry is Geometry.NUCLEUS
    assert set(exposure.dose_rate) == {Component.PHOTON_ELECTRON}
    assert float(exposure.dose()) == pytest.approx(assay.dose, rel=1e-12)
    assert float(exposure.total_dose_rate(23.9)) == 0.0
    assert float(exposure.total_dose_rate(24.1)) == pytest.approx(float(assay.dose_rate(0.1)))


def test_survival_with_and_without_olaparib(assay):
    """HR-deficient cells are killed by either and more by both; others hardly by the drug."""
    given = drug("olaparib")
    days = {"olaparib": Pieces([0.0, 72.0], [[0.1]])}
    kill = {}
    for hr in ("proficient", "deficient"):
        model = cells(hr, ("parp",))
        kill[hr] = assay.log_kill(model, [given]), assay.log_kill(model, [given], days)
    assert kill["deficient"][0] > 3.0 * kill["proficient"][0]
    for alone, both in kill.values():
        assert both > alone
    gained = {hr: both - alone for hr, (alone, both) in kill.items()}
    assert gained["deficient"] > 5.0 * gained["proficient"]
    plain = assay.log_kill(cells("proficient"))
    assert plain == pytest.approx(kill["proficient"][0], rel=0.02)


def test_more_activity_kills_more():
    model = cells("deficient")
    survivors = [
        math.exp(-InVitro(given={"activity_concentration": a}).log_kill(model))
        for a in (0.01, 0.1, 1.0, 3.0)
    ]
    assert survivors == sorted(survivors, reverse=True)
    assert survivors[0] > 0.8
    assert survivors[-1] < 0.3


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"arrangement": "line"}, "arrangement"),
        ({"density": 6000.0}, "density"),
        ({"density": 0.0}, "density"),
        ({"end": float("inf")}, "end"),
        ({"density": 0.1}, "medium_volume"),
        ({"given": {"incubatoin": 1.0}}, "incubation"),
    ],
)
def test_wrong_input_names_its_field(options, field):
    with pytest.raises(InputError, match=field):
        InVitro(**options)


def test_alpha_emitters_are_refused():
    with pytest.raises(UnsupportedError, match="electrons"):
        _ = InVitro(nuclide="Po-210", given={"molar_activity": 20.0}).s_values
    with pytest.raises(UnsupportedError, match="progeny"):
        _ = InVitro(nuclide="Ac-225").s_values


def test_a_larger_cell_gets_less():
    small = InVitro(cell=Cell(radius=5e-3, nucleus_radius=4e-3))
    assert small.doses["cytoplasm"] > InVitro().doses["cytoplasm"]
