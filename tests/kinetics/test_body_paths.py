"""The paths of a whole body one by one, against closed forms and limits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Engine, Infusion, evaluate, right_hand_side
from theratwin.dynamics.networks.flatten import rule_values

HOT = [Bolus("vein.hot", 0.0, 10.0), Bolus("vein.cold", 0.0, 90.0)]


def value(body, name, **given):
    """Return the value of one rule of a body."""
    network = body.network
    known = {part.name: part.value for part in (*network.parameters, *network.switches)} | given
    return float(evaluate([rule_values(network, {})[network.symbols[name]]], known)[0])


def rates(body, states, **given):
    """Return the rates of change where all states but some are zero."""
    system = body.system
    amounts = np.array([states.get(name, 0.0) for name in system.names])
    known = {**system.parameters, **system.switches, **given}
    return dict(zip(system.names, right_hand_side(system, 0.0, amounts, known), strict=True))


class TestPhysiology:
    def test_a_measured_surface_is_used_as_it_is(self, bodies):
        body = bodies.build(given={"patient.body_surface_area": 2.1})
        assert_allclose(value(body, "plasma.volume"), 2800.0 * 0.6 * 2.1)
        assert "patient.body_surface_area" not in body.assumed
        assert "patient.hematocrit" in body.assumed

    def test_height_and_mass_make_the_surface(self, bodies):
        body = bodies.build(given={"patient.height": "180 cm", "patient.mass": "80 kg"})
        # Du Bois 1916; the set has the area of a reference body, with eight digits.
        expected = 0.007184 * 80.0**0.425 * 180.0**0.725
        assert_allclose(value(body, "patient.body_surface_area"), expected, rtol=1e-7)

    def test_filtration_by_extraction_rate_or_measured(self, bodies):
        body = bodies.build()
        assert_allclose(value(body, "kidneys.filtration"), 200.0 * 60.0 * 201.0 / 151.0 / 3.0)
        body = bodies.build(given={"patient.gfr": "90 mL/min"})
        assert_allclose(value(body, "kidneys.filtration"), 5400.0)
        assert "patient.tubular_extraction_rate" not in {p.name for p in body.network.parameters}

    def test_flow_to_kidneys_falls_with_age(self, bodies):
        young, old = (bodies.build(given={"patient.age": age}) for age in (30.0, 80.0))
        flows = [value(body, "kidneys.plasma_flow") for body in (young, old)]
        assert_allclose(flows[0] / flows[1], (4.3 - 0.026 * 30) / (4.3 - 0.026 * 80))

    def test_what_is_given_comes_before_another_form_of_a_set(self, bodies):
        body = bodies.build(given={"kidneys.flow_share": 0.2})
        assert_allclose(value(body, "kidneys.plasma_flow"), 0.2 * value(body, "plasma.flow"))

    def test_reference_volumes_go_with_body_mass(self, bodies):
        body = bodies.build(given={"patient.mass": "71 kg"})
        assert_allclose(value(body, "muscle.volume"), 30078.0)
        own = bodies.build(given={"muscle.volume": "25 L"})
        assert ("muscle.volume", 25000.0) in {(p.name, p.value) for p in own.network.parameters}

    def test_covariates_can_be_differentiated_by(self, bodies):
        body = bodies.build(given={"patient.height": "180 cm", "patient.mass": "80 kg"})
        engine = Engine(body.system)
        names = ["patient.mass", "patient.height", "patient.hematocrit", "kidneys.volume"]
        settings = {"doses": HOT, "rtol": 1e-10, "atol": 1e-14}
        found = engine.solve({}, [24.0], sensitivities=names, **settings).require()
        step = 1e-4
        for name in names:
            middle = body.system.parameters[name]
            varied = {name: middle * np.array([1.0 - step, 1.0 + step])}
            low, high = engine.solve(varied, [24.0], **settings).require()["activity.kidneys"]
            # Central differences err by the step squared, and by rounding over the step.
            assert_allclose(
                found.slopes[name]["activity.kidneys"][0],
                (high - low) / (2.0 * step * middle),
                rtol=1e-4,
                err_msg=name,
            )


class TestKidneys:
    def test_one_kidney_has_less_flow_and_filters_less(self, bodies):
        two, one = bodies.build(), bodies.build(single_kidney=True)
        for name in ("kidneys.plasma_flow", "kidneys.filtration"):
            assert_allclose(value(one, name), 0.7 * value(two, name))
        measured = bodies.build(single_kidney=True, given={"patient.gfr": "60 mL/min"})
        assert_allclose(value(measured, "kidneys.filtration"), 3600.0)

    def test_what_is_filtered_divides_as_stated(self, bodies):
        body, _ = bodies.small()
        clearance = 0.66 * value(body, "kidneys.filtration")
        found = rates(body, {"kidneys.tubular.hot": 1.0}, **{"kidneys.receptor_density": 0.0})
        out = clearance / value(body, "kidneys.tubular_volume")
        assert_allclose(found["bladder.hot"], 0.96 * out, rtol=1e-12)
        assert_allclose(found["kidneys.reabsorbed.hot"], 0.04 * out, rtol=1e-12)

    def test_the_carrier_saturates_and_amino_acids_hold_it_back(self, bodies):
        body, _ = bodies.full()
        lumen = value(body, "kidneys.tubular_volume")
        most, half = 2.0, 0.02
        for amount in (1e-4, 1.0, 1e4):
            found = rates(body, {"kidneys.tubular.hot": amount, "kidneys.tubular.cold": amount})
            expected = most * (amount / lumen) / (half + 2.0 * amount / lumen)
            assert_allclose(found["kidneys.internalized.hot"], expected, rtol=1e-12)
        free = rates(body, {"kidneys.tubular.hot": 1.0})
        held = rates(body, {"kidneys.tubular.hot": 1.0}, **{"kidneys.amino_acid_factor": 0.4})
        name = "kidneys.internalized.hot"
        assert_allclose(held[name], 0.4 * free[name], rtol=1e-12)

    def test_receptors_may_be_on_the_side_of_blood(self, bodies):
        given = {"kidneys.interstitial_fraction": 0.2, "kidneys.permeability": "0.2 1/min"}
        body = bodies.build(kidney_receptors="interstitial", given=given)
        found = rates(body, {"kidneys.interstitial.hot": 1.0})
        assert found["kidneys.bound.hot"] > 0.0
        assert rates(body, {"kidneys.tubular.hot": 1.0})["kidneys.bound.hot"] == 0.0


class TestWaysOut:
    def test_urine_may_leave_at_once(self, bodies):
        body = bodies.build(bladder="none")
        assert "bladder" not in body.regions
        assert rates(body, {"kidneys.tubular.hot": 1.0})["urine.hot"] > 0.0

    def test_the_mean_rate_holds_what_came_in_over_half_an_interval(self, bodies):
        body, engine = bodies.small()
        none = {n: 0.0 for n in body.system.parameters if n.endswith("receptor_density")}
        long = Infusion("infusion.hot", 0.0, 2000.0, 1.0)
        found = engine.solve({**none, "hot.half_life": 1e30}, [1900.0], doses=[long]).require()
        assert_allclose(found["bladder.hot"][0], 1.0 / 2000.0 * 4.0 / 2.0, rtol=1e-4)

    def test_voids_at_intervals_hold_the_same_on_average(self, bodies):
        """A steady inflow: the time integral over whole intervals is that of the mean rate."""
        body = bodies.build(bladder="scheduled")
        none = {n: 0.0 for n in body.system.parameters if n.endswith("receptor_density")}
        doses = (
            Infusion("infusion.hot", 0.0, 2000.0, 1.0),
            *body.voids(np.arange(4.0, 2000.0, 4.0), duration=1e-3),
        )
        name = body.time_integrated_activity("bladder")
        found = Engine(body.system).solve(
            {**none, "hot.half_life": 1e5}, [1600.0, 1800.0], doses=doses, keep=[name]
        )
        held = float(np.diff(found.require()[name][0])[0])
        per_amount = np.log(2.0) / 1e5 * 167281.688
        # A thousandth of an hour of four; decay over the interval is 1e-5 of it.
        assert_allclose(held, per_amount * 200.0 * 2.0 / 2000.0, rtol=2e-3)

    def test_a_void_leaves_next_to_nothing(self, bodies):
        body, engine = bodies.full()
        doses = (*HOT, *body.voids([5.0]))
        found = engine.solve({}, [5.0, 5.1], doses=doses).require()
        before, after = found["bladder.hot"][0]
        inflow = rates(body, {"kidneys.tubular.hot": found["kidneys.tubular.hot"][0, 0]})
        # exp(-12) of what was there, and what came in during the last of the void.
        assert after < 1e-5 * before + inflow["bladder.hot"] * 0.1 / 12.0 * 1.01

    def test_voids_must_follow_each_other(self, bodies):
        body, _ = bodies.full()
        with pytest.raises(InputError, match="overlap"):
            body.voids([1.0, 1.05])
        with pytest.raises(InputError, match="scheduled"):
            bodies.small()[0].voids([1.0])

    def test_bile_and_gut_empty_one_into_the_next(self, bodies):
        body, _ = bodies.full()
        found = rates(body, {"liver.interstitial.hot": 1.0})
        fluid = value(body, "liver.interstitial_volume")
        assert_allclose(found["gallbladder_contents.hot"], 300.0 / fluid, rtol=1e-12)
        way = ["gallbladder_contents", "small_intestine_contents", "colon_contents", "feces"]
        for source, target, hours in zip(way, way[1:], (2.0, 4.0, 36.0), strict=False):
            found = rates(body, {f"{source}.hot": 1.0})
            assert_allclose(found[f"{target}.hot"], 1.0 / hours, rtol=1e-9)
        assert "gallbladder_contents" in body.regions
        assert "feces" not in body.regions

    def test_released_label_leaves_or_goes_back(self, bodies):
        leaves, back = bodies.small()[0], bodies.build(release="back")
        inside = {"tumor_2.internalized.hot": 1.0}
        assert_allclose(rates(leaves, inside)["released.hot"], 1.4e-4 * 60.0)
        assert_allclose(rates(back, inside)["tumor_2.interstitial.hot"], 1.4e-4 * 60.0)
        inside = {"kidneys.internalized.hot": 1.0}
        assert_allclose(rates(back, inside)["kidneys.tubular.hot"], 2.3e-4 * 60.0)
        assert "released.hot" not in back.system.names


class TestAlbumin:
    def test_bound_ligand_neither_permeates_nor_is_filtered(self, bodies):
        free, bound = bodies.small()[0], bodies.full()[0]
        share = 100.0 / (100.0 + 600.0)
        for place, source in (
            ("muscle.interstitial.hot", "muscle.vascular.hot"),
            ("kidneys.tubular.hot", "kidneys.vascular.hot"),
        ):
            ratio = rates(bound, {source: 1.0})[place] / rates(free, {source: 1.0})[place]
            assert_allclose(ratio, share, rtol=1e-12)

    def test_the_constant_has_no_default(self, bodies):
        with pytest.raises(InputError, match="albumin_dissociation_constant"):
            bodies.build(albumin=True)


class TestChanges:
    def test_a_parameter_changes_at_an_administration(self, bodies):
        from theratwin.case import Schedule

        name = "tumor_2.receptor_density"
        body = bodies.build(changing=(name, "kidneys.receptor_density"))
        schedule = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="60 nmol")
        changes = body.changes(schedule, {name: {"cycle 2": 0.5}})
        doses = body.doses(schedule) + changes
        times = [24.0, 1008.0 + 24.0]
        found = (
            Engine(body.system)
            .solve({}, times, doses=doses, sensitivities=[changes[0].name])
            .require()
        )
        tumor, kidneys = found["activity.tumor_2"][0], found["activity.kidneys"][0]
        assert tumor[1] < 0.65 * tumor[0]
        assert_allclose(kidneys[1], kidneys[0], rtol=0.05)
        slope = found.slopes[f"{name}.cycle 2"]["activity.tumor_2"][0]
        assert slope[0] == 0.0
        assert slope[1] > 0.0

    def test_only_what_was_declared_changes(self, bodies):
        from theratwin.case import Schedule

        schedule = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="60 nmol")
        with pytest.raises(InputError, match="changing"):
            bodies.small()[0].changes(schedule, {"tumor_2.volume": {"cycle 2": 0.5}})
        with pytest.raises(InputError, match="no such parameter"):
            bodies.build(changing=("tumor_3.volume",))


class TestRefusals:
    def test_a_value_without_use_is_refused(self, bodies):
        with pytest.raises(InputError, match="no such parameter"):
            bodies.build(given={"prostate.volume": "20 mL"})

    def test_a_missing_value_is_named(self, bodies):
        from theratwin.kinetics.body import LigandPlan

        with pytest.raises(InputError, match=r"psma11\.k_on"):
            bodies.build(ligands=(LigandPlan("psma11", "Ga-68"),))
        with pytest.raises(InputError, match=r"lesion_9\.volume"):
            bodies.build(lesions=("lesion_9",))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"lesions": ("liver",)}, "twice"),
            ({"ligands": ()}, "at least one ligand"),
            ({"bladder": "leaky"}, "bladder"),
            ({"release": "away"}, "release"),
            ({"appearing": {"lesion_7": "cycle 2"}}, "no such lesion"),
        ],
    )
    def test_a_plan_must_make_sense(self, bodies, changes, message):
        with pytest.raises(InputError, match=message):
            bodies.build(**changes)

    def test_organs_must_leave_room_for_the_rest(self, bodies):
        with pytest.raises(InputError, match="leave"):
            bodies.build(given={"liver.volume": "30 L"})

    def test_a_draw_of_parameters_leaves_the_rest_a_hundredth(self, bodies):
        body, _ = bodies.small()
        found = value(body, "other_tissues.plasma_flow", **{"muscle.flow_share": 0.9})
        assert_allclose(found, 0.01 * value(body, "plasma.flow"))

    def test_a_drain_must_exist(self, bodies):
        from theratwin.kinetics.body import Organ

        with pytest.raises(InputError, match="drains"):
            bodies.build(organs=(Organ("spleen", receptors=True, drains_into="liver"),))

    def test_a_region_must_exist(self, bodies):
        with pytest.raises(InputError, match="no such region"):
            bodies.small()[0].activity("spleeen")


def test_brain_keeps_the_ligand_in_its_vessels(bodies):
    body, _ = bodies.small()
    assert "brain.vascular.hot" in body.system.names
    assert "brain.interstitial.hot" not in body.system.names


def test_a_gland_takes_what_glands_have_in_common(bodies):
    body, _ = bodies.small()
    known = {p.name: p for p in body.network.parameters}
    assert_allclose(known["parotid_glands.receptor_density"].value, 0.042)
    assert known["parotid_glands.receptor_density"].source == "pbpk_psma_amsterdam"


def test_a_ligand_may_have_its_own_rate_in_an_organ(bodies):
    body = bodies.build(given={"psma617.tumor_2.release": "1e-3 1/min"})
    found = rates(body, {"tumor_2.internalized.hot": 1.0})
    assert_allclose(found["released.hot"], 0.06)


def test_an_infusion_is_the_bolus_when_it_is_short(bodies):
    _, engine = bodies.small()
    infused = [
        Infusion("infusion.hot", 0.0, 1e-3, 10.0),
        Infusion("infusion.cold", 0.0, 1e-3, 90.0),
    ]
    long, short = (engine.solve({}, [24.0], doses=d).require() for d in (infused, HOT))
    assert_allclose(long["activity.kidneys"], short["activity.kidneys"], rtol=1e-4)
