"""Kinetics and tumor as one system: against the same by hand, against turns, and in a body."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.dynamics import Bolus, Engine, opened
from theratwin.response.tumor import SelfDose, lesion_in_body, to_space, tumor_network

_TOOLS = Path(__file__).parents[3] / "tools" / "response"
END = 3024.0
TIMES = np.array([24.0, 200.0, 1000.0, 1100.0, 2500.0, END])


@pytest.fixture(scope="module")
def by_hand():
    spec = spec_from_file_location("lesion_by_hand", _TOOLS / "lesion_by_hand.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def solution(by_hand):
    doses = [
        Bolus(f"blood.{label}", time, amount)
        for time in by_hand.CYCLES
        for label, amount in (("hot", by_hand.HOT), ("cold", by_hand.COLD))
    ]
    engine = Engine(by_hand.coupled().system())
    return engine.solve({}, TIMES, doses=to_space(doses), rtol=1e-9, atol=1e-12).require()


def test_one_system_is_that_written_by_hand(by_hand, solution):
    _, states = by_hand.whole(END, TIMES)
    living, dead = by_hand.VOLUME * np.exp(states[6]), states[7]
    assert_allclose(solution["tumor.living"][0], living, rtol=1e-6)
    assert_allclose(solution["tumor.volume"][0], living + dead, rtol=1e-6)
    assert_allclose(solution["tumor.dose"][0], states[9], rtol=1e-6)
    activity = by_hand.PER_NMOL * (states[1] + states[2])
    assert_allclose(solution["body.activity.lesion"][0], activity, rtol=1e-6, atol=1e-9)


def test_the_lesion_shrinks_much_and_so_changes_its_dose(by_hand, solution):
    # Else the test above would show nothing of the feedback.
    volume = solution["tumor.volume"][0]
    assert volume.min() < 0.3 * by_hand.VOLUME
    s_values = solution["tumor.s_value"][0]
    assert s_values.max() > 3.0 * s_values[0]


def test_turns_err_much_and_come_near_by_the_first_order_of_their_step(by_hand):
    """At a step of a week the dose of a cycle is off by a tenth; halving it takes half off."""
    exact = by_hand.whole(1008.0)[1][9, -1]
    steps = (168.0, 16.0, 8.0, 4.0)
    errors = np.array([by_hand.split(1008.0, step)[1][9, -1] / exact - 1.0 for step in steps])
    assert abs(errors[0]) > 0.1
    # Before the order sets in, errors fall faster: uptake in the first day is steeper than later.
    assert np.all(errors[2:] / errors[1:-1] < 0.55)
    assert np.all(errors[2:] / errors[1:-1] > 0.25)


def test_a_volume_that_stays_leaves_the_kinetics_alone(by_hand):
    values = {"initial_volume": by_hand.VOLUME, "doubling_time": 1e15, "clearance_half_time": 1e15}
    still = tumor_network(self_dose=SelfDose.power_law(1e-15, -1.0, "assumption"), values=values)
    whole = Engine(lesion_in_body(by_hand.body(), "lesion", still).system())
    alone = Engine(by_hand.body().system())
    dose = [Bolus("blood.hot", 0.0, 10.0)]
    joined = whole.solve({}, [100.0], doses=to_space(dose))["body.activity.lesion"]
    assert_allclose(joined, alone.solve({}, [100.0], doses=dose)["activity.lesion"], rtol=1e-6)


def test_a_lesion_in_the_whole_body_of_psma_617():
    from theratwin.kinetics.models import psma_body

    body = psma_body(ligand="psma-617", lesions=["tumor_2"])
    parameters = {p.name: p.value for p in body.network.parameters}
    values = {"initial_volume": parameters["tumor_2.volume"], "doubling_time": 1500.0}
    tumor = tumor_network(self_dose=SelfDose.sphere("Lu-177"), values=values)
    whole = lesion_in_body(body.network, "tumor_2", tumor)
    hot, cold = (label.name for label in body.labels)
    dose = [Bolus(f"vein.{hot}", 0.0, 10.0), Bolus(f"vein.{cold}", 0.0, 47.0)]
    times = [24.0, 500.0, 1000.0]
    solution = Engine(whole.system()).solve({}, times, doses=to_space(dose)).require()
    activity, volume = solution["body.activity.tumor_2"][0], solution["tumor.volume"][0]
    assert np.all(np.diff(volume) < 0)
    assert volume[-1] < 0.7 * values["initial_volume"]
    # The dose rate is the S value of the mass at the time, times the body's activity then.
    expected = SelfDose.sphere("Lu-177")(1.04 * volume) * activity
    assert_allclose(solution["tumor.dose_rate"][0], expected, rtol=1e-12)
    # Perfusion, receptors and volume shrink, so less is taken up than without feedback by then.
    alone = Engine(body.system).solve({}, times, doses=dose)["activity.tumor_2"][0]
    assert_allclose(activity[0], alone[0], rtol=0.05)
    mass = solution["body.mass.tumor_2"][0]
    assert_allclose(mass, parameters["tumor_2.density"] * volume, rtol=1e-9)


def test_what_cannot_be_joined_is_refused(by_hand):
    values = {"initial_volume": by_hand.VOLUME}
    good = tumor_network(self_dose=SelfDose.sphere("Lu-177"), values=values)
    with pytest.raises(InputError, match=r"lesion\.volume"):
        lesion_in_body(by_hand.body(), "lesions", good)
    with pytest.raises(InputError, match="15 mL"):
        lesion_in_body(by_hand.body(), "lesion", tumor_network(self_dose=SelfDose.sphere("Lu-177")))
    with pytest.raises(InputError, match="self_dose"):
        lesion_in_body(by_hand.body(), "lesion", tumor_network(values=values))
    with pytest.raises(InputError, match="half_life"):
        opened(by_hand.body(), ["half_lif"])
    with pytest.raises(InputError, match="no such observable"):
        opened(by_hand.body(), [], ["half_life"])
