"""A lesion and its kinetics written by hand for SciPy: whole, and split into steps in turns.

Blood, binding to the lesion's receptors and internalization for a hot and a cold label; a tumor
that grows by Gompertz' law, is killed by the linear-quadratic hazard of its own dose, clears its
dead cells, and whose volume sets receptors and S value. The numbers are made up.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

from theratwin.dynamics import Network, NetworkBuilder, mass_action
from theratwin.response.tumor import SelfDose, lesion_in_body, tumor_network

NOTE = "Made up."
HALF_LIFE, BLOOD, CLEARANCE = 160.0, 5000.0, 4000.0  # h, mL, mL/h
ON, OFF, INWARD, RELEASE = 800.0, 0.6, 0.06, 0.008  # mL/(nmol h), 1/h
DENSITY, PER_NMOL = 0.15, 722.0  # nmol/mL, MBq/nmol
VOLUME, DOUBLING, CAPACITY, CLEARED = 15.0, 900.0, 500.0, 240.0  # mL, h, mL, h
ALPHA, BETA, REPAIR = 0.147, 0.147 / 1.5, 1.9  # 1/Gy, 1/Gy2, h
HOT, COLD = 10.0, 60.0  # nmol a cycle
CYCLES = (0.0, 1008.0, 2016.0)
SELF_DOSE = SelfDose.sphere("Lu-177")
TISSUE_DENSITY, RECEPTOR_EXPONENT = 1.04, 0.25

#: Places in the vector of states.
KINETICS, TUMOR = slice(0, 6), slice(6, 10)


def body() -> Network:
    """Return the kinetics alone, with the lesion's volume and receptor density as parameters."""
    b = NetworkBuilder("blood and lesion")
    volume = b.parameter("lesion.volume", VOLUME, "mL", note=NOTE)
    density = b.parameter("lesion.receptor_density", DENSITY, "nmol/mL", note=NOTE)
    decay = math.log(2.0) / b.parameter("half_life", HALF_LIFE, "h", note=NOTE)
    blood_volume = b.parameter("blood_volume", BLOOD, "mL", note=NOTE)
    on = b.parameter("on", ON, "mL/(nmol h)", note=NOTE)
    off = b.parameter("off", OFF, "1/h", note=NOTE)
    inward = b.parameter("inward", INWARD, "1/h", note=NOTE)
    release = b.parameter("release", RELEASE, "1/h", note=NOTE)
    clearance = b.parameter("clearance", CLEARANCE, "mL/h", note=NOTE)
    per_nmol = b.parameter("per_nmol", PER_NMOL, "MBq/nmol", note=NOTE)
    places = b.compartment("blood", blood_volume), b.compartment("surface"), b.compartment("cell")
    amounts = {
        label: [b.species(f"{place}.{label}", place) for place in places]
        for label in ("hot", "cold")
    }
    free = density * volume - amounts["hot"][1] - amounts["cold"][1]
    for label, (blood, bound, inside) in amounts.items():
        b.reaction(f"binding.{label}", blood, bound, mass_action(on / blood_volume, free, blood))
        b.reaction(f"unbinding.{label}", bound, blood, off * bound)
        b.reaction(f"inward.{label}", bound, inside, inward * bound)
        b.reaction(f"release.{label}", inside, None, release * inside)
        b.reaction(f"clearance.{label}", blood, None, b.carried(clearance, blood))
    for hot, cold in zip(amounts["hot"], amounts["cold"], strict=True):
        b.reaction(f"decay.{hot}", hot, cold, decay * hot)
    b.observable("activity.lesion", per_nmol * (amounts["hot"][1] + amounts["hot"][2]), "MBq")
    return b.freeze()


def coupled() -> Network:
    """Return kinetics and tumor as one network."""
    values = {
        "initial_volume": VOLUME,
        "reference_volume": VOLUME,
        "doubling_time": DOUBLING,
        "capacity": CAPACITY,
        "clearance_half_time": CLEARED,
        "receptor_exponent": RECEPTOR_EXPONENT,
    }
    tumor = tumor_network("gompertz", self_dose=SELF_DOSE, values=values)
    return lesion_in_body(body(), "lesion", tumor)


