"""Target escape: closed forms of uncoupled classes, switching, selection, cross-fire."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from theratwin.core import Exponentials, InputError
from theratwin.response import Repair, Tissue, log_cell_kill_of, tissue
from theratwin.response.driven import follow
from theratwin.response.mixtures import AntigenClass, target_escape_network
from theratwin.response.tumor import tumor_network

CELLS = tissue("prostate_metastasis")
CYCLE = Exponentials.from_half_lives([0.3], [51.0])
TIMES = np.array([0.0, 50.0, 400.0, 3000.0])


def pair(negative=0.05, receptors=0.0, **changes):
    return [
        AntigenClass("positive", 1.0 - negative, 1.0, CELLS, **changes),
        AntigenClass("negative", negative, receptors, CELLS, **changes),
    ]


def test_one_class_is_the_tumor():
    one = target_escape_network([AntigenClass("all", 1.0, 1.0, CELLS)], cross_fire=0.4)
    found, tumor = (follow(n, CYCLE, TIMES) for n in (one, tumor_network()))
    assert_allclose(found["volume"], tumor["volume"], rtol=1e-7)
    assert_allclose(found["log_kill.all"], tumor["log_kill"], rtol=1e-8)
    assert_allclose(found["receptor_factor"], 1.0, rtol=1e-12)


def test_without_cross_fire_negative_cells_only_grow():
    found = follow(target_escape_network(pair(), cross_fire=0.0), CYCLE, TIMES)
    assert_allclose(found["log_kill.negative"], 0.0, atol=1e-12)
    negative = found["fraction.negative"][0] * found["living"][0]
    assert_allclose(negative, 0.5 * 2.0 ** (TIMES / 1698.89), rtol=1e-7)
    # All dose is the positive cells', whose own share of it is 1 / 0.95 of the mean.
    kill = log_cell_kill_of(CYCLE * (1.0 / 0.95), CELLS, until=3000.0)
    assert_allclose(found["log_kill.positive"][0, -1], kill, rtol=1e-7)


def test_receptors_fall_as_positive_cells_die():
    found = follow(target_escape_network(pair(), cross_fire=0.5), CYCLE, TIMES)
    fraction = found["fraction.positive"][0]
    assert_allclose(found["receptor_factor"][0], fraction / 0.95, rtol=1e-9)
    assert np.all(np.diff(fraction) < 0)


def test_full_cross_fire_selects_nothing():
    found = follow(target_escape_network(pair(), cross_fire=1.0), CYCLE, TIMES)
    assert_allclose(found["fraction.negative"], 0.05, rtol=1e-9)
    tumor = follow(tumor_network(), CYCLE, TIMES)
    assert_allclose(found["volume"], tumor["volume"], rtol=1e-7)


def test_more_cross_fire_kills_more_negative_cells():
    kills = [
        follow(target_escape_network(pair(), cross_fire=f), CYCLE, [3000.0])["log_kill.negative"][
            0, 0
        ]
        for f in (0.0, 0.3, 0.6, 0.9)
    ]
    assert np.all(np.diff(kills) > 0.1)


def test_receptors_in_the_dose_keep_the_mean():
    """The classes' dose rates average to what comes in, at every time."""
    network = target_escape_network(pair(0.2, 0.3), cross_fire=0.3, receptors_in_dose=True)
    found = follow(network, 0.2 * Exponentials([1.0], [0.0]), [0.0, 40.0])
    hazard = []
    for name, receptors in (("positive", 1.0), ("negative", 0.3)):
        # Over the first instants the hazard is alpha times the dose rate.
        early = follow(network, 0.2 * Exponentials([1.0], [0.0]), [1e-6])[f"log_kill.{name}"][0, 0]
        relative = 0.3 + 0.7 * receptors / (0.8 + 0.2 * 0.3)
        assert_allclose(early, 0.147 * 0.2 * relative * 1e-6, rtol=1e-4)
        hazard.append(relative)
    assert_allclose(0.8 * hazard[0] + 0.2 * hazard[1], 1.0, rtol=1e-12)
    assert found["receptor_factor"][0, 1] < 1.0


def test_switching_alone_is_a_linear_system():
    rates = {("positive", "negative"): 2e-3, ("negative", "positive"): 5e-4}
    network = target_escape_network(pair(), switching=rates, cross_fire=0.0)
    found = follow(network, {"dose_rate": 0.0}, TIMES)
    growth = np.log(2.0) / 1698.89
    matrix = np.array([[growth - 2e-3, 5e-4], [2e-3, growth - 5e-4]])
    expected = np.array([expm(matrix * t) @ [9.5, 0.5] for t in TIMES])
    living = found["living"][0]
    assert_allclose(living * found["fraction.positive"][0], expected[:, 0], rtol=1e-7)
    assert_allclose(living, expected.sum(axis=1), rtol=1e-7)


def test_three_classes_by_hand():
    resistant = Tissue(1.5, Repair.single(1.9), alpha=0.05)
    classes = [
        AntigenClass("high", 0.7, 1.0, CELLS, 1000.0),
        AntigenClass("low", 0.2, 0.2, CELLS, 1500.0),
        AntigenClass("none", 0.1, 0.0, resistant, 800.0),
    ]
    network = target_escape_network(
        classes, switching={("high", "none"): 1e-4}, cross_fire=0.6, growth="logistic"
    )
    found = follow(network, CYCLE, TIMES)

    r, f0 = np.array([1.0, 0.2, 0.0]), np.array([0.7, 0.2, 0.1])
    alpha, doubling = np.array([0.147, 0.147, 0.05]), np.array([1000.0, 1500.0, 800.0])

    def change(t, y):
        n, dead, sub = y[:3], y[3], y[4:]
        mean = (r @ n) / n.sum()
        start = r @ f0
        rate = float(CYCLE(t)) * (0.6 * mean / start + 0.4 * r / start)
        hazard = alpha * (1.0 + 2.0 * sub / 1.5) * rate
        growth = np.log(2.0) / doubling * (1.0 - (n.sum() + dead) / 1000.0) / (1.0 - 10.0 / 1000.0)
        dn = (growth - hazard) * n
        dn[0] -= 1e-4 * n[0]
        dn[2] += 1e-4 * n[0]
        dd = hazard @ n - np.log(2.0) / 1260.27 * dead
        return [*dn, dd, *(rate - np.log(2.0) / 1.9 * sub)]

    y0 = [*(10.0 * f0), 0.0, 0.0, 0.0, 0.0]
    oracle = solve_ivp(change, (0, 3000), y0, "LSODA", TIMES, rtol=1e-10, atol=1e-13, max_step=20.0)
    living = found["living"][0]
    for k, name in enumerate(("high", "low", "none")):
        assert_allclose(living * found[f"fraction.{name}"][0], oracle.y[k], rtol=2e-6)
    assert_allclose(found["volume"][0], oracle.y[:4].sum(axis=0), rtol=2e-6)


@pytest.mark.parametrize(
    ("classes", "options", "match"),
    [
        ([AntigenClass("a", 0.5, 1.0, CELLS)], {}, "sum to 1"),
        ([AntigenClass("a", 1.0, 0.0, CELLS)], {}, "no class has receptors"),
        (pair(), {"switching": {("positive", "negativ"): 1.0}}, "negative"),
        (pair(), {"switching": {("positive", "positive"): 1.0}}, "one class to another"),
        (pair(), {"growth": "linear"}, "growth law"),
    ],
)
def test_what_is_refused(classes, options, match):
    with pytest.raises(InputError, match=match):
        target_escape_network(classes, **options)
