"""Balances of whole bodies: amounts, decay, flows, plasma, and what may be exchanged."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import Administration, Schedule
from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Engine, evaluate
from theratwin.dynamics.networks.flatten import rule_values
from theratwin.kinetics.body import LigandPlan, split, whole_body
from theratwin.testing import check_balance, check_symmetry, moiety_total

TIMES = [0.05, 0.5, 1.0, 4.0, 23.9, 24.2, 48.0, 168.0]
#: A bolus, and an infusion that follows it.
SCHEDULE = Schedule(
    (
        Administration("cycle 1", 0.0, 7400.0, 150.0),
        Administration("cycle 2", 24.0, 3700.0, 80.0, duration=0.5),
    )
)
NEVER = 1e30  # h, a half-life: no decay


def rules(body, **given):
    """Return the values of all rules, by name."""
    network = body.network
    values = {p.name: p.value for p in network.parameters} | {
        s.name: s.value for s in network.switches
    }
    values |= given
    found = rule_values(network, {})
    known = {r.name: found[network.symbols[r.name]] for r in network.rules}
    fixed = {n: law for n, law in known.items() if "free" not in n and "saturation" not in n}
    return dict(zip(fixed, evaluate(list(fixed.values()), values), strict=True))


def test_every_atom_of_ligand_is_accounted_for(bodies):
    """In = body + voided + excreted with feces + released; what decayed stays as cold ligand."""
    body, engine = bodies.full()
    doses = body.doses(SCHEDULE) + body.voids(np.arange(3.0, 160.0, 3.0))
    solution = engine.solve({}, TIMES, doses=doses).require()
    total = sum(solution[name] for name in moiety_total(body.network, "psma617"))
    given = np.interp(TIMES, [0.0, 24.0, 24.5, 200.0], [150.0, 150.0, 230.0, 230.0])
    # The method keeps linear invariants to rounding, whatever the tolerance is.
    assert_allclose(total[0], given, rtol=1e-10)
    for place in ("urine", "feces", "released"):
        assert solution[f"{place}.hot"][0, -1] > 0.0, place


def test_the_hot_label_decays_wherever_it_is(bodies):
    body, engine = bodies.full()
    solution = engine.solve({}, TIMES, doses=body.doses(SCHEDULE), rtol=1e-10, atol=1e-13).require()
    total = sum(solution[name] for name in moiety_total(body.network, "psma617_nuclide"))[0]
    decay = rules(body)["hot.decay_constant"]
    (first, _), (second, _) = (split(a, "Lu-177") for a in SCHEDULE)
    times = np.array(TIMES)
    infused = second / 0.5 * (1 - np.exp(-decay * np.clip(times - 24.0, 0.0, 0.5))) / decay
    infused *= np.exp(-decay * np.clip(times - 24.5, 0.0, None))
    # The solver's tolerance, over the few hundred steps.
    assert_allclose(total, first * np.exp(-decay * times) + infused, rtol=1e-8)
    sides = ("whole_body", "urine", "feces", "released")
    activity = sum(solution[f"activity.{side}"] for side in sides)[0]
    assert_allclose(activity / total, 7400.0 / first, rtol=1e-12)


@pytest.mark.parametrize("changes", [{}, {"release": "back"}, {"kidney_receptors": "interstitial"}])
def test_hot_and_cold_may_be_exchanged_without_decay(bodies, changes):
    """The test that finds a law that is right for one label alone."""
    if "kidney_receptors" in changes:
        changes = {
            **changes,
            "given": {"kidneys.interstitial_fraction": 0.2, "kidneys.permeability": "0.2 1/min"},
        }
    body = whole_body(bodies.all_paths(**changes))
    swap = {name: name.replace(".hot", ".cold") for name in body.system.names if ".hot" in name}
    swap |= {"infusion.hot": "infusion.cold"}
    check_symmetry(body.system, swap, {"hot.half_life": NEVER})
    with pytest.raises(InputError, match="after the exchange"):
        check_symmetry(body.system, swap)


def test_two_ligands_may_be_exchanged(bodies):
    ligands = (LigandPlan("psma617", "Lu-177"), LigandPlan("dcfpyl", "F-18"))
    body = bodies.build(ligands=ligands)
    names = [*body.system.names, *body.system.parameters, *body.system.switches]
    swap = {n: n.replace("psma617", "dcfpyl") for n in names if "psma617" in n}
    assert "psma617.hot.half_life" in swap
    assert "psma617.dissociation_constant" in swap
    check_symmetry(body.system, swap)


def test_flows_balance_and_the_lungs_carry_all_of_them(bodies):
    body, _ = bodies.full()
    check_balance(body.network)
    found = rules(body)
    into_tissues = [v for n, v in found.items() if n.endswith(".plasma_flow")]
    assert_allclose(found["plasma.output"], sum(into_tissues), rtol=1e-12)
    # The lesion's flow comes on top of the cardiac output.
    assert_allclose(
        found["plasma.output"], found["plasma.flow"] + found["tumor_2.plasma_flow"], rtol=1e-12
    )
    flows = {flow.name: flow.value for flow in body.network.flows}
    (out,) = evaluate([flows["blood.liver_to_vein"]], found | {"x": 0.0})
    assert_allclose(out, found["liver.plasma_flow"] + found["spleen.plasma_flow"], rtol=1e-12)


@pytest.mark.parametrize("hematocrit", [0.3, 0.45])
def test_plasma_and_volume_are_counted_once(bodies, hematocrit):
    body, _ = bodies.small()
    found = rules(body, **{"patient.hematocrit": hematocrit})
    own = [v for n, v in found.items() if n.endswith(".plasma_volume") and "tumor" not in n]
    assert_allclose(sum(own), found["plasma.volume"], rtol=1e-12)
    assert found["other_tissues.plasma_volume"] > 0.0
    assert_allclose(found["plasma.volume"], 2800.0 * (1.0 - hematocrit) * 1.9, rtol=1e-12)


def test_ligand_does_not_care_which_share_of_it_is_hot(bodies):
    """Decayed ligand stays, so that the sum of both is the same, and hot goes with activity."""
    _, engine = bodies.small()
    hot = np.array([1.0, 5.0, 10.0])
    doses = [Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, 100.0 - hot)]
    solution = engine.solve({}, [4.0, 48.0], doses=doses, rtol=1e-10, atol=1e-13).require()
    bound = solution["kidneys.bound.hot"] + solution["kidneys.bound.cold"]
    assert_allclose(bound, np.broadcast_to(bound[0], bound.shape), rtol=1e-7)
    per_hot = solution["activity.kidneys"] / hot[:, None]
    assert_allclose(per_hot, np.broadcast_to(per_hot[0], per_hot.shape), rtol=1e-7)


def test_without_receptors_the_body_is_linear(bodies):
    body, engine = bodies.small()
    densities = {n: 0.0 for n in body.system.parameters if n.endswith("receptor_density")}
    assert len(densities) == 5
    amounts = np.array([1.0, 1000.0])
    doses = [Bolus("vein.hot", 0.0, amounts)]
    solution = engine.solve(densities, [1.0, 24.0], doses=doses, rtol=1e-9, atol=1e-16).require()
    for region in body.regions:
        found = solution[body.activity(region)] / amounts[:, None]
        assert_allclose(found[1], found[0], rtol=1e-6, atol=1e-15)
    assert np.all(solution["kidneys.bound.hot"] == 0.0)


def test_a_ligand_that_does_not_bind_is_one_without_receptors(bodies):
    body, engine = bodies.small()
    none = {n: 0.0 for n in body.system.parameters if n.endswith("receptor_density")}
    doses = [Bolus("vein.hot", 0.0, 10.0), Bolus("vein.cold", 0.0, 40.0)]
    settings = {"to_infinity": True, "rtol": 1e-9, "atol": 1e-14}
    without = engine.solve(none, [24.0], doses=doses, **settings).require()
    # With K_D a million times the amounts' concentrations, bound over free is under 1e-7.
    weak = {"psma617.dissociation_constant": 1e7, "psma617.k_on": 1e-3}
    found = engine.solve(weak, [24.0], doses=doses, **settings).require()
    for region in ("kidneys", "parotid_glands", "tumor_2", "whole_body"):
        name = body.time_integrated_activity(region)
        assert_allclose(found.integrals[name], without.integrals[name], rtol=1e-6)


def test_more_ligand_lowers_the_share_that_binds(bodies):
    body, engine = bodies.small()
    cold = np.array([0.0, 100.0, 490.0])
    doses = [Bolus("vein.hot", 0.0, 10.0), Bolus("vein.cold", 0.0, cold)]
    solution = engine.solve({}, [24.0], doses=doses, to_infinity=True).require()
    for region in ("kidneys", "parotid_glands", "tumor_2"):
        assert np.all(np.diff(solution.integrals[body.time_integrated_activity(region)]) < 0.0)


@pytest.fixture(scope="module")
def both(bodies):
    """Return a body with two ligands of one set of constants."""
    ligands = (LigandPlan("psma617", "Lu-177"), LigandPlan("dcfpyl", "Lu-177"))
    same = {"dcfpyl.dissociation_constant": "1 nmol/L"}
    body = bodies.build(ligands=ligands, given=same)
    return body, Engine(body.system)


class TestCompetition:
    def test_two_alike_are_as_one(self, bodies, both):
        body, engine = both
        doses = [Bolus("vein.psma617.hot", 0.0, 10.0), Bolus("vein.dcfpyl.cold", 0.0, 90.0)]
        found = engine.solve({}, [4.0, 48.0], doses=doses, rtol=1e-10, atol=1e-13).require()
        _, single = bodies.small()
        doses = [Bolus("vein.hot", 0.0, 10.0), Bolus("vein.cold", 0.0, 90.0)]
        expected = single.solve({}, [4.0, 48.0], doses=doses, rtol=1e-10, atol=1e-13).require()
        for region in ("kidneys", "tumor_2", "liver"):
            assert_allclose(
                found[body.activity(region, "psma617")],
                expected[f"activity.{region}"],
                rtol=1e-7,
            )

    def test_a_competitor_that_binds_better_displaces_more(self, both):
        body, engine = both
        constants = {"dcfpyl.dissociation_constant": np.array([1e3, 1e-3, 1e-4])}
        doses = [Bolus("vein.psma617.hot", 0.0, 10.0), Bolus("vein.dcfpyl.cold", 0.0, 200.0)]
        found = engine.solve(constants, [24.0], doses=doses).require()
        assert np.all(np.diff(found[body.activity("tumor_2", "psma617")][:, 0]) < 0.0)

    def test_names_tell_the_ligands_apart(self, both):
        body, _ = both
        assert body.activity("kidneys", "dcfpyl") == "activity.kidneys.dcfpyl"
        with pytest.raises(InputError, match="no such ligand"):
            body.activity("kidneys")
        schedule = Schedule((Administration("scan", 0.0, 300.0, 5.0),))
        assert body.doses(schedule, ligand="dcfpyl")[0].state == "vein.dcfpyl.hot"
