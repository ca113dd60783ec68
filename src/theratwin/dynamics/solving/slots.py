"""What a system carries, in the order of its slots; known before its equations are worked on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from theratwin.dynamics.system import System

#: Prefix of the states that carry quadratures.
QUADRATURE = "integral of "


@dataclass(frozen=True)
class Slots:
    """Names in the order of their slots.

    Parameters
    ----------
    names
        The states, quadratures last.
    scales
        Factor on the absolute tolerance, one a state.
    parameters, switches, observables
        Their names.
    """

    names: tuple[str, ...]
    scales: tuple[float, ...]
    parameters: tuple[str, ...]
    switches: tuple[str, ...]
    observables: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of states, quadratures among them."""
        return len(self.names)

    @cached_property
    def public_names(self) -> tuple[str, ...]:
        """The states and quadratures as a solution names them."""
        return tuple(name.removeprefix(QUADRATURE) for name in self.names)


def slots(system: System) -> Slots:
    """Return the slots of a system.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> slots(model("one-compartment").system()).observables
    ('concentration', 'imaged')
    """
    sums = tuple(QUADRATURE + name for name in system.quadratures)
    return Slots(
        names=(*system.names, *sums),
        scales=(*(state.tolerance_scale for state in system.states), *(1.0 for _ in sums)),
        parameters=tuple(system.parameters),
        switches=tuple(system.switches),
        observables=tuple(system.observables),
    )
