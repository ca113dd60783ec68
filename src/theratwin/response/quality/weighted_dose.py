"""Dose weighted by relative biological effectiveness (RBE), which is uncertain and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import Any

import numpy as np

from theratwin.core import (
    Component,
    Curve,
    Exposure,
    InputError,
    Parameter,
    UnsupportedError,
    parameter_set,
    stream,
)
from theratwin.core._arrays import as_float

#: How a weighted dose is named in words: it is no absorbed dose, and no equivalent dose.
UNIT = "Gy, weighted by RBE"
EFFECTS = ("deterministic", "cell_kill")


@dataclass(frozen=True, eq=False)
class RadiationWeights:
    """The RBE of each component of radiation for one kind of effect.

    Parameters
    ----------
    effect
        ``deterministic`` or ``cell_kill``.
    weights
        Dimensionless, by component: numbers, or draws of shape (draws,).
    parameters
        Where they come from.

    Raises
    ------
    InputError
        If a weight is not positive.
    """

    effect: str
    weights: Mapping[Component, Any]
    parameters: Mapping[Component, Parameter]

    def __post_init__(self) -> None:
        weights = {Component(c): as_float(w) for c, w in self.weights.items()}
        for component, weight in weights.items():
            if not (np.all(np.isfinite(weight)) and np.all(weight > 0)):
                raise InputError("must be positive", field=f"weight of {component}", value=weight)
        object.__setattr__(self, "weights", MappingProxyType(weights))

    def drawn(self, seed: int, draws: int) -> RadiationWeights:
        """Return draws of the weights; recoils share the draw of the alphas that they come with."""
        found = {
            component: parameter.distribution.sample(
                stream(seed, "rbe", self.effect, _drawn_as(component)), draws
            )
            for component, parameter in self.parameters.items()
        }
        return RadiationWeights(self.effect, found, self.parameters)

    def dose_rate(self, exposure: Exposure) -> Curve:
        """Return the weighted dose rate of an exposure, in Gy weighted by RBE an hour.

        Raises
        ------
        UnsupportedError
            If the exposure holds oxygen, which no single number weights.
        """
        if exposure.oxygen is not None:
            raise UnsupportedError(
                "a weighted dose does not know oxygen",
                field=f"exposure of {exposure.region}",
                remedy='Use the cell model "lq-mixed"',
            )
        rates = exposure.dose_rate.items()
        return reduce(add, (curve.scaled(self.weights[c]) for c, curve in rates))

    def dose(self, doses: Mapping[str, Any]) -> WeightedDose:
        """Return the weighted sum of absorbed doses (Gy) by component.

        Examples
        --------
        >>> weights = radiation_weights("deterministic")
        >>> print(weights.dose({"alpha": 2.0, "photon_electron": 1.0}))
        11 Gy, weighted by RBE
        """
        if not doses:
            raise InputError("at least one component is needed", field="doses")
        known = [c.value for c in Component]
        for name in doses:
            if name not in known:
                raise InputError("unknown component", field="doses", value=name, allowed=known)
        absorbed = reduce(add, (as_float(dose) for dose in doses.values()))
        weighted = (as_float(dose) * self.weights[Component(c)] for c, dose in doses.items())
        return WeightedDose(absorbed, reduce(add, weighted), self.effect)


@dataclass(frozen=True, eq=False)
class WeightedDose:
    """Absorbed and weighted dose: the two are kept apart.

    Parameters
    ----------
    absorbed
        Gy.
    weighted
        In `UNIT`; it has the shape of the draws.
    effect
        What it is weighted for.
    """

    absorbed: Any
    weighted: Any
    effect: str
    unit: str = UNIT

    def __str__(self) -> str:
        if np.ndim(self.weighted) == 0:
            return f"{float(self.weighted):.4g} {self.unit}"
        low, middle, high = np.quantile(self.weighted, [0.05, 0.5, 0.95])
        return f"{middle:.4g} ({low:.4g} to {high:.4g}) {self.unit}"


def radiation_weights(effect: str) -> RadiationWeights:
    """Return the weights of an effect at their medians, with their distributions.

    Parameters
    ----------
    effect
        ``deterministic`` (harm to normal tissue) or ``cell_kill``.

    Raises
    ------
    InputError
        If there is no such effect.

    Examples
    --------
    >>> float(radiation_weights("cell_kill").weights[Component.ALPHA])
    4.0
    """
    if effect not in EFFECTS:
        raise InputError("unknown effect", field="effect", value=effect, allowed=EFFECTS)
    found = parameter_set("response", "radiation_weights").under(effect)
    parameters = {Component(name): parameter for name, parameter in found.items()}
    return RadiationWeights(effect, {c: p.value for c, p in parameters.items()}, parameters)


def _drawn_as(component: Component) -> str:
    return Component.ALPHA if component is Component.RECOIL else component
