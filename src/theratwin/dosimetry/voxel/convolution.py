"""Convolution of a map with a kernel that is alike in all octants, by pruned FFTs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_PLANES = 4  # at a time: enough to do in one call, small beside the map and in a cache
_COLUMNS = 4


def convolve_octant(values: NDArray[Any], octant: ArrayLike, *, workers: int = 1) -> NDArray[Any]:
    r"""Return the sum over sources of the kernel around each, on the grid of the map.

    .. math:: y_i = \sum_j x_j\,k_{|i - j|}

    The map is padded with zeros to at least :math:`n \ge N + h` along each axis, :math:`h` the
    reach of the kernel: indices differ by at most :math:`N - 1`, so that a difference wrapped
    around is at least :math:`n - (N - 1) > h`, out of the kernel's reach. The transform of a
    kernel alike in all octants is real,

    .. math:: \hat k_q = \prod_a \sum_{j_a} (2 - \delta_{j_a 0}) \cos(2 \pi q_a j_a / n_a)\,k_j

    and is formed as it is needed. Rows of padding are not transformed, nor is what is thrown
    away afterwards; beside the map and the result, the work takes about the room of one map.

    Parameters
    ----------
    values
        The map, shape ``(i, j, k)``; of single precision, the work is in single precision.
    octant
        The kernel from its middle outward, shape ``(a, b, c)``.
    workers
        Threads.

    Returns
    -------
    NDArray
        Shape of ``values``; rounding below zero is set to 0.

    Examples
    --------
    >>> point = np.zeros((1, 1, 4)); point[0, 0, 1] = 2.0
    >>> convolve_octant(point, [[[4.0, 1.0]]]).round(12)
    array([[[2., 8., 2., 0.]]])
    """
    kernel = np.asarray(octant, dtype=float)[tuple(slice(size) for size in values.shape)]
    lengths = [_padded(size, far) for size, far in zip(values.shape, kernel.shape, strict=True)]
    spectrum = _forward(values, lengths, workers)
    _multiply(spectrum, kernel, lengths, workers)
    return _backward(spectrum, values, lengths, workers)


def _padded(size: int, reach: int) -> int:
    """Return a length that is quick to transform and lets nothing wrap around."""
    from scipy.fft import next_fast_len

    return int(next_fast_len(size + reach - 1))  # pyright: ignore[reportArgumentType]


def _forward(values: NDArray[Any], lengths: list[int], workers: int) -> NDArray[Any]:
    """Transform along the last two axes; shape ``(i, lengths[1], lengths[2] // 2 + 1)``."""
    from scipy.fft import fft, rfft

    kind = np.result_type(values.dtype, np.complex64)
    spectrum = np.empty((values.shape[0], lengths[1], lengths[2] // 2 + 1), kind)

    def transform(planes: slice) -> None:
        rows = rfft(values[planes], n=lengths[2], axis=2)
        spectrum[planes] = fft(rows, n=lengths[1], axis=1)

    _each(values.shape[0], _PLANES, transform, workers)
    return spectrum


def _multiply(
    spectrum: NDArray[Any], kernel: NDArray[Any], lengths: list[int], workers: int
) -> None:
    """Transform along the first axis, multiply by the kernel's transform, transform back."""
    from scipy.fft import fft, ifft

    real = np.float32 if spectrum.dtype == np.complex64 else np.float64
    waves = [_cosines(length, size) for length, size in zip(lengths, kernel.shape, strict=True)]
    last = waves[2][: spectrum.shape[2]]
    outer = np.einsum("abc,qb,rc->aqr", kernel, waves[1], last, optimize=True).astype(real)
    first = waves[0].astype(real)

    def transform(columns: slice) -> None:
        work: Any = fft(spectrum[:, columns], n=lengths[0], axis=0)
        work *= np.tensordot(first, outer[:, columns], axes=1)
        spectrum[:, columns] = ifft(work, axis=0, overwrite_x=True)[: len(spectrum)]  # pyright: ignore

    _each(lengths[1], _COLUMNS, transform, workers)


def _backward(
    spectrum: NDArray[Any], values: NDArray[Any], lengths: list[int], workers: int
) -> NDArray[Any]:
    from scipy.fft import ifft, irfft

    result = np.empty(values.shape, values.dtype)
    _, rows, depth = values.shape

    def transform(planes: slice) -> None:
        kept: Any = ifft(spectrum[planes], axis=1)
        line: Any = irfft(kept[:, :rows], n=lengths[2], axis=2)
        np.maximum(line[..., :depth], 0.0, out=result[planes])

    _each(values.shape[0], _PLANES, transform, workers)
    return result


def _each(size: int, step: int, work: Callable[[slice], None], workers: int) -> None:
    """Do the work on slices of an axis, each by one thread."""
    parts = [slice(first, first + step) for first in range(0, size, step)]
    if workers == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, parts))


def _cosines(length: int, size: int) -> NDArray[np.float64]:
    """Return the transform matrix of an even sequence, shape ``(length, size)``."""
    turns = np.outer(np.arange(length), np.arange(size)) % length
    matrix = 2.0 * np.cos(2.0 * np.pi / length * turns)
    matrix[:, 0] = 1.0
    return matrix
