"""Tempered sampling against posteriors and evidences that are known."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import FitError
from theratwin.core.seed import stream
from theratwin.twin.starts import ModeStart
from theratwin.twin.tempering import temper


def _linear(size, data, sd, seed=0):
    """Return a linear model's log likelihood, its posterior's moments and its log evidence."""
    generator = stream(seed, "linear")
    matrix, observed = generator.standard_normal((data, size)), generator.standard_normal(data)

    def log_likelihood(places):
        residuals = (places @ matrix.T - observed) / sd
        return -0.5 * np.sum(residuals**2, axis=-1) - data * np.log(sd * np.sqrt(2 * np.pi))

    covariance = np.linalg.inv(matrix.T @ matrix / sd**2 + np.eye(size))
    marginal = matrix @ matrix.T + sd**2 * np.eye(data)
    evidence = -0.5 * observed @ np.linalg.solve(marginal, observed)
    evidence -= 0.5 * np.linalg.slogdet(2 * np.pi * marginal)[1]
    return log_likelihood, covariance @ matrix.T @ observed / sd**2, covariance, evidence


def test_a_linear_model_has_its_exact_posterior_and_evidence():
    log_likelihood, mean, covariance, evidence = _linear(8, 20, 0.2)
    found = temper(log_likelihood, 8, 4000, stream(1, "smc"))
    sd = np.sqrt(np.diag(covariance))
    # 4000 draws: standard errors 1.6 % of a spread for means, 1.1 % for spreads; four of them.
    np.testing.assert_allclose((found.draws.mean(axis=0) - mean) / sd, 0.0, atol=0.065)
    np.testing.assert_allclose(found.draws.std(axis=0) / sd, 1.0, atol=0.05)
    # About a dozen mean weights of relative error 1/sqrt(4000) each, correlated.
    assert found.tempering.log_evidence == pytest.approx(evidence, abs=0.3)
    assert found.effective_size > 3900
    assert found.tempering.problem == ""
    assert found.tempering.temperatures[-1] == 1.0
    assert np.all(np.diff(found.tempering.temperatures) > 0)


def test_a_banana_has_the_moments_and_evidence_of_a_grid():
    def log_likelihood(places):
        first, second = places[:, 0], places[:, 1]
        return -0.5 * ((first - 1) / 0.3) ** 2 - 0.5 * ((second - first**2) / 0.05) ** 2

    axis = np.linspace(-1.5, 6.0, 1501)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    density = np.exp(log_likelihood(grid) - 0.5 * np.sum(grid**2, axis=-1)) / (2 * np.pi)
    evidence = density.sum() * (axis[1] - axis[0]) ** 2
    weights = density / density.sum()
    mean = weights @ grid
    sd = np.sqrt(weights @ grid**2 - mean**2)
    found = temper(log_likelihood, 2, 4000, stream(1, "banana"))
    np.testing.assert_allclose((found.draws.mean(axis=0) - mean) / sd, 0.0, atol=0.08)
    np.testing.assert_allclose(found.draws.std(axis=0) / sd, 1.0, atol=0.06)
    assert found.tempering.log_evidence == pytest.approx(np.log(evidence), abs=0.15)


def _two_modes(places):
    near = np.log(0.3) - 0.5 * np.sum(((places - 1.2) / 0.1) ** 2, axis=-1)
    far = np.log(0.7) - 0.5 * np.sum(((places + 1.5) / 0.15) ** 2, axis=-1)
    return np.logaddexp(near, far)


def _of_mode(center, sd, size):
    variance = 1 + sd**2
    return size * (np.log(sd) - 0.5 * np.log(variance) - 0.5 * center**2 / variance)


def test_two_modes_keep_their_shares_and_the_memory_is_told():
    near, far = np.log(0.3) + _of_mode(1.2, 0.1, 3), np.log(0.7) + _of_mode(-1.5, 0.15, 3)
    evidence = np.logaddexp(near, far)
    found = temper(_two_modes, 3, 4000, stream(1, "modes"))
    # The share is set while the modes still touch, by few effective particles: 3 points.
    assert np.mean(found.draws[:, 0] > 0) == pytest.approx(np.exp(near - evidence), abs=0.05)
    assert found.tempering.log_evidence == pytest.approx(evidence, abs=0.25)
    # No particle goes from one mode to the other, which is said.
    assert "still remember" in found.tempering.problem
    assert found.effective_size < 4000


@pytest.mark.verify
def test_ranks_of_the_truth_are_uniform():
    """Draw a truth, data, the posterior; the truth's rank among the draws is uniform."""
    ranks, draws, repeats = [], 199, 300
    matrix = stream(0, "ranks").standard_normal((5, 3))
    for repeat in range(repeats):
        generator = stream(repeat, "truth")
        truth = generator.standard_normal(3)
        observed = np.tanh(matrix @ truth) + 0.2 * generator.standard_normal(5)

        def log_likelihood(places, observed=observed):
            return -0.5 * np.sum(((np.tanh(places @ matrix.T) - observed) / 0.2) ** 2, axis=-1)

        found = temper(log_likelihood, 3, draws, stream(repeat, "smc"))
        ranks.append(np.sum(found.draws < truth, axis=0) / draws)
    ranks = np.concatenate(ranks)
    counts, _ = np.histogram(ranks, bins=6, range=(0, 1))
    expected = ranks.size / 6
    # Chi-square of 5 degrees of freedom: 20.5 is exceeded once in a thousand times.
    assert np.sum((counts - expected) ** 2 / expected) < 20.5


