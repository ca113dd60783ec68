"""What the fit must know of a whole-body model: equations, doses, what is estimated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from theratwin.case import Administration
from theratwin.core import LogNormal
from theratwin.core.errors import InputError
from theratwin.dynamics import Dose, Engine, Network
from theratwin.kinetics.region_curve import CycleChange


@dataclass(frozen=True, eq=False)
class BodyModel:
    """A network of the whole body, and how a case reads it.

    Parameters
    ----------
    name
        The model's name, such as ``"psma"``.
    network
        The equations.
    activities
        Region to the observable that is measured there: activity (MBq), of blood its
        concentration (MBq/mL).
    integrals
        Region to the quadrature of that observable; these regions have curves.
    doses
        From the administrations of a course to what the engine is given: boluses, infusions, and
        jumps of what is known to change, such as delineated volumes. Ligand that bears no label
        is named after its administration, ``"cycle 1.cold"``.
    priors
        The parameters that are estimated, each with its log-normal prior.
    changes
        Which of them change from cycle to cycle, and how.
    switches
        For each of those the switch that multiplies it, one in the first cycle.
    begins
        For those of a lesion that appears later, the number of that cycle, from 0.
    fixed
        Parameters of this patient that are not estimated.
    decay_constant
        Physical decay constant (1/h).
    sets
        Parameter sets of the kinetics that the network's values come from, a later one laid over
        the earlier.
    assumed
        Parameters of the patient's size that are the sets', not this patient's own.

    Raises
    ------
    InputError
        If the network lacks what a name stands for, or a parameter that changes is not estimated.
    """

    name: str
    network: Network
    activities: Mapping[str, str]
    integrals: Mapping[str, str]
    doses: Callable[[Sequence[Administration]], Sequence[Dose]]
    priors: Mapping[str, LogNormal]
    decay_constant: float
    changes: Mapping[str, CycleChange] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, float] = field(default_factory=dict)
    begins: Mapping[str, int] = field(default_factory=dict)
    sets: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("activities", "integrals", "priors", "changes", "switches", "fixed", "begins"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        network = self.network
        parameters = [parameter.name for parameter in network.parameters]
        self._check("priors", self.priors, parameters)
        self._check("fixed", self.fixed, parameters)
        self._check("changes", self.changes, self.priors)
        self._check("changes", self.changes, self.switches)
        self._check("switches", self.switches.values(), [s.name for s in network.switches])
        self._check("activities", self.activities.values(), [o.name for o in network.observables])
        self._check("integrals", self.integrals, self.activities)
        self._check("integrals", self.integrals.values(), [q.name for q in network.quadratures])

    def _check(self, name: str, given, known) -> None:
        for each in given:
            if each not in known:
                raise InputError(
                    "the model has no such thing",
                    field=f"model {self.name}, {name}",
                    value=each,
                    allowed=sorted(known),
                )

    @property
    def engine(self) -> Engine:
        """The compiled network."""
        return _engine(self.network)


@lru_cache(maxsize=8)
def _engine(network: Network) -> Engine:
    """Compile a network once; a case that is calibrated anew has the same one."""
    return Engine(network.system())
