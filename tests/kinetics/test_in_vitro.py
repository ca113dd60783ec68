"""Cells in a dish: what is kept, equilibrium, washes, and the equations against SciPy's solver."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.core.errors import InputError
from theratwin.dynamics import Engine
from theratwin.kinetics.models.in_vitro import PLACES, in_vitro
from theratwin.physics import nuclide

TIMES = np.array([0.0, 0.2, 1.0, 3.0, 5.0, 24.0, 120.0])
TIGHT = {"rtol": 1e-10, "atol": 1e-17}
DECAY = nuclide("Lu-177").decay_constant
EVERYWHERE = ("medium", *PLACES, "spent")


def solved(times=TIMES, **options):
    network = in_vitro(**options)
    values = {p.name: p.value for p in network.parameters}
    return Engine(network.system()).solve({}, times, **TIGHT).require(), values


def total(solution, label):
    return sum(solution[f"{place}.{label}"][0] for place in EVERYWHERE)


def test_receptors_and_ligand_are_kept():
    found, known = solved(washes=0, given={"nuclear_import": 0.2})
    receptors = known["cells"] * known["receptors_per_cell"] / 6.02214076e14
    held = found["receptor.surface"] + found["receptor.inside"]
    held = held + found["membrane.hot"] + found["membrane.cold"]
    assert held[0] == pytest.approx(np.full(TIMES.size, receptors), rel=1e-9)
    ligand = total(found, "hot") + total(found, "cold")
    expected = known["activity_concentration"] * known["medium_volume"] / known["molar_activity"]
    assert ligand == pytest.approx(np.full(TIMES.size, expected), rel=1e-9)


def test_activity_is_kept_but_for_decay():
    found, known = solved(washes=0)
    activity = known["medium_volume"] * found["medium"][0]
    for place in PLACES:
        activity = activity + known["cells"] * found[place][0]
    start = known["activity_concentration"] * known["medium_volume"]
    assert activity == pytest.approx(start * np.exp(-DECAY * TIMES), rel=1e-9)


def test_the_hot_part_decays_alike_everywhere():
    """Hot and cold ligand behave the same, so each place's hot part is that of the vial."""
    found, known = solved()
    at_start = known["molar_activity"] / (known["activity_per_decay_rate"] * DECAY)
    for place in ("membrane", "cytoplasm", "spent"):
        hot, cold = found[f"{place}.hot"][0, 1:], found[f"{place}.cold"][0, 1:]
        expected = at_start * np.exp(-DECAY * TIMES[1:])
        assert hot / (hot + cold) == pytest.approx(expected, rel=1e-7)


def test_binding_equilibrium_with_depletion():
    """Nothing taken in: bound B solves B = R L / (K V + L) with L = L0 - B, a quadratic.

    Decay does not change what is bound, for decayed ligand stays bound.
    """
    given = {"internalization": 0.0, "molar_activity": 400.0, "cells": 5e6}
    found, known = solved(np.array([0.0, 200.0]), washes=0, given=given)
    receptors = known["cells"] * known["receptors_per_cell"] / 6.02214076e14
    ligand = known["activity_concentration"] * known["medium_volume"] / known["molar_activity"]
    half = known["dissociation_constant"] * known["medium_volume"]
    b = receptors + ligand + half
    expected = 0.5 * (b - math.sqrt(b * b - 4.0 * receptors * ligand))
    bound = found["membrane.hot"][0, -1] + found["membrane.cold"][0, -1]
    assert 0.1 < expected / ligand < 0.9
    assert bound == pytest.approx(expected, rel=1e-8)


