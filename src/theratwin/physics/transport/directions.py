"""Unit vectors: isotropic ones, and one turned by a polar and an azimuthal angle."""

from __future__ import annotations

import math

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.random_stream import uniform


@compiled
def isotropic(state):
    """Return a unit vector of random direction."""
    w = 2.0 * uniform(state) - 1.0
    angle = 2.0 * math.pi * uniform(state)
    across = math.sqrt(max(0.0, 1.0 - w * w))
    return across * math.cos(angle), across * math.sin(angle), w


@compiled
def turned(u, v, w, cosine, azimuth):
    """Return the direction at an angle to (u, v, w), given its cosine and the azimuth."""
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    a, b = sine * math.cos(azimuth), sine * math.sin(azimuth)
    across = u * u + v * v
    if across < 1e-20:
        sign = 1.0 if w > 0 else -1.0
        return a, b * sign, cosine * sign
    across = math.sqrt(across)
    nu = u * cosine + (u * w * a - v * b) / across
    nv = v * cosine + (v * w * a + u * b) / across
    nw = w * cosine - across * a
    scale = 1.0 / math.sqrt(nu * nu + nv * nv + nw * nw)
    return nu * scale, nv * scale, nw * scale
