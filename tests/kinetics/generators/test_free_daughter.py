"""Daughters that travel: closed forms in two compartments, washout, retention of bismuth."""

import numpy as np
import pytest

from theratwin.core import Fixed, Parameter, ParameterSet
from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.generators import Site, free_element, generator, linear_carrier
from theratwin.physics import nuclide

TIMES = np.geomspace(1 / 60, 200, 30)


def rates(**values: float) -> ParameterSet:
    found = {
        name.replace("__", "."): Parameter(name, "1/h", Fixed(v), "assumption", note="test")
        for name, v in values.items()
    }
    return ParameterSet("test", "test", found)


def in_blood(parent: str, **options):
    sites = {"blood": Site("blood", "blood")}
    return generator(linear_carrier(parent, sites, {}), parent, sites, **options)


def solve(model, place="blood", times=TIMES):
    dose = Bolus(f"{place}.hot", 0.0, model.amount(1.0))
    engine = Engine(model.network.system())
    return engine.solve(times=times, doses=[dose], rtol=1e-11, atol=1e-18).require()


def two_compartments(times, parent, daughter, into, back):
    """Return the daughter's activities in plasma and organ under 1 MBq of the parent in plasma.

    From the eigenvalues of the two coupled equations, by hand.
    """
    p, d = parent.decay_constant, daughter.decay_constant
    total, product = 2 * d + into + back, d * (d + into + back)
    root = np.sqrt(total**2 / 4 - product)
    fast, slow = total / 2 + root, total / 2 - root
    plasma, organ = 0.0, 0.0
    for own, other in ((fast, slow), (slow, fast)):
        # response of plasma and organ to a unit in plasma, folded with the parent's decay
        fold = (np.exp(-p * times) - np.exp(-own * times)) / (own - p)
        plasma = plasma + (d + back - own) / (other - own) * fold
        organ = organ + into / (other - own) * fold
    return d * plasma, d * organ


#: A daughter of each parent that is freed in plasma, in the branch that makes it.
FREED = {
    "Ac-225": "Fr-221",
    "Ra-223": "Rn-219",
    "Pb-212": "Bi-212",
    "Bi-213": "Tl-209",
    "Th-227": "Ra-223",
    "At-211": "Bi-207",
}


@pytest.mark.parametrize(("parent", "daughter"), FREED.items())
def test_a_free_daughter_in_two_compartments_follows_its_closed_form(parent, daughter):
    """Freed in plasma, all of its branch, and exchanged with an organ."""
    element, freed = daughter.partition("-")[0], daughter.replace("-", "")
    own = rates(plasma__organ=3.0, organ__plasma=0.7)
    options = {"elements": {element: own}, "given": {f"release.{freed}": 1.0}}
    found = solve(model := in_blood(parent, equilibrium=1 / 3600, **options))
    branch = next(b.fraction for b in nuclide(parent).branches if b.daughter == daughter)
    exact = two_compartments(TIMES, nuclide(parent), nuclide(daughter), 3.0, 0.7)
    for region, expected in zip(("blood", "organ"), exact, strict=True):
        activity = found[model.activity(region, daughter)][0]
        counts = expected > 1e-12
        assert counts.any()
        np.testing.assert_allclose(activity[counts], branch * expected[counts], rtol=1e-8)


def test_half_released_is_half_in_the_organ():
    """Pb-212 in plasma: what stays on the chelate never sees the organ of free bismuth."""
    elements = {"Bi": rates(plasma__organ=2.0, organ__plasma=0.5)}
    model = in_blood("Pb-212", elements=elements, given={"release.Bi212": 0.25})
    times = np.geomspace(1 / 60, 48, 20)
    found = solve(model, times=times)
    _, organ = two_compartments(times, nuclide("Pb-212"), nuclide("Bi-212"), 2.0, 0.5)
    activity = found[model.activity("organ", "Bi-212")][0]
    np.testing.assert_allclose(activity, 0.25 * organ, rtol=1e-8)


def test_what_is_freed_at_a_surface_is_washed_out_before_it_decays():
    """A part w / (w + lambda) of Fr-221 leaves; freed in a cell none does."""
    washout, parent = 12.0, nuclide("Ac-225")
    leaves = washout / (washout + nuclide("Fr-221").decay_constant)
    for kind, part in (("surface", leaves), ("inside", 0.0)):
        sites = {"tumor": Site("tumor", kind)}
        given = {"washout.surface": washout}
        model = generator(
            linear_carrier("Ac-225", sites, {}), "Ac-225", sites, elements={}, given=given
        )
        dose = Bolus("tumor.hot", 0.0, model.amount(1.0))
        engine = Engine(model.network.system())
        found = engine.solve(doses=[dose], end=1.0, to_infinity=True, rtol=1e-10, atol=1e-16)
        there = found.integrals[model.time_integrated_activity("tumor", "Fr-221")][0]
        assert there * parent.decay_constant == pytest.approx(1 - part, rel=1e-7)


