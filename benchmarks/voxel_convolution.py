"""Dose by kernel convolution against the bare FFTs of the padded map, and its memory.

The peers, in the same run and with the same threads: SciPy's forward and inverse real FFT of the
map padded by the whole kernel (what any FFT convolution needs at least, the kernel's transform
not counted), and `scipy.signal.fftconvolve`. Memory is the peak of everything allocated, map and
result among it, over the size of the map, by tracemalloc in a run of its own. Run with
`make bench`, or for a smaller map `python benchmarks/voxel_convolution.py 128 128 128`.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy
from scipy.fft import irfftn, next_fast_len, rfftn
from scipy.signal import fftconvolve

from theratwin.core.files import write_text
from theratwin.dosimetry import kernel_dose
from theratwin.physics import VoxelKernel

SHAPE = (256, 256, 200)
REACH = 13  # a kernel of 25 voxels across
SIZE = (2.0, 2.0, 2.0)
REPEATS = 3
RESULT = Path(__file__).parent / "results/voxel_convolution.json"
WORKERS = len(os.sched_getaffinity(0))


def a_kernel() -> VoxelKernel:
    """Return S values that fall off as those of an electron and photon emitter do."""
    i, j, k = np.indices((REACH,) * 3)
    square = i**2 + j**2 + k**2
    s = 0.8 * np.exp(-2.0 * np.sqrt(square)) + 1e-4 / (1.0 + square)
    return VoxelKernel(s, SIZE, "soft tissue", 1.04, "Lu-177", np.nan, "made up")


def bare_ffts(values: np.ndarray) -> None:
    """Transform the padded map, and back."""
    padded = [next_fast_len(size + 2 * (REACH - 1), real=True) for size in values.shape]
    spectrum = rfftn(values, s=padded, workers=WORKERS)
    irfftn(spectrum, s=padded, overwrite_x=True, workers=WORKERS)


def seconds(work: Callable[[], object]) -> float:
    """Return the least time of a few runs."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def peak_over_map(shape: tuple[int, ...], kernel: VoxelKernel) -> float:
    """Return the peak memory of one call, map and result among it, over the map."""
    tracemalloc.start()
    values = np.ones(shape, np.float32)
    kernel_dose(values, kernel, SIZE, workers=WORKERS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / values.nbytes


def main() -> None:
    """Run all, print the ratios and write them."""
    shape = tuple(int(size) for size in sys.argv[1:4]) or SHAPE
    kernel, full = a_kernel(), a_kernel().expanded().astype(np.float32)
    values = np.random.default_rng(1).random(shape, dtype=np.float32)
    taken = {
        "bare_ffts": seconds(lambda: bare_ffts(values)),
        "theratwin": seconds(lambda: kernel_dose(values, kernel, SIZE, workers=WORKERS)),
        "fftconvolve": seconds(lambda: fftconvolve(values, full, mode="same")),
    }
    dose = kernel_dose(values, kernel, SIZE, workers=WORKERS).dose
    apart = np.abs(dose - fftconvolve(values, full, mode="same")).max() / dose.max()
    summary = {
        "voxels": shape,
        "kernel": full.shape,
        "workers": WORKERS,
        "seconds": {name: round(value, 3) for name, value in taken.items()},
        "ratio_to_bare_ffts": {
            name: round(value / taken["bare_ffts"], 3) for name, value in taken.items()
        },
        "peak_memory_over_map": round(peak_over_map(shape, kernel), 2),
        "largest_difference_to_fftconvolve_over_maximum": float(f"{apart:.1e}"),
        "versions": {"scipy": scipy.__version__, "python": platform.python_version()},
    }
    print(json.dumps(summary, indent=1))
    if shape == SHAPE:
        write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
