"""Growth laws: closed forms, doubling times, limits, and the network that grows by them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.response.driven import follow
from theratwin.response.tumor import grown_volume, growth_law, growth_names, tumor_network

AT = {"initial_volume": 20.0, "doubling_time": 900.0, "reference_volume": 5.0, "capacity": 400.0}


def closed(law, time):
    return grown_volume(law, time, AT["initial_volume"], 900.0, 5.0, 400.0)


@pytest.mark.parametrize("law", growth_names())
def test_the_rate_at_the_reference_volume_is_that_of_the_doubling_time(law):
    rate = growth_law(law).rate(5.0, 900.0, 5.0, 400.0)
    assert_allclose(rate, np.log(2.0) / 900.0, rtol=1e-15)


@pytest.mark.parametrize("law", growth_names())
def test_the_closed_form_solves_the_law(law):
    # Central difference of ln V, whose error is of the second order in a step of 1e-3 h.
    time = np.array([10.0, 500.0, 3000.0])
    slope = (np.log(closed(law, time + 1e-3)) - np.log(closed(law, time - 1e-3))) / 2e-3
    expected = growth_law(law).rate(closed(law, time), 900.0, 5.0, 400.0)
    assert_allclose(slope, expected * np.ones(3), rtol=1e-8)


@pytest.mark.parametrize("law", growth_names())
def test_an_untreated_network_grows_by_the_closed_form(law):
    used = (
        AT if growth_law(law).limited else {k: AT[k] for k in ("initial_volume", "doubling_time")}
    )
    network = tumor_network(law, values=used)
    times = np.linspace(0.0, 8000.0, 9)
    found = follow(network, {"dose_rate": 0.0}, times)["volume"][0]
    assert_allclose(found, closed(law, times), rtol=1e-7)  # a hundred times the tolerance


@pytest.mark.parametrize("law", ["gompertz", "logistic"])
def test_a_far_capacity_leaves_exponential_growth(law):
    # Gompertz comes near only as 1/ln K: a capacity of 1e300 mL leaves a percent.
    near = grown_volume(law, 900.0, 5.0, 900.0, 5.0, 1e300)
    assert_allclose(near, 10.0, rtol=1e-3 if law == "gompertz" else 1e-12)


def test_closed_forms_take_jax_arrays():
    from theratwin.core._jax import jax

    def volume(time):
        return grown_volume("gompertz", time, 20.0, 900.0, 5.0, 400.0)

    slope = jax.grad(volume)(jax.numpy.asarray(500.0))
    rate = growth_law("gompertz").rate(float(volume(500.0)), 900.0, 5.0, 400.0)
    assert_allclose(float(slope), rate * float(volume(500.0)), rtol=1e-12)


def test_the_doubling_time_is_that_below_the_capacity():
    with pytest.raises(InputError, match="capacity"):
        grown_volume("logistic", 1.0, 5.0, 900.0, 500.0, 400.0)
    with pytest.raises(InputError, match="gompertz growth needs it"):
        grown_volume("gompertz", 1.0, 5.0, 900.0)


def test_an_unknown_law_names_the_nearest():
    with pytest.raises(InputError, match="gompertz"):
        growth_law("gomperz")
