"""A cell as two concentric spheres, and its compartments as sums of balls and shells."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

from theratwin.core.errors import InputError

DENSITY = 1e-3  # g/mm3: cells are of water, as in MIRD's cellular S values
SOURCES = ("N", "Cy", "CS", "C")
TARGETS = ("N", "Cy", "C")


@dataclass(frozen=True)
class Cell:
    """A spherical cell with a spherical nucleus in its middle, of water at 1 g/mL.

    Compartments are named as in MIRD's tables: ``N`` nucleus, ``Cy`` cytoplasm (the cell
    without its nucleus), ``CS`` cell surface (a membrane without thickness), ``C`` the cell.

    Parameters
    ----------
    radius, nucleus_radius
        mm.

    Raises
    ------
    InputError
        If a radius is not a positive number, or the nucleus is not smaller than the cell.

    Examples
    --------
    >>> cell = Cell(radius=5e-3, nucleus_radius=3e-3)
    >>> f"{cell.mass('N'):.3e} g"
    '1.131e-10 g'
    """

    radius: float
    nucleus_radius: float

    def __post_init__(self) -> None:
        for field in ("radius", "nucleus_radius"):
            value = getattr(self, field)
            if not 0 < value < float("inf"):
                raise InputError(
                    "not a positive number", field=field, value=value, allowed="finite and > 0 mm"
                )
        if not self.nucleus_radius < self.radius:
            raise InputError(
                "the nucleus does not fit in the cell",
                field="nucleus_radius",
                value=f"{1e3 * self.nucleus_radius:g} um",
                allowed=f"below the cell's radius, {1e3 * self.radius:g} um",
            )

    def balls(self, compartment: str) -> tuple[tuple[int, float], ...]:
        """Return a compartment with volume as a signed sum of balls: (sign, radius in mm).

        Raises
        ------
        InputError
            If it is not one of ``N``, ``Cy``, ``C``.
        """
        whole, nucleus = (1, self.radius), (1, self.nucleus_radius)
        made_of = {"N": (nucleus,), "C": (whole,), "Cy": (whole, (-1, self.nucleus_radius))}
        if compartment not in made_of:
            raise InputError(
                "no such compartment with a volume",
                field="compartment",
                value=compartment,
                allowed=TARGETS,
            )
        return made_of[compartment]

    def volume(self, compartment: str) -> float:
        """Return the volume of a compartment, mm3."""
        return 4 / 3 * pi * sum(sign * r**3 for sign, r in self.balls(compartment))

    def mass(self, compartment: str) -> float:
        """Return the mass of a compartment, g."""
        return DENSITY * self.volume(compartment)
