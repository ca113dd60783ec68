"""What every model of cell survival can do: one interface for closed forms and for networks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import inf
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from theratwin.core import Curve, Exposure, InputError, Parameter, UnsupportedError, parameter_set
from theratwin.core._arrays import as_float, namespace


@dataclass(frozen=True, eq=False)
class CellModel(ABC):
    r"""A model of the fraction S of cells that survive an exposure.

    Subclasses are frozen dataclasses: their further fields are the model's options.

    Parameters
    ----------
    parameters
        Values in use, by name, in inside units: numbers, or arrays over patients or draws.

    Raises
    ------
    InputError
        If a value is not finite, or negative.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    #: "published", or "theratwin" for a model or an extension of our own.
    origin: ClassVar[str]
    citations: ClassVar[tuple[str, ...]]
    #: Room and name of the set that the defaults stand in.
    parameter_set: ClassVar[tuple[str, str] | None]

    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        values = {name: as_float(value) for name, value in self.parameters.items()}
        for name, value in values.items():
            self._check(name, value)
        object.__setattr__(self, "parameters", MappingProxyType(values))

    def _check(self, name: str, value: Any) -> None:
        if namespace(value) is np and not np.all((value >= 0) & np.isfinite(value)):
            raise InputError(
                "the value is out of range",
                field=f"{self.name}.{name}",
                value=float(np.min(value)),
                allowed="a finite number, 0 or more",
            )

    @classmethod
    def of(cls, **options: Any) -> Self:
        """Return the model with the values of its parameter set.

        Raises
        ------
        InputError
            If the model has no such option; the nearest one is given.
        """
        known = [part.name for part in fields(cls) if part.name != "parameters"]
        for name in options:
            if name not in known:
                raise InputError(
                    f"the model {cls.name} has no such option",
                    field="option",
                    value=name,
                    allowed=known or "none",
                )
        values = {name: parameter.value for name, parameter in cls.defaults().items()}
        return cls(values, **options)

    @classmethod
    def defaults(cls) -> Mapping[str, Parameter]:
        """Return the parameters with their units, values and sources."""
        return {} if cls.parameter_set is None else parameter_set(*cls.parameter_set)

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every parameter that can be given."""
        return {name: parameter.unit for name, parameter in self.defaults().items()}

    def with_parameters(self, values: Mapping[str, Any]) -> Self:
        """Return the model with other values: numbers, or arrays over patients or draws.

        Raises
        ------
        InputError
            If a name is unknown; the nearest one is given.
        """
        for name in values:
            if name not in self.units:
                raise InputError(
                    "no such parameter", field=self.name, value=name, allowed=sorted(self.units)
                )
        return replace(self, parameters={**self.parameters, **values})

    @abstractmethod
    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S` of the cells present at exposure.

        Parameters
        ----------
        exposure
            Dose rates by component, or a bare curve (Gy/h) of photons and electrons.
        until
            The time up to which dose and deaths count (h).

        Returns
        -------
        Array
            Shape of the batch of the exposure and the parameters.

        Raises
        ------
        UnsupportedError
            If the exposure holds what the model would have to ignore.
        """

    def survival(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        """Return the surviving fraction S; see `log_kill`."""
        kill = self.log_kill(exposure, until)
        return namespace(kill).exp(-kill)

    def over_time(self, exposure: Exposure | Curve, times: Any) -> Any:
        """Return the surviving fraction of the cells so far, shape ``(*batch, time)``."""
        each = [self.survival(exposure, float(time)) for time in times]
        return namespace(*each).stack(each, axis=-1)


def dose_rates(
    exposure: Exposure | Curve, model: str, components: tuple[str, ...]
) -> dict[str, Curve]:
    """Return the dose rate (Gy/h) by component, of an exposure that holds nothing else.

    Raises
    ------
    UnsupportedError
        If it holds another component, oxygen or drugs; what it is is named.
    """
    if not isinstance(exposure, Exposure):
        return {"photon_electron": exposure}
    place = f"exposure of {exposure.region}"
    for component in exposure.dose_rate:
        if component.value not in components:
            raise UnsupportedError(
                f"the model {model} has no values for this radiation",
                field=place,
                value=component.value,
                allowed=list(components),
            )
    for name in ("oxygen", "drugs"):
        if getattr(exposure, name):
            raise UnsupportedError(
                f"the model {model} does not use {name}",
                field=place,
                remedy=f"Give the exposure without {name}",
            )
    return {component.value: curve for component, curve in exposure.dose_rate.items()}
