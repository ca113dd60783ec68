"""Parameters of a population: every patient draws the same numbers in whatever chunk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from theratwin.core.distribution import Distribution, Fixed, LogNormal, Normal, Uniform
from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dynamics.system import System


def log_normal_population(
    system: System,
    vary: Sequence[str] | None,
    cv: float,
    patients: int,
    seed: int,
    first: int = 0,
) -> dict[str, np.ndarray]:
    """Return parameters with independent log-normal factors of median one.

    With the coefficient of variation c, a parameter is its default times exp(s z), where
    s^2 = ln(1 + c^2) and z is standard normal.

    Parameters
    ----------
    system
        Whose defaults are the medians.
    vary
        Parameters to vary; if None, all whose default is not zero.
    cv
        Coefficient of variation, not negative.
    patients
        How many.
    seed
        Of the population; a patient's numbers depend on it, the parameter's name and the
        patient's place, and on nothing else.
    first
        The place of the first of these patients.

    Raises
    ------
    InputError
        If a parameter is unknown, stands twice or is zero, or a number is out of range.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> system = model("one-compartment").system()
    >>> whole = log_normal_population(system, ["clearance"], 0.3, 5, seed=1)
    >>> part = log_normal_population(system, ["clearance"], 0.3, 2, seed=1, first=3)
    >>> bool((part["clearance"] == whole["clearance"][3:]).all())
    True
    """
    if not (math.isfinite(cv) and cv >= 0):
        raise InputError("out of range", field="cv", value=cv, allowed="a number, not negative")
    spread = math.sqrt(math.log1p(cv**2))
    return {
        name: system.parameters[name] * np.exp(spread * _normal(patients, seed, name, first))
        for name in _varied(system, vary)
    }


def _varied(system: System, vary: Sequence[str] | None) -> list[str]:
    if vary is None:
        return [name for name, value in system.parameters.items() if value != 0.0]
    for name in vary:
        if name not in system.parameters:
            raise InputError(
                "no such parameter", field="vary", value=name, allowed=system.parameters
            )
        if system.parameters[name] == 0.0:
            raise InputError("its default is zero, which no factor changes", field=f"vary.{name}")
    if len(set(vary)) < len(vary):
        raise InputError("a parameter stands twice", field="vary", value=list(vary))
    return list(vary)


def sample_population(
    distributions: Mapping[str, Distribution], patients: int, seed: int, first: int = 0
) -> dict[str, np.ndarray]:
    """Return independent draws of parameters from their distributions, by inversion.

    Parameters
    ----------
    distributions
        By parameter.
    patients, seed, first
        As of `log_normal_population`.

    Examples
    --------
    >>> drawn = sample_population({"k": Uniform(1.0, 2.0)}, 3, seed=1)
    >>> bool(((drawn["k"] > 1.0) & (drawn["k"] < 2.0)).all())
    True
    """
    return {
        name: _drawn(distribution, patients, seed, name, first)
        for name, distribution in distributions.items()
    }


def _drawn(
    distribution: Distribution, patients: int, seed: int, name: str, first: int
) -> np.ndarray:
    match distribution:
        case Fixed(value):
            return np.full(patients, value)
        case Uniform(low, high):
            return low + (high - low) * _uniform(patients, seed, name, first)
        case Normal(mean, sd):
            return mean + sd * _normal(patients, seed, name, first)
        case LogNormal():
            z = _normal(patients, seed, name, first)
            return distribution.median * np.exp(distribution.log_sd * z)


def _uniform(patients: int, seed: int, name: str, first: int) -> np.ndarray:
    """Return numbers between 0 and 1, both left out: one word of the stream a patient."""
    for field, value in (("patients", patients), ("first", first)):
        if isinstance(value, bool) or value != int(value) or value < 0:
            raise InputError("a whole number from 0 up is needed", field=field, value=value)
    words: Any = stream(seed, "population", name).bit_generator
    words.advance(int(first))
    return (np.right_shift(words.random_raw(int(patients)), np.uint64(11)) + 0.5) * 2.0**-53


def _normal(patients: int, seed: int, name: str, first: int) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(_uniform(patients, seed, name, first))
