"""Blood and tissues: the closed form of one tissue, plateaus, vessels, balance, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.kinetics.models.fast_slow import Exchange, fast_slow
from theratwin.kinetics.models.transfer import transfer_network
from theratwin.physics import nuclide
from theratwin.testing import check_balance, check_dimensions

DECAY = nuclide("I-131").decay_constant
TIMES = np.array([0.0, 0.5, 4.0, 24.0, 120.0, 500.0])
TIGHT = {"rtol": 1e-11, "atol": 1e-18}
LIVER = Exchange(0.2, 0.5, 0.02, 0.01, 0.1)
MUSCLE = Exchange(slow_in=0.05, slow_out=0.02, blood_share=0.15)


def solved(network):
    return Engine(network.system()).solve({}, TIMES, to_infinity=True, **TIGHT).require()


def corrected(found, region):
    return found[f"activity.{region}"][0] * np.exp(DECAY * TIMES)


def test_one_slow_tissue_in_closed_form():
    """Two compartments without excretion: blood falls to k_out / (k_in + k_out)."""
    found = solved(fast_slow({"muscle": MUSCLE}, {}))
    rate = MUSCLE.slow_in + MUSCLE.slow_out
    blood = (MUSCLE.slow_out + MUSCLE.slow_in * np.exp(-rate * TIMES)) / rate
    assert corrected(found, "blood") == pytest.approx(blood, rel=1e-8)
    tissue = 1.0 - blood + MUSCLE.blood_share * blood
    assert corrected(found, "muscle") == pytest.approx(tissue, rel=1e-8)


def test_against_the_matrix_exponential_and_its_integral():
    found = solved(fast_slow({"liver": LIVER}, {"urinary": 0.03}))
    out = LIVER.fast_in + LIVER.slow_in + 0.03
    matrix = np.array(
        [
            [-out, LIVER.fast_out, LIVER.slow_out],
            [LIVER.fast_in, -LIVER.fast_out, 0.0],
            [LIVER.slow_in, 0.0, -LIVER.slow_out],
        ]
    ) - DECAY * np.eye(3)
    weights = np.array([LIVER.blood_share, 1.0, 1.0])
    start = np.array([1.0, 0.0, 0.0])
    exact = [weights @ expm(matrix * time) @ start for time in TIMES]
    assert found["activity.liver"][0] == pytest.approx(exact, rel=1e-7)
    integral = weights @ np.linalg.solve(-matrix, start)
    value = found.integrals["time_integrated_activity.liver"][0]
    assert value == pytest.approx(integral, rel=1e-7)


def test_activity_is_kept():
    network = fast_slow({"liver": LIVER, "muscle": MUSCLE}, {"urinary": 0.02, "fecal": 0.01})
    check_balance(network)
    check_dimensions(network)
    found = solved(network)
    states = [part.name for part in network.species]
    total = sum(found[state][0] for state in states)
    assert total / total[0] == pytest.approx(np.exp(-DECAY * TIMES), rel=1e-9)
    gone = found["urine"][0] + found["feces"][0]
    assert found["urine"][0, 1:] / gone[1:] == pytest.approx(np.full(5, 2.0 / 3.0), rel=1e-8)


def test_seventeen_compartments_as_published():
    """Eight tissues with both exchanges and the blood: the number of Neira et al. 2021."""
    names = ("heart", "kidneys", "liver", "lungs", "spleen", "red_marrow", "muscle", "tumor")
    network = fast_slow({n: Exchange(0.2, 0.5, 0.02, 0.01) for n in names}, {})
    assert len(network.species) == 17


def test_lesions_have_names_of_their_own():
    network = fast_slow({"left_hip": LIVER, "liver": LIVER}, {}, lesions=["left_hip"])
    assert {"left_hip_fast", "left_hip_slow"} <= {part.name for part in network.species}


def test_bolus_later_adds_up():
    network = fast_slow({"liver": LIVER}, {"urinary": 0.03}, activity=0.0)
    amount = 1.0 / (MBQ_HOURS_PER_NMOL * DECAY)
    late = Engine(network.system()).solve(
        {}, TIMES + 10.0, doses=[Bolus("blood", 10.0, amount)], **TIGHT
    )
    first = solved(fast_slow({"liver": LIVER}, {"urinary": 0.03}))
    value = late.require()["activity.liver"][0, 1:]
    assert value == pytest.approx(first["activity.liver"][0, 1:], rel=1e-6)


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (lambda: Exchange(fast_in=-1.0), "fast_in"),
        (lambda: Exchange(slow_in=0.1, slow_out=float("inf")), "slow_out"),
        (lambda: Exchange(0.1, 0.1, 0.1, 0.1), "fast_out"),
        (lambda: Exchange(slow_in=0.1, blood_share=1.5), "blood_share"),
        (lambda: fast_slow({"liver": Exchange()}, {}), "liver"),
        (lambda: fast_slow({}, {"urinary": 0.1}), "tissues: no tissue"),
        (lambda: fast_slow({"livr": LIVER}, {}), "tissues.*nearest match 'liver'"),
        (lambda: fast_slow({"parotids": LIVER}, {}), "parotid_glands"),
        (lambda: fast_slow({"blood": LIVER}, {}), "not the name of a tissue"),
        (lambda: fast_slow({"lesion_1": LIVER}, {}), "lesion must be declared"),
        (lambda: fast_slow({"liver": LIVER}, {}, lesions=["lesion_1"]), "lesions"),
        (lambda: fast_slow({"liver": LIVER}, {}, activity=-1.0), "activity"),
        (lambda: fast_slow({"liver": LIVER}, {"biliary": 0.1}), "biliary"),
        (lambda: fast_slow({"liver": LIVER}, {"fecal": -0.1}), "fecal"),
        (
            lambda: fast_slow(
                {n: Exchange(slow_in=0.1, blood_share=0.6) for n in ("liver", "lungs")}, {}
            ),
            "blood_share",
        ),
        (
            lambda: transfer_network(
                "none", {}, "I-131", enters="blood", regions={"blood": ["blood"]}
            ),
            "blood",
        ),
    ],
)
def test_wrong_input_names_its_field(write, field):
    with pytest.raises(InputError, match=field):
        write()
