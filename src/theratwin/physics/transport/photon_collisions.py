"""What photons do when they collide: angles, energies and what is set free."""

from __future__ import annotations

import math

import numpy as np

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.random_stream import uniform

MASS = 0.51099895  # of the electron, MeV
ANGSTROM_MEV = 0.01239841984  # h c, MeV angstrom
PHOTO, COMPTON, RAYLEIGH, PAIR = 0, 1, 2, 3


@compiled
def interpolated(table, place):
    """Return a row of a table at a place, linear between its points and constant beyond."""
    if place <= 0.0:
        return table[0]
    low = int(place)
    if low >= table.size - 1:
        return table[-1]
    return table[low] + (place - low) * (table[low + 1] - table[low])


@compiled
def energy_place(tables, energy):
    """Return where an energy (MeV) lies on the grid of the tables."""
    return (math.log(energy) - tables.log_first) * tables.per_log


@compiled
def attenuation(tables, matter, place):
    """Return the mass attenuation coefficient at a place of the grid, cm2/g."""
    low = min(max(int(place), 0), tables.values.shape[1] - 2)
    first = tables.values[matter, low, 0]
    return first + (place - low) * (tables.values[matter, low + 1, 0] - first)


@compiled
def kind_of_collision(tables, matter, place, state):
    """Return which of the four kinds of collision happens."""
    low = min(max(int(place), 0), tables.values.shape[1] - 2)
    chance, share = uniform(state), place - low
    for kind in (PHOTO, COMPTON, RAYLEIGH):
        first = tables.values[matter, low, kind + 1]
        if chance < first + share * (tables.values[matter, low + 1, kind + 1] - first):
            return kind
    return PAIR


@compiled
def compton(tables, matter, energy, state):
    r"""Return the share of the energy that the photon keeps, and the cosine of its angle.

    Klein and Nishina's cross section by composition: with :math:`\epsilon = E'/E` it goes as
    :math:`(1/\epsilon + \epsilon)(1 - \epsilon \sin^2\theta/(1 + \epsilon^2))`, from
    :math:`\epsilon_0 = 1/(1 + 2E/m)` to 1; then S(x) as the chance that the electron is freed.
    """
    k = energy / MASS
    least = 1.0 / (1.0 + 2.0 * k)
    first = -math.log(least)
    second = 0.5 * (1.0 - least * least)
    while True:
        if uniform(state) * (first + second) < first:
            kept = math.exp(-first * uniform(state))
        else:
            kept = math.sqrt(least * least + (1.0 - least * least) * uniform(state))
        versine = (1.0 - kept) / (k * kept)
        sine_squared = versine * (2.0 - versine)
        if uniform(state) > 1.0 - kept * sine_squared / (1.0 + kept * kept):
            continue
        x = energy / ANGSTROM_MEV * math.sqrt(max(0.5 * versine, 1e-20))
        place = (math.log(x) - tables.log_x) * tables.per_log_x
        if uniform(state) <= interpolated(tables.incoherent[matter], place):
            return kept, 1.0 - versine


@compiled
def rayleigh(tables, matter, energy, state):
    """Return the cosine of the angle: F(x)^2 over x^2 by its integral, then Thomson's angles."""
    most = (energy / ANGSTROM_MEV) ** 2
    squares, integral = tables.x_squared, tables.coherent[matter]
    whole = _integral_to(squares, integral, most)
    while True:
        sought = whole * uniform(state)
        high = min(max(np.searchsorted(integral, sought), 0), integral.size - 1)
        if high == 0:
            square = squares[0] * sought / integral[0]
        else:
            share = (sought - integral[high - 1]) / (integral[high] - integral[high - 1])
            square = squares[high - 1] + share * (squares[high] - squares[high - 1])
        cosine = 1.0 - 2.0 * min(square / most, 1.0)
        if 2.0 * uniform(state) <= 1.0 + cosine * cosine:
            return cosine


@compiled
def _integral_to(squares, integral, most):
    high = np.searchsorted(squares, most)
    if high == 0:
        return integral[0] * most / squares[0]
    if high >= squares.size:
        return integral[-1]
    share = (most - squares[high - 1]) / (squares[high] - squares[high - 1])
    return integral[high - 1] + share * (integral[high] - integral[high - 1])


@compiled
def fluorescence(tables, matter, place, state):
    """Return the energy of the K line that follows photoelectric absorption, or 0."""
    chance = uniform(state)
    for row in range(tables.line.shape[1]):
        chance -= interpolated(tables.line_chance[matter, row], place)
        if chance < 0.0:
            return tables.line[matter, row]
    return 0.0


@compiled
def photoelectron(energy, state):
    r"""Return the cosine of a photoelectron's angle to the photon (Sauter 1931, K shell).

    With :math:`\nu = 1 - \cos\theta` and :math:`A = 1/\beta - 1` the distribution goes as
    :math:`(2 - \nu)/(A + \nu)^3\,\nu\,[1/(A + \nu) + \beta\gamma(\gamma-1)(\gamma-2)/2]`:
    :math:`\nu/(A+\nu)^3`, whose integral from 0 is :math:`\nu^2/(2A(A+\nu)^2)`, times a rest
    that falls with :math:`\nu` where the bracket is positive.
    """
    gamma = 1.0 + energy / MASS
    beta = math.sqrt(energy * (energy + 2.0 * MASS)) / (energy + MASS)
    a = 1.0 / beta - 1.0
    b = 0.5 * beta * gamma * (gamma - 1.0) * (gamma - 2.0)
    most = 2.0 * (1.0 / a + b)
    while True:
        # nu/(A + nu) = q sqrt(r), with q its value at nu = 2
        ratio = 2.0 / (a + 2.0) * math.sqrt(uniform(state))
        versine = a * ratio / (1.0 - ratio)
        if uniform(state) * most <= (2.0 - versine) * (1.0 / (a + versine) + b):
            return 1.0 - versine


@compiled
def electron_cosine(energy, kept, cosine):
    """Return the cosine of the angle of a Compton electron to the photon that made it."""
    if kept >= 1.0:
        return 1.0
    momentum = math.sqrt(1.0 + kept * kept - 2.0 * kept * cosine)
    return min(1.0, max(-1.0, (1.0 - kept * cosine) / momentum))
