"""A model parameter and a set of them, one set a publication or topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from theratwin.core.citation import Citation, citation
from theratwin.core.distribution import Distribution
from theratwin.core.errors import InputError

#: A modeling choice, in place of a citation's key.
ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Parameter:
    """A named number with its unit, spread and source.

    Parameters
    ----------
    name
        Dotted path, such as ``kidneys.alpha_beta``.
    unit
        The inside unit in which `value` and `distribution` stand.
    distribution
        Its spread over the population or its uncertainty; `Fixed` if none is stated.
    source
        A citation's key, or ``"assumption"`` (then `note` says why).
    where
        Table, page or equation in the source.
    note
        What a reader has to know.
    """

    name: str
    unit: str
    distribution: Distribution
    source: str
    where: str = ""
    note: str = ""
    label: str = ""

    @property
    def value(self) -> float:
        """The central value: the median of the distribution."""
        return self.distribution.median

    @property
    def is_assumption(self) -> bool:
        """Whether the value is a modeling choice without a published source."""
        return self.source == ASSUMPTION


@dataclass(frozen=True)
class ParameterSet(Mapping[str, Parameter]):
    """Parameters that belong together, by name.

    Examples
    --------
    >>> from theratwin.core import Fixed
    >>> half_time = Parameter("repair_half_time", "h", Fixed(2.8), "assumption", note="example")
    >>> kidneys = ParameterSet("example", "An example", {"kidneys.repair_half_time": half_time})
    >>> kidneys.value("kidneys.repair_half_time")
    2.8
    """

    name: str
    title: str
    parameters: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self.parameters[name]
        except KeyError:
            raise InputError(
                "unknown parameter",
                field=f"parameter set {self.name}",
                value=name,
                allowed=sorted(self.parameters),
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self.parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def value(self, name: str) -> float:
        """Return the central value of a parameter, in its inside unit."""
        return self[name].value

    def under(self, prefix: str) -> dict[str, Parameter]:
        """Return the parameters of one branch, such as ``kidneys``, by the rest of the path."""
        start = f"{prefix}."
        return {
            name.removeprefix(start): parameter
            for name, parameter in self.parameters.items()
            if name.startswith(start)
        }

    def citations(self) -> tuple[Citation, ...]:
        """Return the publications that the values come from, each once."""
        keys = {p.source for p in self.parameters.values() if not p.is_assumption}
        return tuple(citation(key) for key in sorted(keys))