def test_soft_tissues_are_each_elements_own():
    """What is born in its parent's soft tissue leaves it at ``elsewhere``, not as its own does.

    Pb-212 that stays in its soft tissue, bismuth that leaves at 3/h: a part d / (d + 3) of its
    decays is there.
    """
    lead = rates(plasma__soft_tissue_1=1e6)
    bismuth = rates(plasma__soft_tissue_1=0.1, soft_tissue_1__plasma=1e-3, elsewhere=3.0)
    options = {"elements": {"Pb": lead, "Bi": bismuth}, "given": {"dissociation": 1e6}}
    model = in_blood("Pb-212", equilibrium=1 / 3600, **options)
    found = solve(model, times=[24.0])
    p, d = (nuclide(name).decay_constant for name in ("Pb-212", "Bi-212"))
    places = [s.name for s in model.network.species if s.name.endswith("soft_tissue_1_Pb.Bi212")]
    assert len(places) == 1
    activity = found[places[0]][0, 0] / model.amount(1.0) * d / p  # MBq of bismuth
    assert activity == pytest.approx(d / (d + 3.0 - p) * np.exp(-24.0 * p), rel=1e-5)


def test_stationary_elements_stay_where_they_were_freed():
    sites = {"tumor": Site("tumor", "surface")}
    carrier = linear_carrier("Ac-225", sites, {})
    model = generator(carrier, "Ac-225", sites, elements={}, stationary=("Fr", "At", "Bi"))
    assert [m for m in model.members if m not in model.present("blood")] == [
        *("Ac-225", "Fr-221", "At-217", "Bi-213")
    ]


#: Shares of the blood in organs, ICRP 89: what the published organ contents include.
BLOOD_SHARES = {"liver": 0.10, "skeleton": 0.07}
#: Retention after an injection, ICRP OIR data viewer: time (h), whole body, liver, skeleton.
RETENTION = {
    "Bi-213": [(1, 0.39, 0.070, 0.013), (3, 0.057, 0.017, 2.9e-3), (6, 3.4e-3, 1.2e-3, 2.1e-4)],
    "Pb-212": [(1, 0.92, 0.11, 0.14), (6, 0.65, 0.099, 0.13), (24, 0.20, 0.035, 0.039)],
    "Ra-223": [(1, 1.00, 0.065, 0.25), (6, 0.97, 0.071, 0.30), (24, 0.80, 0.058, 0.27)],
    "Ac-225": [(1, 0.99, 0.29, 0.18), (6, 0.94, 0.37, 0.22), (24, 0.87, 0.41, 0.25)],
    "Th-227": [(6, 0.98, 0.068, 0.28), (24, 0.93, 0.042, 0.47), (240, 0.64, 0.034, 0.47)],
    "Po-210": [(1, 1.00, 0.28, 0.050), (24, 0.96, 0.27, 0.049), (240, 0.64, 0.19, 0.043)],
    "Tl-201": [(1, 0.99, 0.052, 0.15), (24, 0.77, 0.039, 0.11), (120, 0.24, 0.012, 0.035)],
}


@pytest.mark.parametrize("parent", RETENTION)
def test_injected_elements_are_retained_as_icrp_publishes(parent):
    """Two digits are good to 4 % (0.13), the blood to about 1 % of an organ.

    The whole body's is that of all that is not excreted, contents of gut and bladder among it.
    """
    times, *published = np.array(RETENTION[parent]).T
    chain = in_blood(parent, given={"dissociation": 1e6}, equilibrium=1e6)  # follows it alone
    found = solve(chain, times=times)
    regions = [r for r in chain.regions if parent in chain.present(r)]
    there = {r: found[chain.activity(r, parent)][0] for r in regions}
    bone = sum(a for r, a in there.items() if "bone" in r or "marrow" in r)
    body = sum(a for r, a in there.items() if r not in ("urine", "feces", "excreta"))
    liver = there["liver"] + BLOOD_SHARES["liver"] * there["blood"]
    skeleton = bone + BLOOD_SHARES["skeleton"] * there["blood"]
    for own, given in zip((body, liver, skeleton), published, strict=True):
        np.testing.assert_allclose(own, given, rtol=0.04)


def test_shipped_biokinetics_leave_plasma_at_the_published_rates():
    """Sums of the rates out of plasma, 1/d: Bi 400 (a half-time of 2.5 min), Pb 70, Ra 70.

    Th 2.772 (0.25 d), Tl 200 (5 min), Po 1000 and from plasma 1 100.
    """
    published = {"Bi": 400, "Pb": 70, "Ra": 70, "Th": 2.772, "Tl": 200, "Po": 1000, "Po_1": 100}
    for name, total in published.items():
        symbol, _, number = name.partition("_")
        start, found = f"plasma_{number}".rstrip("_"), free_element(symbol)
        out = sum(p.value for (source, _), p in found.transfers.items() if source == start)
        assert 24 * out == pytest.approx(total, rel=2e-3)


def test_wrong_names_are_refused():
    with pytest.raises(InputError, match="no such element"):
        in_blood("Ac-225", elements={"Pu": rates(plasma__organ=1.0)})
    with pytest.raises(InputError, match=r"given: unknown parameter"):
        in_blood("Ac-225", given={"release.Fr222": 0.5})
    with pytest.raises(InputError, match="0 to 1"):
        in_blood("Ac-225", given={"release.Fr221": 1.5})
    with pytest.raises(InputError, match="no biokinetics"):
        in_blood("At-211", given={"dissociation": 0.1})
    with pytest.raises(InputError, match="nothing leaves plasma"):
        in_blood("Ac-225", elements={"Bi": rates(organ__plasma=1.0)})
