"""Memory that compiled code is given: aligned arrays and their addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np

from theratwin.dynamics.llvm.layout import CONTEXT, IDLE, Layout

_ALIGNMENT = 64


def aligned(count: int) -> np.ndarray:
    """Return zeros that begin at a multiple of 64 bytes.

    Examples
    --------
    >>> aligned(3).ctypes.data % 64
    0
    """
    padded = np.zeros(count + _ALIGNMENT // 8)
    first = -padded.ctypes.data // 8 % (_ALIGNMENT // 8)
    return padded[first : first + count]


class Scratch:
    """The engine's working memory, for one thread."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.numbers = aligned(layout.total * layout.lanes)
        self.whole("phase")[:] = IDLE

    def lane(self, name: str, lane: int = 0) -> np.ndarray:
        """Return one lane of an array."""
        return self._rows(name)[:, lane]

    def whole(self, name: str) -> np.ndarray:
        """Return a row of whole numbers."""
        return self._rows(name)[0].view(np.int64)

    def _rows(self, name: str) -> np.ndarray:
        first, lanes = self.layout.rows[name] * self.layout.lanes, self.layout.lanes
        count = self.layout.sizes[name] * lanes
        return self.numbers[first : first + count].reshape(-1, lanes)


class Context:
    """What one call of the driver is told; it keeps alive what it points to."""

    def __init__(self, values: Mapping[str, Any], names: tuple[str, ...] = CONTEXT) -> None:
        self.values = dict(values)
        fields = [self.values[name] for name in names]
        self.words = np.array(
            [f.ctypes.data if isinstance(f, np.ndarray) else int(f) for f in fields], np.int64
        )

    def call(self, address: int) -> int:
        """Run the driver, without Python's lock."""
        run = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(address)
        return run(self.words.ctypes.data)
