"""How functions of this package are compiled: cached on disk, divisions as in numpy.

Numba's cache notices a change of a function's own file, not of the functions that it calls. So
every function closes over a digest of all files of the package: a change of any compiles anew.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import CellType, FunctionType
from typing import Any

from numba import njit
from numba.extending import overload

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_INNER: Any = {**_OPTIONS, "_nrt": False, "forceinline": True}
_FILES = sorted(Path(__file__).parent.glob("*.py"))
_DIGEST = sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function that makes no array when it is first called; threads run beside it.

    It becomes a part of whoever calls it, and counts no references to arrays: passing the scene
    and counting its arrays at each step would take nine tenths of the time.
    """
    return njit(**_INNER)(with_digest(function))


def compiled_with_arrays(function: Callable[..., Any]) -> Any:
    """Compile a function that makes arrays of its own."""
    return njit(**_OPTIONS)(with_digest(function))


def replaceable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that compiled ones call, and of which a GPU has a form of its own."""
    overload(function, jit_options=_INNER, strict=False, target="cpu")(lambda *_: function)
    return function


def with_digest(function: Any) -> Any:
    """Return the function with one more variable in its closure, which only numba's cache uses."""
    code = function.__code__
    code = code.replace(co_freevars=(*code.co_freevars, "_digest"))
    closure = (*(function.__closure__ or ()), CellType(_DIGEST))
    closed = FunctionType(code, function.__globals__, function.__name__, None, closure)
    return functools.update_wrapper(closed, function)
