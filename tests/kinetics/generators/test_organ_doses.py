"""Doses to organs of a phantom, member by member."""

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.generators import (
    ANTIBODY_SITES,
    Site,
    antibody_carrier,
    generator,
    linear_carrier,
    organ_doses,
    phantom_sources,
    region_doses,
)
from theratwin.physics import emissions
from theratwin.physics.organs import shipped_saf_table
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM


@pytest.fixture(scope="module")
def kidneys():
    """Bi-213 that stays in the kidneys: model, quadratures, doses to the male phantom."""
    sites = {"kidneys": Site("kidneys", "inside")}
    model = generator(linear_carrier("Bi-213", sites, {}), "Bi-213", sites, elements={})
    dose = Bolus("kidneys.hot", 0.0, model.amount(1.0))
    found = Engine(model.network.system()).solve(times=[500.0], doses=[dose], rtol=1e-8)
    integrals = {name: values[0, 0] for name, values in found.require().quadratures.items()}
    table = shipped_saf_table("AM")
    doses = organ_doses(model, integrals, table, phantom_sources(model, table))
    return model, integrals, table, doses


def test_alpha_energy_stays_where_it_is_emitted(kidneys):
    """The dose by alpha particles is their energy over the organ's mass, and nothing elsewhere."""
    model, integrals, table, doses = kidneys
    for member in ("Bi-213", "Po-213"):
        energy = emissions(member).alphas.energy_per_decay
        decays = integrals[model.time_integrated_activity("kidneys", member)] * DECAYS_PER_MBQ_H
        expected = decays * energy * GY_PER_MEV_PER_GRAM / table.source_mass["kidneys"]
        assert doses["kidneys"][member].alphas == pytest.approx(expected, rel=1e-3)
        assert doses["liver"][member].alphas == 0.0


def test_organs_and_spheres_agree_where_little_escapes(kidneys):
    """Of Bi-213 with its progeny all but photons stays in the phantom's kidneys: within 2 %."""
    model, integrals, table, doses = kidneys
    mass = table.source_mass["kidneys"]
    spheres = region_doses(model, integrals, "kidneys", mass)
    totals = [sum(float(d.total) for d in found.values()) for found in (doses["kidneys"], spheres)]
    assert totals[0] == pytest.approx(totals[1], rel=0.02)


def test_photons_reach_other_organs(kidneys):
    doses = kidneys[-1]
    assert 0 < doses["liver"]["Bi-213"].photons < 0.1 * doses["kidneys"]["Bi-213"].total
    assert doses["liver"]["Bi-213"].total > doses["brain"]["Bi-213"].total


def test_every_region_is_a_source_or_must_be_named():
    model = generator(antibody_carrier("Ac-225"), "Ac-225", ANTIBODY_SITES, equilibrium=1 / 3600)
    table = shipped_saf_table("AM")
    with pytest.raises(InputError, match="tumor"):
        phantom_sources(model, table)
    sources = phantom_sources(model, table, {"tumor": None})
    left = set(model.regions) - set(sources)
    assert left == {"tumor", "urine", "feces", "excreta"}
    ones = dict.fromkeys((q.name for q in model.network.quadratures), np.ones(2))
    doses = organ_doses(model, ones, table, {"liver": "liver", "kidneys": "kidneys"})
    assert doses["liver"]["Bi-213"].total.shape == (2,)
    with pytest.raises(InputError, match="never there"):
        organ_doses(model, ones, table, {"brain": "brain"})
