"""One step of an electron: gathered losses along it, gathered turns at a random hinge."""

from __future__ import annotations

import math

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.directions import turned
from theratwin.physics.transport.electron_collisions import gathered_loss, gathered_turn
from theratwin.physics.transport.electron_tables import (
    FIRST_MOMENT,
    SECOND_MOMENT,
    SOFT_LOSS,
    SOFT_VARIANCE,
)
from theratwin.physics.transport.random_stream import uniform
from theratwin.physics.transport.walk import ARRIVED, walk


@compiled
def electron_step(
    scene, tally, book, matter, kind, energy, rate, step,
    x, y, z, u, v, w, ix, iy, iz, weight, state,
):  # fmt: skip
    """Walk a step (g/cm2) of mean loss ``rate``; return energy, place, direction, voxel and end.

    Losses and turns are those of the energy in the middle of the step. Where the walk ends before
    the step does, only the part that was walked is lost.
    """
    tables = scene.electrons
    values = tables.values
    middle = max(energy - 0.5 * rate * step, 0.5 * energy)
    low, share = located(tables, middle)
    loss = gathered_loss(
        column(values, matter, kind, low, share, SOFT_LOSS) * step,
        column(values, matter, kind, low, share, SOFT_VARIANCE) * step,
        state,
    )
    loss = min(loss, energy)
    hinge = uniform(state) * step
    even = loss * weight / step
    x, y, z, ix, iy, iz, left, end = walk(
        scene, tally, book, x, y, z, u, v, w, ix, iy, iz, hinge, even, state
    )
    if end != ARRIVED:
        return energy - loss * (hinge - left) / step, x, y, z, u, v, w, ix, iy, iz, end
    turn = gathered_turn(
        column(values, matter, kind, low, share, FIRST_MOMENT) * step,
        column(values, matter, kind, low, share, SECOND_MOMENT) * step,
        state,
    )
    u, v, w = turned(u, v, w, turn, 2.0 * math.pi * uniform(state))
    x, y, z, ix, iy, iz, left, end = walk(
        scene, tally, book, x, y, z, u, v, w, ix, iy, iz, step - hinge, even, state
    )
    return energy - loss * (1.0 - left / step), x, y, z, u, v, w, ix, iy, iz, end


@compiled
def located(tables, energy):
    """Return the point of the grid below an energy, and how far it lies toward the next."""
    place = (math.log(energy) - tables.log_first) * tables.per_log
    low = min(max(int(place), 0), tables.values.shape[2] - 2)
    return low, min(max(place - low, 0.0), 1.0)


@compiled
def column(values, matter, kind, low, share, which):
    """Return a column of the tables there."""
    first = values[matter, kind, low, which]
    return first + share * (values[matter, kind, low + 1, which] - first)
