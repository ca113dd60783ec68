"""A lesion as one system: courses, markers, control, any cell model, several patients."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Component, Exponentials, Exposure, InputError, Pieces, UnsupportedError
from theratwin.response import log_cell_kill_of, tissue
from theratwin.response.cell_survival import cell_model
from theratwin.response.driven import follow
from theratwin.response.tumor import (
    Recist,
    TumorCourse,
    TumorModel,
    population_psa_network,
    secreted_marker_network,
)

CYCLE = Exponentials.from_half_lives([0.4], [51.0])
TIMES = np.arange(0.0, 20_000.0, 24.0)


def test_the_course_knows_nadir_regrowth_and_response():
    course = TumorModel(values={"clearance_half_time": 200.0, "doubling_time": 1000.0}).course(
        CYCLE, TIMES
    )
    lowest = course.nadir_time[0]
    assert course.nadir[0] == course.volume[0].min()
    later = course.volume[0][course.regrowth_time[0] < TIMES]
    assert lowest < course.regrowth_time[0] < TIMES[-1]
    assert np.all(later > course.volume[0, 0])
    assert course.best_response()[0] in (Recist.PR, Recist.CR)
    assert lowest < course.progression_time()[0] < course.regrowth_time[0]


def test_regrowth_is_when_growth_has_made_up_for_the_kill():
    # With quick clearance the volume is the living cells, and they are back at t = K / g.
    course = TumorModel(values={"clearance_half_time": 5.0, "doubling_time": 1000.0}).course(
        CYCLE, TIMES
    )
    expected = log_cell_kill_of(CYCLE, tissue("prostate_metastasis")) * 1000.0 / np.log(2.0)
    assert_allclose(course.regrowth_time[0], expected, rtol=1e-4)


def test_a_course_that_never_shrinks_or_returns():
    falling = TumorCourse(np.array([0.0, 1.0]), *[np.array([[2.0, 1.0]])] * 3)
    rising = TumorCourse(np.array([0.0, 1.0]), *[np.array([[1.0, 2.0]])] * 3)
    assert falling.regrowth_time[0] == rising.regrowth_time[0] == np.inf
    with pytest.raises(InputError, match="not followed"):
        falling.control  # noqa: B018


def test_any_cell_model_takes_the_place_of_the_built_in_one():
    # alpha/beta and repair of the set are those of the tissue; its hazard is exact at the grid.
    built_in = TumorModel().course(CYCLE, TIMES[:200])
    closed = TumorModel(cells=cell_model("lq")).course(CYCLE, TIMES[:200])
    assert_allclose(closed.log_kill[0, -1], built_in.log_kill[0, -1], rtol=1e-8)
    assert_allclose(closed.volume, built_in.volume, rtol=2e-3)


def test_patients_differ_by_curve_and_by_value():
    two = Exponentials.from_half_lives([[0.4], [0.2]], [[51.0], [51.0]])
    course = TumorModel(values={"doubling_time": [1000.0, 1500.0]}).course(two, TIMES[:100])
    alone = TumorModel(values={"doubling_time": 1500.0}).course(two[1], TIMES[:100])
    assert_allclose(course.volume[1], alone.volume[0], rtol=1e-7)


def test_small_lesions_are_controlled_and_large_ones_are_not():
    small, large = ({"initial_volume": v} for v in (1e-4, 10.0))
    strong = CYCLE * 1.3
    control = [
        TumorModel(values=v).course(strong, TIMES[:200]).control[0, -1] for v in (small, large)
    ]
    assert control[0] > 0.9 > 0.1 > control[1]


def test_the_doubling_time_is_that_at_the_initial_volume_unless_said():
    slow = TumorModel("gompertz", values={"initial_volume": 50.0})
    assert slow.parameters()["tumor.reference_volume"] == 50.0
    said = TumorModel("gompertz", values={"initial_volume": 50.0, "reference_volume": 5.0})
    assert said.parameters()["tumor.reference_volume"] == 5.0


def test_what_the_model_would_ignore_is_refused():
    alphas = Exposure("lesion", {Component.ALPHA: CYCLE})
    with pytest.raises(UnsupportedError, match="alpha"):
        TumorModel().course(alphas, TIMES[:3])
    with pytest.raises(InputError, match="capacity"):
        TumorModel(values={"capacity": 100.0})


def test_a_secreted_marker_follows_the_living_cells():
    # Half of the cells at once: m falls to its half with the marker's half-time.
    found = follow(
        secreted_marker_network(),
        {"living": 5.0},
        [0.0, 62.4, 6240.0],
        parameters={"initial": 100.0},
    )["marker"][0]
    assert_allclose(found, [100.0, 75.0, 50.0], rtol=1e-8)


def test_background_stays():
    found = follow(
        secreted_marker_network(), {"living": 0.0}, [1e5], parameters={"background": 3.0}
    )["marker"]
    assert_allclose(found, 3.0, rtol=1e-8)


def test_population_psa_at_constant_concentration():
    """Growth less both effects; the delayed one lags by the effect compartment."""
    found = follow(population_psa_network(), {"concentration": 0.5}, [0.0, 1000.0])["psa"][0]
    direct, delayed, rate, growth = 0.00335 / 24.0, 3.28e-5 * 1000.0 / 24.0, 0.00128, 4.08e-4
    lagged = 1000.0 - (1.0 - np.exp(-rate * 1000.0)) / rate
    expected = 140.0 * np.exp(growth * 1000.0 - 0.5 * (direct * 1000.0 + delayed * lagged))
    assert_allclose(found, [140.0, expected], rtol=1e-8)


def test_population_psa_grows_untreated_with_the_published_doubling_time():
    found = follow(
        population_psa_network(), {"concentration": Pieces([0.0, 1.0], [[0.0]])}, [24 * 70.8]
    )
    assert_allclose(found["psa"], 280.0, rtol=1e-3)  # 70.8 days to three digits


@pytest.mark.parametrize(
    ("growth", "values", "match"),
    [
        ("exponential", {"initial_volume": -1.0}, "initial_volume"),
        ("exponential", {"doubling_time": [100.0, 0.0]}, "doubling_time"),
        ("exponential", {"cell_loss": 1.0}, "below 1"),
        ("exponential", {"marker.half_time": float("nan")}, "half_time"),
        ("logistic", {"initial_volume": 2000.0}, "below the capacity"),
    ],
)
def test_values_out_of_range_are_refused(growth, values, match):
    with pytest.raises(InputError, match=match):
        TumorModel(growth, values=values)
