"""Monte Carlo through voxels against ompmc (EGSnrc's physics, GPL, in a process of its own).

Both follow one list of particles, drawn from our spectra, through the same media, densities and
cutoffs, so that the noise of the source is common. Slabs: means by layer of Lu-177, Y-90 and the
photons of I-131. Patient: Lu-177 in the organs and tumors of the DOTATATE phantom, means by organ
and the gamma index. Speed: each code alone, round after round on one processor, whose own time
counts; compared is time times variance. Run with `make bench`.
"""

from __future__ import annotations

import json
import platform
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from peers.gamma_index import gamma_index
from peers.ompmc_handle import transported
from peers.particles import Run, drawn, followed
from peers.pegs import BONE, LUNG, WATER, layers, of_hounsfield

from theratwin.core.files import write_text
from theratwin.physics import emissions
from theratwin.physics.transport import Emission, Settings, VoxelMatter, voxel_deposition
from theratwin.physics.transport.scene import PHOTON

CUTOFF = 10e-3  # MeV, the lowest that ompmc's media allow
SETTINGS = Settings(photon_cutoff=CUTOFF, electron_cutoff=CUTOFF)
SLABS = [(WATER, 20.0), (LUNG, 30.0), (WATER, 20.0), (BONE, 20.0), (WATER, 20.0)]
#: Source, its slab, and how many particles a chunk.
SOURCES = (("Lu-177", 1, 600_000), ("Y-90", 3, 100_000), ("I-131 photons", 2, 600_000))
#: Labels of the phantom's organs, and their activity, MBq/mL.
ORGANS = {
    "liver": ((15000,), 0.1),
    "spleen": ((16000,), 1.0),
    "kidneys": ((17000, 18000), 1.0),
    "tumors": ((19000, 20000, 21000), 3.0),
}
CHUNKS, CHUNK, BATCHES = 54, 2_500_000, 10
ROUNDS, TIMED = 3, {"Lu-177": 800_000, "Y-90": 120_000}
PHANTOM = (
    Path(__file__).parents[2]
    / "shared/reference/lu177_dotatate_phantom/patient_LuDOTATATE_phantoms.zip"
)
RESULT = Path(__file__).parent / "results/monte_carlo.json"


def emission(name: str) -> Emission:
    """Return what a nuclide emits above the cutoff; its photons only where so named."""
    whole = Emission.of_nuclide(emissions(name.split()[0]))
    kept = (whole.energy > CUTOFF) & ((whole.kind == PHOTON) | ("photons" not in name))
    return Emission(whole.kind[kept], whole.energy[kept], whole.yields[kept])


def both(matter: VoxelMatter, activity: np.ndarray, name: str, count: int, seed: int) -> list[Run]:
    """Return our run and ompmc's of the same particles."""
    particles = drawn(matter, activity, emission(name), count, seed)
    return [run(matter, particles, SETTINGS, BATCHES, seed) for run in (followed, transported)]


def by_region(
    labels: np.ndarray, chunks: list[list[Run]], names: list[str]
) -> dict[str, dict[str, float]]:
    """Return ours over theirs by region, and the error of their difference, in percent.

    The error is that of repeats, in which the particles of the source are common.
    """
    found = {}
    for label, name in enumerate(names):
        here = labels == label
        sums = np.array([[run.energy[here].sum() for run in chunk] for chunk in chunks])
        apart, mean = sums[:, 0] - sums[:, 1], sums[:, 1].mean()
        error = apart.std(ddof=1) / np.sqrt(apart.size)
        found[name] = {
            "share_of_energy": float(f"{sums[:, 1].mean() / sums_of_all(chunks):.2g}"),
            "deviation_percent": round(100 * float(apart.mean() / mean), 3),
            "error_percent": round(100 * float(error / mean), 3),
        }
    return found


def sums_of_all(chunks: list[list[Run]]) -> float:
    """Return what all voxels absorb, MeV a particle, by ompmc."""
    return float(np.mean([theirs.energy.sum() for _, theirs in chunks]))


def slabs() -> dict[str, dict]:
    """Return the comparison by layer of each source."""
    matter, slab = layers(SLABS, 2.0, (25, 4.0))
    names = [
        f"{i + 1} {medium.name.removesuffix('521ICRU').lower()}"
        for i, (medium, _) in enumerate(SLABS)
    ]
    found = {}
    for name, where, count in SOURCES:
        source = (slab == where).astype(float)
        chunks = [both(matter, source, name, count, seed) for seed in range(CHUNKS)]
        found[f"{name} in layer {where + 1}"] = {
            **by_region(slab, chunks, names),
            "our_imbalance": max(abs(ours.imbalance) for ours, _ in chunks),
        }
    return found


