"""Array helpers that serve NumPy and JAX alike, without loading JAX for NumPy's sake."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def namespace(*arrays: Any) -> Any:
    """Return `jax.numpy` if any argument is a JAX array, else NumPy."""
    jax = sys.modules.get("jax")
    if jax is not None and any(isinstance(array, jax.Array) for array in arrays):
        return jax.numpy
    return np


def as_float(array: Any) -> Any:
    """Return the array in double precision, leaving JAX arrays to JAX."""
    return array if namespace(array) is not np else np.asarray(array, dtype=float)