def kinetics(y: np.ndarray, volume: float) -> list[float]:
    """Return the rates of change of both labels in blood, on the surface and inside."""
    decay = math.log(2.0) / HALF_LIFE
    receptors = DENSITY * (volume / VOLUME) ** RECEPTOR_EXPONENT * volume
    free = receptors - y[1] - y[4]
    rates: list[float] = []
    for blood, bound, inside in (y[:3], y[3:6]):
        bind = ON / BLOOD * free * blood
        rates.append(-bind + OFF * bound - CLEARANCE / BLOOD * blood)
        rates.append(bind - (OFF + INWARD) * bound)
        rates.append(INWARD * bound - RELEASE * inside)
    for place in range(3):
        rates[place] -= decay * y[place]
        rates[place + 3] += decay * y[place]
    return rates


def tumor(y: np.ndarray, activity: float, held: float | None = None) -> list[float]:
    """Return the rates of change of ln(living), dead volume, sublethal dose, and dose.

    The S value is that of the volume, or of one that is held.
    """
    living, dead, sublethal = VOLUME * math.exp(y[0]), y[1], y[2]
    volume = living + dead
    rate = float(SELF_DOSE(TISSUE_DENSITY * (held or volume))) * activity
    hazard = (ALPHA + 2.0 * BETA * sublethal) * rate
    shape = math.log(CAPACITY / volume) / math.log(CAPACITY / VOLUME)
    growth = math.log(2.0) / DOUBLING * shape
    cleared = math.log(2.0) / CLEARED * dead
    repaired = math.log(2.0) / REPAIR * sublethal
    return [growth - hazard, hazard * living - cleared, rate - repaired, rate]


def volume_of(y: np.ndarray) -> float:
    """Return the tumor's volume (mL) of its four states."""
    return VOLUME * math.exp(y[0]) + y[1]


def whole(end: float, times: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return times and states of the whole system, solved at once between the doses."""

    def change(_: float, y: np.ndarray) -> list[float]:
        activity = PER_NMOL * (y[1] + y[2])
        return [*kinetics(y[KINETICS], volume_of(y[TUMOR])), *tumor(y[TUMOR], activity)]

    asked = np.array([end]) if times is None else times
    return _between_doses(end, asked, lambda y, a, b, at: _solved(change, y, a, b, at))


def split(
    end: float, step: float, times: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same in turns of a step (h).

    Kinetics and S value are those of the volume at the step's start; then the tumor takes its turn.
    """

    def turn(y: np.ndarray, a: float, b: float, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        kept = []
        count = max(1, math.ceil((b - a) / step - 1e-9))
        edges = a + step * np.arange(count + 1)
        edges[-1] = b
        for first, last in pairwise(edges):
            y, inside = _one_turn(y, first, last, at[(at > first) & (at <= last)])
            kept.append(inside)
        return y, np.concatenate(kept, axis=1)

    asked = np.array([end]) if times is None else times
    return _between_doses(end, asked, turn)


def _one_turn(y: np.ndarray, a: float, b: float, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    held = volume_of(y[TUMOR])
    first = solve_ivp(
        lambda _, k: kinetics(k, held), (a, b), y[KINETICS], "LSODA", rtol=1e-10, atol=1e-13,
        dense_output=True,
    )  # fmt: skip

    def change(t: float, state: np.ndarray) -> list[float]:
        inside = first.sol(t)
        return tumor(state, PER_NMOL * (inside[1] + inside[2]), held)

    second = solve_ivp(
        change, (a, b), y[TUMOR], "LSODA", rtol=1e-10, atol=1e-13, dense_output=True, max_step=24.0
    )
    inside = np.concatenate([first.sol(at), second.sol(at)]) if at.size else np.empty((10, 0))
    return np.concatenate([first.y[:, -1], second.y[:, -1]]), inside


def _between_doses(end: float, asked: np.ndarray, solve) -> tuple[np.ndarray, np.ndarray]:
    y, kept = np.zeros(10), []
    edges = [time for time in CYCLES if time < end] + [end]
    for a, b in pairwise(edges):
        y[0], y[3] = y[0] + HOT, y[3] + COLD
        y, inside = solve(y, a, b, asked[(asked > a) & (asked <= b)])
        kept.append(inside)
    return asked, np.concatenate(kept, axis=1)


def _solved(change, y: np.ndarray, a: float, b: float, at: np.ndarray):
    found = solve_ivp(
        change, (a, b), y, "LSODA", np.union1d(at, [b]), rtol=1e-11, atol=1e-14, max_step=24.0
    )
    return found.y[:, -1], found.y[:, : at.size]
