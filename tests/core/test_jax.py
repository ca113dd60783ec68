"""Curves under JAX: the same numbers as NumPy, trees, and derivatives without holes."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from theratwin.core import Exponentials, Pieces, Pulses
from theratwin.core._jax import jax, jnp
from theratwin.core.curve import decay_integral

# NumPy and JAX round exponentials differently in the last place.
SAME = 1e-14

CURVES = {
    "exponentials": Exponentials([[2.0, -1.0], [1.0, 0.5]], [0.1, 1.0], [0.0, 5.0]),
    "pieces": Pieces([0.0, 1.0, 3.0], [[1.0, 2.0, -1.0], [2.0, 0.0, 3.0]]),
    "pulses": Pulses([0.0, 24.0], [[1.0, 2.0], [3.0, 4.0]]),
    "total": Exponentials([2.0], [0.1]) + Pieces.from_samples([0.0, 2.0], [0.0, 4.0]),
}
TIMES = np.array([-1.0, 0.0, 0.5, 1.0, 2.9, 5.0, 24.0, 100.0])


def on_jax(curve):
    return jax.tree_util.tree_map(jnp.asarray, curve)


@pytest.fixture(params=CURVES, name="curve")
def _curve(request):
    return CURVES[request.param]


def test_double_precision_is_on():
    assert jnp.ones(1).dtype == np.float64


def test_values_and_integrals_equal_numpys(curve):
    values = jax.jit(lambda c, t: c(t))(curve, TIMES)
    assert isinstance(values, jax.Array)
    np.testing.assert_allclose(values, curve(TIMES), rtol=SAME)
    integral = jax.jit(lambda c, start, end: c.integral(start, end))
    for interval in [(-np.inf, np.inf), (0.3, 2.0), (0.0, 30.0)]:
        np.testing.assert_allclose(
            integral(curve, *interval), curve.integral(*interval), rtol=SAME, atol=SAME
        )


def test_round_trip_through_jit(curve):
    same = jax.jit(lambda c: c)(curve)
    assert type(same) is type(curve)
    np.testing.assert_allclose(same.integral(), curve.integral(), rtol=SAME)
    later = jax.jit(lambda c: (2.0 * c).shifted(3.0)(TIMES + 3.0))(curve)
    np.testing.assert_allclose(later, 2 * curve(TIMES), rtol=SAME)


def test_numpy_curve_at_jax_times_and_edges(curve):
    np.testing.assert_allclose(jax.jit(lambda t: curve(t))(TIMES), curve(TIMES), rtol=SAME)
    np.testing.assert_allclose(
        jax.jit(lambda end: curve.integral(0.0, end))(2.5), curve.integral(0.0, 2.5), rtol=SAME
    )


def test_vmap_takes_the_batch():
    curve = CURVES["exponentials"]
    each = jax.jit(jax.vmap(lambda c: c.integral(0.0, 7.0)))(curve)
    np.testing.assert_allclose(each, curve.integral(0.0, 7.0), rtol=SAME)


def test_index_and_sum():
    curve = on_jax(CURVES["exponentials"])
    np.testing.assert_array_equal(curve[..., 1].amplitudes, [1.0, 0.5])
    both = jax.jit(lambda a, b: (a + b).integral())(curve, CURVES["exponentials"][0])
    np.testing.assert_allclose(
        both, CURVES["exponentials"].integral() + CURVES["exponentials"][0].integral(), rtol=SAME
    )


def test_derivatives_of_the_decay_integral():
    """Of (1 - e^-x) L / x with x = rL by r and L, also where the rate is nothing."""
    exponents = np.array([0.0, 1e-300, 1e-16, -1e-12, 1e-8, 0.4999, 0.5, 2.0, -3.0, 300.0])
    lengths = np.array([0.5, 3.0, 100.0])[:, None]
    x, rates = np.longdouble(exponents), exponents / lengths
    near = np.abs(x) < 1e-3
    far = np.where(near, 1, x)
    # The rest of either series at 1e-3 is below 1e-10.
    first = np.where(near, x / 3 - 0.5 - x**2 / 8, (np.exp(-far) * (1 + far) - 1) / far**2)
    second = np.where(
        near,
        1 / 3 - x / 4 + x**2 / 10,
        (2 - np.exp(-far) * (far**2 + 2 * far + 2)) / far**3,
    )

    slope = jax.grad(decay_integral, argnums=(0, 1))
    bend = jax.grad(jax.grad(decay_integral))

    @jax.jit
    @jnp.vectorize
    def derivatives(rate, length):
        return *slope(rate, length), bend(rate, length)

    by_rate, by_length, twice_by_rate = derivatives(rates, lengths)
    np.testing.assert_allclose(by_rate, lengths**2 * first.astype(float), rtol=1e-10)
    np.testing.assert_allclose(
        by_length, np.exp(-exponents) * np.ones((3, 1)), rtol=1e-12, atol=1e-18
    )
    # Above x = 1/2 the second derivative of the quotient loses three digits.
    np.testing.assert_allclose(twice_by_rate, lengths**3 * second.astype(float), rtol=1e-9)


def area(amplitudes, rates, starts, start, end):
    return Exponentials(amplitudes, rates, starts).integral(start, end)


def test_gradients_of_an_integral_are_finite_and_right():
    terms = tuple(map(np.array, ([1.0, 0.0, -0.5], [0.1, 0.2, 1.0], [-3.0, 1.0, 5.0])))
    gradients_of = jax.jit(jax.grad(area, argnums=(0, 1, 2)))
    for interval in [(-np.inf, np.inf), (0.0, np.inf), (0.0, 10.0), (20.0, 30.0)]:
        gradients = gradients_of(*terms, *interval)
        for which, term in np.ndindex(3, 3):
            up, down = (np.copy(terms) for _ in range(2))
            up[which, term] += 1e-5
            down[which, term] -= 1e-5
            difference = (area(*up, *interval) - area(*down, *interval)) / 2e-5
            # Central differences: truncation 1e-10 of the third derivative, rounding 1e-11.
            assert float(gradients[which][term]) == pytest.approx(difference, abs=1e-6)


def test_gradient_by_an_amplitude_of_zero_is_the_area_of_one():
    gradient = jax.jit(jax.grad(lambda a: area(a, np.array([0.1]), 0.0, 0.0, np.inf)))(np.zeros(1))
    assert float(gradient[0]) == pytest.approx(10.0, rel=SAME)


def test_inert_padding_keeps_gradients_finite():
    amplitudes, rates = jnp.array([1.0, 0.0]), jnp.array([0.1, 0.0])
    gradients = jax.jit(jax.grad(area, argnums=(0, 1)))(amplitudes, rates, 0.0, 0.0, np.inf)
    assert np.all(np.isfinite(gradients))


def test_gradients_of_values():
    def value(amplitude, rate, time):
        return Exponentials(jnp.atleast_1d(amplitude), jnp.atleast_1d(rate))(time)

    gradients = jax.jit(jax.grad(value, argnums=(0, 1, 2)))
    for time, expected in [(-1.0, (0, 0, 0)), (0.0, (1, 0, -0.2)), (1e6, (0, 0, 0))]:
        gradient = gradients(2.0, 0.1, time)
        np.testing.assert_allclose(gradient, expected, atol=1e-15)


def test_gradients_of_pieces():
    coefficients = CURVES["pieces"].coefficients

    @jax.jit
    @jax.vmap
    def gradients(time):
        value = jax.grad(lambda c: Pieces([0.0, 1.0, 3.0], c)(time))(coefficients)
        slope = jax.grad(lambda end: Pieces([0.0, 1.0, 3.0], coefficients).integral(-1.0, end))
        return value, slope(time)

    times = np.array([-1.0, 0.0, 0.5, 1.0, 2.5, 3.0, 9.0])
    by_coefficient, by_end = gradients(times)
    # The value is linear in the coefficients, and the slope of the integral within a piece.
    np.testing.assert_allclose(
        np.sum(by_coefficient * coefficients, axis=(1, 2)), CURVES["pieces"](times), rtol=SAME
    )
    within = [0, 2, 4, 6]
    np.testing.assert_allclose(by_end[np.array(within)], CURVES["pieces"](times[within]), rtol=SAME)


def test_single_precision_is_refused():
    script = "import theratwin.core._jax"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"JAX_ENABLE_X64": "0", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "double precision" in done.stderr