def phantom() -> tuple[VoxelMatter, np.ndarray, np.ndarray]:
    """Return the phantom's matter, organ of each voxel (-1: none) and activity."""
    with zipfile.ZipFile(PHANTOM) as files:
        maps = [
            np.frombuffer(files.read(f"patient15_LuDOTATATE_{part}.i33"), "<u2")
            .reshape(90, 70, 108)
            .transpose(2, 1, 0)
            .astype(int)
            for part in ("attn", "src")
        ]
    organ, activity = np.full(maps[0].shape, -1), np.zeros(maps[0].shape)
    for number, (labels, concentration) in enumerate(ORGANS.values()):
        here = np.isin(maps[1], labels)
        organ[here], activity[here] = number, concentration
    return of_hounsfield(maps[0] - 1000, (3.9063, 3.9063, 4.4196)), organ, activity


def patient(matter: VoxelMatter, organ: np.ndarray, activity: np.ndarray) -> dict[str, object]:
    """Return the comparison by organ and by voxel of Lu-177."""
    chunks = [both(matter, activity, "Lu-177", CHUNK, 10 + c) for c in range(CHUNKS)]
    runs = [
        Run(
            np.mean([run.energy for run in code], axis=0),
            np.sqrt(np.sum([run.error**2 for run in code], axis=0)) / CHUNKS,
            sum(run.clock for run in code),
            sum(run.processor for run in code),
        )
        for code in zip(*chunks, strict=True)
    ]
    mass = matter.mass_of_voxels
    ours, theirs = (run.energy / mass for run in runs)
    high = theirs >= 0.1 * theirs.max()
    index = gamma_index(theirs, ours, matter.voxel_size, dose=0.02, distance=2.0, threshold=0.1)
    return {
        "particles": CHUNKS * CHUNK,
        "activity_MBq_per_mL": {name: part[1] for name, part in ORGANS.items()},
        "organs": by_region(organ, chunks, list(ORGANS)),
        "our_imbalance": max(abs(ours.imbalance) for ours, _ in chunks),
        "gamma_2_percent_2_mm_global": {
            "voxels": int(high.sum()),
            "share_passing": round(float((index <= 1).mean()), 5),
            "mean": round(float(index.mean()), 3),
        },
        "noise_percent_of_the_voxels_compared": {
            name: round(100 * float((run.error[high] / run.energy[high]).mean()), 2)
            for name, run in zip(("theratwin", "ompmc"), runs, strict=True)
        },
        "difference_percent": {
            "mean": round(100 * float((ours[high] / theirs[high] - 1).mean()), 3),
            "standard_deviation": round(100 * float((ours[high] / theirs[high] - 1).std()), 2),
        },
    }


def timed(matter: VoxelMatter, activity: np.ndarray, name: str) -> dict[str, object]:
    """Return time times variance of both, by round, each from its own histories."""
    source, count = emission(name), TIMED[name]
    start = transported(matter, drawn(matter, activity, source, 100, 1), SETTINGS, BATCHES, 1)
    known = {"settings": SETTINGS, "workers": 1}
    voxel_deposition(matter, activity, source, histories=100, **known)  # compiled by now
    rounds = []
    for seed in range(ROUNDS):
        began = time.process_time()
        mine = voxel_deposition(matter, activity, source, histories=count, seed=seed, **known)
        ours = time.process_time() - began
        particles = drawn(matter, activity, source, count, seed)
        peer = transported(matter, particles, SETTINGS, BATCHES, seed)
        theirs = peer.processor - start.processor  # what it reads from files is taken off
        here = activity > 0
        squares = [
            (error[here] ** 2).mean() / energy[here].mean() ** 2
            for energy, error in (
                (mine.energy, mine.standard_error),
                (peer.energy, peer.error),
            )
        ]
        rounds.append((ours, theirs, theirs * squares[1] / (ours * squares[0])))
    ours, theirs, ratio = (float(v) for v in np.median(rounds, axis=0))
    return {
        "particles": count,
        "processor_seconds": {"theratwin": round(ours, 2), "ompmc": round(theirs, 2)},
        "histories_per_second": {
            "theratwin": round(count / ours),
            "ompmc": round(count / theirs),
        },
        "ompmc_time_times_variance_over_ours": round(ratio, 2),
        "by_round": [round(float(r[2]), 2) for r in rounds],
    }


def main() -> None:
    """Run all, print the figures and write them."""
    began = time.perf_counter()
    summary: dict[str, object] = {
        "cutoff_MeV": CUTOFF,
        "slabs": slabs(),
        "versions": {name: version(name) for name in ("ompmc", "numba", "numpy")}
        | {"python": platform.python_version()},
    }
    if PHANTOM.exists():
        case = phantom()
        summary["patient"] = patient(*case)
        summary["speed"] = {name: timed(case[0], case[2], name) for name in TIMED}
    else:
        summary["patient"] = "left out: no phantom in ../shared/reference"
    summary["minutes"] = round((time.perf_counter() - began) / 60, 1)
    print(json.dumps(summary, indent=1))
    write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
