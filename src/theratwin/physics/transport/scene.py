"""The scene of compiled histories: where matter is, what is scored, what is followed."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.transport.compiled import compiled, replaceable
from theratwin.physics.transport.electron_tables import ElectronTables
from theratwin.physics.transport.photon_tables import PhotonTables

PHOTON, ELECTRON, POSITRON, ALPHA = 0, 1, 2, 3
EMITTED, CREATED, DEPOSITED, ESCAPED = range(4)  # the energy book, MeV
DROPPED = 4  # a last place of the book: particles that found the stack full, an error if any
BOOK = 5
STACK = 257  # particles that wait, and a row that counts those for which there is no room


class Scene(NamedTuple):
    """All that compiled histories read.

    Attributes
    ----------
    matter, density
        Index of the material and density (g/mL) of each voxel, flat, the last axis fastest.
    shape, size
        Voxels along each axis, and their edges, cm.
    majorant
        Largest attenuation coefficient anywhere (1/cm), on the grid of the photon tables.
    region
        Where the energy of each voxel is scored, negative for nowhere; empty: each by itself.
    radial
        Whether energy is scored by the distance from the middle of a uniform medium instead.
    log_radius, per_log_radius
        Grid of those distances: shells of equal steps in ln r, the first one from 0.
    response
        MeV cm2/g a photon, on the grid of the photon tables; times fluence it is a kerma.
        Empty: none is scored.
    follow_electrons
        Whether electrons are followed, or leave their energy where they start.
    annihilates
        Whether positrons, of the source and of pairs, end in two quanta or without.
    photon_cutoff, electron_cutoff
        Energies (MeV) below which a particle stays where it is.
    reject_below
        Electrons of less energy (MeV) stay if they cannot reach the border of their voxel.
    """

    photons: PhotonTables
    electrons: ElectronTables
    matter: NDArray[np.uint8]
    density: NDArray[np.float32]
    shape: tuple[int, int, int]
    size: tuple[float, float, float]
    majorant: NDArray[np.float64]
    region: NDArray[np.int16]
    radial: bool
    log_radius: float
    per_log_radius: float
    response: NDArray[np.float64]
    alpha_range: NDArray[np.float64]
    follow_electrons: bool
    annihilates: bool
    photon_cutoff: float
    electron_cutoff: float
    reject_below: float


@compiled
def push(stack, height, kind, energy, x, y, z, u, v, w, weight):
    """Put a particle on the stack; return its new height.

    The last row is none of its places: it counts the particles that find no room.
    """
    if height >= stack.shape[0] - 1:
        stack[-1, 0] += 1.0
        return height
    row = stack[height]
    row[0], row[1], row[2], row[3], row[4] = kind, energy, x, y, z
    row[5], row[6], row[7], row[8] = u, v, w, weight
    return height + 1


@replaceable
def add(scores, place, value):
    """Add to a score; on a GPU, whose threads share the scores, no other can come between."""
    scores[place] += value


@compiled
def deposit(scene, tally, book, voxel, x, y, z, energy):
    """Score an energy (MeV, times its weight) at a place in a voxel."""
    book[DEPOSITED] += energy
    if scene.radial:
        dx = x - 0.5 * scene.size[0]
        dy = y - 0.5 * scene.size[1]
        dz = z - 0.5 * scene.size[2]
        square = dx * dx + dy * dy + dz * dz
        shell = 0
        if square > 0.0:
            shell = int(
                max((0.5 * math.log(square) - scene.log_radius) * scene.per_log_radius, -1.0) + 1.0
            )
        add(tally, min(shell, tally.size - 1), energy)
    elif scene.region.size == 0:
        add(tally, voxel, energy)
    else:
        region = scene.region[voxel]
        if region >= 0:
            add(tally, region, energy)
