"""What the scans of a whole body teach, and what its fit leaves of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core import UnsupportedError
from theratwin.twin import body_of, calibrate, estimates, residuals
from theratwin.twin.models import MODELS, KineticModel
from theratwin.twin.residuals import worst_regions


@pytest.fixture(scope="module")
def twin(small_body):
    rows = small_body.scans("cycle 1")
    case, _ = small_body.simulated_case(rows, small_body.cycles(1), seed=5, model="small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))
        return calibrate(case, seed=1, draws=400)


def test_each_parameter_stands_before_and_after(twin):
    found = {each.name: each for each in estimates(twin)}
    body = body_of(twin)
    assert body is not None
    assert tuple(found) == body.parameter_names
    draws = twin.posteriors[0].best.resampled.draws
    for k, (each, prior) in enumerate(zip(found.values(), body.priors, strict=True)):
        assert each.prior.median == pytest.approx(prior.median, rel=1e-12)
        # The normal distribution holds 90 % within 1.6449 standard deviations.
        assert np.log(each.prior.high / prior.median) == pytest.approx(1.6449 * prior.log_sd, 1e-4)
        assert each.posterior.median == pytest.approx(np.exp(np.median(draws[:, k])), rel=1e-12)
    # Five scans of the kidneys know their capacity far better than the population does.
    assert found["kidneys.capacity"].unit == "nmol"
    assert found["kidneys.capacity"].narrowing < 0.5
    assert all(0 < each.narrowing < 1.2 for each in found.values())


def test_curves_have_no_parameters_in_common(make_case):
    curves = calibrate(make_case([("kidneys", "cycle 1", 48.0, 60.0)]), seed=1, draws=100)
    assert body_of(curves) is None
    with pytest.raises(UnsupportedError, match="no parameters in common"):
        estimates(curves)


def test_residuals_add_up_to_the_misfit(twin):
    posterior = twin.posteriors[0]
    found = residuals(posterior)
    assert [each.region for each in found] == list(twin.case.measurements.regions)
    whole = posterior.misfit
    assert sum(each.misfit.chi_square for each in found) == pytest.approx(whole.chi_square)
    assert sum(each.misfit.expected for each in found) == pytest.approx(whole.expected)
    for each in found:
        assert each.standardized[each.farthest] ** 2 == np.max(each.standardized**2)
        assert len(each.measurements) == each.log_ratio.size == each.sd.size


def test_residuals_of_a_curve_are_those_of_its_likeliest_shape(make_case):
    rows = [("kidneys", "cycle 1", t, 90.0 * 2.0 ** (-t / 40.0)) for t in (4.0, 24.0, 72.0)]
    posterior = calibrate(make_case(rows), seed=1, draws=100).posterior("kidneys")
    (found,) = residuals(posterior)
    whole = posterior.misfit
    assert found.misfit.chi_square == pytest.approx(whole.chi_square, rel=1e-12)
    assert found.misfit.probability == pytest.approx(whole.probability, rel=1e-9)


def test_a_region_measured_wrong_is_named(small_body):
    rows = small_body.scans("cycle 1")
    case, _ = small_body.simulated_case(rows, small_body.cycles(1), seed=5, model="small")
    wrong = tuple(
        replace(m, value=3.0 * m.value) if m.region == "liver" and k % 2 else m
        for k, m in enumerate(case.measurements)
    )
    case = replace(case, measurements=type(case.measurements)(wrong))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))
        twin = calibrate(case, seed=1, draws=200)
    assert worst_regions(twin.posteriors[0])[0].region == "liver"
    (warning,) = [text for text in twin.warnings if "chi-square" in text]
    assert warning.startswith("whole-body model small: ")
    assert "Most of it lies in: liver (chi-square" in warning
