"""A choice among therapies of several agents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import ExternalBeam, Schedule
from theratwin.core import InputError, Pieces
from theratwin.core.errors import InfeasibleError, UnsupportedError
from theratwin.planning import at_most, bed
from theratwin.planning.therapies import choose_therapy
from theratwin.response import log_cell_kill_of, tissue
from theratwin.response.cell_survival import cell_model
from theratwin.response.drugs import Doses, drug
from theratwin.twin import calibrate, predict
from theratwin.twin.therapy import Agents

from .test_plan import simulated

KIDNEYS = [at_most("40 Gy", bed("kidneys"), probability=0.95)]


def cycles(number: int, activity: str = "2 GBq") -> Schedule:
    return Schedule.regular(activity, cycles=number, every="6 weeks")


@pytest.fixture(scope="module")
def twin():
    return calibrate(simulated(), draws=100, seed=1)


@pytest.fixture(scope="module")
def plain(twin):
    candidates = {"two": Agents({"": cycles(2)}), "three": Agents({"": cycles(3)})}
    return choose_therapy(twin, candidates, limits=KIDNEYS, horizon="30 weeks")


def test_more_cycles_leave_fewer_clonogens(plain):
    assert plain.best.name == "three"
    assert "Best by day 210: three" in str(plain)
    assert plain.to_dict()["therapies"]["two"]["feasible"] is True


def test_the_objective_is_kill_growth_and_number_of_cells(twin, plain):
    """In closed form, where all dose is given long before the horizon."""
    region = predict(twin, cycles(2)).lesions[0]
    kill = log_cell_kill_of(region.total_dose_rate, tissue("prostate_metastasis"))
    grown = np.log(2.0) * 30 * 168.0 / 1698.89
    expected = kill - grown - np.log(1e8 * region.mass)
    two = plain.outcomes[0]
    assert two.objective == pytest.approx(float(np.mean(expected)), rel=1e-4)


def test_a_candidate_that_breaks_a_limit_is_not_chosen(twin):
    much = {"two": Agents({"": cycles(2)}), "much": Agents({"": cycles(6, "20 GBq")})}
    found = choose_therapy(twin, much, limits=KIDNEYS)
    assert found.best.name == "two"
    assert not found.outcomes[1].feasible
    with pytest.raises(InfeasibleError, match="no candidate"):
        choose_therapy(twin, {"much": much["much"]}, limits=KIDNEYS)


def test_a_beam_to_the_lesion_counts_and_one_to_the_kidneys_breaks_the_limit(twin):
    lesion = ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=5, first="3 weeks")
    kidneys = ExternalBeam.regular({"kidneys": "3 Gy"}, fractions=8, first="3 weeks")
    found = choose_therapy(
        twin,
        {
            "alone": Agents({"": cycles(2)}),
            "beam": Agents({"": cycles(2)}, beams=(lesion,)),
            "astray": Agents({"": cycles(2)}, beams=(lesion, kidneys)),
        },
        limits=KIDNEYS,
    )
    alone, beam, astray = found.outcomes
    assert found.best.name == "beam"
    assert beam.objective > alone.objective + 0.147 * 15.0
    assert not astray.feasible


def test_a_parp_inhibitor_is_worth_while_in_cells_that_cannot_recombine(twin):
    olaparib = drug("olaparib")
    taken = Doses.regular(olaparib, "300 mg", every="12 h", number=28)
    small = cycles(1, "0.3 GBq")
    candidates = {
        "alone": Agents({"": small}),
        "with olaparib": Agents({"": small}, drugs={"olaparib": taken}),
    }

    def gained(hr: str) -> float:
        cells = cell_model("medras-rpt", hr=hr, follow="population", drugs=("parp",))
        found = choose_therapy(
            twin, candidates, cells=cells, drugs=[olaparib], limits=KIDNEYS, horizon="8 weeks"
        )
        alone, both = found.outcomes
        return both.objective - alone.objective

    assert gained("deficient") > max(1.0, 2.0 * gained("proficient"))


def test_checkpoint_inhibition_needs_lymphocytes(twin):
    inhibited = Agents({"": cycles(1, "0.2 GBq")}, checkpoint=Pieces([0.0, 4000.0], [[1.0]]))
    plain = Agents({"": cycles(1, "0.2 GBq")})
    candidates = {"alone": plain, "with inhibitor": inhibited}
    with pytest.raises(InputError, match="immune=True"):
        choose_therapy(twin, candidates, limits=KIDNEYS)
    found = choose_therapy(twin, candidates, immune=True, limits=KIDNEYS)
    assert found.best.name == "with inhibitor"


def test_what_cannot_be_chosen_among_is_refused(twin):
    with pytest.raises(InputError, match="at least one candidate"):
        choose_therapy(twin, {})
    two = Agents({"a": cycles(1), "b": cycles(1)})
    with pytest.raises(UnsupportedError, match="own radiopharmaceutical alone"):
        choose_therapy(twin, {"two": two}, limits=KIDNEYS)


def test_therapies_that_leave_less_than_the_smallest_number_still_differ(twin):
    """By 4600 Gy and more the living volume is zero in double precision; its logarithm is not."""
    region = predict(twin, cycles(1)).lesions[0]
    enough = 1500.0 / (0.147 * np.median(region.dose[:, 0]) / 2.0)
    candidates = {
        "much": Agents({"": cycles(1, f"{enough} GBq")}),
        "more": Agents({"": cycles(1, f"{1.2 * enough} GBq")}),
    }
    found = choose_therapy(twin, candidates, limits=[])
    much, more = found.outcomes
    assert much.objective > 800.0
    assert more.objective > 1.1 * much.objective
    assert found.best.name == "more"


def test_all_agents_are_on_the_clock_of_the_schedule(twin):
    """All of it a week later is the same, but for a week more of growth before it."""
    beam, later = (
        ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=2, first=first)
        for first in ("6 h", "174 h")
    )
    one = cycles(1).administrations[0]
    moved = Schedule((replace(one, time=168.0),))
    now = choose_therapy(
        twin, {"now": Agents({"": cycles(1)}, beams=(beam,))}, limits=KIDNEYS, horizon="20 weeks"
    )
    then = choose_therapy(
        twin, {"then": Agents({"": moved}, beams=(later,))}, limits=KIDNEYS, horizon="21 weeks"
    )
    grown = np.log(2.0) * 168.0 / 1698.89
    assert now.best.objective - then.best.objective == pytest.approx(grown, rel=1e-3)
    assert now.best.probabilities == then.best.probabilities


def test_beams_to_nowhere_and_agents_after_the_horizon_are_refused(twin):
    to_bladder = ExternalBeam.regular({"bladder": "3 Gy"}, fractions=1, first="1 week")
    with pytest.raises(InputError, match="no dose is predicted"):
        choose_therapy(twin, {"beam": Agents({"": cycles(1)}, beams=(to_bladder,))}, limits=KIDNEYS)
    late = ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=1, first="10 weeks")
    with pytest.raises(InputError, match="after 70 days"):
        choose_therapy(
            twin,
            {"late": Agents({"": cycles(1)}, beams=(late,))},
            limits=KIDNEYS,
            horizon="5 weeks",
        )
