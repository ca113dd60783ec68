"""Single-time-point methods against the closed form of a monoexponential curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.kinetics import effective_half_life, haenscheid, haenscheid_ratio, madsen
from theratwin.physics import nuclide


def _closed_form(activity: float, half_life: float) -> float:
    """Time-integrated activity of ``activity * 2**(-t / half_life)``."""
    return activity * half_life / np.log(2.0)


@given(half_life=st.floats(1.0, 200.0), activity=st.floats(0.1, 1e4))
def test_haenscheid_is_exact_one_and_two_half_lives_after(half_life, activity):
    for scan in (half_life, 2.0 * half_life):
        seen = activity * 2.0 ** (-scan / half_life)
        # Rounding only: 2 x 2^-x is 1 at x = 1 and x = 2.
        assert haenscheid(seen, scan) == pytest.approx(_closed_form(activity, half_life), 1e-12)


@given(half_life=st.floats(1.0, 200.0), share=st.floats(0.75, 2.5))
def test_haenscheid_errs_within_its_published_band(half_life, share):
    seen = 2.0**-share
    ratio = haenscheid(seen, share * half_life) / _closed_form(1.0, half_life)
    assert ratio == pytest.approx(haenscheid_ratio(share * half_life, half_life), 1e-12)
    # Published as -12 % to +6 %; the extremes of 2 x 2^-x there are 0.884 and 1.062.
    assert 0.88 < ratio < 1.065


def test_haenscheid_ratio_is_greatest_at_1_over_ln_2_half_lives():
    share = np.linspace(0.5, 3.0, 2501)
    greatest = share[np.argmax(haenscheid_ratio(share, 1.0))]
    assert greatest == pytest.approx(1.0 / np.log(2.0), abs=1e-3)  # the grid's step


@given(time=st.floats(1.0, 200.0))
def test_madsen_is_exact_for_the_half_life_of_the_population(time):
    half_life = effective_half_life(
        "kidneys", "psma", nuclide("Lu-177").decay_constant, lesion=False
    ).median
    seen = 80.0 * 2.0 ** (-time / half_life)
    assert madsen(seen, time, half_life) == pytest.approx(_closed_form(80.0, half_life), 1e-12)


def test_madsen_errs_when_the_half_life_is_wrong():
    seen = 2.0 ** (-48.0 / 50.0)
    assert madsen(seen, 48.0, 40.0) != pytest.approx(_closed_form(1.0, 50.0), 1e-3)


def test_methods_are_linear_in_activity():
    activities = np.array([1.0, 2.0, 5.0])
    np.testing.assert_allclose(haenscheid(activities, 72.0), activities * haenscheid(1.0, 72.0))
    np.testing.assert_allclose(madsen(activities, 72.0, 50.0), activities * madsen(1.0, 72.0, 50.0))
