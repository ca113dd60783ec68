"""Cells in a dish: where freed daughters are, and what a wash takes."""

import numpy as np
import pytest

from theratwin.core import Fixed, Parameter, ParameterSet
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import TIME, Bolus, Engine, Network, NetworkBuilder
from theratwin.kinetics.generators import DISH_SITES, Generator, Site, generator, linear_carrier
from theratwin.kinetics.models import in_vitro
from theratwin.physics import decay_chain, nuclide
from theratwin.testing import check_balance

INCUBATION, RESIDUAL = 4.0, 0.1
#: Just before and after the wash: Fr-221 changes by 2e-6 of itself between.
AROUND = INCUBATION + np.array([-1e-7, 1e-7])
TIGHT = {"rtol": 1e-9, "atol": 1e-14}


@pytest.fixture(scope="module", params=["Ac-225", "Pb-212"])
def dish(request):
    """The carrier, its chain, and the chain solved around the wash and later."""
    given = {"wash_residual": RESIDUAL, "incubation": INCUBATION, "nuclear_import": 0.2}
    network = in_vitro(nuclide=request.param, given=given)
    model = generator(network, request.param, DISH_SITES, equilibrium=1 / 3600)
    found = Engine(model.network.system()).solve(times=[1.0, *AROUND, 48.0], **TIGHT)
    return network, model, found.require()


def chain_atoms(model: Generator) -> list[str]:
    return [s.name for s in model.network.species if "chain_atom" in s.contains]


def test_a_daughter_freed_at_the_membrane_is_in_the_medium():
    """Fr-221: at the membrane what is not yet washed out, all the rest in the medium.

    Under a parent with p, at w and its own constant d:
    d / (d + w - p) (exp(-p t) - exp(-(d + w) t)), in secular equilibrium d / (d + w).
    """
    sites = {"membrane": Site("membrane", "surface"), "medium": Site("medium", "medium")}
    carrier, washout = linear_carrier("Ac-225", sites, {}), 50.0
    model = generator(carrier, "Ac-225", sites, given={"washout.dish": washout})
    times = np.geomspace(1 / 60, 100.0, 12)
    doses = [Bolus("membrane.hot", 0.0, model.amount(1.0))]
    options = {"rtol": 1e-11, "atol": 1e-18}
    found = Engine(model.network.system()).solve(times=times, doses=doses, **options).require()
    p, d = (nuclide(name).decay_constant for name in ("Ac-225", "Fr-221"))
    there = d / (d + washout - p) * (np.exp(-p * times) - np.exp(-(d + washout) * times))
    every = decay_chain("Ac-225").activities(times)[:, 1]
    for place, expected in (("membrane", there), ("medium", every - there)):
        activity = found[model.activity(place, "Fr-221")][0]
        np.testing.assert_allclose(activity, expected, rtol=1e-8)
    assert there[-1] / every[-1] == pytest.approx(d / (d + washout), rel=1e-3)


def test_a_wash_loses_no_atom(dish):
    _, model, found = dish
    check_balance(model.network)
    atoms = sum(found[name][0] for name in chain_atoms(model))
    np.testing.assert_allclose(atoms, atoms[0], rtol=1e-9)
    removed = found["removed_atoms"][0]
    assert removed[1] == 0.0
    assert removed[-1] == pytest.approx(removed[2], rel=1e-12)
    # of everything in the medium, all but the residual
    there = [n for n in chain_atoms(model) if n.startswith(("medium.", "spent.", "free.medium"))]
    in_medium = sum(found[name][0, 1] for name in there)
    assert removed[2] == pytest.approx((1 - RESIDUAL) * in_medium, rel=1e-5)


def test_a_wash_takes_the_medium_and_leaves_the_cells(dish):
    _, model, found = dish
    for member in model.members:
        for region in model.regions:
            before, after = found[model.activity(region, member)][0, 1:3]
            part = RESIDUAL if region == "medium" else 1.0
            assert after == pytest.approx(part * before, rel=1e-5), (member, region)


def test_daughters_on_the_ligand_are_washed_off_with_it(dish):
    """Of Pb-212 two thirds of the bismuth stay on the ligand, of Ac-225 no daughter does."""
    _, model, found = dish
    kept = [n for n in chain_atoms(model) if n.startswith("medium.hot.")]
    assert bool(kept) is (model.members[0] == "Pb-212")
    for name in kept:
        before, after = found[name][0, 1:3]
        assert after == pytest.approx(RESIDUAL * before, rel=1e-5)


def test_the_ligand_goes_as_without_a_chain(dish):
    network, _, found = dish
    engine = Engine(network.system())
    alone = engine.solve(times=[1.0, *AROUND, 48.0], rtol=1e-10, atol=1e-18).require()
    for place in DISH_SITES:
        name = f"{place}.hot"
        np.testing.assert_allclose(found[name][0], alone[name][0], rtol=1e-6)


def with_event(part: str) -> tuple[Network, dict[str, Site]]:
    """Return a ligand in medium that an event treats as ``part`` says."""
    b = NetworkBuilder("dish")
    hot = {}
    for place in ("medium", "spent"):
        b.compartment(place)
        hot[place] = b.species(f"{place}.hot", place)
        decay = nuclide("Pb-212").decay_constant
        constant = b.parameter(f"{place}.decay", decay, "1/h", note="test")
        b.reaction(f"decay.{place}", hot[place], None, constant * hot[place])
    amount = b.parameter("amount", 1.0, "nmol", note="test")
    both = {hot["medium"]: 0.5 * hot["medium"], hot["spent"]: 0.5 * hot["spent"]}
    values = {
        "half": both,
        "amount": {**both, hot["medium"]: amount},
        "square": {**both, hot["medium"]: hot["medium"] * hot["medium"] / amount},
        "other": {**both, hot["medium"]: 0.25 * hot["medium"]},
        "one": {hot["medium"]: 0.5 * hot["medium"]},
    }
    b.event("change", TIME - b.parameter("when", 1.0, "h", note="test"), values[part])
    return b.freeze(), {place: Site("medium", "medium") for place in hot}


@pytest.mark.parametrize("part", ["amount", "square", "other", "one"])
def test_events_that_daughters_cannot_follow_are_refused(part):
    network, sites = with_event(part)
    with pytest.raises(UnsupportedError, match="event change"):
        generator(network, "Pb-212", sites)


def test_an_event_that_leaves_a_part_is_followed():
    network, sites = with_event("half")
    assert [e.name for e in generator(network, "Pb-212", sites).network.events] == ["change"]


def test_a_site_in_the_wrong_order_is_refused():
    with pytest.raises(InputError, match=r"region 'inside'.*given 'kidneys'.*the region first"):
        Site("inside", "kidneys")  # pyright: ignore[reportArgumentType]


def test_blood_and_free_elements_are_not_in_a_dish():
    sites = {"blood": Site("blood", "blood"), "medium": Site("medium", "medium")}
    with pytest.raises(InputError, match="blood and the medium"):
        generator(linear_carrier("Ac-225", sites, {}), "Ac-225", sites)
    sites = {"medium": Site("medium", "medium")}
    rate = Parameter("plasma.organ", "1/h", Fixed(1.0), "assumption", note="test")
    elements = {"Bi": ParameterSet("test", "test", {"plasma.organ": rate})}
    with pytest.raises(InputError, match="elements"):
        generator(linear_carrier("Ac-225", sites, {}), "Ac-225", sites, elements=elements)
