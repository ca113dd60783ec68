"""Networks driven by an exposure: every form of curve, pulses, patients, what cannot be bound."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import (
    Component,
    Exponentials,
    Exposure,
    InputError,
    Pieces,
    Pulses,
    Total,
    UnsupportedError,
)
from theratwin.dynamics import Network, NetworkBuilder
from theratwin.response.driven import follow, settled

REPAIR = 0.5


@pytest.fixture(scope="module")
def breaks() -> Network:
    """Return breaks made at one per Gy and repaired at 0.5 per h."""
    b = NetworkBuilder("breaks")
    rate = b.input("dose_rate", "Gy/h")
    repair = b.parameter("repair", REPAIR, "1/h", note="example")
    found = b.variable("breaks", 0.0, "")
    b.rate(found, b.parameter("per_dose", 1.0, "1/Gy", note="example") * rate - repair * found)
    b.output("breaks_out", found, "")
    return b.freeze()


@pytest.mark.parametrize("time", [0.0, 24.0, 1000.0])
def test_a_pulse_is_felt_at_its_time(breaks: Network, time: float) -> None:
    left = follow(breaks, Pulses([time], [2.0]), [time + 3.0])["breaks"][0, 0]
    # Half of the pulse's duration times the repair, and rounding of late times.
    assert left == pytest.approx(2.0 * np.exp(-REPAIR * 3.0), rel=1e-6)


def test_values_at_a_late_pulse_are_those_after_it(breaks: Network) -> None:
    assert follow(breaks, Pulses([24.0], [2.0]), [24.0])["breaks"][0, 0] == pytest.approx(2.0)


def test_pulses_at_one_time_add(breaks: Network) -> None:
    both = follow(breaks, Pulses([5.0, 5.0, 1.0], [1.0, 2.0, 4.0]), [6.0])["breaks"][0, 0]
    expected = 3.0 * np.exp(-REPAIR) + 4.0 * np.exp(-REPAIR * 5.0)
    assert both == pytest.approx(expected, rel=1e-7)


def test_pulses_that_run_into_each_other_are_refused(breaks: Network) -> None:
    with pytest.raises(InputError, match="too close"):
        follow(breaks, Pulses([5.0, 5.0 + 1e-10], [1.0, 2.0]), [6.0])


def test_patients_of_one_curve_are_solved_as_alone(breaks: Network) -> None:
    starts = [[0.0, 0.0, 10.0], [0.0, 20.0, 30.0]]
    decaying = Exponentials.from_half_lives(
        [[1.0, 2.0, 0.5], [1.0, 0.3, 0.2]], [5.0, 60.0, 60.0], starts
    )
    ramp = Pieces([2.0, 8.0], [[[0.0, 1.0]], [[3.0, 0.0]]])
    course = Total.of(decaying, ramp, Pulses([3.0], [1.0]))
    together = follow(breaks, course, [5.0, 50.0])["breaks"]
    alone = [follow(breaks, course[i], [5.0, 50.0])["breaks"][0] for i in range(2)]
    np.testing.assert_allclose(together, alone, rtol=1e-8)


def test_exponentials_match_their_closed_form(breaks: Network) -> None:
    rate = np.log(2.0) / 60.0
    found = follow(breaks, Exponentials([0.1], [rate], 4.0), [10.0])["breaks"][0, 0]
    expected = 0.1 * (np.exp(-rate * 6.0) - np.exp(-REPAIR * 6.0)) / (REPAIR - rate)
    assert found == pytest.approx(expected, rel=1e-7)


def test_parameters_of_patients_meet_one_curve(breaks: Network) -> None:
    found = follow(breaks, Pulses([0.0], [2.0]), [1.0], parameters={"repair": [0.1, 1.0]})
    np.testing.assert_allclose(found["breaks"][:, 0], 2.0 * np.exp([-0.1, -1.0]), rtol=1e-7)


def test_sensitivities_pass_through(breaks: Network) -> None:
    found = follow(breaks, Pulses([0.0], [2.0]), [1.0], sensitivities=["repair"])
    slope = found.slopes["repair"]["breaks"][0, 0]
    assert slope == pytest.approx(-2.0 * np.exp(-REPAIR), rel=1e-6)


def test_what_the_network_cannot_feel_is_refused(breaks: Network) -> None:
    curve = Exponentials([1.0], [0.1])
    alphas = Exposure("lesion", {Component.ALPHA: curve})
    with pytest.raises(UnsupportedError, match="alpha"):
        follow(breaks, alphas, [1.0])
    oxygen = Exposure("lesion", {Component.PHOTON_ELECTRON: curve}, oxygen=curve)
    with pytest.raises(UnsupportedError, match="oxygen"):
        follow(breaks, oxygen, [1.0])


def test_a_curve_before_time_zero_is_refused_with_the_shift(breaks: Network) -> None:
    with pytest.raises(InputError, match="shifted\\(5\\)"):
        follow(breaks, Exponentials([1.0], [0.1], -5.0), [1.0])


def test_settled_covers_dose_and_repair() -> None:
    end = settled(Exponentials([1.0], [0.01], 100.0), 0.5)
    assert end == pytest.approx(100.0 + 27.631 / 0.01 + 27.631 / 0.5, rel=1e-4)
    with pytest.raises(InputError, match="no end"):
        settled(Exponentials([1.0], [0.0]), 0.5)


def test_networks_that_differ_in_their_defaults_keep_them() -> None:
    def left(repair: float) -> float:
        b = NetworkBuilder("breaks")
        rate = b.input("dose_rate", "Gy/h")
        found = b.variable("breaks", 0.0, "Gy")
        b.rate(found, rate - b.parameter("repair", repair, "1/h", note="example") * found)
        return float(follow(b.freeze(), Pulses([0.0], [2.0]), [1.0])["breaks"][0, 0])

    expected = 2.0 * np.exp([-0.1, -1.0])
    np.testing.assert_allclose([left(0.1), left(1.0)], expected, rtol=1e-7)
