"""What is kept of a population: moments and quantiles, of chunks that are merged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from jaxtyping import Float, Int

#: Relative accuracy of a quantile: bins grow by the factor GROWTH.
ACCURACY = 0.005
GROWTH = (1.0 + ACCURACY) / (1.0 - ACCURACY)
#: Magnitudes below this count as zero.
LEAST = 1e-300
# Bins of positive numbers are 1 and up, of negative ones -1 and down; a cell has room for all.
_MIDDLE = 1 << 17
_CELL = 1 << 20


@dataclass(frozen=True, eq=False)
class Summary:
    """Moments, extremes and a sketch of quantiles, for each time and output.

    Values that are not finite are left out and not counted. Bins of the sketch are counted in
    whole numbers, so that quantiles are the same however the patients were divided [masson_2019].

    Parameters
    ----------
    count
        Number of finite values.
    mean
        Their mean.
    squares
        Sum of their squared deviations from the mean.
    least, most
        The smallest and largest; infinite where there are none.
    bins, filled
        Places of the bins that are not empty, in order, and how many values each holds.
    """

    count: Int[np.ndarray, "time output"]
    mean: Float[np.ndarray, "time output"]
    squares: Float[np.ndarray, "time output"]
    least: Float[np.ndarray, "time output"]
    most: Float[np.ndarray, "time output"]
    bins: Int[np.ndarray, " bin"]
    filled: Int[np.ndarray, " bin"]

    @classmethod
    def of(cls, values: Float[np.ndarray, "patient time output"]) -> Summary:
        """Summarize values of some patients."""
        finite = np.isfinite(values)
        count = finite.sum(axis=0)
        mean = np.where(finite, values, 0.0).sum(axis=0) / np.maximum(count, 1)
        deviations = np.where(finite, values - mean, 0.0)
        cells = np.broadcast_to(np.arange(count.size).reshape(count.shape), values.shape)
        bins, filled = np.unique(cells[finite] * _CELL + _bin(values[finite]), return_counts=True)
        return cls(
            count,
            mean,
            (deviations**2).sum(axis=0),
            np.where(finite, values, np.inf).min(axis=0, initial=np.inf),
            np.where(finite, values, -np.inf).max(axis=0, initial=-np.inf),
            bins,
            filled,
        )

    def merged(self, other: Summary) -> Summary:
        """Return the summary of both, moments after [chan_1983].

        With n = n_a + n_b and d = m_b - m_a, the mean is m_a + d n_b / n, and the sum of squares
        is S_a + S_b + d^2 n_a n_b / n.
        """
        count = self.count + other.count
        share = other.count / np.maximum(count, 1)
        apart = other.mean - self.mean
        bins, places = np.unique(np.concatenate([self.bins, other.bins]), return_inverse=True)
        filled = np.zeros(bins.size, np.int64)
        np.add.at(filled, places, np.concatenate([self.filled, other.filled]))
        return Summary(
            count,
            self.mean + apart * share,
            self.squares + other.squares + apart**2 * self.count * share,
            np.minimum(self.least, other.least),
            np.maximum(self.most, other.most),
            bins,
            filled,
        )

    @property
    def sd(self) -> Float[np.ndarray, "time output"]:
        """The standard deviation, with n - 1; NaN where there are fewer than two values."""
        few = self.count < 2
        return np.sqrt(np.where(few, np.nan, self.squares / np.maximum(self.count - 1, 1)))

    def quantile(self, probability: float) -> Float[np.ndarray, "time output"]:
        """Return a quantile, within `ACCURACY` of the value of its rank.

        The rank is p (n - 1), rounded down; NaN where there are no values.

        Raises
        ------
        InputError
            If the probability is not from 0 to 1.
        """
        if not 0.0 <= probability <= 1.0:
            raise InputError(
                "out of range", field="probability", value=probability, allowed="0 to 1"
            )
        found = np.full(self.count.size, np.nan)
        count = self.count.ravel()
        some = np.flatnonzero(count)
        begins = np.cumsum(count) - count
        ranks = np.floor(probability * (count - 1)).astype(np.int64)
        places = np.searchsorted(np.cumsum(self.filled), (begins + ranks)[some], side="right")
        found[some] = _middle(self.bins[places] - some * _CELL)
        return np.clip(found.reshape(self.count.shape), self.least, self.most)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold, without loss."""
        plain = {name: value.tolist() for name, value in vars(self).items()}
        for name in ("least", "most"):
            plain[name] = [[v if math.isfinite(v) else None for v in row] for row in plain[name]]
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Summary:
        """Return what `to_dict` was made of."""
        shape = np.shape(plain["count"])
        empty = {"least": np.inf, "most": -np.inf}
        arrays = {
            name: np.array([[empty[name] if v is None else v for v in row] for row in plain[name]])
            for name in empty
        }
        for name in ("count", "bins", "filled"):
            arrays[name] = np.array(plain[name], np.int64)
        for name in ("mean", "squares"):
            arrays[name] = np.array(plain[name], float)
        return cls(
            **{n: a if n in ("bins", "filled") else a.reshape(shape) for n, a in arrays.items()}
        )


def _bin(values: np.ndarray) -> np.ndarray:
    """Return the bins of finite values, in the same order as the values."""
    size = np.abs(values)
    tiny = size < LEAST
    exponents = np.ceil(np.log(np.where(tiny, 1.0, size)) / math.log(GROWTH)).astype(np.int64)
    return np.where(tiny, 0, np.where(values < 0, -1, 1) * (exponents + _MIDDLE)) + _CELL // 2


def _middle(bins: np.ndarray) -> np.ndarray:
    """Return the value that is as far, relatively, from either edge of a bin."""
    signed = bins - _CELL // 2
    exponents = np.where(signed == 0, 0, np.abs(signed) - _MIDDLE)
    with np.errstate(over="ignore"):  # The middle of the last bin; the caller clips it.
        return np.sign(signed) * (1.0 - ACCURACY) * np.exp(exponents * math.log(GROWTH))
