"""Decay chains by independent means: sums of exponentials in many digits, another program."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest


@pytest.fixture(scope="session")
def bateman():
    """Bateman's sums of exponentials, as a function of constants (1/h), branching and times."""
    return partial(_bateman, pytest.importorskip("mpmath", reason="not installed").mp)


@pytest.fixture(scope="session")
def rd():
    """The program radioactivedecay."""
    return pytest.importorskip("radioactivedecay", reason="the oracle is not installed")


@pytest.fixture(scope="session")
def data_of_the_oracle(rd):
    """Its decay constants (1/h) and branching, as a function of names."""
    return partial(_data, rd)


def _data(rd, names):
    """Return decay constants (1/h) and branching as radioactivedecay holds them."""
    data = rd.DEFAULTDATA
    constants = [float(data.sympy_data.decay_consts[data.nuclide_dict[name]]) for name in names]
    branching = np.zeros((len(names), len(names)))
    for j, name in enumerate(names):
        source = rd.Nuclide(name)
        for daughter, fraction in zip(source.progeny(), source.branching_fractions(), strict=True):
            if daughter in names:
                branching[names.index(daughter), j] = fraction
    return np.array(constants) * 3600, branching


def _bateman(mp, constants, branching, times):
    """Return activities and their integrals after a pure parent by Bateman's sums, 200 digits.

    Each of shape (times, members); the constants must differ.
    """
    with mp.workdps(200):
        rate = [mp.mpf(float(value)) for value in constants]
        members = len(rate)
        term = [[mp.mpf(0)] * members for _ in rate]  # activity of i: sum of term[i][k] e^(-rate k)
        for i in range(members):
            for k in range(i):
                fed = mp.fsum(mp.mpf(float(branching[i, j])) * term[j][k] for j in range(k, i))
                term[i][k] = rate[i] * fed / (rate[i] - rate[k])
            term[i][i] = (1 if i == 0 else 0) - mp.fsum(term[i][:i])
        activities, integrals = [], []
        for time in times:
            fade = [mp.exp(-value * mp.mpf(float(time))) for value in rate]
            spent = [(1 - f) / value for f, value in zip(fade, rate, strict=True)]
            activities.append([float(mp.fdot(row, fade)) for row in term])
            integrals.append([float(mp.fdot(row, spent)) for row in term])
    return np.array(activities), np.array(integrals)
