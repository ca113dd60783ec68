"""A single collision of an electron at the end of a step: elastic, knock-on or radiative."""

from __future__ import annotations

import math

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.directions import turned
from theratwin.physics.transport.electron_collisions import (
    elastic,
    knock_on,
    knock_on_cosines,
    radiated,
    radiation_cosine,
)
from theratwin.physics.transport.electron_step import column, located
from theratwin.physics.transport.electron_tables import (
    CUTOFF_TURN,
    ELASTIC,
    KNOCK_ON,
    RADIATIVE,
    SCREENING,
)
from theratwin.physics.transport.random_stream import uniform
from theratwin.physics.transport.scene import ELECTRON, PHOTON, push


@compiled
def single_collision(
    tables, stack, height, matter, kind, energy, majorant, x, y, z, u, v, w, weight, state
):
    """Return energy, direction and the stack's height after it; often nothing happens.

    The step was drawn with the majorant of all collisions; what exceeds their sum is no collision.
    """
    values = tables.values
    low, share = located(tables, energy)
    chance = uniform(state) * majorant - column(values, matter, kind, low, share, ELASTIC)
    if chance < 0.0:
        cosine = elastic(
            column(values, matter, kind, low, share, SCREENING),
            column(values, matter, kind, low, share, CUTOFF_TURN),
            energy,
            tables.spin[matter] * (1.0 - 2.0 * kind),
            state,
        )
        if cosine <= 1.0:
            u, v, w = turned(u, v, w, cosine, 2.0 * math.pi * uniform(state))
        return energy, u, v, w, height
    chance -= column(values, matter, kind, low, share, KNOCK_ON)
    if chance < 0.0:
        lost = knock_on(kind, energy, tables.loss_cutoff, state)
        if lost > 0.0:
            along, freed = knock_on_cosines(energy, lost)
            azimuth = 2.0 * math.pi * uniform(state)
            a, b, c = turned(u, v, w, freed, azimuth + math.pi)
            height = push(stack, height, ELECTRON, lost, x, y, z, a, b, c, weight)
            u, v, w = turned(u, v, w, along, azimuth)
        return energy - lost, u, v, w, height
    chance -= column(values, matter, kind, low, share, RADIATIVE)
    if chance < 0.0:
        photon = radiated(tables, low, energy, state)
        if photon > 0.0:
            cosine = radiation_cosine(energy, state)
            a, b, c = turned(u, v, w, cosine, 2.0 * math.pi * uniform(state))
            height = push(stack, height, PHOTON, photon, x, y, z, a, b, c, weight)
        return energy - photon, u, v, w, height
    return energy, u, v, w, height
