"""Batches of histories, and the device that follows them: processors, or a GPU."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from threading import Event
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.transport.histories import SLICE, run_batch
from theratwin.physics.transport.scene import BOOK, STACK, Scene

Array = NDArray[np.float64]
DEVICES = ("cpu", "cuda")


class Batches(NamedTuple):
    """What all batches of a run have in common.

    Attributes
    ----------
    scene
        What is where.
    source
        Flat indices of the voxels of the source, and their cumulated weights.
    emission
        Kinds, energies (MeV) and cumulated yields of what is emitted.
    seed
        Of all streams.
    size
        Histories of a batch.
    scores, kermas
        Lengths of the tallies.
    """

    scene: Scene
    source: tuple[NDArray[np.int64], Array]
    emission: tuple[NDArray[np.int64], Array, Array]
    seed: int
    size: int
    scores: int
    kermas: int

    def zeros(self) -> tuple[Array, Array, Array]:
        """Return a tally, a kerma and a book of energies, all empty."""
        return np.zeros(self.scores), np.zeros(self.kermas), np.zeros(BOOK)


#: Follows the batch of a number; returns its tally, its kerma and its book, in MeV.
Follower = Callable[[int], tuple[Array, Array, Array]]


def follower(device: str, batches: Batches, stopped: Event) -> Follower:
    """Return what follows a batch on a device until the event says that it is not wanted."""
    check_device(device)
    if device == "cpu":
        return _on_processor(batches, stopped)
    from theratwin.physics.transport.gpu import on_gpu

    return on_gpu(batches, stopped)


def check_device(device: str) -> None:
    """Check that a device is known and there.

    Raises
    ------
    InputError
        If there is no device of that name.
    UnsupportedError
        If it is a GPU, and there is none, or no numba-cuda.

    Examples
    --------
    >>> check_device("cpu")
    """
    if device not in DEVICES:
        raise InputError("unknown device", field="device", value=device, allowed=DEVICES)
    if device == "cpu":
        return
    known: dict[str, Any] = {"field": "device", "value": device}
    if find_spec("numba_cuda") is None:
        raise UnsupportedError(
            "numba-cuda is missing",
            **known,
            remedy='Install it with "pip install theratwin[cuda]", or take the device cpu',
        )
    from numba import cuda

    if not cuda.is_available():
        raise UnsupportedError(
            "no GPU for CUDA is found", **known, remedy="See nvidia-smi, or take the device cpu"
        )


def _on_processor(batches: Batches, stopped: Event) -> Follower:
    scene, source, emission, seed, size, _, _ = batches

    def follow(batch: int) -> tuple[Array, Array, Array]:
        scored = batches.zeros()
        for begun in range(0, size, SLICE):
            if not stopped.is_set():
                part = (batch * size, size, begun, min(SLICE, size - begun))
                run_batch(scene, source, emission, seed, part, (0, 1), STACK, *scored)
        return scored

    return follow
