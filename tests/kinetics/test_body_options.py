"""Whatever is chosen and whoever the patient is, a body keeps its balances."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from theratwin.dynamics import right_hand_side
from theratwin.testing import check_symmetry

NEVER = 1e30  # h, a half-life: no decay
OPTIONS = st.fixed_dictionaries(
    {
        "release": st.sampled_from(["pool", "back"]),
        "bladder": st.sampled_from(["none", "mean", "scheduled"]),
        "kidney_receptors": st.sampled_from(["tubular", "interstitial"]),
        "hepatobiliary": st.booleans(),
        "tubular_uptake": st.booleans(),
        "albumin": st.booleans(),
        "single_kidney": st.booleans(),
        "lesions": st.sets(st.sampled_from(["tumor_1", "tumor_2", "tumor_rest"])).map(tuple),
        "changing": st.sampled_from([(), ("kidneys.receptor_density", "muscle.flow_share")]),
    }
)


def needed(bodies, options) -> dict[str, str]:
    """Return the values that the options need and no set has."""
    paths = dict(bodies.PATHS)
    wanted = {
        "psma617.albumin_dissociation_constant": options["albumin"],
        "liver.biliary_clearance": options["hepatobiliary"],
        "kidneys.uptake_maximum": options["tubular_uptake"],
        "kidneys.uptake_half_saturation": options["tubular_uptake"],
    }
    found = {name: paths[name] for name, is_wanted in wanted.items() if is_wanted}
    if options["kidney_receptors"] == "interstitial":
        found |= {"kidneys.interstitial_fraction": "0.2", "kidneys.permeability": "0.2 1/min"}
    return found


# Each example builds a network and its checks, a tenth of a second.
@settings(max_examples=12, deadline=None)
@given(options=OPTIONS, seed=st.integers(0, 2**32 - 1))
def test_nothing_is_lost_and_labels_are_alike(bodies, options, seed):
    body = bodies.build(given=needed(bodies, options), **options)
    system = body.system
    generator = np.random.default_rng(seed)
    amounts = generator.uniform(0.0, 2.0, len(system.names))
    varied = {n: v * generator.uniform(0.7, 1.4) for n, v in system.parameters.items()}
    known = {**system.switches, **varied}
    rates = right_hand_side(system, 0.0, amounts, known)
    # Rounding of sums of a few hundred terms.
    assert_allclose(rates.sum(), 0.0, atol=1e-11 * np.abs(rates).sum())
    swap = {name: name.replace(".hot", ".cold") for name in system.names if ".hot" in name}
    check_symmetry(system, swap, {**varied, "hot.half_life": NEVER}, seed=seed, points=1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_empty_place_never_loses(bodies, seed):
    """What makes amounts stay positive: a state at zero has a rate of zero or more."""
    body, _ = bodies.full()
    system = body.system
    generator = np.random.default_rng(seed)
    amounts = np.where(
        generator.random(len(system.names)) < 0.5,
        0.0,
        generator.uniform(0.0, 0.05, len(system.names)),
    )
    rates = right_hand_side(system, 0.0, amounts, {**system.parameters, **system.switches})
    assert np.all(rates[amounts == 0.0] >= 0.0)
