"""What a response model takes: dose-rate curves with their quality, place and surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import Any

from theratwin.core.curve import Curve
from theratwin.core.errors import InputError


class Component(StrEnum):
    """The radiation that a dose rate belongs to."""

    PHOTON_ELECTRON = "photon_electron"
    ALPHA = "alpha"
    RECOIL = "recoil"
    AUGER = "auger"


class Geometry(StrEnum):
    """The volume that a dose rate is the mean over."""

    TISSUE = "tissue"
    CELL = "cell"
    NUCLEUS = "nucleus"


@dataclass(frozen=True)
class Quality:
    """Radiation quality: dose-mean LET (keV/um), or the mean specific energy of one event (Gy).

    Parameters
    ----------
    let
        Dose-mean linear energy transfer (keV/um), if known.
    specific_energy
        Dose-mean specific energy of a single event in the nucleus (Gy), if known.
    """

    let: float | None = None
    specific_energy: float | None = None

    def __post_init__(self) -> None:
        for name in ("let", "specific_energy"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise InputError("must be positive", field=f"Quality.{name}", value=value)


@dataclass(frozen=True, eq=False)
class Exposure:
    """The dose rate (Gy/h) in one region by radiation component.

    Parameters
    ----------
    region
        Canonical name of the region.
    dose_rate
        A curve (Gy/h) for each component.
    quality
        Radiation quality for each component, where it is known.
    geometry
        The volume that the dose rates are the mean over.
    oxygen
        Oxygen partial pressure over time (mmHg), if known.
    drugs
        Concentrations of partner drugs over time (nmol/mL) by name.

    Raises
    ------
    InputError
        If no dose rate is given, or a quality belongs to no component.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> kidneys = Exposure.of("kidneys", Exponentials([0.1], [0.01]))
    >>> float(kidneys.total_dose_rate.integral())
    10.0
    """

    region: str
    dose_rate: Mapping[Component, Curve]
    quality: Mapping[Component, Quality] = field(default_factory=dict)
    geometry: Geometry = Geometry.TISSUE
    oxygen: Curve | None = None
    drugs: Mapping[str, Curve] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.dose_rate:
            raise InputError("at least one component is needed", field="Exposure.dose_rate")
        for name in ("dose_rate", "quality"):
            by_component = {_component(key): item for key, item in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(by_component))
        object.__setattr__(self, "drugs", MappingProxyType(dict(self.drugs)))
        if stray := set(self.quality) - set(self.dose_rate):
            raise InputError(
                "a quality without a dose rate",
                field="Exposure.quality",
                value=sorted(stray)[0],
                allowed=sorted(self.dose_rate),
            )

    @classmethod
    def of(cls, region: str, dose_rate: Curve) -> Exposure:
        """Return an exposure to photons and electrons alone."""
        return cls(region, {Component.PHOTON_ELECTRON: dose_rate})

    @property
    def total_dose_rate(self) -> Curve:
        """The absorbed-dose rate (Gy/h) summed over components, unweighted."""
        return reduce(add, self.dose_rate.values())

    def dose(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        """Return the absorbed dose (Gy) in an interval (h)."""
        return self.total_dose_rate.integral(start, end)


def _component(name: str) -> Component:
    try:
        return Component(name)
    except ValueError:
        raise InputError(
            "unknown component", field="Exposure", value=name, allowed=[c.value for c in Component]
        ) from None
