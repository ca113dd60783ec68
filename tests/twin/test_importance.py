"""Draws against densities on a grid and against rejection from the prior."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import LogNormal
from theratwin.core.seed import stream
from theratwin.kinetics import region_block
from theratwin.physics import nuclide
from theratwin.twin.importance import PARETO_K_LIMIT, resample
from theratwin.twin.laplace import Laplace, laplace
from theratwin.twin.target import Target

LEVELS = (5.0, 25.0, 50.0, 75.0, 95.0)


def _draws(model, size=20_000):
    target = Target(model)
    return resample(target, laplace(target), size, stream(1, "test"))


def _on_a_grid(model):
    """Return half-lives' quantiles from the density on a grid over both parameters."""
    target = Target(model)
    mean, sd = target.prior_mean, target.prior_sd
    half_life = np.linspace(mean[1] - 5 * sd[1], mean[1] + 5 * sd[1], 1601)
    # Of the scale, what the grid must span is its level at the scans.
    level = np.mean(model.observed) + np.linspace(-8, 8, 401) * model.sd
    points = target.unleveled(np.stack(np.meshgrid(level, half_life, indexing="ij"), axis=-1))
    density = np.exp(target.log_density(points)).sum(axis=0)
    cumulative = np.cumsum(density) / density.sum()
    return np.interp(np.array(LEVELS) / 100.0, cumulative, half_life)


@pytest.mark.parametrize(
    ("times", "values"),
    [((24.0, 96.0), (50.0, 20.0)), ((48.0,), (50.0,)), ((4.0, 24.0, 90.0), (60.0, 52.0, 30.0))],
    ids=["two scans", "one scan", "three scans"],
)
def test_draws_have_the_quantiles_of_the_exact_posterior(line, times, values):
    model = line(times, values)
    found = _draws(model)
    grid = _on_a_grid(model)
    spread = grid[-1] - grid[0]
    # 20000 draws of 80000 proposals: a 5 % quantile's standard error is below 0.01 of the range.
    np.testing.assert_allclose(np.percentile(found.draws[:, 1], LEVELS), grid, atol=0.02 * spread)
    assert found.pareto_k < 0.5


def test_one_scan_of_the_full_shape_agrees_with_rejection_from_the_prior(make_case):
    case = make_case([("kidneys", "cycle 1", 48.0, 60.0, 0.05)])
    curve = region_block(case, "kidneys", nuclide("Lu-177").decay_constant).alternatives[-1]
    target = Target(curve)
    prior = target.prior_mean + target.prior_sd * stream(2, "prior").standard_normal((200_000, 5))
    # The scale that brings each draw to the measured value, within its uncertainty.
    level = curve.observed + curve.observed_sd * stream(2, "data").standard_normal((200_000, 1))
    exact = target.unleveled(np.concatenate([level, prior[:, 1:]], axis=1))
    weight = np.exp(-0.5 * ((exact[:, 0] - target.prior_mean[0]) / target.prior_sd[0]) ** 2)
    area = curve.curve(exact).integral()
    order = np.argsort(area)
    cumulative = np.cumsum(weight[order]) / weight.sum()
    expected = np.interp(np.array(LEVELS) / 100.0, cumulative, area[order])
    found = np.percentile(curve.curve(_draws(curve).draws).integral(), LEVELS)
    # The upper tail is long: 0.05 in the logarithm is three standard errors there.
    np.testing.assert_allclose(np.log(found), np.log(expected), atol=0.05)


def test_the_same_stream_gives_the_same_bytes(line):
    first, second = _draws(line(), 500), _draws(line(), 500)
    assert first.draws.tobytes() == second.draws.tobytes()


def test_pareto_k_tells_of_a_proposal_that_misses(line):
    target = Target(line(sd=0.02))
    good = laplace(target)
    assert resample(target, good, 2000, stream(1, "k")).pareto_k < 0.5
    narrow = Laplace(
        good.mode, 1e-6 * good.covariance, True, good.chi_square, good.effective_parameters
    )
    found = resample(target, narrow, 2000, stream(1, "k"))
    # A proposal a thousand times too narrow: widened over the rounds, or said to be bad.
    assert found.pareto_k > PARETO_K_LIMIT or np.allclose(
        found.draws.std(axis=0), np.sqrt(np.diag(good.covariance)), rtol=0.2
    )


def test_few_heavy_weights_do_not_break_the_search(line):
    far = line(priors=(LogNormal(30.0, 20.0), LogNormal(40.0, 1.8)), sd=1e-3)
    target = Target(far)
    good = laplace(target)
    off = Laplace(good.mode + 5.0, good.covariance, True, 0.0, 2.0)
    found = resample(target, off, 300, stream(1, "off"))
    assert np.all(np.isfinite(found.draws))
    assert found.pareto_k > PARETO_K_LIMIT
