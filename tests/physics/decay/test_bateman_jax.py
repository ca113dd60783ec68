"""Derivatives of a chain's activities by JAX."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core._jax import jax, jnp
from theratwin.physics.decay import chain_activities, chain_integrals, decay_chain

CHAIN = decay_chain("Ac-225")
START = np.eye(len(CHAIN.members))[0]
TIMES = np.geomspace(1e-3, 2000.0, 7)


def activities(time, constants, branching):
    return chain_activities(time, constants, branching, START)


GIVEN = (jnp.asarray(TIMES), jnp.asarray(CHAIN.decay_constants), jnp.asarray(CHAIN.branching))


@pytest.fixture(scope="module")
def in_time():
    """Activities and integrals, and their slopes in time."""

    def both(time):
        given = (time, *GIVEN[1:], START)
        return chain_activities(*given), chain_integrals(*given)

    # each time's values depend on it alone
    ones = jnp.ones_like(GIVEN[0])
    return jax.jit(lambda time: jax.jvp(both, (time,), (ones,)))(GIVEN[0])


def test_values_are_those_of_numpy(in_time):
    activities, integrals = in_time[0]
    np.testing.assert_allclose(activities, CHAIN.activities(TIMES), rtol=1e-12)
    np.testing.assert_allclose(integrals, CHAIN.integrals(TIMES), rtol=1e-12)


def test_slope_in_time_is_the_equation_itself(in_time):
    slope, integral = in_time[1]
    now = CHAIN.activities(TIMES)
    constants = CHAIN.decay_constants
    turnover = constants * (now + now @ CHAIN.branching.T)
    expected = constants * (now @ CHAIN.branching.T - now)
    # gain and loss of fast daughters nearly cancel: rounding is seen against either
    np.testing.assert_allclose(slope / turnover, expected / turnover, atol=1e-12)
    np.testing.assert_allclose(integral, now, rtol=1e-10, atol=1e-14)


@pytest.fixture(scope="module")
def by_constants_and_branching():
    return jax.jit(jax.jacrev(activities, (1, 2)))(*GIVEN)


def test_forward_and_reverse_derivatives_agree(by_constants_and_branching):
    direction = CHAIN.decay_constants * np.linspace(-1, 1, len(START))

    def along(step):
        return activities(GIVEN[0], GIVEN[1] + step * direction, GIVEN[2])

    forward = jax.jit(jax.jacfwd(along))(0.0)
    reverse = by_constants_and_branching[0] @ direction
    np.testing.assert_allclose(forward, reverse, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("argument", "index"), [(1, 0), (1, 3), (2, (3, 2)), (2, (4, 3))])
def test_derivatives_are_those_of_differences(by_constants_and_branching, argument, index):
    given = [np.array(array) for array in GIVEN]
    value = given[argument][index]
    sides = []
    for side in (1 - 1e-5, 1 + 1e-5):
        given[argument][index] = value * side
        sides.append(activities(*given))
    difference = (sides[1] - sides[0]) / 2e-5
    exact = by_constants_and_branching[argument - 1]
    found = value * exact[(..., index) if isinstance(index, int) else (..., *index)]
    # error of the central difference: 1e-10 of the third derivative, and rounding over 1e-5
    np.testing.assert_allclose(found, difference, rtol=1e-6, atol=1e-10)
