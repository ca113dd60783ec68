"""How functions of this package are compiled: cached on disk, divisions as in numpy.

The cache of a function notices a change of its own file, not of the functions that it calls:
after an edit delete `*.nbi` in `__pycache__`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function that makes no array when it is first called; threads run beside it.

    It becomes a part of whoever calls it, and counts no references to arrays: passing the scene
    and counting its arrays at each step would take nine tenths of the time.
    """
    return njit(**_OPTIONS, _nrt=False, forceinline=True)(function)  # type: ignore[call-overload]


def compiled_with_arrays(function: Callable[..., Any]) -> Any:
    """Compile a function that makes arrays of its own."""
    return njit(**_OPTIONS)(function)
