"""The PSMA body of a case: what is taken from the patient, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import (
    Administration,
    Case,
    Lesion,
    Ligand,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core.citation import citation
from theratwin.core.distribution import LogNormal
from theratwin.core.errors import InputError
from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Bolus, Engine, Infusion, Jump
from theratwin.kinetics import psma_body
from theratwin.kinetics.body import specific_activity, split
from theratwin.kinetics.models import model_entries, psma_ligand

SCHEDULE = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="150 nmol")


def case(*, ligand: str = "psma-617", lesions=(), **patient) -> Case:
    return Case(
        "test",
        Patient("male", 80_000.0, **patient),
        Radiopharmaceutical("a name", Ligand(ligand, "psma"), "Lu-177"),
        SCHEDULE,
        lesions=tuple(lesions),
    )


def parameters(body):
    return {p.name: p for p in body.network.parameters}


class TestCase:
    def test_what_the_case_says_replaces_the_sets(self):
        body = psma_body(
            case(
                height=1800.0,
                hematocrit=0.36,
                organs={"kidneys": Volume(280.0, 0.1), "pancreas": Volume(90.0, 0.2)},
                lesions=[Lesion("lesion_1", Volume(7.0, 0.2, density=1.1))],
            )
        )
        known = parameters(body)
        assert known["patient.mass"].value == 80_000.0
        assert known["patient.hematocrit"].value == 0.36
        assert known["lesion_1.density"].value == 1.1
        assert known["kidneys.volume"].distribution == LogNormal(280.0, np.exp(0.1))
        assert "kidneys.volume" not in body.assumed
        assert "liver.volume" in body.assumed
        assert "pancreas.volume" not in known
        assert {"lesion_1", "kidneys", "parotid_glands", "whole_body"} <= set(body.regions)

    def test_kidneys_given_apart_are_summed(self):
        sides = {"kidney_left": Volume(150.0, 0.1), "kidney_right": Volume(140.0, 0.1)}
        assert_allclose(parameters(psma_body(case(organs=sides)))["kidneys.volume"].value, 290.0)

    def test_one_kidney(self):
        body = psma_body(case(absent=("kidney_left",), organs={"kidney_right": Volume(210.0, 0.1)}))
        assert parameters(body)["kidneys.volume"].value == 210.0
        assert "kidneys.single_function" in parameters(body)
        assert "kidneys.single_function" in parameters(psma_body(single_kidney=True))
        with pytest.raises(InputError, match="the volume of the other"):
            psma_body(case(absent=("kidney_left",)))

    def test_salivary_glands_measured_together_are_one(self):
        body = psma_body(case(organs={"salivary_glands": Volume(80.0, 0.1)}))
        assert "parotid_glands" not in body.regions
        assert parameters(body)["salivary_glands.volume"].value == 80.0

    def test_organs_that_were_removed_are_left_out(self):
        body = psma_body(case(absent=("prostate", "spleen")))
        assert not {"prostate", "spleen"} & set(body.regions)

    def test_a_lesion_gets_receptors_when_it_appears(self):
        lesions = [
            Lesion("lesion_1", Volume(5.0, 0.1)),
            Lesion("lesion_2", Volume(5.0, 0.1), appears="cycle 2"),
        ]
        body = psma_body(case(lesions=lesions))
        doses = body.doses(SCHEDULE)
        assert [dose for dose in doses if isinstance(dose, Jump)]
        found = Engine(body.system).solve({}, [24.0, 1008.0 + 24.0], doses=doses).require()
        first, second = found["activity.lesion_1"][0], found["activity.lesion_2"][0]
        # Unbound ligand in its blood and interstitium, at 24 h: a twentieth.
        assert second[0] < 0.06 * first[0]
        assert_allclose(second[1], first[1], rtol=0.01)  # what is left of cycle 1 is under 1 %

    def test_a_woman_has_her_own_physiology(self):
        man = case(height=1630.0)
        woman = replace(man, patient=replace(man.patient, sex="female"))
        bodies = [psma_body(each) for each in (man, woman)]
        assert "prostate" not in bodies[1].regions
        blood = [parameters(body)["blood.volume_per_area"].value for body in bodies]
        assert_allclose(blood, [2800.0, 2350.0])
        assert_allclose(parameters(bodies[1])["liver.volume"].value, 1333.3)
        found = Engine(bodies[1].system).solve({}, [24.0], doses=bodies[1].doses(SCHEDULE)[:2])
        assert found.good.all()

    def test_a_mouse_is_refused(self):
        mouse = case()
        mouse = replace(mouse, patient=replace(mouse.patient, species="mouse"))
        with pytest.raises(InputError, match="human"):
            psma_body(mouse)


class TestDefault:
    def test_psma617_is_calibrated_unless_sets_are_named(self):
        known = parameters(psma_body(ligand="psma-617"))
        assert known["kidneys.filtered_share"].value < 0.2
        assert known["kidneys.filtered_share"].is_assumption
        named = ("physiology_male", "psma_kletting_2016", "psma_amsterdam")
        assert parameters(psma_body(sets=named))["kidneys.filtered_share"].value == 0.66


class TestLigand:
    def test_constants_are_the_ligand_s_own(self):
        assert_allclose(parameters(psma_body())["psma617.dissociation_constant"].value, 0.001)
        other = parameters(psma_body(case(ligand="psma-i&t")))
        assert_allclose(other["psma_it.dissociation_constant"].value, 0.008)

    @pytest.mark.parametrize(
        ("name", "key"), [("psma-617", "psma617"), ("PSMA-I&T", "psma_it"), ("DCFPyL", "dcfpyl")]
    )
    def test_spellings(self, name, key):
        assert psma_ligand(name) == key

    @pytest.mark.parametrize("value", [-300.0, "-300 mL", math.nan])
    def test_a_value_below_zero_is_refused(self, value):
        with pytest.raises(InputError, match=r"kidneys\.volume: must be 0 or more"):
            psma_body(given={"kidneys.volume": value})

    def test_one_without_constants_is_refused(self):
        with pytest.raises(InputError, match="constants"):
            psma_body(case(ligand="dotatate"))

    def test_another_may_compete(self):
        body = psma_body(competing={"dcfpyl": "F-18"}, lesions=["tumor_1"])
        assert body.ligands == ("psma617", "dcfpyl")
        known = parameters(body)
        assert_allclose(known["dcfpyl.hot.half_life"].value, 109.77 / 60.0, rtol=1e-3)


@pytest.fixture
def small(bodies):
    return bodies.small()[0]


class TestDoses:
    def test_hot_and_cold_add_up(self):
        hot, cold = split(Administration("cycle 1", 0.0, 7400.0, 57.09), "Lu-177")
        # 10.18 nmol of 7.4 GBq and 46.91 nmol beside it were measured.
        assert_allclose((hot, cold), (10.18, 46.91), rtol=1e-3)
        assert_allclose(specific_activity("Lu-177"), 726.8, rtol=1e-4)

    def test_an_infusion_is_one(self, small):
        schedule = Schedule((Administration("cycle 1", 0.0, 7400.0, 100.0, duration=0.25),))
        hot, cold = small.doses(schedule)
        assert isinstance(hot, Infusion)
        assert isinstance(cold, Infusion)
        assert_allclose(hot.amount + cold.amount, 100.0)
        assert hot.name == "cycle 1.hot"

    def test_another_nuclide_makes_another_hot_amount(self, small):
        schedule = Schedule((Administration("scan", 0.0, 150.0, 5.0),))
        hot, _ = small.doses(schedule, "Ga-68")
        assert isinstance(hot, Bolus)
        assert_allclose(hot.amount, 150.0 / specific_activity("Ga-68"))
        found = Engine(small.system).solve(
            small.half_life("Ga-68"), [0.0], doses=small.doses(schedule, "Ga-68")
        )
        assert_allclose(found["activity.whole_body"][0, 0], 150.0)

    def test_a_region_s_activity_is_a_curve(self, small):
        names = small.hot_states("kidneys")
        assert "kidneys.tubular.hot" in names
        schedule = Schedule.regular("7.4 GBq", cycles=2, every="2 d", amount="60 nmol")
        found = Engine(small.system).solve(
            {}, [1.0, 30.0, 50.0, 96.0], doses=small.doses(schedule), curves=names
        )
        curve = small.activity_curve(found, "kidneys")
        # Dense output between the steps is of the solver's tolerance.
        assert_allclose(curve(found.times), found["activity.kidneys"][0], rtol=1e-4)
        name = small.time_integrated_activity("kidneys")
        assert_allclose(curve.integral(0.0, 96.0), found[name][0, -1], rtol=1e-4)

    def test_what_is_measured_has_an_observable(self, small):
        known = {each.name: each.unit for each in small.network.observables}
        for region, name in small.observables().items():
            assert known[name] == ("MBq/mL" if region == "blood" else "MBq")

    def test_a_missing_amount_says_what_to_give(self, small):
        schedule = Schedule((Administration("cycle 1", 0.0, 7400.0),))
        with pytest.raises(InputError, match=r"cycle 1\.amount.*nmol"):
            small.doses(schedule)

    def test_less_ligand_than_activity_is_refused(self, small):
        schedule = Schedule((Administration("cycle 1", 0.0, 7400.0, 5.0),))
        with pytest.raises(InputError, match=r"10\.18 nmol or more"):
            small.doses(schedule)


class TestSets:
    @pytest.mark.parametrize("ligand", ["psma-617", "psma-i&t"])
    def test_every_number_has_a_source(self, ligand):
        for parameter in psma_body(ligand=ligand).network.parameters:
            if parameter.is_assumption:
                assert parameter.note, parameter.name
            else:
                assert citation(parameter.source).title, parameter.name

    @pytest.mark.parametrize(
        ("name", "volume", "told"), [("psma-it", 311, 0.14), ("psma", 309, 0.76)]
    )
    def test_kidneys_receive_what_the_page_tells(self, name, volume, told):
        """Neither set is calibrated: .43 +- .16 Gy/GBq are measured."""
        network = model_entries()[name][1]()
        found = Engine(network.system()).solve({}, [1.0], to_infinity=True).require()
        hot = {p.name: p.value for p in network.parameters}["dose.hot"]
        activity = hot * specific_activity("Lu-177")
        coefficient = found.integrals["time_integrated_activity.kidneys"][0] / activity
        # Self-dose of 147.9 keV a decay, density 1.05 g/mL.
        dose = coefficient * 3600.0 * 0.1479 * 1.602176634e-13 / (volume * 1.05e-3) * 1e9
        assert abs(dose - told) < 0.005

    def test_the_population_has_the_mean_and_spread_of_its_source(self):
        known = parameter_set("kinetics", "psma_population_ubc")["kidneys.receptor_density"]
        drawn = known.distribution.sample(np.random.default_rng(1), 200_000)
        # The standard error of the mean is 0.07 %, of the standard deviation about 0.4 %.
        assert_allclose((drawn.mean(), drawn.std()), (0.030, 0.010), rtol=0.02)

    def test_a_population_can_be_laid_over(self):
        sets = ("physiology_male", "psma_kletting_2016", "psma_population_ubc")
        body = psma_body(ligand="psma-i&t", sets=sets)
        known = parameters(body)
        assert isinstance(known["kidneys.release"].distribution, LogNormal)
        assert isinstance(known["parotid_glands.receptor_density"].distribution, LogNormal)

    def test_covariates_of_the_published_patients(self):
        table = parameter_set("kinetics", "kletting_2016_patients")
        ages = [table.value(f"patient_{i}.age") for i in range(1, 6)]
        rates = [table.value(f"patient_{i}.tubular_extraction_rate") / 60.0 for i in range(1, 6)]
        # The means and standard deviations that the table prints below.
        assert_allclose((np.mean(ages), np.std(ages, ddof=1)), (66, 12), atol=0.6)
        assert_allclose((np.mean(rates), np.std(rates, ddof=1)), (193, 42), atol=0.6)
        kidneys = [table.value(f"patient_{i}.kidneys") for i in range(1, 6)]
        assert_allclose((np.mean(kidneys), np.std(kidneys, ddof=1)), (318, 47), atol=0.6)
