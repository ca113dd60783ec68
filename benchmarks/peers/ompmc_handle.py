"""The other end of `ompmc_run.py`: give it voxels and particles, read what they absorb."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from peers.particles import Particles, Run
from theratwin.physics.transport import Settings, VoxelMatter
from theratwin.physics.transport.scene import ELECTRON, PHOTON, POSITRON

SCRIPT = Path(__file__).with_name("ompmc_run.py")
#: Types of the IAEA's phase spaces.
TYPES = {PHOTON: 1, ELECTRON: 2, POSITRON: 3}


def transported(
    matter: VoxelMatter, particles: Particles, settings: Settings, batches: int, seed: int
) -> Run:
    """Follow the particles by ompmc, on one processor; the materials bear its names.

    Raises
    ------
    RuntimeError
        If it fails, or does not start every history.
    """
    bounds = {
        f"bounds_{axis}": np.arange(count + 1) * edge / 10
        for axis, count, edge in zip("xyz", matter.shape, matter.voxel_size, strict=True)
    }
    kind = np.vectorize(TYPES.get, otypes=[np.int8])(particles.kind)
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder) / "given.npz", Path(folder) / "result.npz"
        np.savez(
            given,
            **bounds,
            names=[material.name for material in matter.materials],
            density=matter.density,
            material=matter.index + 1,
            kind=kind,
            energy=particles.energy,
            position=particles.position,
            direction=particles.direction,
            electron_cutoff=settings.electron_cutoff,
            photon_cutoff=settings.photon_cutoff,
            reject_below=settings.reject_below,
            batches=batches,
            seed=seed,
        )
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(given), str(result)],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr or done.stdout)
        found = np.load(result)
        if found["started"] != kind.size:
            raise RuntimeError(f"{kind.size - found['started']} histories did not start")
        energy = found["energy"]
        clock, processor = found["seconds"]
        return Run(energy, energy * found["uncertainty"], float(clock), float(processor))
