"""Synergy: known additive cases are exactly additive, and effects out of reach are errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.response.drugs import (
    bliss_excess,
    dose_for,
    hsa_excess,
    inhibition,
    isobole,
    loewe_index,
    log_kill_excess,
)

DOSES = st.floats(1e-3, 1e3)


def hill(half: float, power: float, top: float = 1.0):
    return lambda dose: top * dose**power / (half**power + dose**power)


def lq(dose: float) -> float:
    return 0.3 * dose + 0.03 * dose**2


@given(DOSES, DOSES, st.floats(0.01, 100.0), st.floats(0.5, 4.0))
@settings(max_examples=60, deadline=None)
def test_a_drug_with_itself_has_index_one(first, second, half, power):
    """The inversion is exact to rounding where the effect is not yet flat in double precision."""
    alone = hill(half, power)
    effect = alone(first + second)
    if not 1e-6 < effect < 1.0 - 1e-6:
        return
    index = loewe_index(first, second, effect, alone, alone)
    assert index == pytest.approx(1.0, rel=1e-8)


def test_a_dilution_is_additive_by_loewe_though_not_by_bliss():
    """The second drug is the first at a third of its potency; both have steep curves."""
    strong, weak = hill(1.0, 3.0), hill(3.0, 3.0)
    effect = strong(0.5 + 1.5 / 3.0)
    assert loewe_index(0.5, 1.5, effect, strong, weak) == pytest.approx(1.0, rel=1e-12)
    assert bliss_excess(strong(0.5), weak(1.5), effect) > 0.25


def test_competition_for_one_site_is_loewe_additive():
    first, second = (lambda c: float(inhibition(c, 0.1))), (lambda c: float(inhibition(c, 2.0)))
    effect = float(inhibition([0.05, 3.0], [0.1, 2.0]))
    assert loewe_index(0.05, 3.0, effect, first, second) == pytest.approx(1.0, rel=1e-11)


def test_independent_log_linear_agents_are_additive_by_every_measure():
    """Exponential survival: Bliss and Loewe agree, S = exp(-k1 a - k2 b)."""
    a, b, k1, k2 = 1.3, 0.4, 0.7, 2.0
    kill = k1 * a + k2 * b
    assert log_kill_excess(k1 * a, k2 * b, kill) == pytest.approx(0.0, abs=1e-15)
    fractions = [-math.expm1(-x) for x in (k1 * a, k2 * b, kill)]
    assert float(bliss_excess(*fractions)) == pytest.approx(0.0, abs=1e-15)
    index = loewe_index(a, b, kill, lambda d: k1 * d, lambda d: k2 * d)
    assert index == pytest.approx(1.0, rel=1e-12)


def test_synergy_and_antagonism_have_their_signs():
    first, second = (lambda d: d), (lambda d: 2.0 * d)
    for term, sign in ((0.5, -1.0), (-0.3, 1.0)):
        effect = 1.0 + 2.0 + term * 1.0 * 1.0
        index = loewe_index(1.0, 1.0, effect, first, second)
        assert np.sign(index - 1.0) == sign
        assert index == pytest.approx(3.0 / (3.0 + term), rel=1e-12)
        assert np.sign(log_kill_excess(1.0, 2.0, effect)) == -sign


def test_hsa_is_the_better_one():
    found = hsa_excess(np.array([0.2, 0.6]), np.array([0.5, 0.1]), np.array([0.7, 0.5]))
    assert found == pytest.approx([0.2, -0.1], abs=1e-15)


def test_bliss_takes_jax():
    from theratwin.core._jax import jnp

    found = bliss_excess(jnp.array([0.5]), jnp.array([0.5]), jnp.array([0.75]))
    assert float(found[0]) == 0.0


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_dose_for_inverts_at_any_scale(size):
    found = dose_for(lq(7.0), lambda dose: lq(dose / size), start=1.0)
    assert found == pytest.approx(7.0 * size, rel=1e-12)


def test_the_isobole_of_additive_agents_is_a_line():
    first, second = isobole(2.0, lambda a, b: lq(a + b / 4.0), points=7)
    assert first / first[0] + second / second[-1] == pytest.approx(np.ones(7), rel=1e-11)


def test_the_isobole_of_synergy_sags_by_what_the_algebra_says():
    """Effect a + b + a b = 1: on the middle ray a = b = sqrt(2) - 1, the index 2 (sqrt(2) - 1)."""
    first, second = isobole(1.0, lambda a, b: a + b + a * b, points=3)
    assert first[1] == pytest.approx(math.sqrt(2.0) - 1.0, rel=1e-12)
    assert first[1] == pytest.approx(second[1], rel=1e-12)


def test_an_effect_out_of_reach_is_an_error():
    with pytest.raises(InputError, match=r"second: no dose reaches the effect.*0\.4"):
        loewe_index(1.0, 1.0, 0.6, hill(1.0, 1.0), hill(1.0, 1.0, top=0.4))
    with pytest.raises(InputError, match="without a dose"):
        dose_for(0.1, lambda dose: 0.5 + dose)
    with pytest.raises(InputError, match="first: a dose cannot be negative"):
        loewe_index(-1.0, 1.0, 0.5, hill(1.0, 1.0), hill(1.0, 1.0))
    with pytest.raises(InputError, match=r"bliss_excess\.b"):
        bliss_excess(0.5, 1.2, 0.5)


def test_no_dose_of_an_agent_needs_no_effect_of_it():
    assert loewe_index(2.0, 0.0, lq(2.0), lq, lambda dose: 0.0) == pytest.approx(1.0, rel=1e-12)


def test_the_effect_of_no_dose_needs_none():
    assert dose_for(0.0, lq) == 0.0
