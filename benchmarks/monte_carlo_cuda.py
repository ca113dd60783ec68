"""Monte Carlo on a GPU against all processors of the same machine, round after round.

A body of water with lungs and a spine, activity in organs: both devices follow the same
histories, so that what they find must agree but for rounding. Compilation is told apart. Needs a
GPU for CUDA and `pip install theratwin[cuda]`; without them it is left out.
"""

from __future__ import annotations

import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from theratwin.core.errors import UnsupportedError
from theratwin.core.files import write_text
from theratwin.physics import emissions
from theratwin.physics.matter import material
from theratwin.physics.transport import Emission, VoxelDeposition, VoxelMatter, voxel_deposition
from theratwin.physics.transport.batches import check_device

SIZE, EDGE = 96, 4.0  # voxels along an axis, mm
ROUNDS, BATCHES = 3, 20
HISTORIES = {"Lu-177": 20_000_000, "Y-90": 4_000_000, "I-131": 4_000_000}
DEVICES = ("cpu", "cuda")
RESULT = Path(__file__).parent / "results/monte_carlo_cuda.json"


def body() -> tuple[VoxelMatter, np.ndarray]:
    """Return the matter and the activity: liver, kidneys and a lesion beside the spine."""
    x, y, z = (np.indices((SIZE,) * 3) + 0.5) / SIZE - 0.5
    inside = (x / 0.45) ** 2 + (y / 0.3) ** 2 < 1
    lungs = (((np.abs(x) - 0.2) / 0.14) ** 2 + (y / 0.2) ** 2 + ((z - 0.25) / 0.22) ** 2) < 1
    spine = (x / 0.06) ** 2 + ((y - 0.2) / 0.06) ** 2 < 1
    index = np.select([lungs, spine, inside], [1, 2, 0], 3)
    names = ("water", "lung", "cortical_bone", "air")
    density = np.array([1.0, 0.26, 1.6, 1.2e-3])[index]
    activity = np.zeros(index.shape)
    for middle, radius, concentration in (
        ((0.2, -0.05, -0.1), 0.16, 0.1),
        ((0.16, 0.15, -0.3), 0.07, 1.0),
        ((-0.16, 0.15, -0.3), 0.07, 1.0),
        ((0.0, 0.08, 0.0), 0.04, 3.0),
    ):
        apart = (x - middle[0]) ** 2 + (y - middle[1]) ** 2 + (z - middle[2]) ** 2
        activity[(apart < radius**2) & (index == 0)] = concentration
    matter = VoxelMatter(tuple(material(n) for n in names), index, density, (EDGE,) * 3)
    return matter, activity


def timed(
    matter: VoxelMatter, activity: np.ndarray, source: Emission, device: str, count: int, seed: int
) -> tuple[VoxelDeposition, float]:
    """Return what a run finds, and its seconds by the clock."""
    began = time.perf_counter()
    found = voxel_deposition(
        matter, activity, source, histories=count, batches=BATCHES, seed=seed, device=device
    )
    return found, time.perf_counter() - began


def compared(matter: VoxelMatter, activity: np.ndarray, name: str) -> dict[str, object]:
    """Return speed and agreement of both devices for a nuclide."""
    source, count = Emission.of_nuclide(emissions(name)), HISTORIES[name]
    first = {device: timed(matter, activity, source, device, 1000, 9)[1] for device in DEVICES}
    seconds: dict[str, list[float]] = {device: [] for device in DEVICES}
    apart, imbalance = 0.0, 0.0
    for seed in range(ROUNDS):
        runs = {}
        for device in DEVICES:
            runs[device], spent = timed(matter, activity, source, device, count, seed)
            seconds[device].append(spent)
            imbalance = max(imbalance, abs(runs[device].book.imbalance))
        cpu, cuda = (runs[device] for device in DEVICES)
        here = cpu.standard_error > 0
        off = np.abs(cuda.energy - cpu.energy)[here] / cpu.standard_error[here]
        apart = max(apart, float(off.max()))
    rate = {device: count / float(np.median(spent)) for device, spent in seconds.items()}
    return {
        "histories": count,
        "first_call_seconds": {device: round(spent, 1) for device, spent in first.items()},
        "histories_per_second": {device: round(value) for device, value in rate.items()},
        "cuda_over_cpu": round(rate["cuda"] / rate["cpu"], 2),
        "by_round": [round(c / g, 2) for c, g in zip(*seconds.values(), strict=True)],
        "largest_difference_in_standard_errors": float(f"{apart:.3g}"),
        "largest_imbalance": float(f"{imbalance:.2g}"),
    }


def main() -> None:
    """Run all, print the figures and write them."""
    try:
        check_device("cuda")
    except UnsupportedError as error:
        print(f"left out: {error}")
        return
    from numba import cuda

    case = body()
    summary = {
        "processors": os.cpu_count(),
        "gpu": cuda.get_current_device().name,
        "voxels": SIZE**3,
        "nuclides": {name: compared(*case, name) for name in HISTORIES},
        "versions": {name: version(name) for name in ("numba", "numba-cuda", "numpy")}
        | {"python": platform.python_version()},
    }
    text = json.dumps(summary, indent=1, default=str)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
