"""The other end of a worker: start it, tell it, read what it answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np


class Worker:
    """A running worker.

    Parameters
    ----------
    name
        The peer.
    processor
        The processor that it is pinned to; none if it may use all.
    """

    def __init__(self, name: str, processor: int | None = None) -> None:
        pinned = [] if processor is None else [str(processor)]
        self.name = name
        #: Why it could not be built.
        self.missing = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "peers.worker", name, *pinned],
            cwd=Path(__file__).parents[1],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> float | None:
        """Wait until it is built; return the seconds that took, None if it cannot be."""
        first, _, rest = self._answer().strip().partition(" ")
        if first != "ready":
            self.missing = rest or "ended before it was ready"
            return None
        return float(rest)

    def tell(self, *words: object) -> None:
        """Give it work, and do not wait."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def seconds(self) -> tuple[float, float]:
        """Wait for the time that the work took, by the clock and of the processor."""
        wall, used = self._answer().split()
        return float(wall), float(used)

    def states(self, path: Path) -> np.ndarray:
        """Return the states of the first patients."""
        self.tell("keep", path)
        self._answer()
        return np.load(path)

    def end(self) -> None:
        """Let it end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def _environment() -> dict[str, str]:
    """One thread for every library, and the folders that this process imports from."""
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **single, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
