"""Batches on a GPU by numba-cuda: each of many threads follows every so-many-th history.

Histories have the streams that they have on processors, whatever thread follows them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Event
from typing import Any

import numpy as np
from numba import cuda as numba_cuda
from numba.extending import overload
from numpy.typing import NDArray

from theratwin.physics.transport.batches import Batches, Follower
from theratwin.physics.transport.compiled import with_digest
from theratwin.physics.transport.histories import SLICE, run_thread
from theratwin.physics.transport.scene import BOOK, add
from theratwin.physics.transport.stack import rows_needed

Array = NDArray[np.float64]
cuda: Any = numba_cuda
BLOCK = 128  # threads
BLOCKS = 512  # at most: some tens of thousands of threads fill the largest GPU
LAUNCH = 20 * SLICE  # histories without a look whether to stop


@overload(add, strict=False, target="cuda")
def _add(*_: Any) -> Callable[..., None]:
    def atomic(scores, place, value):
        cuda.atomic.add(scores, place, value)

    return atomic


@cache
def kernel(rows: int) -> Any:
    """Return the kernel whose threads have a stack of so many rows."""

    def follow(scene, source, emission, seed, part, tally, kerma, book):
        stack = cuda.local.array((rows, 9), np.float64)
        state = cuda.local.array(2, np.uint64)
        own = cuda.local.array(BOOK, np.float64)
        stack[rows - 1, 0] = 0.0
        for entry in range(BOOK):
            own[entry] = 0.0
        turn, room = (cuda.grid(1), cuda.gridsize(1)), (stack, state)
        run_thread(scene, source, emission, seed, part, turn, room, tally, kerma, own)
        for entry in range(BOOK):
            add(book, entry, own[entry])

    return cuda.jit(with_digest(follow), cache=True)


def on_gpu(batches: Batches, stopped: Event) -> Follower:
    """Return what follows a batch on the GPU; threads that call it share the GPU."""
    scene, source, emission, seed, size, _, _ = batches
    follow = kernel(rows_needed(scene, emission[0], emission[1]))
    read = _sent((scene, source, emission))

    def follower(batch: int) -> tuple[Array, Array, Array]:
        stream, empty = cuda.stream(), batches.zeros()
        scored = [cuda.to_device(each, stream=stream) for each in empty]
        for begun in range(0, size, LAUNCH):
            if not stopped.is_set():
                part = (batch * size, size, begun, min(LAUNCH, size - begun))
                blocks = min(-(-part[-1] // BLOCK), BLOCKS)
                follow[blocks, BLOCK, stream](*read, seed, part, *scored)
                stream.synchronize()
        tally, kerma, book = (each.copy_to_host(stream=stream) for each in scored)
        stream.synchronize()
        return tally, kerma, book

    return follower


def _sent(value: Any) -> Any:
    """Return the same tuples with their arrays on the GPU."""
    if isinstance(value, np.ndarray):
        return cuda.to_device(value)
    if isinstance(value, tuple):
        parts = [_sent(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value
