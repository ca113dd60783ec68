"""Materials: composition, density and mean excitation energy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np

from theratwin.core.errors import InputError
from theratwin.physics.matter.tables import element, elements


@dataclass(frozen=True)
class Material:
    """A homogeneous material.

    Parameters
    ----------
    name
        Key of the material.
    density
        Density, g/mL.
    fractions
        Mass fraction by atomic number; they are scaled to a sum of one.
    mean_excitation
        Mean excitation energy I, eV; by Bragg's rule from the elements where None.
    title, source
        Its name in words and the key of the reference that it comes from.

    Raises
    ------
    InputError
        If a number is not positive, a fraction is negative, the fractions are more than 2 %
        off one, or an element has no photon tables.

    Examples
    --------
    >>> water = Material("water", 1.0, {1: 0.1119, 8: 0.8881}, 78.0)
    >>> round(water.electrons_per_gram / 1e23, 3)
    3.343
    """

    name: str
    density: float
    fractions: Mapping[int, float] = field(hash=False)
    mean_excitation: float = None  # type: ignore[assignment]
    title: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        total = sum(self.fractions.values())
        if not self.fractions or abs(total - 1) > 0.02 or min(self.fractions.values()) < 0:
            raise InputError(
                f"the mass fractions of {self.name} must not be negative and must add up to 1",
                field="fractions",
                value=total,
            )
        scaled = {int(z): f / total for z, f in sorted(self.fractions.items()) if f > 0}
        object.__setattr__(self, "fractions", scaled)
        if self.mean_excitation is None:
            object.__setattr__(self, "mean_excitation", bragg_mean_excitation(scaled))
        for name in ("density", "mean_excitation"):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(
                    f"the {name} of {self.name} must be positive",
                    field=name,
                    value=getattr(self, name),
                )

    @property
    def z_over_a(self) -> float:
        """Electrons over atomic mass, mol/g."""
        return sum(f * z / element(z).atomic_mass for z, f in self.fractions.items())

    @property
    def electrons_per_gram(self) -> float:
        """Electrons a gram."""
        return 6.02214076e23 * self.z_over_a


def bragg_mean_excitation(fractions: Mapping[int, float]) -> float:
    """Return the mean excitation energy of a compound, eV: Bragg's rule, values of ICRU 37.

    Examples
    --------
    >>> round(bragg_mean_excitation({1: 0.111898, 8: 0.888102}), 1)
    75.3
    """
    weights = {z: f * z / element(z).atomic_mass for z, f in fractions.items()}
    logs = sum(w * np.log(element(z).mean_excitation) for z, w in weights.items())
    return float(np.exp(logs / sum(weights.values())))


@cache
def materials() -> dict[str, Material]:
    """Return the shipped materials by name.

    Examples
    --------
    >>> materials()["cortical_bone"].density
    1.92
    """
    path = files("theratwin.physics").joinpath("data", "matter", "materials.toml")
    numbers = {e.symbol: e.z for e in elements().values()}
    return {
        name: Material(
            name,
            entry["density"],
            {numbers[symbol]: fraction for symbol, fraction in entry["fractions"].items()},
            entry.get("mean_excitation"),
            entry["title"],
            entry["source"],
        )
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


def material(name: str) -> Material:
    """Return a shipped material.

    Raises
    ------
    InputError
        If the name is unknown.

    Examples
    --------
    >>> material("water").mean_excitation
    78.0
    """
    if name not in materials():
        raise InputError("unknown material", field="material", value=name, allowed=materials())
    return materials()[name]
