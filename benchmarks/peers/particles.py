"""One list of particles, drawn once and followed by whatever code is compared."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from theratwin.physics.transport import Emission, Settings, VoxelMatter
from theratwin.physics.transport.compiled import compiled_with_arrays
from theratwin.physics.transport.electron_history import follow_electron
from theratwin.physics.transport.photon_history import follow_photon
from theratwin.physics.transport.random_stream import start_stream
from theratwin.physics.transport.scene import EMITTED, PHOTON, STACK, push
from theratwin.physics.transport.scenes import voxel_scene


@dataclass(frozen=True)
class Particles:
    """Kinds, energies (MeV), places (cm) and directions, the last two of shape (count, 3)."""

    kind: np.ndarray
    energy: np.ndarray
    position: np.ndarray
    direction: np.ndarray


@dataclass(frozen=True)
class Run:
    """MeV a particle by voxel, its standard error, seconds by the clock and of the processor."""

    energy: np.ndarray
    error: np.ndarray
    clock: float
    processor: float
    imbalance: float = np.nan


def drawn(
    matter: VoxelMatter, activity: np.ndarray, emission: Emission, count: int, seed: int
) -> Particles:
    """Draw particles: a voxel by its activity, a place within it, a line by its yield."""
    random = np.random.default_rng(seed)
    voxel = random.choice(activity.size, count, p=activity.ravel() / activity.sum())
    corner = np.stack(np.unravel_index(voxel, activity.shape), axis=-1)
    line = random.choice(emission.energy.size, count, p=emission.yields / emission.yields.sum())
    cosine, azimuth = random.uniform(-1, 1, count), random.uniform(0, 2 * np.pi, count)
    sine = np.sqrt(1 - cosine**2)
    inside = random.uniform(1e-6, 1 - 1e-6, corner.shape)  # not on a face: one code reads float32
    return Particles(
        emission.kind[line],
        emission.energy[line],
        (corner + inside) * np.array(matter.voxel_size) / 10,
        np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=-1),
    )


def followed(
    matter: VoxelMatter, particles: Particles, settings: Settings, batches: int, seed: int
) -> Run:
    """Follow the particles by our transport, on one processor."""
    scene = voxel_scene(matter, settings)
    columns = particles.energy, particles.position, particles.direction
    rows = np.column_stack([particles.kind, *columns, np.ones(particles.kind.size)])
    rows[rows[:, 0] == PHOTON, 0] = -1.0  # straight from the source
    tally, book = np.zeros((batches, scene.matter.size)), np.zeros(4)
    run_list(scene, rows[:10], seed, tally.copy(), book.copy())  # compiled before the clock starts
    began, used = time.perf_counter(), time.process_time()
    run_list(scene, rows, seed, tally, book)
    clock, processor = time.perf_counter() - began, time.process_time() - used
    tally *= batches / rows.shape[0]
    came = book[0] + book[1]
    return Run(
        tally.mean(axis=0).reshape(matter.shape),
        (tally.std(axis=0, ddof=1) / np.sqrt(batches)).reshape(matter.shape),
        clock,
        processor,
        float((came - book[2] - book[3]) / came),
    )


@compiled_with_arrays
def run_list(scene, rows, seed, tally, book):
    """Follow given particles, each on a stream of its own; score them by batch."""
    stack = np.zeros((STACK, 9))  # its last row counts what finds no room
    row = np.empty(9)
    state = np.empty(2, np.uint64)
    kerma = np.empty(0)
    for history in range(rows.shape[0]):
        start_stream(state, seed, history)
        score = tally[history * tally.shape[0] // rows.shape[0]]
        row[:] = rows[history]
        book[EMITTED] += row[1]
        height = push(stack, 0, row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], 1.0)
        while height > 0:
            height -= 1
            row[:] = stack[height]
            if row[0] <= 0:
                height = follow_photon(scene, row, stack, height, score, kerma, book, state)
            else:
                height = follow_electron(scene, row, stack, height, score, book, state)
