"""The GPU: its machine code, the way to it and back, and its results where there is one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.physics import emissions
from theratwin.physics.matter import material
from theratwin.physics.transport import Emission, Settings, VoxelMatter, voxel_deposition
from theratwin.physics.transport.batches import check_device
from theratwin.physics.transport.scene import BOOK
from theratwin.physics.transport.scenes import voxel_scene

ROWS = 33
LU = Emission.of_nuclide(emissions("Lu-177"))
needs_numba_cuda = pytest.mark.skipif(
    find_spec("numba_cuda") is None, reason="needs numba-cuda (the extra cuda)"
)


def block() -> VoxelMatter:
    """Return a small block of water and bone."""
    index = np.arange(125).reshape(5, 5, 5) % 3 // 2
    return VoxelMatter((material("water"), material("cortical_bone")), index, 1.0, (4.0,) * 3)


def has_gpu() -> bool:
    try:
        check_device("cuda")
    except UnsupportedError:
        return False
    return True


def assembler() -> Path | None:
    """Return ptxas, which comes with numba-cuda's extras."""
    spec = find_spec("nvidia")
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = [file for place in places for file in Path(place).glob("*/bin/ptxas")]
    return found[0] if found else None


@needs_numba_cuda
@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
def test_the_kernel_compiles_and_adds_atomically(monkeypatch, tmp_path, capability):
    """To PTX, for which no GPU is needed: all that leaves a thread is added atomically."""
    ptx = compiled_to_ptx(monkeypatch, capability)
    name = f"sm_{capability[0]}{capability[1]}"
    assert f".target {name}" in ptx
    assert "atom.global.add.f64" in ptx
    assert not re.search(r"\bst\.(global|f32|f64|u8|u32|u64)\b", ptx)
    assert ".extern" not in ptx
    local = sum(int(size) for size in re.findall(r"__local_depot\d+\[(\d+)\]", ptx))
    assert 8 * 9 * ROWS <= local < 8 * 9 * ROWS + 200
    if (ptxas := assembler()) is None:
        pytest.skip("compiled, but there is no ptxas to assemble it")
    (tmp_path / "kernel.ptx").write_text(ptx)
    command = [ptxas, f"-arch={name}", "-v", "kernel.ptx", "-o", "kernel.cubin"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert " 0 bytes spill stores, 0 bytes spill loads" in run.stderr
    registers = int(re.search(r"Used (\d+) registers", run.stderr)[1])
    assert registers < 168  # three blocks of 128 threads share the 65,536 of a multiprocessor


def compiled_to_ptx(monkeypatch, capability: tuple[int, int]) -> str:
    """Return the kernel for what a run sends to it."""
    from numba import cuda
    from numba.cuda import dispatcher
    from numba.cuda.typing.typeof import typeof

    from theratwin.physics.transport import gpu

    device = SimpleNamespace(compute_capability=capability)
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: device)
    scores = (np.zeros(125), np.zeros(0), np.zeros(BOOK))
    drawn = (LU.kind, LU.energy, np.cumsum(LU.yields))
    source, part = (np.arange(125), np.ones(125)), (0, 100, 0, 100)
    given = (voxel_scene(block(), Settings()), source, drawn, 0, part, *scores)
    types = tuple(typeof(each) for each in given)
    ptx, _ = cuda.compile_ptx(gpu.kernel(ROWS).py_func, types, cc=capability)
    return ptx


SIMULATED = """
import json
import numpy as np
from theratwin.physics import emissions
from theratwin.physics.matter import material
from theratwin.physics.transport import Emission, VoxelMatter, gpu, histories, voxel_deposition
from theratwin.physics.transport import region_deposition

def bare(value):
    if isinstance(value, tuple):
        parts = [bare(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return getattr(getattr(value, "_item", value), "_ary", getattr(value, "_item", value))

gpu.run_thread = lambda *given: histories.run_thread(*(bare(each) for each in given))
gpu.BLOCK, gpu.BLOCKS, gpu.LAUNCH = 1, 3, 50  # the threads of a simulated block would collide
index = np.arange(125).reshape(5, 5, 5) % 3 // 2
water = material("water")
matter = VoxelMatter((water, material("cortical_bone")), index, 1.0, (4.0,) * 3)
lu = Emission.of_nuclide(emissions("Lu-177"))
known = {"histories": 600, "batches": 5, "workers": 1}  # one kernel at a time is simulated
found = []
for device in ("cpu", "cuda"):
    one = voxel_deposition(matter, index + 1, lu, regions=index, device=device, **known)
    two = region_deposition(matter, index, [0, 62], particle="photon", energy=0.4,
                            response=water, device=device, **known)
    found.append([*one.energy.ravel(), *one.standard_error.ravel(), *one.region_energy,
                  *two.fraction, *two.response_dose, *two.response_error, one.book.escaped])
print(json.dumps(found))
"""


@needs_numba_cuda
def test_what_goes_to_the_device_and_back():
    """On numba's simulator: sending, launching in parts and reading back give the same scores."""
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    run = subprocess.run(
        [sys.executable, "-c", SIMULATED], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    ours, theirs = np.array(json.loads(run.stdout.splitlines()[-1]))
    assert ours.size > 250
    assert theirs == pytest.approx(ours, rel=1e-11, abs=1e-15)


@needs_numba_cuda
@pytest.mark.skipif(has_gpu(), reason="there is a GPU")
def test_without_a_gpu_it_says_so():
    with pytest.raises(UnsupportedError, match=r"no GPU for CUDA is found.*device cpu"):
        check_device("cuda")


@pytest.mark.skipif(not has_gpu(), reason="needs a GPU for CUDA and numba-cuda")
@pytest.mark.parametrize(
    "source", [LU, Emission.single("photon", 0.4), Emission.single("positron", 0.8)]
)
def test_a_gpu_agrees_with_processors(source):
    """The histories are the same but for rounding: well within the errors of independent ones."""
    known = {"histories": 200_000, "batches": 20, "seed": 2}
    ours, theirs = (
        voxel_deposition(block(), np.ones((5, 5, 5)), source, device=device, **known)
        for device in ("cpu", "cuda")
    )
    assert abs(theirs.book.imbalance) < 1e-9
    assert theirs.book.emitted == pytest.approx(ours.book.emitted, rel=1e-9)
    assert np.all(np.abs(theirs.energy - ours.energy) < ours.standard_error)