def test_wash_takes_the_medium_and_leaves_the_cells():
    given = {"incubation": 3.0, "wash_residual": 0.05}
    before, _ = solved(np.array([0.0, 3.0 - 1e-9]), given=given)
    after, _ = solved(np.array([0.0, 3.0 + 1e-9]), given=given)
    for place in ("medium.hot", "medium.cold", "spent.hot"):
        assert after[place][0, 1] == pytest.approx(0.05 * before[place][0, 1], rel=1e-5)
    for place in ("membrane.hot", "cytoplasm.hot", "receptor.inside"):
        assert after[place][0, 1] == pytest.approx(before[place][0, 1], rel=1e-7)


def test_a_second_wash():
    given = {"incubation": 3.0, "wash_2.time": 24.0}
    found, _ = solved(np.array([0.0, 23.9, 24.1]), washes=2, given=given)
    spent = found["spent.hot"][0]
    assert spent[2] < 0.01 * spent[1]
    with pytest.raises(InputError, match=r"wash_2\.time"):
        in_vitro(washes=2)


def test_after_a_wash_without_rebinding_the_cytoplasm_empties_exponentially():
    given = {"ligand_recycling": 0.0, "internalization": 20.0, "dissociation_constant": 0.0}
    times = np.array([0.0, 12.0, 36.0, 60.0])
    found, known = solved(times, given=given)
    inside = found["cytoplasm"][0]
    rate = known["efflux"] + DECAY
    assert inside[2:] / inside[1] == pytest.approx(np.exp(-rate * (times[2:] - times[1])), rel=1e-6)


def test_equations_against_scipy():
    """The module's equations written anew, hot and cold, to 1e-8 of the largest value."""
    found, k = solved(washes=0, given={"nuclear_import": 0.05})

    def slopes(_, y):
        out = np.zeros(12)
        free, inside = y[10], y[11]
        for i in (0, 1):
            medium, bound, cytoplasm, nucleus, _ = y[i:10:2]
            v = k["k_on"] / k["medium_volume"] * free * medium
            v -= k["dissociation_constant"] * k["k_on"] * bound
            taken = k["internalization"] * bound
            to_nucleus = k["nuclear_import"] * cytoplasm - k["nuclear_export"] * nucleus
            back, lost = k["ligand_recycling"] * cytoplasm, k["efflux"] * cytoplasm
            out[i:10:2] = (-v + back, v - taken, taken - back - lost - to_nucleus, to_nucleus, lost)
            out[10] -= v
            out[11] += taken
        out[10] += k["receptor_recycling"] * inside
        out[11] -= k["receptor_recycling"] * inside
        decayed = DECAY * y[0:10:2]
        out[0:10:2] -= decayed
        out[1:10:2] += decayed
        return out

    names = [f"{place}.{label}" for place in EVERYWHERE for label in ("hot", "cold")]
    names += ["receptor.surface", "receptor.inside"]
    start = np.array([found[name][0, 0] for name in names])
    oracle = solve_ivp(slopes, (0.0, TIMES[-1]), start, "LSODA", TIMES, rtol=1e-11, atol=1e-18)
    for name, expected in zip(names, oracle.y, strict=True):
        assert found[name][0] == pytest.approx(expected, abs=1e-7 * expected.max()), name


def test_more_cold_ligand_means_less_activity_in_cells():
    uptake = [
        solved(np.array([0.0, 4.0]), given={"molar_activity": molar})[0]["cytoplasm"][0, -1]
        for molar in (5.0, 50.0, 500.0)
    ]
    assert np.all(np.diff(uptake) > 0)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"ligand": "psma-617"}, "ligand"),
        ({"washes": -1}, "washes"),
        ({"given": {"efflx": 1.0}}, "efflux"),
        ({"given": {"efflux": -1.0}}, "efflux"),
        ({"given": {"incubation": "4 mL"}}, "incubation"),
        ({"given": {"molar_activity": 1000.0}}, "molar_activity"),
        ({"washes": 0, "given": {"incubation": 4.0}}, "incubation"),
    ],
)
def test_wrong_input_names_its_field(options, field):
    with pytest.raises(InputError, match=field):
        in_vitro(**options)
