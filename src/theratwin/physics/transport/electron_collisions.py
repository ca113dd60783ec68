"""What electrons and positrons do: gathered losses and turns of a step, and single collisions."""

from __future__ import annotations

import math

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.photon_collisions import interpolated
from theratwin.physics.transport.random_stream import uniform

MASS = 0.51099895  # MeV
ELECTRON, POSITRON = 0, 1


@compiled
def gathered_loss(mean, variance, state):
    """Return the loss of a step (MeV), of that mean and variance, never negative.

    Flat where that stays above zero, else flat or none: many steps make a Gaussian of them.
    """
    if mean <= 0.0:
        return 0.0
    if mean * mean > 3.0 * variance:
        return mean + math.sqrt(3.0 * variance) * (2.0 * uniform(state) - 1.0)
    none = (3.0 * variance - mean * mean) / (3.0 * variance + 3.0 * mean * mean)
    if uniform(state) < none:
        return 0.0
    return uniform(state) * (3.0 * variance + 3.0 * mean * mean) / (2.0 * mean)


@compiled
def gathered_turn(first, second, state):
    """Return the cosine of the turn by gathered elastic collisions over a step.

    Parameters are the step over the first and second transport mean free paths. The variable
    (1 - cos)/2 is flat on either side of a border that gives it the two exact moments.
    """
    mean = -0.5 * math.expm1(-first)
    square = mean + math.expm1(-second) / 6.0
    if mean >= 0.499:
        return 2.0 * uniform(state) - 1.0
    border = (2.0 * mean - 3.0 * square) / (1.0 - 2.0 * mean)
    border = min(max(border, 0.0), 1.0)
    below = min(max(1.0 - 2.0 * mean + border, 0.0), 1.0)
    if uniform(state) < below:
        turn = border * uniform(state)
    else:
        turn = border + (1.0 - border) * uniform(state)
    return 1.0 - 2.0 * turn


@compiled
def elastic(screening, cutoff, energy, spin, state):
    """Return the cosine of a single elastic collision beyond the cutoff.

    Screened Rutherford times McKinley and Feshbach's factor for spin; 2 where that factor says
    that nothing happens.
    """
    beta2 = energy * (energy + 2.0 * MASS) / (energy + MASS) ** 2
    beta = math.sqrt(beta2)
    low = (1.0 + screening) * cutoff / (cutoff + screening)
    chance = low + (1.0 - low) * uniform(state)
    turn = screening * chance / (1.0 + screening - chance)
    root = math.sqrt(turn)
    factor = 1.0 - beta2 * turn + spin * beta * root * (1.0 - root)
    if uniform(state) * (1.0 + 0.25 * abs(spin)) > factor:
        return 2.0
    return 1.0 - 2.0 * turn


@compiled
def knock_on(particle, energy, cutoff, state):
    """Return the loss of a single collision with an electron, MeV; 0 if none is possible."""
    most = energy if particle == POSITRON else 0.5 * energy
    if most <= cutoff:
        return 0.0
    gamma = 1.0 + energy / MASS
    while True:
        loss = cutoff * most / (most - uniform(state) * (most - cutoff))
        share = loss / energy
        if particle == ELECTRON:
            rest = share / (1.0 - share)
            turn = ((gamma - 1.0) / gamma) ** 2
            factor = 1.0 + rest * rest + turn * share * share
            factor -= (2.0 * gamma - 1.0) / gamma**2 * rest
            limit = 2.0 + 0.25 * turn
        else:
            lead = ((gamma - 1.0) / gamma) ** 2
            plus = (gamma + 1.0) ** 2
            factor = 1.0 - share * lead * (2.0 * plus - 1.0) / (gamma**2 - 1.0)
            factor += share**2 * lead * (3.0 * plus + 1.0) / plus
            factor -= share**3 * lead * 2.0 * gamma * (gamma - 1.0) / plus
            factor += share**4 * lead * (gamma - 1.0) ** 2 / plus
            limit = 1.0
        if uniform(state) * limit <= factor:
            return loss


@compiled
def knock_on_cosines(energy, loss):
    """Return the cosines of the turn of the primary and of the direction of the electron freed."""
    kept = energy - loss
    primary = math.sqrt(kept * (energy + 2.0 * MASS) / (energy * (kept + 2.0 * MASS)))
    freed = math.sqrt(loss * (energy + 2.0 * MASS) / (energy * (loss + 2.0 * MASS)))
    return min(primary, 1.0), min(freed, 1.0)


@compiled
def radiated(tables, low, energy, state):
    """Return the energy of a bremsstrahlung photon, MeV; 0 if none is possible."""
    if energy <= tables.photon_cutoff:
        return 0.0
    row = tables.spectrum[low]
    log_ratio = math.log(energy / tables.photon_cutoff)
    while True:
        photon = tables.photon_cutoff * math.exp(log_ratio * uniform(state))
        if uniform(state) <= spectrum_at(row, photon / energy):
            return photon


@compiled
def spectrum_at(row, share):
    """Return a row of the spectrum at a share; its points are those of `SHARES`."""
    if share <= 0.9:
        return interpolated(row, share * 40.0)
    if share <= 0.92:
        return row[36] + (row[37] - row[36]) * (share - 0.9) / 0.02
    if share <= 0.995:
        return interpolated(row[37:49], (share - 0.92) / 0.075 * 11.0)
    return row[48] + (row[49] - row[48]) * (share - 0.995) / 0.005


@compiled
def radiation_cosine(energy, state):
    """Return the cosine of a bremsstrahlung photon to its electron: isotropic where that rests."""
    beta = math.sqrt(energy * (energy + 2.0 * MASS)) / (energy + MASS)
    cosine = 2.0 * uniform(state) - 1.0
    return (cosine + beta) / (1.0 + beta * cosine)
