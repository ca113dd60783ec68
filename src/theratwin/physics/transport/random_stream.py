"""A stream of random numbers for every history: the same whatever thread runs it, and when."""

from __future__ import annotations

import numpy as np

from theratwin.physics.transport.compiled import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_ULP = 2.0**-53


@compiled
def _mixed(value):
    """Return the finalizer of splitmix64 of a 64-bit number."""
    value = (value ^ (value >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


@compiled
def start_stream(state, seed, history):
    """Set the state (uint64, shape (2,)) to the stream of one history under a seed."""
    base = _mixed(np.uint64(seed) + _GOLDEN) ^ _mixed(np.uint64(history) * _GOLDEN + np.uint64(1))
    state[0] = _mixed(base + _GOLDEN)
    state[1] = _mixed(base + _GOLDEN + _GOLDEN) | np.uint64(1)


@compiled
def uniform(state):
    """Return a number in [0, 1): xoroshiro128+ of Blackman and Vigna."""
    first, second = state[0], state[1]
    total = first + second
    second ^= first
    turned = (first << np.uint64(24)) | (first >> np.uint64(40))
    state[0] = turned ^ second ^ (second << np.uint64(16))
    state[1] = (second << np.uint64(37)) | (second >> np.uint64(27))
    return np.float64(total >> np.uint64(11)) * _ULP
