"""Two samplers, one posterior: the evidence, the page, and the whole comparison."""

from __future__ import annotations

import json
from pathlib import Path

import body_nuts as study
import numpy as np
import pytest

METHODS = Path(__file__).parents[2] / "docs" / "methods" / "twin.md"


@pytest.fixture(scope="module")
def rows():
    return json.loads(study.EVIDENCE.read_text(encoding="utf-8"))["rows"]


def agree(rows):
    """Check that both samplers tell the same, each with enough draws."""
    for name, row in rows.items():
        assert row["r_hat"] < 1.03, name
        assert min(row["effective"]) > 200, name
    # Twenty rows of standard errors: the largest of normal numbers stays under 4 in 999 of 1,000.
    apart = np.array([[row["mean_apart"], row["sd_apart"]] for row in rows.values()])
    assert np.max(np.abs(apart)) < 4.0


def test_the_stored_comparison_agrees(rows):
    assert len(rows) == 17 + len(study.DOSED)
    agree(rows)


def test_the_methods_page_shows_the_evidence(rows):
    page = METHODS.read_text(encoding="utf-8")
    for line in study.table(rows):
        assert line in page, f"docs/methods/twin.md lacks: {line}"


def test_the_gradient_is_that_of_the_log_density():
    """What NUTS follows: central differences of the exact residuals' sum of squares."""
    posterior = study.target()
    theta = posterior.prior_mean + 0.3 * posterior.prior_sd
    at = posterior.points(theta[None])
    gradient = (at.jacobian[0].T @ at.residuals[0]) * posterior.prior_sd
    step = 1e-2 * posterior.prior_sd
    for k in (0, 3, 8, posterior.size - 1):
        away = step * np.eye(posterior.size)[k]
        places = np.stack([theta + away, theta - away])
        up, down = 0.5 * np.sum(posterior.residuals(places) ** 2, axis=-1)
        # Truncation by third derivatives, and the solver's 1e-5 over the step.
        assert (up - down) / 2e-2 == pytest.approx(gradient[k], rel=5e-3, abs=5e-3)


@pytest.mark.verify
def test_both_samplers_agree():
    rows = study.study()
    study.write(rows)
    agree(rows)
