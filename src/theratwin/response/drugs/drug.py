"""A partner drug: what it inhibits, how strongly, and what is known of its pharmacokinetics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from theratwin.core import parameter_set
from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.units import parse

_SET = ("response", "partner_drugs")

#: What a drug may inhibit.
TARGETS = ("parp", "dnapk", "atm", "atr")
_OF_TARGET = {
    "parp": ("olaparib", "talazoparib", "rucaparib", "niraparib", "veliparib"),
    "dnapk": ("peposertib",),
    "atm": ("azd1390",),
    "atr": ("ceralasertib",),
}
_TARGET = {name: target for target, names in _OF_TARGET.items() for name in names}

#: The unit of each parameter of a drug; the last three only of one with a second compartment.
UNITS = {
    "molar_mass": "g/nmol",
    "half_inhibition": "nmol/mL",
    "half_trapping": "nmol/mL",
    "trapping_strength": "",
    "clearance": "mL/h",
    "volume": "mL",
    "absorption": "1/h",
    "unbound": "",
    "peripheral_volume": "mL",
    "exchange": "mL/h",
}
_ORAL = ("clearance", "volume", "absorption", "unbound")
_TWO = ("peripheral_volume", "exchange")
_NEEDED = {"parp": ("half_inhibition", "half_trapping", "trapping_strength")}


@dataclass(frozen=True)
class Drug:
    """A partner drug with its parameters.

    Half concentrations are of free drug at the cells.

    Parameters
    ----------
    name
        How ports and parameters call it: ``drug.NAME``.
    target
        ``"parp"``, ``"dnapk"``, ``"atm"`` or ``"atr"``.
    parameters
        By name: ``half_inhibition`` (nmol/mL); of a PARP inhibitor ``half_trapping`` (nmol/mL)
        and ``trapping_strength``; for amounts in g ``molar_mass`` (g/nmol); for pharmacokinetics
        ``clearance`` (mL/h), ``volume`` (mL), ``absorption`` (1/h), ``unbound``, and with a second
        compartment ``peripheral_volume`` (mL) and ``exchange`` (mL/h).

    Raises
    ------
    InputError
        If the target or a parameter is unknown, one is missing, or a value is out of range.

    Examples
    --------
    >>> drug("talazoparib")
    <Drug talazoparib: inhibits parp, oral, 2 compartments>
    >>> round(1e3 * drug("talazoparib").value("half_inhibition"), 3)  # nmol/L
    0.57
    """

    name: str
    target: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        if self.target not in TARGETS:
            raise InputError(
                "unknown target", field=f"{self.name}.target", value=self.target, allowed=TARGETS
            )
        for name, parameter in self.parameters.items():
            self._check(name, parameter)
        for name in _NEEDED.get(self.target, ("half_inhibition",)):
            if name not in self.parameters:
                raise InputError("the parameter is missing", field=f"{self.name}.{name}")

    def __repr__(self) -> str:
        compartments = 2 if self.has_periphery else 1
        way = f"oral, {compartments} compartments" if self.is_oral else "by concentration"
        return f"<Drug {self.name}: inhibits {self.target}, {way}>"

    def _check(self, name: str, parameter: Parameter) -> None:
        place = f"{self.name}.{name}"
        if name not in UNITS:
            raise InputError("unknown parameter", field=self.name, value=name, allowed=UNITS)
        if parameter.unit != UNITS[name]:
            raise InputError("wrong unit", field=place, value=parameter.unit, allowed=UNITS[name])
        most = 1.0 if name == "unbound" else float("inf")
        least_ok = parameter.value >= 0 if name == "trapping_strength" else parameter.value > 0
        if not (least_ok and parameter.value <= most):
            raise InputError("the value is out of range", field=place, value=parameter.value)

    @property
    def is_oral(self) -> bool:
        """Whether its pharmacokinetics by mouth are known."""
        return all(name in self.parameters for name in _ORAL)

    @property
    def has_periphery(self) -> bool:
        """Whether it exchanges with a second compartment."""
        return all(name in self.parameters for name in _TWO)

    def value(self, name: str) -> float:
        """Return the central value of a parameter in its inside unit.

        Raises
        ------
        UnsupportedError
            If it is not known.
        """
        if name not in self.parameters:
            raise UnsupportedError(
                "this of the drug is not known",
                field=f"{self.name}.{name}",
                allowed=self.parameters,
                remedy=f"Give it: drug({self.name!r}, {name}=...), or a concentration over time",
            )
        return self.parameters[name].value

    def amount(self, dose: str | float) -> float:
        """Return a dose in nmol, from text with a unit (``"300 mg"``) or as it is.

        Examples
        --------
        >>> round(drug("olaparib").amount("300 mg"))
        690512
        """
        if not isinstance(dose, str):
            return float(dose)
        try:
            return parse(dose, "g", field=f"{self.name}, dose") / self.value("molar_mass")
        except InputError:
            return parse(dose, "nmol", field=f"{self.name}, dose")

    def changed(self, **values: float | str) -> Drug:
        """Return the drug with other values, by name: numbers inside, or text with a unit."""
        for name in values:
            if name not in UNITS:
                raise InputError("unknown parameter", field=self.name, value=name, allowed=UNITS)
        given = {name: self._given(name, value) for name, value in values.items()}
        return replace(self, parameters={**self.parameters, **given})

    def _given(self, name: str, value: float | str) -> Parameter:
        unit, place = UNITS[name], f"{self.name}.{name}"
        number = parse(value, unit, field=place) if isinstance(value, str) else float(value)
        return Parameter(place, unit, Fixed(number), ASSUMPTION, note="Given by the user.")


def drug(name: str, **values: Any) -> Drug:
    """Return a drug of the parameter set ``response/partner_drugs``, with other values if given.

    Raises
    ------
    InputError
        If there is no such drug; the nearest name is given.

    Examples
    --------
    >>> drug("olaparib", half_trapping="50 nmol/L").value("half_trapping")
    0.05
    """
    if name not in _TARGET:
        raise InputError("unknown drug", field="drug", value=name, allowed=drug_names())
    known = parameter_set(*_SET)
    own = known.under(name)
    target = _TARGET[name]
    if target == "parp":
        own["trapping_strength"] = known["parp.trapping_strength"]
    return Drug(name, target, own).changed(**values)


def drug_names(target: str | None = None) -> list[str]:
    """List the drugs that ship with theratwin, all or those of one target.

    Examples
    --------
    >>> drug_names("dnapk")
    ['peposertib']
    """
    if target is None:
        return sorted(_TARGET)
    if target not in TARGETS:
        raise InputError("unknown target", field="target", value=target, allowed=TARGETS)
    return sorted(_OF_TARGET[target])
