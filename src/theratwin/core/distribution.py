"""Distributions of parameters: fixed, normal, log-normal, uniform."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from theratwin.core.errors import InputError


@dataclass(frozen=True)
class Fixed:
    """A value without spread."""

    value: float

    def __post_init__(self) -> None:
        _require_finite("value", self.value)

    @property
    def median(self) -> float:
        return self.value

    def sample(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Draw ``size`` values."""
        return np.full(size, self.value)


@dataclass(frozen=True)
class Normal:
    """A normal distribution by its mean and standard deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _require_finite("mean", self.mean)
        _require(self.sd > 0, "sd", self.sd, "a positive number")

    @property
    def median(self) -> float:
        return self.mean

    def sample(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Draw ``size`` values."""
        return generator.normal(self.mean, self.sd, size)


@dataclass(frozen=True)
class LogNormal:
    """A log-normal distribution by its median and geometric standard deviation (above 1).

    Examples
    --------
    >>> round(LogNormal.from_mean_sd(30.0, 10.0).median, 3)
    28.46
    """

    median: float
    gsd: float

    def __post_init__(self) -> None:
        _require(self.median > 0, "median", self.median, "a positive number")
        _require(self.gsd > 1, "gsd", self.gsd, "a number above 1")

    @classmethod
    def from_mean_sd(cls, mean: float, sd: float) -> LogNormal:
        """Build from the arithmetic mean and standard deviation, both positive."""
        _require(mean > 0, "mean", mean, "a positive number")
        _require(sd > 0, "sd", sd, "a positive number")
        variance = math.log1p((sd / mean) ** 2)
        return cls(mean * math.exp(-variance / 2), math.exp(math.sqrt(variance)))

    @property
    def log_mean(self) -> float:
        """The mean of the natural logarithm."""
        return math.log(self.median)

    @property
    def log_sd(self) -> float:
        """The standard deviation of the natural logarithm."""
        return math.log(self.gsd)

    def sample(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Draw ``size`` values."""
        return np.exp(generator.normal(self.log_mean, self.log_sd, size))


@dataclass(frozen=True)
class Uniform:
    """A uniform distribution between two bounds."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require_finite("low", self.low)
        _require(self.high > self.low, "high", self.high, f"a number above {self.low}")

    @property
    def median(self) -> float:
        return 0.5 * (self.low + self.high)

    def sample(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Draw ``size`` values."""
        return generator.uniform(self.low, self.high, size)


Distribution = Fixed | Normal | LogNormal | Uniform


def _require_finite(field: str, value: float) -> None:
    _require(math.isfinite(value), field, value, "a finite number")


def _require(condition: bool, field: str, value: float, allowed: str) -> None:
    if not condition or not math.isfinite(value):
        raise InputError("the value is out of range", field=field, value=value, allowed=allowed)
