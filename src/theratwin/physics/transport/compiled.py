"""How functions of this package are compiled: cached on disk, divisions as in numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called; other threads run beside it."""
    return njit(cache=True, nogil=True, error_model="numpy")(function)
