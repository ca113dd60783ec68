"""What each option changes, and that it changes nothing else."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Component, Exposure, InputError, Pieces, Pulses, UnsupportedError
from theratwin.response.medras import MedrasRpt

TWO_GRAY = Pulses([0.0], [2.0])
NOTHING = {"dose_rate": 0.0}
FROZEN = {"cycle": "frozen", "phase": "G1"}


def kill(curve=TWO_GRAY, values=None, **options) -> float:
    return float(MedrasRpt.of(**options).with_parameters(values or {}).log_kill(curve))


class TestCheckpoint:
    G2: ClassVar = {"phase": "G2", "p53": "mutant"}

    def in_g2(self, hours, values=None, **options) -> np.ndarray:
        model = MedrasRpt.of(**self.G2, **options).with_parameters(values or {})
        return model.solve(TWO_GRAY, hours)["cells.G2"][0]

    def test_it_holds_damaged_cells_until_they_are_repaired(self):
        free, held = self.in_g2([4.0]), self.in_g2([4.0], checkpoint=True)
        # Of cells that can divide: those that left and died at mitosis raise the part that stays.
        assert math.exp(-4.0 / 5.0) < free < 0.6
        # 17 breaks are left in G2 4 h after 2 Gy: the threshold is not yet passed.
        assert held > 0.9
        assert self.in_g2([30.0], checkpoint=True) < 0.5

    def test_more_breaks_at_release_let_cells_go_sooner(self):
        low, high = (
            self.in_g2([8.0], {"checkpoint.breaks": n}, checkpoint=True) for n in (10.0, 20.0)
        )
        assert high < low

    def test_evasion_of_all_is_no_checkpoint(self):
        found = kill(values={"checkpoint.evasion": 1.0}, checkpoint=True, **self.G2)
        assert_allclose(found, kill(**self.G2), rtol=1e-7)

    def test_it_spares_cells_at_mitosis(self):
        assert kill(checkpoint=True, **self.G2) < kill(**self.G2)

    def test_g1_is_held_with_p53_alone(self):
        left = {
            (p53, on): MedrasRpt.of(phase="G1", p53=p53, checkpoint=on).solve(TWO_GRAY, [3.0])[
                "cells.G1"
            ][0, 0]
            for p53 in ("wildtype", "mutant")
            for on in (True, False)
        }
        assert left["wildtype", True] > 1.1 * left["wildtype", False]
        # But for the few that have come round through G2, where both are held.
        assert_allclose(left["mutant", True], left["mutant", False], rtol=0.01)

    def test_nothing_without_damage(self):
        found = MedrasRpt.of(checkpoint=True).solve(NOTHING, [50.0])
        assert_allclose(
            found["cells.G2"], MedrasRpt.of().solve(NOTHING, [50.0])["cells.G2"], rtol=1e-6
        )


class TestCycleDelay:
    def test_a_hundred_breaks_double_the_time(self):
        values = {f"rate.{path}": 1e-9 for path in ("fast", "slow", "very_slow")}
        model = MedrasRpt.of(phase="G1", p53="mutant", cycle_delay=True).with_parameters(values)
        found = model.solve(Pulses([0.0], [100.0 / 35.0]), [5.0])["cells.G1"][0, 0]
        # None has come back within 5 h but those few that raced through S and G2.
        assert_allclose(found, math.exp(-5.0 / 22.0), rtol=0.02)

    def test_nothing_without_damage(self):
        delayed, plain = (
            MedrasRpt.of(cycle_delay=on).solve(NOTHING, [50.0])["cells.S"] for on in (True, False)
        )
        assert_allclose(delayed, plain, rtol=1e-6)


class TestFates:
    def test_senescent_cells_live_but_do_not_survive(self):
        plain = MedrasRpt.of(**FROZEN).solve(TWO_GRAY, [1000.0])
        found = MedrasRpt.of(**FROZEN, senescence=True).solve(TWO_GRAY, [1000.0])
        assert_allclose(found["survival"], plain["survival"], rtol=1e-9)
        assert_allclose(found["living"], found["survival"] + found["senescent"], rtol=1e-9)
        assert_allclose(plain["living"], plain["survival"], rtol=1e-12)

    def test_as_many_become_senescent_as_p53_loses_times_their_part(self):
        model = MedrasRpt.of(**FROZEN, senescence=True)
        times = np.linspace(1e-6, 60.0, 4001)
        found = model.solve(TWO_GRAY, times)
        rate = (
            0.01117 / (0.5663 / 2.081 + 0.4337 / 0.2604) * found["breaks"][0] * found["survival"][0]
        )
        lost = float(np.trapezoid(rate, times))
        assert_allclose(found["senescent"][0, -1], 0.5 * lost, rtol=1e-4)
        assert np.all(
            MedrasRpt.of(**FROZEN, p53="mutant", senescence=True).solve(TWO_GRAY, [99.0])[
                "senescent"
            ]
            == 0.0
        )

    @pytest.mark.parametrize("divisions", [1, 2, 3])
    def test_doomed_cells_live_for_their_divisions(self, divisions):
        model = MedrasRpt.of(**FROZEN, p53="mutant", delayed_death=divisions)
        plain = MedrasRpt.of(**FROZEN, p53="mutant")
        assert_allclose(model.log_kill(TWO_GRAY), plain.log_kill(TWO_GRAY), rtol=1e-8)
        times = np.concatenate([np.linspace(0, 5, 2001), np.linspace(5.01, 900.0, 4001)])
        found = model.solve(TWO_GRAY, times)
        waiting = float(np.trapezoid(found["living"][0] - found["survival"][0], times))
        # Of what is lost, the base rate of breaks that kills at once is no aberration.
        start = float(found["survival"][0, 1])
        doomed = math.exp(-0.000739 * 70.0) - float(found["survival"][0, -1])
        assert start < 1.0
        assert_allclose(waiting / doomed, divisions * 24.0, rtol=2e-3)
        assert_allclose(found["living"][0, -1], found["survival"][0, -1], rtol=1e-6)


class TestHypersensitivity:
    LONG: ClassVar = {"hypersensitivity.memory": 1e6}

    @pytest.mark.parametrize("dose", [0.05, 0.2, 0.5, 1.0])
    def test_acute_doses_follow_the_induced_repair_model(self, dose):
        curve = Pulses([0.0], [dose])
        added = kill(curve, self.LONG, hypersensitivity=True, **FROZEN) - kill(curve, **FROZEN)
        expected = 0.1 * 4.0 * dose * math.exp(-dose / 0.2)
        assert_allclose(added, expected, rtol=1e-4)

    def test_a_low_dose_rate_is_not_induced(self):
        curve = Pieces([0.0, 2e4], [[2.0 / 2e4]])
        added = kill(curve, hypersensitivity=True, **FROZEN) - kill(curve, **FROZEN)
        assert_allclose(added, 0.1 * 4.0 * 2.0, rtol=0.02)

    def test_a_slow_small_dose_may_kill_more_than_a_fast_one(self):
        slow, fast = (Pieces([0.0, t], [[1.0 / t]]) for t in (200.0, 0.1))
        assert kill(slow, hypersensitivity=True, **FROZEN) > kill(
            fast, hypersensitivity=True, **FROZEN
        )


def test_replicated_breaks_are_doubled_through_s():
    values = {f"rate.{path}": 1e-9 for path in ("fast", "slow", "very_slow")}
    values |= {"duration.S": 0.01, "duration.G2": 1e6}
    breaks = [
        MedrasRpt.of(phase="S", p53="mutant", replicate_breaks=on)
        .with_parameters(values)
        .solve(TWO_GRAY, [1.0])["breaks"][0, 0]
        for on in (False, True)
    ]
    assert_allclose(breaks, [105.0, 210.0], rtol=1e-5)
    # Only what is still broken when the cell leaves S counts.
    assert kill(replicate_breaks=True, p53="mutant") > kill(p53="mutant")


class TestFollow:
    def test_both_agree_while_none_divides(self):
        values = {f"duration.{phase}": 1e7 for phase in ("G1", "S", "G2")}
        cells, population = (kill(values=values, follow=f) for f in ("cells", "population"))
        assert_allclose(cells, population, rtol=1e-6)

    def test_growth_is_apart_from_survival(self):
        found = MedrasRpt.of(follow="population").solve(TWO_GRAY, [100.0])
        assert found["log_growth"][0, 0] > 2.0
        assert found["survival"][0, 0] < 1.0
        assert MedrasRpt.of().solve(TWO_GRAY, [100.0])["log_growth"][0, 0] == 0.0


def test_hazard_is_the_rate_of_log_kill():
    model = MedrasRpt.of()
    times = np.linspace(1.0, 20.0, 2001)
    found = model.solve(TWO_GRAY, times)
    gained = float(np.trapezoid(found["hazard"][0], times))
    assert_allclose(gained, found["log_kill"][0, -1] - found["log_kill"][0, 0], rtol=1e-4)


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"cycle": "stopped"}, "cycle"),
            ({"follow": "clone"}, "follow"),
            ({"delayed_death": 4}, "delayed_death"),
            ({"drugs": ("aspirin",)}, "drugs"),
            ({"checkpoint": "yes"}, "checkpoint"),
            ({"stalled_forks": True}, "stalled_forks"),
            ({"cycle": "frozen", "checkpoint": True}, "checkpoint"),
            ({"cycle": "frozen", "replicate_breaks": True}, "replicate_breaks"),
            ({"fractions": {"G1": 0.4}}, "fractions"),
            ({"fractions": {"G0": 1.0}}, "fractions"),
        ],
    )
    def test_options(self, options, named):
        with pytest.raises(InputError, match=named):
            MedrasRpt.of(**options)

    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("checkpoint.breaks", {}),
            ("single_strand.repair", {}),
            ("inhibition.arrest_by_atr", {"drugs": "atr"}),
            ("duration.S", {"cycle": "frozen"}),
            ("foci_rate.fast", {}),
        ],
    )
    def test_a_value_whose_option_is_off(self, name, options):
        with pytest.raises(InputError, match="has no effect"):
            MedrasRpt.of(**options).with_parameters({name: 1.0})

    def test_mitosis_is_no_phase_of_its_own(self):
        with pytest.raises(UnsupportedError, match="part of G2"):
            MedrasRpt.of(phase="M")

    def test_alpha_particles_are_not_ignored(self):
        exposure = Exposure("cells", {Component.ALPHA: TWO_GRAY})
        with pytest.raises(UnsupportedError, match="alpha"):
            MedrasRpt.of().log_kill(exposure)

    def test_a_drug_that_is_on_has_to_be_given(self):
        with pytest.raises(InputError, match="parp"):
            MedrasRpt.of(drugs="parp").log_kill(TWO_GRAY, until=10.0)


EVERYTHING = {
    **dict.fromkeys(("checkpoint", "cycle_delay", "senescence", "hypersensitivity"), True),
    "stalled_forks": True,
    "delayed_death": 1,
    "drugs": ("parp", "dnapk", "atm", "atr"),
}


@pytest.mark.parametrize("options", [EVERYTHING, {"cycle": "frozen", "hr": "deficient"}])
@pytest.mark.parametrize("p53", ["wildtype", "mutant"])
def test_every_parameter_in_use_changes_something(options, p53):
    # A patient for each parameter, who alone has another value of it.
    model = MedrasRpt.of(**options, p53=p53)
    # Fractions of a mixture are given together: see below.
    names = [name for name in model.units if not name.startswith("asynchronous.")]
    values = {
        name: model.parameters[name] * np.where(np.arange(len(names) + 1) == i, 0.7, 1.0)
        for i, name in enumerate(names)
    }
    inputs = {port.name: 0.3 for port in model.network().inputs}
    inputs["dose_rate"] = Pieces([0.0, 10.0], [[0.3]])
    patients = model.with_parameters(values)
    found = patients.solve(inputs, [17.0, 60.0])
    told = [found["log_kill"], found["living"], patients.over_time(inputs, [17.0, 60.0])]
    same = [
        name
        for i, name in enumerate(names)
        if all(np.allclose(t[i], t[-1], rtol=1e-7, atol=1e-13) for t in told)
    ]
    assert set(same) <= ({"death.apoptosis", "senescence.fraction"} if p53 == "mutant" else set())


def test_fractions_of_a_frozen_mixture_are_given_together():
    model = MedrasRpt.of(cycle="frozen", p53="mutant")
    halves = {"asynchronous.G1": 0.5, "asynchronous.S": 0.0, "asynchronous.G2": 0.5}
    found = model.with_parameters(halves).log_kill(TWO_GRAY)
    given = MedrasRpt.of(cycle="frozen", p53="mutant", fractions={"G1": 0.5, "G2": 0.5})
    assert_allclose(found, given.log_kill(TWO_GRAY), rtol=1e-9)
    with pytest.raises(InputError, match="sum to 1"):
        model.with_parameters({"asynchronous.G1": 0.5})
