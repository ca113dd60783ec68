"""The four methods of voxel dose against each other, on a body made of ellipsoids.

A body of soft tissue with lungs, a liver, two kidneys and a lesion holds Lu-177, in voxels of 4 mm,
blurred as a SPECT would (10 mm). Mean doses of regions relative to those of full Monte Carlo, with
its standard error, and times. Run with `python benchmarks/voxel_methods.py [histories]`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from theratwin.core.files import write_text
from theratwin.dosimetry import VoxelDose, region_voxels, voxel_dose

SHAPE, EDGE = (90, 66, 80), 4.0
HISTORIES = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
RESULT = Path(__file__).parent / "results/voxel_methods.json"
WORKERS = len(os.sched_getaffinity(0))
FWHM = 10.0  # mm
#: Center and half axes (mm) from the middle of the map, HU, and MBq h/mL.
BODIES = {
    "body": ((0, 0, 0), (165, 110, 400), 40.0, 0.5),
    "lung_left": ((75, 0, 110), (50, 70, 70), -750.0, 0.5),
    "lung_right": ((-75, 0, 110), (50, 70, 70), -750.0, 0.5),
    "liver": ((-60, 10, -20), (75, 65, 55), 55.0, 20.0),
    "kidney_left": ((60, -50, -60), (25, 27, 52), 35.0, 80.0),
    "kidney_right": ((-60, -55, -80), (25, 27, 52), 35.0, 80.0),
    "lesion_1": ((20, 30, -40), (12, 12, 12), 40.0, 250.0),
}


def phantom() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return time-integrated activity (MBq h a voxel), CT numbers, and the regions' voxels."""
    places = np.stack(np.meshgrid(*[EDGE * (np.arange(n) - (n - 1) / 2) for n in SHAPE],
                                  indexing="ij"), axis=-1)  # fmt: skip
    ct, activity, regions = np.full(SHAPE, -1000.0), np.zeros(SHAPE), {}
    for name, (center, axes, units, concentration) in BODIES.items():
        inside = np.sum(((places - center) / np.array(axes)) ** 2, axis=-1) < 1.0
        ct[inside], activity[inside] = units, concentration
        regions[name] = np.flatnonzero(inside)
    volume = EDGE**3 * 1e-3
    blurred = gaussian_filter(activity * volume, FWHM / 2.3548 / EDGE)
    return np.where(ct > -900.0, blurred, 0.0), ct, regions


def run(
    method: str, activity: np.ndarray, ct: np.ndarray, regions: dict[str, np.ndarray]
) -> tuple[VoxelDose, float]:
    """Return the dose and the seconds it took."""
    monte_carlo = method in ("photons", "full")
    options = {"histories": HISTORIES, "seed": 1, "regions": regions} if monte_carlo else {}
    began = time.perf_counter()
    found = voxel_dose(
        activity, (EDGE,) * 3, "Lu-177", method, hounsfield=ct, workers=WORKERS, **options
    )
    return found, time.perf_counter() - began


def main() -> None:
    activity, ct, regions = phantom()
    names = [name for name in regions if name != "body"]
    run("kernel", activity, ct, regions)  # tables are read and code is compiled once
    means, seconds, noise = {}, {}, {}
    for method in ("local", "kernel", "photons", "full"):
        found, seconds[method] = run(method, activity, ct, regions)
        told = {name: region_voxels(found, regions[name], name=name) for name in names}
        means[method] = {name: region.distribution.mean for name, region in told.items()}
        noise[method] = {name: region.noise for name, region in told.items()}
    print(f"{'region':<14}{'full, Gy':>10}{'noise':>8}{'local':>8}{'kernel':>8}{'photons':>9}")
    for name in names:
        full = means["full"][name]
        ratios = [means[method][name] / full for method in ("local", "kernel", "photons")]
        print(f"{name:<14}{full:>10.4g}{noise['full'][name]:>8.2%}"
              f"{ratios[0]:>8.3f}{ratios[1]:>8.3f}{ratios[2]:>9.3f}")  # fmt: skip
    print("seconds: " + ", ".join(f"{method} {taken:.2f}" for method, taken in seconds.items()))
    result = {
        "shape": SHAPE, "edge_mm": EDGE, "histories": HISTORIES, "threads": WORKERS,
        "mean_Gy": means, "noise": noise["full"], "seconds": seconds,
    }  # fmt: skip
    write_text(RESULT, json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
