"""Memory that compiled code is given: aligned arrays and their addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np

from theratwin.dynamics.llvm.layout import CONTEXT, IDLE, Layout

_ALIGNMENT = 64
_DRIVER = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)


# Where empty arrays are said to lie: the first element may be read, and is not used.
_NOTHING = ctypes.create_string_buffer(_ALIGNMENT)


def address(array: np.ndarray) -> int:
    """Return where an array begins."""
    if not array.size:
        return ctypes.addressof(_NOTHING)
    if array.flags.writeable:
        # Half of the time that `array.ctypes.data` takes.
        view = ctypes.c_char.from_buffer(array)  # pyright: ignore[reportArgumentType]
        return ctypes.addressof(view)
    return array.ctypes.data


def aligned(count: int) -> np.ndarray:
    """Return zeros that begin at a multiple of 64 bytes.

    Examples
    --------
    >>> aligned(3).ctypes.data % 64
    0
    """
    padded = np.zeros(count + _ALIGNMENT // 8)
    first = -address(padded) // 8 % (_ALIGNMENT // 8)
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
            [address(f) if isinstance(f, np.ndarray) else int(f) for f in fields], np.int64
        )

    def call(self, driver: int) -> int:
        """Run the driver, without Python's lock."""
        return _DRIVER(driver)(address(self.words))
