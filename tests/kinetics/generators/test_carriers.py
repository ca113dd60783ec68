"""Daughters on the ligand, in linear carriers and in a whole body."""

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Bolus, Engine, NetworkBuilder
from theratwin.kinetics import psma_body
from theratwin.kinetics.antibody import antibody_body
from theratwin.kinetics.generators import (
    DISH_SITES,
    Site,
    body_sites,
    generator,
    linear_carrier,
    region_doses,
)
from theratwin.kinetics.models import in_vitro
from theratwin.physics import decay_chain, nuclide, sphere_s_value
from theratwin.testing import check_balance

ORGANS = ("kidneys", "liver", "lesion_1", "salivary_glands")


@pytest.fixture(scope="module")
def bodies():
    def built(parent: str):
        given = {"lesion_1.volume": "20 mL"}
        options = {"ligand": "psma-617", "nuclide": parent, "lesions": ["lesion_1"]}
        return psma_body(given=given, glands=["salivary_glands"], **options)

    return {parent: built(parent) for parent in ("Ac-225", "Pb-212")}


def solve(model, activity: float, ligand: float, **options):
    hot = model.amount(activity)
    doses = [Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, ligand - hot)]
    options = {"rtol": 1e-9, "atol": 1e-12, **options}
    return Engine(model.network.system()).solve(doses=doses, **options).require()


@pytest.mark.parametrize(
    ("parent", "equilibrium", "tolerance"),
    [
        ("Ac-225", 1 / 3600, 2e-4),  # without At-217, which is late by 1.1e-4
        ("Pb-212", 0.0, 1e-7),
    ],
)
def test_daughters_that_never_leave_go_where_the_ligand_goes(
    bodies, parent, equilibrium, tolerance
):
    """Then every place has the chain's activities times the ligand's own distribution."""
    body = bodies[parent]
    given = {"release.alpha": 0.0, "release.beta": 0.0, "release.Bi212": 0.0}
    sites, options = body_sites(body), {"regions": ORGANS, "equilibrium": equilibrium}
    model = generator(body.network, parent, sites, given=given, **options)
    times = np.array([0.5, 2.0, 24.0])
    found = solve(model, 50.0 / model.amount(1.0), 100.0, times=times)
    chain = decay_chain(parent)
    exact = chain.activities(times)
    for organ in ORGANS:
        own = found[model.activity(organ, parent)][0]
        for member in model.members[1:]:
            ratio = found[model.activity(organ, member)][0] / own
            i = chain.names.index(member)
            if member != "At-217" or equilibrium == 0:
                np.testing.assert_allclose(ratio, exact[:, i] / exact[:, 0], rtol=tolerance)


def test_daughters_on_the_ligand_occupy_its_receptors(bodies):
    """The ligand is where it is without a chain, whatever it carries.

    Half of 100 nmol, which saturate receptors, is hot (more than anyone could give), so that a
    daughter on the ligand that occupied no receptor would show.
    """
    body = bodies["Pb-212"]
    given = {"release.alpha": 0.0, "release.beta": 0.0, "release.Bi212": 0.0}
    model = generator(body.network, "Pb-212", body_sites(body), given=given, regions=ORGANS)
    times = [0.5, 2.0, 24.0]
    doses = [Bolus(f"vein.{label}", 0.0, 50.0) for label in ("hot", "cold")]
    bound = []
    for network in (body.network, model.network):
        found = Engine(network.system()).solve(times=times, doses=doses, rtol=1e-9, atol=1e-12)
        here = [s.name for s in network.species if s.compartment == "kidneys.bound"]
        own = [name for name in here if ".free." not in name]
        bound.append(sum(found.require()[name][0] for name in own))
    np.testing.assert_allclose(bound[1], bound[0], rtol=1e-7)


def test_a_whole_body_loses_no_atom_and_no_decay(bodies):
    body = bodies["Ac-225"]
    model = generator(body.network, "Ac-225", body_sites(body), equilibrium=1 / 3600)
    check_balance(model.network)
    found = solve(model, 8.0, 140.0, times=[1.0, 100.0], to_infinity=True)
    chain = [s.name for s in model.network.species if "chain_atom" in s.contains]
    atoms = sum(found[name][0, :2] for name in chain)
    np.testing.assert_allclose(atoms, model.amount(8.0), rtol=1e-9)
    decays = decay_chain("Ac-225").decays()
    for member, expected in zip(model.members, decays, strict=True):
        there = [r for r in model.regions if member in model.present(r)]
        total = sum(found.integrals[model.time_integrated_activity(r, member)][0] for r in there)
        assert total == pytest.approx(8.0 * expected / nuclide("Ac-225").decay_constant, rel=1e-6)


def test_the_parent_goes_where_it_went_before(bodies):
    """Freed daughters do not touch the ligand: the body's own activity is what it was."""
    body = bodies["Ac-225"]
    times = [1.0, 24.0, 240.0]
    model = generator(body.network, "Ac-225", body_sites(body), regions=["kidneys"])
    hot = model.amount(8.0)
    doses = [Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, 140.0 - hot)]
    options = {"times": times, "doses": doses, "rtol": 1e-9, "atol": 1e-13}
    alone = Engine(body.system).solve(**options).require()["activity.kidneys"]
    chain = Engine(model.network.system()).solve(**options).require()
    np.testing.assert_allclose(chain["activity.kidneys"], alone, rtol=1e-6)
    np.testing.assert_allclose(chain["activity.kidneys.Ac225"], alone, rtol=1e-6)


