"""Partner drugs in the cell: what each port does, and in which cells."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError, Pieces, Pulses
from theratwin.dynamics import NetworkBuilder, couple
from theratwin.response.medras import CellLine, MedrasRpt, Options, rpt_network

DOSE = Pulses([0.0], [2.0])
PARP = {"parp_inhibition": 0.95, "parp_trapping": 0.0}
TRAP = {"parp_inhibition": 0.0, "parp_trapping": 10.0}
OFF = {"parp_inhibition": 0.0, "parp_trapping": 0.0}


def model(**options) -> MedrasRpt:
    return MedrasRpt.of(**{"p53": "mutant", "drugs": ("parp",), **options})


def kill(cells: MedrasRpt, dose, drug, until: float = 72.0) -> float:
    return float(cells.log_kill({"dose_rate": dose, **drug}, until=until))


class TestSingleStrandBreaks:
    def test_they_stand_where_they_are_without_radiation(self):
        found = MedrasRpt.of(single_strand_breaks=True, phase="G1", cycle="frozen").solve(
            {"dose_rate": 0.0}, [0.0, 100.0]
        )
        assert_allclose(found["single_strand_breaks.G1"], 100.0 / 2.0, rtol=1e-9)

    def test_a_dose_adds_its_own_and_they_are_repaired(self):
        found = MedrasRpt.of(single_strand_breaks=True, phase="G1", cycle="frozen").solve(
            DOSE, [0.0, 1e-3, 1.0]
        )
        added = found["single_strand_breaks.G1"][0] - 50.0
        assert_allclose(added[1:], 2000.0 * np.exp(-2.0 * np.array([1e-3, 1.0])), rtol=1e-5)

    def test_untreated_cells_survive_by_definition(self):
        cells = MedrasRpt.of(single_strand_breaks=True, hr="deficient", p53="mutant")
        assert_allclose(cells.log_kill({"dose_rate": 0.0}, until=100.0), 0.0, atol=1e-12)
        # Though breaks without treatment do kill some.
        assert cells.solve({"dose_rate": 0.0}, [100.0])["log_kill"] > 0.01

    def test_about_one_becomes_a_double_strand_break_in_an_s_phase(self):
        steady = 1.5 * 100.0 / (2.0 + 1.2e-3)
        assert 0.5 < steady * 1.2e-3 * 8.0 < 2.0

    def test_they_change_little_of_what_a_dose_does(self):
        plain, more = (
            float(MedrasRpt.of(p53="mutant", single_strand_breaks=on).log_kill(DOSE, until=200.0))
            for on in (False, True)
        )
        assert_allclose(more, plain, rtol=0.02)


class TestParp:
    def test_alone_it_kills_cells_without_hr_and_hardly_others(self):
        for drug in (PARP, TRAP):
            without, with_hr = (kill(model(hr=hr), 0.0, drug) for hr in ("deficient", "proficient"))
            assert without > 5.0 * with_hr
            assert with_hr < 0.2

    def test_only_in_s(self):
        for phase in ("G1", "G2"):
            cells = model(phase=phase, cycle="frozen", hr="deficient")
            assert_allclose(kill(cells, DOSE, PARP), kill(cells, DOSE, OFF), rtol=1e-9)
        cells = model(phase="S", cycle="frozen", hr="deficient")
        assert kill(cells, DOSE, PARP) > 1.1 * kill(cells, DOSE, OFF)

    def test_a_mixture_without_s_is_refused(self):
        with pytest.raises(InputError, match="cells in S"):
            model(cycle="frozen")

    def test_trapping_orders_the_effect(self):
        cells = model(hr="deficient")
        kills = [
            kill(cells, DOSE, {"parp_inhibition": 0.9, "parp_trapping": t})
            for t in (0.0, 1.0, 10.0, 100.0)
        ]
        assert all(np.diff(kills) > 0.0)

    def test_none_given_is_none_on(self):
        cells = MedrasRpt.of(p53="mutant", single_strand_breaks=True)
        assert_allclose(kill(model(), DOSE, OFF), cells.log_kill(DOSE, until=72.0), rtol=1e-9)

    def test_late_it_meets_no_breaks_of_the_dose(self):
        # Of 24 h of inhibition, what belongs to the dose: beyond dose alone and drug alone.
        cells = model(phase="S", cycle="frozen", hr="deficient")

        def added(start: float) -> float:
            drug = {
                "parp_inhibition": Pieces([start, start + 24.0], [[0.95]]),
                "parp_trapping": 0.0,
            }
            both = kill(cells, DOSE, drug, 2000.0)
            return both - kill(cells, DOSE, OFF, 2000.0) - kill(cells, 0.0, drug, 2000.0)

        early, late = added(0.0), added(24.0)
        assert early > 0.1
        assert abs(late) < 0.1 * early

    def test_stalled_forks_add_to_trapping_alone(self):
        plain, forks = (model(hr="deficient", stalled_forks=on) for on in (False, True))
        assert kill(forks, 0.0, TRAP) > 1.05 * kill(plain, 0.0, TRAP)
        assert_allclose(kill(forks, DOSE, PARP), kill(plain, DOSE, PARP), rtol=1e-7)

    def test_hr_restarts_forks(self):
        stalled = [
            model(hr=hr, stalled_forks=True, phase="S", cycle="frozen").solve(
                {"dose_rate": 0.0, **TRAP}, [50.0]
            )["stalled_forks"][0, 0]
            for hr in ("proficient", "deficient")
        ]
        # In balance: stalling times trapping over restart and collapse.
        assert_allclose(stalled, [20.0 / 1.1, 20.0 / (1.0 - 0.7364 + 0.1)], rtol=1e-6)


class TestKinases:
    def test_dnapk_inhibition_comes_near_a_missing_pathway(self):
        frozen = {"phase": "G1", "p53": "mutant", "cycle": "frozen"}
        cells = MedrasRpt.of(**frozen, drugs=("dnapk",))
        kills = [
            float(cells.log_kill({"dose_rate": DOSE, "dnapk_inhibition": i}))
            for i in (0.0, 0.5, 1.0)
        ]
        assert_allclose(kills[0], MedrasRpt.of(**frozen).log_kill(DOSE), rtol=1e-8)
        assert kills[0] < kills[1] < kills[2]
        missing = float(MedrasRpt.of(**frozen, nhej="deficient").log_kill(DOSE))
        # Breaks wait for the pathway before they leave it: joined beside fewer others.
        assert_allclose(kills[2], missing, rtol=0.02)

    def test_what_is_missing_cannot_be_inhibited(self):
        frozen = {"phase": "G1", "cycle": "frozen", "nhej": "deficient"}
        cells = MedrasRpt.of(**frozen, drugs=("dnapk",))
        inhibited = cells.log_kill({"dose_rate": DOSE, "dnapk_inhibition": 1.0})
        assert_allclose(inhibited, MedrasRpt.of(**frozen).log_kill(DOSE), rtol=1e-9)

    @pytest.mark.parametrize("kinase", ["atm", "atr"])
    def test_atm_and_atr_take_hr_away(self, kinase):
        frozen = {"phase": "G2", "p53": "mutant", "cycle": "frozen"}
        cells = MedrasRpt.of(**frozen, drugs=(kinase,))
        whole = cells.with_parameters({f"inhibition.hr_by_{kinase}": 1.0})
        part, all_of_it = (
            float(m.log_kill({"dose_rate": DOSE, f"{kinase}_inhibition": 1.0}))
            for m in (cells, whole)
        )
        deficient = float(MedrasRpt.of(**frozen, hr="deficient").log_kill(DOSE))
        assert float(MedrasRpt.of(**frozen).log_kill(DOSE)) < part < all_of_it
        assert_allclose(all_of_it, deficient, rtol=0.05)

    def test_atr_inhibition_takes_the_checkpoint_away(self):
        options = {"phase": "G2", "p53": "mutant"}
        values = {"inhibition.arrest_by_atr": 1.0, "inhibition.hr_by_atr": 0.0}
        cells = MedrasRpt.of(**options, checkpoint=True, drugs=("atr",)).with_parameters(values)
        found = cells.log_kill({"dose_rate": DOSE, "atr_inhibition": 1.0})
        assert_allclose(found, MedrasRpt.of(**options).log_kill(DOSE), rtol=1e-7)


def test_ports_are_met_by_a_network_of_the_drug():
    b = NetworkBuilder("drug")
    level = b.variable("level", 0.9)
    b.rate(level, -b.parameter("washout", 0.1, "1/h", note="example") * level)
    b.output("parp_inhibition", level)
    b.output("parp_trapping", 10.0 * level)
    cells = rpt_network(CellLine(hr="deficient"), Options(drugs=("parp",)))
    whole = couple(
        "both",
        {"cells": cells, "drug": b.freeze()},
        {f"cells.{name}": f"drug.{name}" for name in ("parp_inhibition", "parp_trapping")},
    )
    assert [port.name for port in whole.inputs] == ["cells.dose_rate"]
    assert {port.name for port in cells.inputs} == {"dose_rate", "parp_inhibition", "parp_trapping"}


def test_all_ports():
    cells = rpt_network(CellLine(), Options(drugs=("parp", "dnapk", "atm", "atr")))
    assert [port.name for port in cells.inputs][1:] == [
        *("parp_inhibition", "dnapk_inhibition", "atm_inhibition", "atr_inhibition"),
        "parp_trapping",
    ]
