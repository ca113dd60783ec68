"""Activities of decay chains: many digits, close constants, balances, derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.physics.decay import chain_activities, chain_integrals, decay_chain

# the house's tolerance; `transfer` bounds its error by 1e-11 for the longest of these chains
EXACT = 1e-10
SECOND = 1 / 3600
SIGNIFICANT = 1e-12  # of the parent's first activity
CHAINS = ["Ac-225", "Ra-223", "Pb-212", "Bi-212", "Th-227", "Ra-224", "Mo-99", "Lu-177m", "U-238",
          "At-211", "Sr-90"]  # fmt: skip


def times_of(constants, number):
    return np.geomspace(SECOND, 20 * math.log(2) / constants[0], number)


def agrees_with_radioactivedecay(rd, data, name, number):
    names = decay_chain(name).names
    constants, branching = data(names)
    times = times_of(constants, number)
    ours = chain_activities(times, constants, branching, np.eye(len(names))[0])
    for time, row in zip(times, ours, strict=True):
        theirs = rd.InventoryHP({name: 1.0}, "Bq").decay(time * 3600, "s").activities("Bq")
        expected = np.array([float(theirs[member]) for member in names])
        counts = expected > SIGNIFICANT
        np.testing.assert_allclose(row[counts], expected[counts], rtol=EXACT)


@pytest.mark.parametrize("name", ["Ac-225", "U-238"])
def test_activities_are_those_of_radioactivedecay(rd, data_of_the_oracle, name):
    agrees_with_radioactivedecay(rd, data_of_the_oracle, name, 2)


@pytest.mark.verify
@pytest.mark.parametrize("name", CHAINS)
def test_activities_of_many_chains_are_those_of_radioactivedecay(rd, data_of_the_oracle, name):
    agrees_with_radioactivedecay(rd, data_of_the_oracle, name, 6)


@pytest.mark.parametrize("name", CHAINS)
def test_activities_and_integrals_are_bateman_s_in_many_digits(bateman, name):
    chain = decay_chain(name)
    times = times_of(chain.decay_constants, 40)
    activities, integrals = bateman(chain.decay_constants, chain.branching, times)
    assert activities[-1].max() > SIGNIFICANT
    # more than is asked: nothing cancels, so that the smallest are as exact (1e-90 of the parent's)
    np.testing.assert_allclose(chain.activities(times), activities, rtol=EXACT)
    np.testing.assert_allclose(chain.integrals(times), integrals, rtol=EXACT)


@pytest.mark.parametrize("constant", [0.0, 1e-9, 0.3, 1e6])
def test_equal_constants_give_the_terms_of_poisson(constant):
    members = 8
    branching = np.eye(members, k=-1)
    time = 7.0 if constant < 1 else 20 / constant
    found = chain_activities(time, np.full(members, constant), branching, np.eye(members)[0])
    mean = constant * time
    poisson = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(members)]
    np.testing.assert_allclose(found, poisson, rtol=1e-12)


@given(
    logs=st.lists(st.floats(-12, 12), min_size=3, max_size=6),
    gap=st.sampled_from([1e-15, 1e-9, 1e-3]),
    log_time=st.floats(-6, 6),
)
@settings(max_examples=100, deadline=None)
def test_nearly_equal_constants_of_any_size(bateman, logs, gap, log_time):
    constants = 10.0 ** np.array([*logs, logs[0] + gap, logs[-1] - gap])
    members = len(constants)
    assume(len(set(constants)) == members)  # else the sum of exponentials has no such term
    branching = np.tril(np.full((members, members), 0.2), -1)
    time = 10.0**log_time
    expected, integrals = bateman(constants, branching, [time])
    start = np.eye(members)[0]
    counts = expected[0] > 1e-280
    found = chain_activities(time, constants, branching, start)
    # the exponential of a product x has a relative error of x times the last digit
    tolerance = EXACT + 1e-15 * constants.min() * time
    np.testing.assert_allclose(found[counts], expected[0][counts], rtol=tolerance)
    counts = integrals[0] > 1e-280
    found = chain_integrals(time, constants, branching, start)
    np.testing.assert_allclose(found[counts], integrals[0][counts], rtol=tolerance)


@pytest.mark.parametrize("name", [*CHAINS, "Es-254m", "Cf-252"])
def test_no_atom_is_lost(name):
    chain = decay_chain(name)
    times = times_of(chain.decay_constants, 9)
    atoms = (chain.activities(times) / chain.decay_constants).sum(axis=1)
    # what ICRP-107 does not say where it goes leaves too
    leaving = 1 - chain.branching.sum(axis=0)
    gone = chain.integrals(times) @ leaving
    first = 1 / chain.decay_constants[0]
    np.testing.assert_allclose(atoms + gone, first, rtol=1e-12)


def test_a_daughter_of_microseconds_follows_its_parent():
    chain = decay_chain("Ac-225")
    at = chain.names.index
    found = chain.activities([1.0, 240.0])
    # in equilibrium a daughter has its parent's activity, but for the ratio of half-lives
    ratio = found[:, at("Po-213")] / found[:, at("Bi-213")] / 0.9791
    np.testing.assert_allclose(ratio, 1.0, rtol=1e-8)


def test_any_first_activities_add_up():
    chain = decay_chain("Ac-225")
    times = np.geomspace(1e-3, 500, 6).reshape(2, 3)
    mixed = chain.activities(times, {"225Ac": 2.0, "Bi-213": 3.0})
    alone = [
        chain.activities(times, {name: amount}) for name, amount in (("Ac-225", 2), ("Bi-213", 3))
    ]
    assert mixed.shape == (2, 3, len(chain.members))
    np.testing.assert_allclose(mixed, alone[0] + alone[1], rtol=1e-13)
    np.testing.assert_array_equal(chain.activities(0.0), np.eye(len(chain.members))[0])


def test_clearance_of_all_alike_is_a_common_factor():
    chain = decay_chain("Ra-223")
    times = np.array([0.1, 10.0, 300.0])
    cleared = chain.activities(times, removal=0.02)
    np.testing.assert_allclose(
        cleared, chain.activities(times) * np.exp(-0.02 * times)[:, None], rtol=1e-12
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time": -1.0}, "time"),
        ({"time": math.inf}, "time"),
        ({"decay_constants": [0.1, -0.2]}, "decay_constants"),
        ({"branching": [[0, 1], [0, 0]]}, "branching"),
        ({"initial": [math.nan, 0.0]}, "initial"),
        ({"removal": -1e-3}, "removal"),
    ],
)
def test_what_is_no_chain_is_refused(change, field):
    sound = {
        "time": 1.0,
        "decay_constants": [0.1, 0.2],
        "branching": [[0, 0], [1, 0]],
        "initial": [1.0, 0.0],
    }
    with pytest.raises(InputError) as raised:
        chain_activities(**(sound | change))
    assert raised.value.field == field


def test_a_stranger_among_first_activities_is_refused():
    with pytest.raises(InputError, match="Bi-213"):
        decay_chain("Ac-225").activities(1.0, {"Bi-212": 1.0})
