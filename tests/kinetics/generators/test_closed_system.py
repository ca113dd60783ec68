"""Chains in a closed place against the exact solution, and what is conserved."""

import numpy as np
import pytest

from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.generators import Generator, Site, generator, linear_carrier
from theratwin.physics import decay_chain, nuclide

PARENTS = ("Ac-225", "Ra-223", "Pb-212", "Bi-213", "Th-227", "At-211")
CELL = {"cell": Site("cell", "inside")}


def closed(parent: str, **options) -> Generator:
    return generator(linear_carrier(parent, CELL, {}), parent, CELL, elements={}, **options)


def solved(model: Generator, times, place="cell", rtol=1e-10, atol=1e-18):
    """Solve from 1 MBq of the parent; the tolerance is then of 1e-18 MBq."""
    dose = Bolus(f"{place}.hot", 0.0, model.amount(1.0))
    found = Engine(model.network.system()).solve(times=times, doses=[dose], rtol=rtol, atol=atol)
    return found.require()


def times_of(parent: str) -> np.ndarray:
    """Return times (h) from a minute to twenty half-lives of the parent."""
    return np.geomspace(1 / 60, 20 * nuclide(parent).half_life, 25)


@pytest.mark.parametrize("parent", PARENTS)
def test_every_member_follows_the_exact_solution(parent):
    """To 1e-8 where above 1e-12 of the parent's activity at that time or at the start."""
    model, times = closed(parent), times_of(parent)
    found, exact = solved(model, times), decay_chain(parent).activities(times)
    for i, member in enumerate(model.members):
        counts = exact[:, i] > 1e-12 * exact[:, 0]
        assert counts.any()
        activity = found[model.activity("cell", member)][0]
        np.testing.assert_allclose(activity[counts], exact[counts, i], rtol=1e-8)


@pytest.mark.parametrize("release", [0.0, 0.3, 1.0])
def test_where_an_atom_is_bound_changes_nothing_in_a_closed_place(release):
    given = {f"release.{key}": release for key in ("alpha", "beta", "capture")}
    model, times = closed("Ac-225", given=given), times_of("Ac-225")
    found, exact = solved(model, times), decay_chain("Ac-225").activities(times)
    for i, member in enumerate(model.members):
        activity = found[model.activity("cell", member)][0]
        np.testing.assert_allclose(activity, exact[:, i], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("parent", PARENTS)
def test_atoms_are_conserved(parent):
    model, times = closed(parent), times_of(parent)
    found = solved(model, times)
    atoms = sum(found[species.name][0] for species in model.network.species)
    np.testing.assert_allclose(atoms, model.amount(1.0), rtol=1e-12)


def spread_out(**options) -> tuple[Generator, dict[str, Site]]:
    """Return a carrier in blood, on cells, in cells and in urine, with elements that travel."""
    sites = {
        "blood": Site("blood", "blood"),
        "kidneys.bound": Site("kidneys", "surface"),
        "kidneys.internalized": Site("kidneys", "inside"),
        "urine": Site("urine", "outside"),
    }
    rates = {
        ("blood", "kidneys.bound"): 0.5,
        ("kidneys.bound", "blood"): 0.2,
        ("kidneys.bound", "kidneys.internalized"): 0.3,
        ("blood", "urine"): 0.1,
    }
    parent = options.pop("parent", "Ac-225")
    return generator(linear_carrier(parent, sites, rates), parent, sites, **options)


@pytest.mark.parametrize("parent", PARENTS)
def test_total_decays_are_those_of_the_chain_wherever_atoms_go(parent):
    """Sums over all regions are the chain's decays for each of the parent's.

    Over a thousand years: thirty half-lives of Bi-207, of which 1e-9 is left.
    """
    given = {"release.Fr221": 0.5} if parent == "Ac-225" else {}
    if parent in ("Pb-212", "Th-227"):
        given["dissociation"] = 0.05
    model = spread_out(parent=parent, given=given, equilibrium=1 / 3600)
    dose = Bolus("blood.hot", 0.0, model.amount(1.0))
    engine = Engine(model.network.system())
    found = engine.solve(times=[1000 * 8766.0], doses=[dose], rtol=1e-9, atol=1e-15).require()
    chain = decay_chain(parent)
    for member, decays in zip(model.members, chain.decays(), strict=True):
        total = sum(
            found.quadratures[model.time_integrated_activity(region, member)][0, 0]
            for region in model.regions
            if member in model.present(region)
        )
        expected = decays / chain.parent.decay_constant  # MBq h from 1 MBq
        assert total == pytest.approx(expected, rel=1e-7)


def test_members_in_equilibrium_err_by_what_is_stated():
    """At-217 lags by 1/lambda: under Fr-221, of the relative slope of its activity over lambda."""
    model, times = closed("Ac-225", equilibrium=1 / 3600), np.geomspace(1 / 60, 100, 20)
    assert set(model.chain.equilibrium) == {"At-217", "Po-213"}
    found, chain = solved(model, times), decay_chain("Ac-225")
    exact = chain.activities(times)
    fr, at = (chain.names.index(name) for name in ("Fr-221", "At-217"))
    constants = chain.decay_constants
    growth = constants[fr] * (exact[:, 0] / exact[:, fr] - 1)  # d ln A / dt of Fr-221
    error = found[model.activity("cell", "At-217")][0] / exact[:, at] - 1
    # the next order is the square of this one, at most (8e-4)^2
    np.testing.assert_allclose(error, growth / constants[at], atol=1e-6)
    assert error[0] > 5e-4


def test_integrals_of_members_in_equilibrium_are_exact():
    model = closed("Ac-225", equilibrium=1 / 3600)
    dose = Bolus("cell.hot", 0.0, model.amount(1.0))
    engine = Engine(model.network.system())
    found = engine.solve(doses=[dose], end=1.0, to_infinity=True, rtol=1e-9, atol=1e-15).require()
    for member in ("At-217", "Po-213"):
        decays = dict(zip(model.members, decay_chain("Ac-225").decays(), strict=True))[member]
        total = found.integrals[model.time_integrated_activity("cell", member)][0]
        expected = decays / nuclide("Ac-225").decay_constant
        assert total == pytest.approx(expected, rel=1e-8)
