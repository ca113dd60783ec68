"""An electron or positron from its birth to its end: class II steps with a random hinge."""

from __future__ import annotations

import numpy as np

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.directions import turned
from theratwin.physics.transport.electron_collisions import (
    elastic,
    gathered_loss,
    gathered_turn,
    knock_on,
    knock_on_cosines,
    radiated,
    radiation_cosine,
)
from theratwin.physics.transport.electron_tables import (
    CUTOFF_TURN,
    ELASTIC,
    FIRST_MOMENT,
    KNOCK_ON,
    MAJORANT,
    RADIATIVE,
    RANGE,
    SCREENING,
    SECOND_MOMENT,
    SOFT_LOSS,
    SOFT_VARIANCE,
)
from theratwin.physics.transport.photon_history import annihilate
from theratwin.physics.transport.random_stream import uniform
from theratwin.physics.transport.scene import ELECTRON, ESCAPED, PHOTON, POSITRON, deposit, push
from theratwin.physics.transport.walk import ARRIVED, LEFT, walk


@compiled
def follow_electron(scene, row, stack, height, tally, book, state):
    """Follow the electron or positron of a stack's row to its end; return the stack's height."""
    sort = int(abs(row[0]))
    kind = sort - ELECTRON
    energy, x, y, z, u, v, w, weight = (
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
    )
    tables = scene.electrons
    values = tables.values
    ix, iy, iz = int(x / scene.size[0]), int(y / scene.size[1]), int(z / scene.size[2])
    ix = min(max(ix, 0), scene.shape[0] - 1)
    iy = min(max(iy, 0), scene.shape[1] - 1)
    iz = min(max(iz, 0), scene.shape[2] - 1)
    low, share = located(tables, energy)
    while True:
        voxel = (ix * scene.shape[1] + iy) * scene.shape[2] + iz
        matter = scene.matter[voxel]
        stays = energy <= scene.electron_cutoff or not scene.follow_electrons
        if not stays and energy < scene.reject_below:
            reach = column(values, matter, kind, low, share, RANGE)
            stays = reach < scene.density[voxel] * _nearest(scene, x, y, z, ix, iy, iz)
        if stays:
            deposit(scene, tally, book, voxel, x, y, z, energy * weight)
            if sort == POSITRON and scene.annihilates:
                height = annihilate(scene, stack, height, book, x, y, z, weight, state)
            return height
        rate = column(values, matter, kind, low, share, SOFT_LOSS)
        majorant = values[matter, kind, low, MAJORANT]
        step = -np.log(1.0 - uniform(state)) / majorant
        longest = tables.step * energy / rate
        collides = step < longest
        step = min(step, longest)
        middle = max(energy - 0.5 * rate * step, 0.5 * energy)
        low, share = located(tables, middle)
        loss = gathered_loss(
            column(values, matter, kind, low, share, SOFT_LOSS) * step,
            column(values, matter, kind, low, share, SOFT_VARIANCE) * step,
            state,
        )
        loss = min(loss, energy)
        hinge = uniform(state) * step
        density_of_loss = loss * weight / step
        x, y, z, ix, iy, iz, left, end = walk(
            scene, tally, book, x, y, z, u, v, w, ix, iy, iz, hinge, density_of_loss, state
        )
        if end == ARRIVED:
            turn = gathered_turn(
                column(values, matter, kind, low, share, FIRST_MOMENT) * step,
                column(values, matter, kind, low, share, SECOND_MOMENT) * step,
                state,
            )
            u, v, w = turned(u, v, w, turn, 2.0 * np.pi * uniform(state))
            x, y, z, ix, iy, iz, left, end = walk(
                scene,
                tally,
                book,
                x,
                y,
                z,
                u,
                v,
                w,
                ix,
                iy,
                iz,
                step - hinge,
                density_of_loss,
                state,
            )
            energy -= loss * (1.0 - left / step)
        else:
            energy -= loss * (hinge - left) / step
        if end == LEFT:
            book[ESCAPED] += energy * weight
            return height
        if energy <= scene.electron_cutoff:
            continue
        low, share = located(tables, energy)
        if end != ARRIVED or not collides:
            continue
        chance = uniform(state) * majorant
        chance -= column(values, matter, kind, low, share, ELASTIC)
        if chance < 0.0:
            cosine = elastic(
                column(values, matter, kind, low, share, SCREENING),
                column(values, matter, kind, low, share, CUTOFF_TURN),
                energy,
                tables.spin[matter] * (1.0 - 2.0 * kind),
                state,
            )
            if cosine <= 1.0:
                u, v, w = turned(u, v, w, cosine, 2.0 * np.pi * uniform(state))
            continue
        chance -= column(values, matter, kind, low, share, KNOCK_ON)
        if chance < 0.0:
            lost = knock_on(kind, energy, tables.loss_cutoff, state)
            if lost > 0.0:
                along, freed = knock_on_cosines(energy, lost)
                azimuth = 2.0 * np.pi * uniform(state)
                a, b, c = turned(u, v, w, freed, azimuth + np.pi)
                height = push(stack, height, ELECTRON, lost, x, y, z, a, b, c, weight)
                u, v, w = turned(u, v, w, along, azimuth)
                energy -= lost
                low, share = located(tables, max(energy, scene.electron_cutoff))
            continue
        chance -= column(values, matter, kind, low, share, RADIATIVE)
        if chance < 0.0:
            photon = radiated(tables, low, energy, state)
            if photon > 0.0:
                cosine = radiation_cosine(energy, state)
                a, b, c = turned(u, v, w, cosine, 2.0 * np.pi * uniform(state))
                height = push(stack, height, PHOTON, photon, x, y, z, a, b, c, weight)
                energy -= photon
                low, share = located(tables, max(energy, scene.electron_cutoff))


@compiled
def located(tables, energy):
    """Return the point of the grid below an energy, and how far it lies toward the next."""
    place = (np.log(energy) - tables.log_first) * tables.per_log
    low = min(max(int(place), 0), tables.values.shape[2] - 2)
    return low, min(max(place - low, 0.0), 1.0)


@compiled
def column(values, matter, kind, low, share, which):
    """Return a column of the tables there."""
    first = values[matter, kind, low, which]
    return first + share * (values[matter, kind, low + 1, which] - first)


@compiled
def _nearest(scene, x, y, z, ix, iy, iz):
    """Return how far the nearest border of the voxel is."""
    sx, sy, sz = scene.size
    near = min(x - ix * sx, (ix + 1) * sx - x)
    near = min(near, min(y - iy * sy, (iy + 1) * sy - y))
    return min(near, min(z - iz * sz, (iz + 1) * sz - z))