def test_internalized_parents_keep_their_daughters():
    """The kidneys' dose from bismuth that traveled falls as the tumor takes the ligand in."""
    sites = {
        "blood": Site("blood", "blood"),
        "tumor.bound": Site("tumor", "surface"),
        "tumor.internalized": Site("tumor", "inside"),
    }
    traveled = []
    for rate in (0.0, 0.1, 10.0):
        rates = {("blood", "tumor.bound"): 1.0, ("tumor.bound", "tumor.internalized"): rate}
        model = generator(linear_carrier("Ac-225", sites, rates), "Ac-225", sites)
        dose = Bolus("blood.hot", 0.0, model.amount(1.0))
        engine = Engine(model.network.system())
        found = engine.solve(doses=[dose], end=1.0, to_infinity=True).require()
        integrals = {name: values[0] for name, values in found.integrals.items()}
        doses = region_doses(model, integrals, "kidneys", 310.0, traveled=True)
        traveled.append(float(doses["Bi-213"].total + doses["Po-213"].total))
    assert traveled[0] > 5 * traveled[1] > 5 * traveled[2] > 0


def test_doses_add_up_to_the_chains_own_where_all_stays():
    """Member by member it is the S value of the whole chain, from one table each: to 1e-3."""
    sites = {"tumor": Site("tumor", "inside")}
    model = generator(linear_carrier("Ac-225", sites, {}), "Ac-225", sites, elements={})
    dose = Bolus("tumor.hot", 0.0, model.amount(1.0))
    engine = Engine(model.network.system())
    found = engine.solve(doses=[dose], end=1.0, to_infinity=True, rtol=1e-9, atol=1e-15).require()
    integrals = {name: values[0] for name, values in found.integrals.items()}
    doses = region_doses(model, integrals, "tumor", 20.0)
    total = sum(float(dose.total) for dose in doses.values())
    s = sphere_s_value("Ac-225", 20.0, progeny="all")
    assert total == pytest.approx(float(s.total) / nuclide("Ac-225").decay_constant, rel=1e-3)
    alphas = sum(float(dose.alphas) for dose in doses.values())
    assert alphas / total == pytest.approx(float(s.alphas / s.total), rel=1e-3)


def test_a_fraction_between_is_a_parameter():
    sites = {"blood": Site("blood", "blood")}
    carrier = linear_carrier("Pb-212", sites, {})
    model = generator(carrier, "Pb-212", sites)
    engine = Engine(model.network.system())
    dose = Bolus("blood.hot", 0.0, model.amount(1.0))
    found = engine.solve(
        {"release.Bi212": [0.1, 0.2]}, [5.0], doses=[dose], rtol=1e-9, atol=1e-15
    ).require()
    little, much = found[model.activity("kidneys", "Bi-212")][:, 0]
    assert much == pytest.approx(2 * little, rel=1e-6)


def test_carriers_that_do_not_fit_are_refused():
    sites = {"blood": Site("blood", "blood")}
    carrier = linear_carrier("Ac-225", sites, {})
    with pytest.raises(InputError, match="half-life"):
        generator(carrier, "Ra-223", sites)
    with pytest.raises(InputError, match="half-life"):
        generator(in_vitro(nuclide="Lu-177"), "Ac-225", DISH_SITES)
    with pytest.raises(InputError, match="sites"):
        generator(carrier, "Ac-225", {})
    with pytest.raises(InputError, match="label"):
        generator(carrier, "Ac-225", sites, label="warm")
    with pytest.raises(InputError, match="kind"):
        Site("blood", "venous")


def test_what_an_antibodys_places_are_to_a_freed_atom():
    """Endosomes and what was digested are in cells; the nodes' lymph goes to blood."""
    body = antibody_body("cd66", "Ac-225")
    kinds = {place: site.kind for place, site in body_sites(body).items()}
    cells = ("endosomes", "recycling", "catabolites")
    assert {kinds[f"liver.{part}"] for part in cells} == {"inside"}
    assert kinds["blood_cells.bound"] == kinds["lymph_nodes"] == "surface"
    assert [place for place, kind in kinds.items() if kind == "outside"] == ["released"]
    attic = linear_carrier("Ac-225", {"attic": Site("attic", "inside")}, {})
    with pytest.raises(InputError, match="attic"):
        body_sites(replace(body, network=attic, regions={}))


def test_transport_that_saturates_in_the_label_itself_is_refused():
    b = NetworkBuilder("saturated")
    hot = {}
    for place in ("blood", "cell"):
        b.compartment(place)
        hot[place] = b.species(f"{place}.hot", place)
        decay = nuclide("Pb-212").decay_constant
        constant = b.parameter(f"{place}.decay", decay, "1/h", note="test")
        b.reaction(f"decay.{place}", hot[place], None, constant * hot[place])
    most = b.parameter("most", 1.0, "nmol/h", note="test")
    half = b.parameter("half", 1.0, "nmol", note="test")
    b.reaction("uptake", hot["blood"], hot["cell"], most * hot["blood"] / (half + hot["blood"]))
    sites = {"blood": Site("blood", "blood"), "cell": Site("cell", "inside")}
    with pytest.raises(UnsupportedError, match="proportional"):
        generator(b.freeze(), "Pb-212", sites)
