"""Parameters that walk from cycle to cycle."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import LogNormal
from theratwin.core.seed import stream
from theratwin.kinetics import CycleChange
from theratwin.kinetics.body_fit import CycleWalk

WALK = CycleWalk(
    {"a": LogNormal(2.0, 1.5), "b": LogNormal(3.0, 1.2), "c": LogNormal(5.0, 1.1)},
    {
        "a": CycleChange((LogNormal(0.73, 1.35), LogNormal(0.685, 1.35), LogNormal(0.88, 1.35))),
        "c": CycleChange((LogNormal(1.0, 1.15),)),
    },
)


def test_names_priors_and_size_belong_together():
    names = WALK.names(["cycle 1", "cycle 2", "cycle 3"])
    assert names == (
        *("a", "b", "c"),
        *("a_ratio[cycle 2]", "c_ratio[cycle 2]", "a_ratio[cycle 3]", "c_ratio[cycle 3]"),
    )
    priors = WALK.all_priors(3)
    assert len(priors) == len(names) == WALK.size(3)
    assert priors[5].median == 0.685
    assert [names[k] for k in WALK.columns("a", 3)] == ["a_ratio[cycle 2]", "a_ratio[cycle 3]"]


def test_uptake_falls_to_73_50_and_44_percent_over_the_published_cycles():
    theta = np.array([[prior.log_mean for prior in WALK.all_priors(4)]])
    found = WALK.ratios(theta, 4)["a"][0]
    np.testing.assert_allclose(found, [1.0, 0.73, 0.50, 0.44], atol=0.001)


def test_a_longer_course_keeps_what_was_known_and_follows_the_priors_after():
    theta = stream(1, "t").normal(size=(4000, WALK.size(2)))
    longer = WALK.carried(theta, 4, stream(1, "future"))
    np.testing.assert_array_equal(longer[:, : theta.shape[1]], theta)
    third = longer[:, WALK.columns("a", 3)[1]]
    # Standard errors of 4000 draws of spread ln 1.35: 0.005 of the mean, 1.1 % of the spread.
    assert third.mean() == pytest.approx(np.log(0.685), abs=0.02)
    assert third.std() == pytest.approx(np.log(1.35), rel=0.05)
    np.testing.assert_array_equal(WALK.carried(theta, 1, stream(1)), theta[:, :3])


def test_what_appears_later_changes_later():
    late = CycleWalk(WALK.priors, WALK.changes, {"a": 1})
    assert late.names(["1", "2", "3"]) == ("a", "b", "c", "c_ratio[2]", "a_ratio[3]", "c_ratio[3]")
    theta = np.log([[2.0, 3.0, 5.0, 0.9, 0.7, 0.8]])
    found = late.ratios(theta, 3)
    np.testing.assert_allclose(found["a"], [[1.0, 1.0, 0.7]])
    np.testing.assert_allclose(found["c"], [[1.0, 0.9, 0.72]])
