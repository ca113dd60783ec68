"""Random streams: independent, named, and the same for the same seed."""

from __future__ import annotations

import hashlib
from numbers import Integral

import numpy as np

from theratwin.core.errors import InputError


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the random stream of a seed and a name path.

    Streams of different names are independent, and none depends on the order in which they are
    asked for.

    Raises
    ------
    InputError
        If the seed is no whole number from 0 up.

    Examples
    --------
    >>> a, b = stream(1, "kidneys"), stream(1, "kidneys")
    >>> bool(a.normal() == b.normal())
    True
    """
    words = [int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") for name in names]
    return np.random.default_rng([checked_seed(seed), *words])


def checked_seed(seed: int) -> int:
    """Return a seed as an integer of Python's own.

    Raises
    ------
    InputError
        If it is no whole number from 0 up.
    """
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise InputError(
            "a seed is a whole number from 0 up", field="seed", value=seed, remedy="Give --seed 1"
        )
    return int(seed)
