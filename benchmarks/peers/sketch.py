"""The C of the engine's first sketch, where its folder lies beside this one.

The sketch (``../shared/prototypes/kernel``) is no part of the project: its generator is asked for
the source, which gcc compiles here, and its model is given the workload's patients in its own
units, minutes and liters. Nothing of it is kept.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from peers import workload

SHARED = Path(__file__).parents[2].parent / "shared"
KERNEL = SHARED / "prototypes" / "kernel"
COEFFICIENTS = SHARED / "reference" / "numerics" / "rodas5p.json"
#: Its flags; four patients a vector, the width that it found to be the best.
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-shared", "-fPIC")
LANES = 4

#: Our parameters that stand alone: its name, and how many of its units one of ours is.
_ALONE = {
    "k_on": ("kon", 1 / 6e4),
    "k_off": ("koff", 1 / 60.0),
    "kidney.filtration": ("GFR", 1 / 6e4),
    "artery.volume": ("Vart", 1e-3),
    "vein.volume": ("Vven", 1e-3),
}
_OF_ORGANS = {
    "plasma_flow": ("F", 1 / 6e4),
    "vascular_volume": ("Vv", 1e-3),
    "interstitial_volume": ("Vi", 1e-3),
    "permeability_surface": ("PS", 1 / 6e4),
    "receptors": ("R0", 1.0),
    "internalization": ("kint", 1 / 60.0),
    "release": ("krel", 1 / 60.0),
}
_SPACES = {"vascular": "v", "interstitial": "i", "membrane": "b", "cell": "n"}


def solver() -> Any:
    """Return what solves rows of the workload's parameters by the sketch's C.

    Raises
    ------
    ImportError
        If the sketch or gcc is not here.
    """
    if not KERNEL.is_dir() or not COEFFICIENTS.exists():
        raise ImportError(f"the sketch is not beside this folder: ../{SHARED.name}/prototypes")
    if shutil.which("g++") is None:
        raise ImportError("g++ is not here")
    with _modules() as sketch:
        library, model = _library(sketch.gen(LANES)[0]), sys.modules["model"]
    order = [model.S[_state(name)] for name in workload.system().names]
    doses = {model.S["ven_h"]: "dose.hot", model.S["ven_c"]: "dose.cold"}
    names = [name for name in workload.system().parameters if not name.startswith("dose.")]
    times = 60.0 * workload.TIMES

    def solve(rows: np.ndarray, threads: int) -> np.ndarray:
        given, named = np.empty((len(rows), len(model.pn))), workload.named(rows)
        # It takes the starting values, one row for all, from here.
        sketch.y0 = np.zeros((len(rows), len(order)))
        for slot, dose in doses.items():
            sketch.y0[:, slot] = named[dose]
        for name, column in named.items():
            if name in names:
                own, factor = _parameter(name)
                value = np.log(2.0) / (60.0 * column) if own == "lam" else factor * column
                given[:, model.P[own]] = value
        found = sketch.solve_pop(
            library, given, workload.RTOL, workload.ATOL, threads=threads, tout=times
        )
        return _Reordered(found[0], order)

    return solve


class _Reordered:
    """States in its order; in ours when they are looked at, which is not part of solving."""

    def __init__(self, states: np.ndarray, order: list[int]) -> None:
        self.states, self.order = states, order

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.states[..., self.order]


@contextlib.contextmanager
def _modules() -> Iterator[ModuleType]:
    """Import the sketch's generator, which takes the tableau as a module ``rodas5p``."""
    data = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
    table = ModuleType("rodas5p")
    vars(table).update(G=data["gamma"], A=data["A"], C=data["C"], H=data["dense_output_H"])
    sys.modules["rodas5p"] = table
    sys.path.insert(0, str(KERNEL))
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield importlib.import_module("gen_c")
    finally:
        sys.dont_write_bytecode = before
        sys.path.remove(str(KERNEL))


def _library(source: str) -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp())
    unit, library = folder / "sketch.cpp", folder / "sketch.so"
    text = source.replace("restrict", "__restrict__")
    unit.write_text(text.replace("long integrate(", 'extern "C" long integrate('))
    subprocess.run(["g++", *FLAGS, str(unit), "-o", str(library)], check=True)
    found = ctypes.CDLL(str(library))
    found.integrate.restype = ctypes.c_long
    shutil.rmtree(folder)
    return found


def _parameter(name: str) -> tuple[str, float]:
    """Return its name for a parameter of ours, and the factor to its unit."""
    if name == "half_life":
        return "lam", 0.0
    if name in _ALONE:
        return _ALONE[name]
    organ, quantity = name.split(".")
    own, factor = _OF_ORGANS[quantity]
    return f"{own}_{organ}", factor


def _state(name: str) -> str:
    *place, label = name.split(".")
    letter = label[0]
    if len(place) == 1:
        return f"{ {'artery': 'art', 'vein': 'ven'}[place[0]] }_{letter}"
    return f"{_SPACES[place[1]]}_{place[0]}_{letter}"
