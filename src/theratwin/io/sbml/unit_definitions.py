"""Our units as SBML's unit definitions: powers of second, mole, litre, gram and the like."""

from __future__ import annotations

from typing import Any

from theratwin.dynamics.expressions.dimension import Unit, read_unit, show_unit
from theratwin.io.sbml.document import libsbml

#: Inside unit to kind, multiplier and scale (power of ten). What SBML does not know (decays,
#: counts, parts of the injected activity, and mmHg as 133.322 Pa) is a number or its SI unit.
_KINDS: dict[str, tuple[str, float, int]] = {
    "h": ("second", 3600.0, 0),
    "nmol": ("mole", 1.0, -9),
    "mL": ("litre", 1.0, -3),
    "MBq": ("becquerel", 1.0, 6),
    "g": ("gram", 1.0, 0),
    "MeV": ("joule", 1.602176634, -13),
    "mm": ("metre", 1.0, -3),
    "m": ("metre", 1.0, 0),
    "Gy": ("gray", 1.0, 0),
    "mmHg": ("pascal", 133.322387415, 0),
    "count": ("dimensionless", 1.0, 0),
    "decay": ("dimensionless", 1.0, 0),
    "IA": ("dimensionless", 1.0, 0),
}


class Units:
    """Adds the definition of a unit to a model when it is first used."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._known: dict[str, str] = {}

    def id_of(self, text: str) -> str:
        """Return the id of a unit, ``dimensionless`` of a plain number."""
        return self.id_of_unit(read_unit(text))

    def id_of_unit(self, unit: Unit) -> str:
        """Return the same for what the text says."""
        if not unit:
            return "dimensionless"
        shown = show_unit(unit)
        if shown not in self._known:
            self._known[shown] = self._define(shown, unit)
        return self._known[shown]

    def _define(self, shown: str, unit: Any) -> str:
        library = libsbml()
        made = self._model.createUnitDefinition()
        id_ = f"unit_{len(self._known) + 1}"
        made.setId(id_)
        made.setName(shown)
        for name, power in unit:
            kind, multiplier, scale = _KINDS[name]
            part = made.createUnit()
            part.setKind(library.UnitKind_forName(kind))
            part.setExponent(float(power))
            part.setMultiplier(multiplier)
            part.setScale(scale)
        return id_
