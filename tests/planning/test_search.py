"""The best activity and number of cycles, on courses whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InfeasibleError
from theratwin.planning import (
    at_most,
    bed,
    bounds,
    default_limits,
    dose,
    log_cell_kill,
    mean_lesion_bed,
)
from theratwin.planning.glands import glands_of
from theratwin.planning.outcome import BY_BOUND, BY_GLANDS, probability
from theratwin.planning.search import choose, largest_activity, options

KIDNEYS = at_most("40 Gy", bed("kidneys"), probability=0.95)
MARROW = at_most("2 Gy", dose("red_marrow"), probability=0.95)


def plan_on(course, *limits, maximize=None, weight=0.0, **chosen):
    tried = options(
        course, maximize or log_cell_kill(), limits, glands_of(course, weight), bounds(**chosen)
    )
    return choose(tried), tried


def test_one_draw_meets_the_limit_exactly(make_course, protraction):
    course = make_course(kidneys=[2.0], lesion_1=[5.0])
    # Delivered: 1 GBq, 2 Gy. A single further cycle of dose D: D + G D^2 / 2.5 = 40 - delivered.
    factor = protraction("kidneys") / 2.5
    left = 40.0 - (2.0 + 4.0 * factor)
    expected = (-1.0 + np.sqrt(1.0 + 4.0 * factor * left)) / (2.0 * factor) / 2.0
    best, _ = plan_on(course, KIDNEYS, activity="100 GBq", cycles=2)
    # The activity is taken 1e-12 inside, so that rounding does not break the limit.
    assert best.activity == pytest.approx(1000.0 * expected, rel=1e-11)
    assert best.decided_by == str(KIDNEYS)
    assert best.probabilities == (1.0,)


@given(
    st.lists(st.floats(0.2, 5.0), min_size=20, max_size=200),
    st.integers(1, 5),
    st.floats(0.5, 1.0),
)
@settings(max_examples=50)
def test_the_binding_limit_holds_and_a_thousandth_more_breaks_it(make_course, doses, cycles, level):
    course = make_course(kidneys=doses, delivered=100.0)
    limit = at_most("40 Gy", bed("kidneys"), probability=level)
    most = largest_activity(course, limit, cycles)
    assert limit.held_by(probability(course, limit, cycles, most))
    assert not limit.held_by(probability(course, limit, cycles, most * 1.001))


@given(st.floats(5.0, 60.0), st.floats(1.01, 3.0), st.floats(0.5, 0.9), st.floats(0.0, 0.1))
def test_largest_activity_is_monotone(make_course, bound, factor, level, more):
    rng = np.random.default_rng(5)
    course = make_course(kidneys=rng.lognormal(-0.5, 0.4, 200), delivered=100.0)

    def most(gray, probability, cycles=2):
        limit = at_most(f"{gray} Gy", bed("kidneys"), probability=probability)
        return largest_activity(course, limit, cycles)

    assert most(bound * factor, level) > most(bound, level)
    assert most(bound, level + more) <= most(bound, level)
    assert most(bound, level, 3) < most(bound, level, 2)


def test_the_bounds_are_kept_where_limits_leave_room(make_course):
    course = make_course(kidneys=[0.3], red_marrow=[0.01], lesion_1=[3.0])
    best, tried = plan_on(course, KIDNEYS, MARROW)
    assert (best.cycles, best.activity, best.decided_by) == (5, 9300.0, BY_BOUND)
    assert [option.cycles for option in tried] == [0, 1, 2, 3, 4, 5]


def test_the_tighter_limit_binds(make_course):
    course = make_course(kidneys=[0.3], red_marrow=[0.1], lesion_1=[3.0])
    best, tried = plan_on(course, KIDNEYS, MARROW, activity="20 GBq")
    # 2 Gy at 0.1 Gy/GBq: 20 GBq, of which 1 was delivered.
    assert {option.decided_by for option in tried[1:]} == {str(MARROW)}
    for option in tried[1:]:
        assert option.cycles * option.activity == pytest.approx(19000.0, rel=1e-11)
    # The marrow's dose is the same however it is split; the tumor's BED is largest undivided.
    assert best.cycles == 1


def test_delivered_cycles_count(make_course):
    one = plan_on(make_course(kidneys=[1.0], lesion_1=[3.0], delivered=5000.0), KIDNEYS)[0]
    two = plan_on(make_course(kidneys=[1.0], lesion_1=[3.0], delivered=5000.0, cycles=2), KIDNEYS)
    assert two[0].cycles * two[0].activity < one.cycles * one.activity
    assert len(two[1]) == 5
    assert two[0].dose["kidneys"].median == pytest.approx(
        10.0 + two[0].cycles * two[0].activity / 1000.0, rel=1e-12
    )


def test_delivered_cycles_that_exceed_a_limit_leave_no_plan(make_course):
    course = make_course(kidneys=[2.0, 5.0], lesion_1=[3.0, 3.0], delivered=10000.0)
    with pytest.raises(InfeasibleError, match=r"leave no room.*probability 0\.500") as refused:
        plan_on(course, KIDNEYS)
    assert refused.value.exit_status == 5


def test_a_limit_met_to_the_last_gray_leaves_no_plan(make_course):
    course = make_course(kidneys=[1.0], red_marrow=[0.2], lesion_1=[3.0], delivered=10000.0)
    with pytest.raises(InfeasibleError, match="leave no room"):
        plan_on(course, MARROW)


def test_no_cycle_is_left(make_course):
    course = make_course(kidneys=[0.1], lesion_1=[3.0], cycles=6, further=1)
    with pytest.raises(InfeasibleError, match="number of cycles is reached"):
        plan_on(course, KIDNEYS)


def test_glands_lower_the_activity_softly(make_course):
    # Lesion 2 hardly takes anything up and rules what survives; the glands take up more.
    course = make_course(
        kidneys=[0.3], parotid_glands=[1.0], lesion_1=[3.0], lesion_2=[0.2], lesion_mass=50.0
    )
    activities = [plan_on(course, KIDNEYS, weight=w)[0] for w in (0.0, 0.1, 0.3, 1.0)]
    totals = [each.cycles * each.activity for each in activities]
    assert activities[0].decided_by == BY_BOUND
    assert activities[-1].decided_by == BY_GLANDS
    assert sorted(totals, reverse=True) == totals
    assert totals[-1] < totals[0]


def test_glands_weighed_too_heavily_leave_no_plan(make_course):
    course = make_course(kidneys=[0.3], parotid_glands=[2.0], lesion_1=[0.5])
    with pytest.raises(InfeasibleError, match="glands' dose outweighs"):
        plan_on(course, KIDNEYS, weight=5.0, maximize=mean_lesion_bed())


def test_soft_optimum_is_where_gain_equals_cost(make_course, protraction):
    # One draw and one cycle: J = a (t - w g) + a^2 (q t^2 - w r g^2), a parabola with its top at
    # a = (t - w g) / (2 (w r g^2 - q t^2)).
    t, g, w = 2.0, 10.0, 0.15
    q, r = protraction("lesion_1") / 1.5, protraction("parotid_glands") / 4.5
    expected = (t - w * g) / (2.0 * (w * r * g**2 - q * t**2))
    course = make_course(parotid_glands=[g], lesion_1=[t])
    best, _ = plan_on(course, weight=w, maximize=mean_lesion_bed(), activity="40 GBq", cycles=2)
    assert best.decided_by == BY_GLANDS
    # A top is flat: its place is known to the square root of rounding, about 1e-8.
    assert best.activity == pytest.approx(1000.0 * expected, rel=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_no_option_on_a_grid_beats_the_plan(make_course, seed):
    rng = np.random.default_rng(seed)
    course = make_course(
        kidneys=rng.lognormal(0.0, 0.3, 60),
        parotid_glands=rng.lognormal(0.0, 0.3, 60),
        lesion_1=rng.lognormal(1.0, 0.5, 60),
        lesion_2=rng.lognormal(-0.5, 0.5, 60),
    )
    objective, glands = log_cell_kill(), glands_of(course, 0.3)
    best, _ = plan_on(course, KIDNEYS, weight=0.3)
    for cycles in range(1, 6):
        most = min(9300.0, largest_activity(course, KIDNEYS, cycles))
        grid = np.linspace(0.0, most, 701)
        kill = objective.draws(course, cycles, grid).mean(axis=-1)
        cost = 0.3 * 0.147 * glands.mean_bed(course, cycles, grid).mean(axis=-1)
        # The refined optimum is exact to 1e-9 of the activity; scores are of order 10.
        assert best.score >= (kill - cost).max() - 1e-6


def test_default_limits_apply_together(make_course):
    course = make_course(kidneys=[1.5], red_marrow=[0.06], lesion_1=[3.0])
    best, _ = plan_on(course, *default_limits())
    assert best.dose["red_marrow"].high <= 2.0
    assert best.bed["kidneys"].high <= 40.0
