"""Rubble, tables of water, a stream, and means of samplers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from theratwin.physics.matter import material
from theratwin.physics.transport import VoxelMatter
from theratwin.physics.transport.photon_tables import PhotonTables, photon_tables
from theratwin.physics.transport.random_stream import start_stream


@pytest.fixture
def stream() -> np.ndarray:
    """Return the state of a stream."""
    state = np.empty(2, np.uint64)
    start_stream(state, 7, 1)
    return state


@pytest.fixture(scope="session")
def photons_in_water() -> PhotonTables:
    """Return the photon tables of water alone."""
    return photon_tables([material("water")])


@pytest.fixture(scope="session")
def rubble() -> VoxelMatter:
    """Return voxels of random matter, dense and thin, some of them empty."""
    random = np.random.default_rng(5)
    names = ("water", "lung", "cortical_bone", "air")
    shape = (9, 7, 8)
    density = np.exp(random.uniform(np.log(1e-3), np.log(2.5), shape))
    density[random.random(shape) < 0.1] = 0.0
    density[4, 3, 4] = 1.0
    index = random.integers(0, len(names), shape)
    return VoxelMatter(tuple(material(n) for n in names), index, density, (3.0, 5.0, 2.0))


@pytest.fixture
def drawn(stream) -> Callable[..., np.ndarray]:
    """Return a function that calls a sampler many times, its last parameter being the stream.

    The sampler runs as Python, what it calls is compiled: nothing has to be compiled anew.
    """

    def draw(sampler, *parameters, count: int = 8_000) -> np.ndarray:
        return np.array([sampler.py_func(*parameters, stream) for _ in range(count)])

    return draw


@pytest.fixture
def near() -> Callable[[np.ndarray, float], None]:
    """Return a check that a mean of independent draws lies within four standard errors."""

    def check(values: np.ndarray, expected: float) -> None:
        error = values.std() / np.sqrt(values.size)
        assert values.mean() == pytest.approx(expected, abs=4 * error + 1e-12)

    return check
