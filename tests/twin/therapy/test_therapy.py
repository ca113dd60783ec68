"""A therapy of several agents as one system: each part against what it must be alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import ExternalBeam, Schedule
from theratwin.core import Exponentials, InputError, Pieces
from theratwin.dosimetry import marrow_model
from theratwin.kinetics import psma_body
from theratwin.response import effect_of, tissue
from theratwin.response.cell_survival import cell_model
from theratwin.response.driven import follow
from theratwin.response.drugs import Doses, drug
from theratwin.twin.therapy import Agents, Therapy, organ_dose_network
from theratwin.twin.therapy.organ_doses import Source, organ_s_value

VOLUME = 20.0
CYCLES = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol")
TIMES = [0.0, 168.0, 1008.0, 2016.0]
MARROW = {"Lu-177": marrow_model("Lu-177", 80e3, 1760.0)}


def body(**options):
    given = {"lesion_1.volume": VOLUME}
    return psma_body(ligand="psma-617", lesions=["lesion_1"], given=given, **options)


@pytest.fixture(scope="module")
def plain():
    return Therapy(body(), "lesion_1", marrow=MARROW)


@pytest.fixture(scope="module")
def course(plain):
    return plain.follow(Agents({"": CYCLES}), TIMES)


def test_organ_doses_are_s_values_times_the_activity_of_the_same_solution(plain, course):
    s_value = organ_s_value("Lu-177", "kidneys", plain.body_values["kidneys.volume"])
    integrated = course.solution["body.time_integrated_activity.kidneys"]
    assert_allclose(course.dose("kidneys"), s_value * integrated, rtol=1e-6)
    model = MARROW["Lu-177"]
    expected = sum(
        factor * course.solution[f"body.time_integrated_activity.{region}"]
        for factor, region in (
            (model.self_s_value, "red_marrow"),
            (model.body_s_value, "whole_body"),
        )
    )
    assert_allclose(course.dose("red_marrow"), expected, rtol=1e-6)


def test_bed_is_that_of_the_closed_form():
    kidneys = tissue("kidneys")
    network = organ_dose_network([Source("", {"kidneys": 2e-4}, None)], {"kidneys": kidneys})
    activity = Exponentials.from_half_lives([200.0, -150.0], [51.6, 2.0])
    found = follow(network, {"activity.kidneys": activity}, [2000.0], rtol=1e-9, atol=1e-12)
    effect = effect_of(activity * 2e-4, kidneys)
    assert_allclose(found["dose.kidneys"][0, -1], effect.dose, rtol=1e-7)
    assert_allclose(found["bed.kidneys"][0, -1], effect.bed, rtol=1e-7)


def test_the_lesion_is_killed_by_the_linear_quadratic_model_of_its_own_dose(course):
    cells = tissue("prostate_metastasis")
    dose, kill = course.dose("lesion")[0, -1], course.tumor.log_kill[0, -1]
    assert kill > cells.known_alpha * dose
    assert kill < cells.known_alpha * dose + 0.2 * cells.beta * dose**2


def test_counts_fall_and_begin_at_their_baseline(course):
    platelets = course.counts["platelets"][0]
    assert platelets[0] == pytest.approx(course.counts.baselines["platelets"][0])
    assert platelets.min() < 0.97 * platelets[0]


def test_an_external_beam_adds_its_dose_and_its_kill(course):
    therapy = Therapy(body(), "lesion_1", marrow=MARROW, beams=True)
    beam = ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=5, first="10 weeks")
    alone = therapy.follow(Agents({"": CYCLES}), TIMES)
    assert_allclose(alone.dose("lesion"), course.dose("lesion"), rtol=1e-6)
    both = therapy.follow(Agents({"": CYCLES}, beams=(beam,)), TIMES)
    # Given after most of the dose; what it shrinks changes what is left of the other by little.
    gained = both.dose("lesion")[0, -1] - alone.dose("lesion")[0, -1]
    assert gained == pytest.approx(15.0, rel=0.02)
    assert both.tumor.volume[0, -1] < alone.tumor.volume[0, -1]


def test_a_second_ligand_competes_and_its_dose_is_weighed():
    def two(weight: float, amount: str):
        both = body(competing={"psma-i&t": "Y-90"})
        marrow = {**MARROW, "Y-90": marrow_model("Y-90", 80e3, 1760.0)}
        therapy = Therapy(both, "lesion_1", marrow=marrow, weights={"Y-90": weight})
        second = Schedule.regular("1 GBq", cycles=1, every="6 weeks", amount=amount)
        first, other = (each.name for each in both.plan.ligands)
        return therapy.follow(Agents({first: CYCLES, other: second}), TIMES).solution

    little, much = two(1.0, "30 nmol"), two(1.0, "600 nmol")
    first = "body.time_integrated_activity.lesion_1.psma617"
    assert much[first][0, 2] < 0.95 * little[first][0, 2]
    weighed = two(3.0, "30 nmol")
    # In the first week the lesion has hardly changed, so that its dose is three times as much.
    assert weighed["other.dose"][0, 1] == pytest.approx(3.0 * little["other.dose"][0, 1], rel=0.1)
    assert weighed["tumor.volume"][0, -1] < little["tumor.volume"][0, -1]


def test_a_parp_inhibitor_kills_more_cells_that_cannot_recombine():
    cells = cell_model("medras-rpt", hr="deficient", follow="population", drugs=("parp",))
    olaparib = drug("olaparib")
    therapy = Therapy(body(), "lesion_1", cells=cells, drugs=(olaparib,))
    taken = Doses.regular(olaparib, "300 mg", every="12 h", number=28)
    alone = therapy.follow(Agents({"": CYCLES}), TIMES)
    both = therapy.follow(Agents({"": CYCLES}, drugs={"olaparib": taken}), TIMES)
    assert both.tumor.log_kill[0, -1] > 1.05 * alone.tumor.log_kill[0, -1]


def test_checkpoint_inhibition_lets_lymphocytes_kill_more(plain):
    therapy = Therapy(body(), "lesion_1", marrow=MARROW, immune=True)
    inhibited = Pieces([0.0, 2016.0], [[1.0]])
    # So little that lymphocytes have something left to do.
    small = Schedule.regular("0.1 GBq", cycles=2, every="6 weeks", amount="57 nmol")
    alone = therapy.follow(Agents({"": small}), TIMES)
    both = therapy.follow(Agents({"": small}, checkpoint=inhibited), TIMES)
    without = plain.follow(Agents({"": small}), TIMES)
    assert alone.tumor.living[0, -1] < 0.998 * without.tumor.living[0, -1]
    assert both.tumor.living[0, -1] < 0.98 * alone.tumor.living[0, -1]


def test_what_has_no_place_is_refused(plain):
    beam = ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=1, first="1 week")
    with pytest.raises(InputError, match="beams=True"):
        plain.follow(Agents({"": CYCLES}, beams=(beam,)), TIMES)
    with pytest.raises(InputError, match="immune=True"):
        plain.follow(Agents({"": CYCLES}, checkpoint=Pieces([0.0, 1.0], [[1.0]])), TIMES)
    with pytest.raises(InputError, match="no such drug"):
        plain.follow(Agents({"": CYCLES}, drugs={"olaparib": Doses((0.0,), (1.0,))}), TIMES)
    with pytest.raises(InputError, match="ligand after the first"):
        Therapy(plain.body, "lesion_1", weights={"Lu-177": 2.0})
    with pytest.raises(InputError, match="radiosensitivity"):
        Therapy(plain.body, "lesion_1", organs=("liver",))
    with pytest.raises(InputError, match="marrow"):
        Therapy(plain.body, "lesion_1", immune=True)
    to_kidneys = ExternalBeam.regular({"kidneys": "1 Gy"}, fractions=1, first="1 week")
    with pytest.raises(InputError, match="lesion alone"):
        Therapy(plain.body, "lesion_1", beams=True).follow(
            Agents({"": CYCLES}, beams=(to_kidneys,)), TIMES
        )


def test_patients_are_solved_together(plain):
    doubling = np.array([500.0, 5000.0])
    found = plain.follow(Agents({"": CYCLES}), TIMES, parameters={"tumor.doubling_time": doubling})
    assert found.tumor.volume.shape == (2, len(TIMES))
    assert found.tumor.volume[0, -1] > found.tumor.volume[1, -1]
