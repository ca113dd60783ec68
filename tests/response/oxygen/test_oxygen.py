"""The oxygen effect: limits, direction, published forms; mixtures and courses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.response.oxygen import (
    OxygenDistribution,
    constant_oxygen,
    effective_enhancement,
    greatest_resistance,
    oxygen_enhancement_ratio,
    radioresistance,
    relative_sensitivity,
    reoxygenation,
)

pressures = st.floats(0.0, 1e3)
ratios = st.floats(1.0, 5.0)
halves = st.floats(0.1, 30.0)


class TestEnhancement:
    @given(p=pressures, m=ratios, k=halves)
    def test_resistance_and_sensitivity_make_the_ratio(self, p, m, k):
        product = radioresistance(p, m, k) * relative_sensitivity(p, m, k)
        assert_allclose(product, m, rtol=1e-12)

    @given(p=pressures, m=ratios, k=halves)
    def test_hypoxia_never_sensitizes(self, p, m, k):
        # The hypoxic over the aerobic dose: at least 1, at most m, falling with oxygen.
        found = float(radioresistance(p, m, k))
        assert 1.0 - 1e-12 <= found <= m * (1 + 1e-12)
        assert radioresistance(p + 1.0, m, k) <= found * (1 + 1e-12)

    def test_half_of_the_rise_is_at_the_half_pressure(self):
        assert_allclose(relative_sensitivity(3.0, 3.0, 3.0), 2.0, rtol=1e-14)

    def test_a_published_inverse_is_the_inverse(self):
        # A code of the field multiplies dose by (3 p + c)/(p + c)/3: 1 down to 1/3.
        p = np.array([0.0, 2.0, 50.0])
        multiplier = (3 * p + 7.6) / (p + 7.6) / 3
        assert_allclose(1 / radioresistance(p, 3.0, 7.6), multiplier, rtol=1e-14)

    def test_quality_takes_the_oxygen_effect_away(self):
        dense, sparse = greatest_resistance(np.array([1e6, 1e-6]), 28.0, 1.3, 2.9)
        assert_allclose([dense, sparse], [1.0, 2.9], rtol=1e-5)
        assert_allclose(greatest_resistance(28.0, 28.0, 1.3, 2.9), 1.95, rtol=1e-14)


class TestDoseDependence:
    def test_between_its_two_limits(self):
        doses = np.array([1e-6, 0.5, 2.0, 20.0, 1e5])
        found = oxygen_enhancement_ratio(doses, 0.15, 0.05, 3.0, 2.2)
        assert_allclose(found[[0, -1]], [3.0, 2.2], rtol=1e-4)
        assert (np.diff(found) < 0).all()

    @given(dose=st.floats(0.01, 50.0), a=st.floats(1.0, 3.5), b=st.floats(1.0, 3.5))
    def test_both_doses_kill_alike(self, dose, a, b):
        hypoxic = dose * float(oxygen_enhancement_ratio(dose, 0.15, 0.05, a, b))
        kill = 0.15 / a * hypoxic + 0.05 / b**2 * hypoxic**2
        assert_allclose(kill, 0.15 * dose + 0.05 * dose**2, rtol=1e-11)

    def test_differentiates_in_jax(self):
        from theratwin.core._jax import jax

        slope = jax.grad(lambda d: oxygen_enhancement_ratio(d, 0.15, 0.05, 3.0, 2.2))(2.0)
        assert slope < 0


class TestDistribution:
    def test_lognormal_has_its_median_and_fractions(self):
        found = OxygenDistribution.lognormal(8.0, 2.5, classes=4000)
        assert_allclose(found.hypoxic_fraction(8.0), 0.5, atol=1e-9)
        # One geometric standard deviation below: 15.87 %, to half a class.
        assert_allclose(found.hypoxic_fraction(8.0 / 2.5), 0.15866, atol=2e-4)

    def test_a_single_class_is_no_mixture(self):
        one = OxygenDistribution(np.array([2.0]), np.array([1.0]))
        assert_allclose(one.log_survival(np.array([[3.0], [700.0]])), [-3.0, -700.0])

    def test_the_hypoxic_tail_decides_at_large_kill(self):
        # Two classes: ln S tends to that of the more resistant one, plus its share's logarithm.
        two = OxygenDistribution(np.array([0.0, 60.0]), np.array([0.1, 0.9]))
        assert_allclose(two.log_survival(np.array([20.0, 60.0])), -20.0 + np.log(0.1), rtol=1e-12)

    def test_mixture_survives_more_than_its_mean_kill(self):
        found = OxygenDistribution.lognormal(8.0, 3.0)
        kill = 10.0 / radioresistance(found.pressure, 2.9, 3.0)
        assert found.log_survival(kill) > -float(found.weight @ kill)

    def test_effective_enhancement_of_a_uniform_tumor(self):
        # All at p: R(p) over R(160), in closed form.
        one = OxygenDistribution(np.array([1.0]), np.array([1.0]))

        def kill(dose, pressure):
            felt = dose / radioresistance(pressure, 2.9, 3.0)
            return 0.2 * felt + 0.03 * felt**2

        expected = radioresistance(1.0, 2.9, 3.0) / radioresistance(160.0, 2.9, 3.0)
        assert_allclose(effective_enhancement(one, kill, 10.0), expected, rtol=1e-9)

    def test_effective_enhancement_grows_with_dose(self):
        found = OxygenDistribution(np.array([0.0, 60.0]), np.array([0.01, 0.99]))

        def kill(dose, pressure):
            return 0.3 * dose / radioresistance(pressure, 2.9, 3.0)

        small, large = (effective_enhancement(found, kill, dose) for dose in (2.0, 60.0))
        assert small < 1.1
        assert large > 2.0

    def test_wrong_distributions_are_refused(self):
        with pytest.raises(InputError, match="sum to 1"):
            OxygenDistribution(np.array([1.0, 2.0]), np.array([0.5, 0.4]))
        with pytest.raises(InputError, match="pressure"):
            OxygenDistribution(np.array([-1.0]), np.array([1.0]))
        with pytest.raises(InputError, match="weight"):
            OxygenDistribution(np.array([1.0]), np.array([0.5, 0.5]))
        with pytest.raises(InputError, match="edges"):
            OxygenDistribution.from_histogram([0, 5], [1, 1])
        with pytest.raises(InputError, match="counts"):
            OxygenDistribution.from_histogram([0, 5], [0])
        with pytest.raises(InputError, match="gsd"):
            OxygenDistribution.lognormal(5.0, 1.0)
        with pytest.raises(InputError, match="classes"):
            OxygenDistribution.lognormal(5.0, 2.0, classes=1)


class TestCourse:
    def test_goes_from_one_value_to_the_other(self):
        course = reoxygenation(2.0, 20.0, 72.0, begins=24.0)
        assert_allclose(course(np.array([0.0, 12.0, 24.0, 96.0, 1e5])), [2, 2, 2, 11, 20])

    def test_may_fall_too(self):
        course = reoxygenation(20.0, 2.0, 10.0)
        assert_allclose(course(np.array([0.0, 10.0, 1e4])), [20, 11, 2])

    def test_stays(self):
        assert_allclose(constant_oxygen(7.0)(np.array([0.0, 1.0, 1e5])), 7.0)

    @pytest.mark.parametrize(
        ("field", "arguments"),
        [("initial", (-1, 1, 1)), ("final", (1, -1, 1)), ("half_time", (1, 1, 0))],
    )
    def test_wrong_numbers_are_named(self, field, arguments):
        with pytest.raises(InputError, match=field):
            reoxygenation(*arguments)