def test_the_same_stream_gives_the_same_bytes():
    log_likelihood, *_ = _linear(3, 6, 0.3)
    first, second = (temper(log_likelihood, 3, 200, stream(1, "x")) for _ in range(2))
    assert first.draws.tobytes() == second.draws.tobytes()
    assert first.tempering == second.tempering


def test_places_without_a_solution_are_left():
    def log_likelihood(places):
        return np.where(places[:, 0] > 0.5, np.nan, -0.5 * ((places[:, 0] - 0.5) / 0.1) ** 2)

    found = temper(log_likelihood, 2, 1000, stream(1, "nan"))
    assert np.all(found.draws[:, 0] <= 0.5)
    # Half a normal distribution: its mean lies sqrt(2 / pi) spreads below the end.
    assert found.draws[:, 0].mean() == pytest.approx(0.5 - 0.1 * np.sqrt(2 / np.pi), abs=0.015)


def test_a_likelihood_of_nothing_is_an_error():
    nothing, start = lambda places: np.full(len(places), np.nan), ModeStart(np.zeros(2), np.eye(2))
    for begin in (None, start):
        with pytest.raises(FitError, match="no draw of the prior"):
            temper(nothing, 2, 100, stream(1, "none"), begin)


def _fitted(log_likelihood, mean, covariance, widened=1.0):
    return temper(
        log_likelihood, len(mean), 4000, stream(2, "mode"), ModeStart(mean, widened * covariance)
    )


def test_from_the_mode_the_posterior_is_the_same_and_sooner_found():
    log_likelihood, mean, covariance, evidence = _linear(8, 20, 0.2)
    found = _fitted(log_likelihood, mean, covariance, 4.0)
    sd = np.sqrt(np.diag(covariance))
    # As above: standard errors 1.6 and 1.1 % of a spread.
    np.testing.assert_allclose((found.draws.mean(axis=0) - mean) / sd, 0.0, atol=0.065)
    np.testing.assert_allclose(found.draws.std(axis=0) / sd, 1.0, atol=0.05)
    # Few mean weights of relative error 1/sqrt(4000) each.
    assert found.tempering.log_evidence == pytest.approx(evidence, abs=0.1)
    assert found.tempering.start == "mode"
    slower = temper(log_likelihood, 8, 4000, stream(1, "smc")).tempering
    assert slower.start == "prior"
    assert len(found.tempering.temperatures) < 0.5 * len(slower.temperatures)


@pytest.mark.parametrize(("away", "widened"), [(5.0, 1.0), (3.0, 1e-2)])
def test_a_start_beside_the_posterior_gives_way_to_the_prior(away, widened):
    """A first temperature of nothing tells the one, where the particles end tells the other."""
    log_likelihood, mean, covariance, evidence = _linear(8, 20, 0.2)
    found = _fitted(log_likelihood, mean + away, covariance, widened)
    assert found.tempering.start == "prior"
    assert found.tempering.log_evidence == pytest.approx(evidence, abs=0.3)


def test_a_start_has_the_density_that_it_draws_from():
    from scipy.stats import multivariate_t

    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    start = ModeStart(np.array([1.0, -1.0]), covariance)
    places = start.draws(20_000, stream(1, "start"))
    expected = multivariate_t(start.location, covariance, df=5).logpdf(places)
    np.testing.assert_allclose(start.log_density(places), expected, rtol=1e-10)  # rounding
    # The covariance of a t distribution of 5 degrees of freedom is 5/3 of its scale; 20,000 draws
    # of such tails tell it to 3 %.
    np.testing.assert_allclose(np.cov(places.T), 5 / 3 * covariance, rtol=0.12)
