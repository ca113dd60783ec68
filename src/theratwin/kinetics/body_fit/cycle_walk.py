"""Parameters that walk from cycle to cycle: their logarithms in one vector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import LogNormal
from theratwin.kinetics.region_curve import CycleChange


@dataclass(frozen=True, eq=False)
class CycleWalk:
    """The vector of what is estimated.

    It holds the logarithms of the parameters in the first cycle, then for every later cycle, for
    each parameter that changes, the logarithm of its ratio to the cycle before.

    Parameters
    ----------
    priors
        The parameters with their log-normal priors.
    changes
        How some of them change.
    begins
        Parameter to the number, from 0, of the cycle at which its region appears: it changes
        after that one only.

    Examples
    --------
    >>> change = CycleChange((LogNormal(0.73, 1.35),))
    >>> walk = CycleWalk({"density": LogNormal(40.0, 1.4)}, {"density": change})
    >>> theta = np.log([[50.0, 0.8, 0.5]])
    >>> walk.ratios(theta, 3)["density"]
    array([[1. , 0.8, 0.4]])
    """

    priors: Mapping[str, LogNormal]
    changes: Mapping[str, CycleChange]
    begins: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of the first cycle."""
        return tuple(self.priors)

    @cached_property
    def changing(self) -> tuple[str, ...]:
        """Those that change."""
        return tuple(name for name in self.priors if name in self.changes)

    def steps(self, cycles: int) -> list[tuple[str, int]]:
        """Return the ratios in the order of the vector: parameter, and the cycle (from 0)."""
        return [
            (name, cycle)
            for cycle in range(1, cycles)
            for name in self.changing
            if cycle > self.begins.get(name, 0)
        ]

    def size(self, cycles: int) -> int:
        """Return the length of the vector for a number of cycles."""
        return len(self.parameters) + len(self.steps(cycles))

    def names(self, cycles: Iterable[str]) -> tuple[str, ...]:
        """Return the name of each element, without the logarithm."""
        cycles = list(cycles)
        ratios = (f"{name}_ratio[{cycles[k]}]" for name, k in self.steps(len(cycles)))
        return (*self.parameters, *ratios)

    def all_priors(self, cycles: int) -> tuple[LogNormal, ...]:
        """Return the prior of each element."""
        ratios = (self.changes[name].ratio(step) for name, step in self.steps(cycles))
        return (*self.priors.values(), *ratios)

    def columns(self, name: str, cycles: int) -> list[int]:
        """Return where the ratios of a parameter stand, in the order of the cycles."""
        base = len(self.parameters)
        return [base + k for k, step in enumerate(self.steps(cycles)) if step[0] == name]

    def values(self, theta: Float[Any, "draws elements"]) -> dict[str, Any]:
        """Return the parameters of the first cycle."""
        return {name: np.exp(theta[..., k]) for k, name in enumerate(self.parameters)}

    def ratios(
        self, theta: Float[Any, "draws elements"], cycles: int
    ) -> dict[str, Float[Any, "draws cycles"]]:
        """Return what each parameter that changes is multiplied by in every cycle."""
        found = {}
        for name in self.changing:
            steps = [theta[..., column] for column in self.columns(name, cycles)]
            before = [np.zeros(theta.shape[:-1])] * (cycles - len(steps))
            logarithms = np.stack([*before, *steps], axis=-1)
            found[name] = np.exp(np.cumsum(logarithms, axis=-1))
        return found

    def carried(
        self, theta: Float[Any, "draws elements"], cycles: int, generator: np.random.Generator
    ) -> Float[Any, "draws longer"]:
        """Return the draws for a course of another length.

        Cycles beyond those of the draws take their ratios from the priors, draw by draw.
        """
        size = self.size(cycles)
        if size <= theta.shape[-1]:
            return theta[:, :size]
        future = [
            generator.normal(prior.log_mean, prior.log_sd, len(theta))
            for prior in self.all_priors(cycles)[theta.shape[-1] :]
        ]
        return np.concatenate([theta, np.stack(future, axis=-1)], axis=-1)
