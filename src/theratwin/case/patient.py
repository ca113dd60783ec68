"""Who is treated: a person, or a mouse of a biodistribution study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from theratwin.case._checks import fraction, not_negative, positive
from theratwin.core.errors import InputError


@dataclass(frozen=True)
class Volume:
    """The volume of an organ or lesion with its relative standard uncertainty.

    Parameters
    ----------
    value
        Volume (mL).
    relative_uncertainty
        Relative standard uncertainty (one standard deviation).
    density
        Density (g/mL).
    source
        ``"measured"``, or what the value is otherwise, such as ``"reference adult male"``.
    """

    value: float
    relative_uncertainty: float
    density: float = 1.05
    source: str = "measured"

    def __post_init__(self) -> None:
        for name in ("value", "density"):
            positive(getattr(self, name), name)
        fraction(self.relative_uncertainty, "relative_uncertainty")

    @property
    def mass(self) -> float:
        """Mass (g)."""
        return self.value * self.density


@dataclass(frozen=True)
class Patient:
    """The person treated, or the animal.

    Parameters
    ----------
    sex
        ``"male"`` or ``"female"``.
    mass
        Body mass (g).
    age
        Age (a), if known.
    height
        Height (mm), if known.
    body_surface_area
        Body surface area (m^2), if known.
    hematocrit
        Volume fraction of cells in blood, if measured.
    species
        ``"human"`` or ``"mouse"``.
    organs
        Volumes of organs by region.
    absent
        Regions that the patient does not have, such as ``"kidney_left"``.
    mass_source
        ``"measured"``, or how the mass was assumed.
    gfr
        Glomerular filtration rate (mL/h) at the start of the treatment, if measured: of this body,
        not for 1.73 m^2.
    gfr_uncertainty
        Its relative standard uncertainty, above zero; it goes with ``gfr``.
    """

    sex: str
    mass: float
    age: float | None = None
    height: float | None = None
    body_surface_area: float | None = None
    hematocrit: float | None = None
    species: str = "human"
    organs: Mapping[str, Volume] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    mass_source: str = "measured"
    gfr: float | None = None
    gfr_uncertainty: float | None = None

    def __post_init__(self) -> None:
        positive(self.mass, "patient.mass")
        if self.age is not None:
            not_negative(self.age, "patient.age")
        for name in ("height", "body_surface_area", "gfr", "gfr_uncertainty"):
            if getattr(self, name) is not None:
                positive(getattr(self, name), f"patient.{name}")
        if self.hematocrit is not None:
            fraction(self.hematocrit, "patient.hematocrit")
        if self.gfr_uncertainty is not None:
            fraction(self.gfr_uncertainty, "patient.gfr_uncertainty")
        if (self.gfr is None) != (self.gfr_uncertainty is None):
            raise InputError(
                "a filtration rate and its uncertainty belong together",
                field="patient.gfr, patient.gfr_uncertainty",
                remedy="Give both, or none",
            )
        object.__setattr__(self, "organs", MappingProxyType(dict(self.organs)))


@dataclass(frozen=True)
class Lesion:
    """A tumor lesion.

    Parameters
    ----------
    name
        Its name in the case, such as ``"lesion_1"``.
    volume
        Its volume.
    site
        Where it is, such as ``"lymph node"``.
    appears
        The administration at which it is first seen; None if it is there from the start.
    """

    name: str
    volume: Volume
    site: str = ""
    appears: str | None = None
