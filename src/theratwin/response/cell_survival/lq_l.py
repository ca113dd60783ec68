"""The linear-quadratic-linear model: survival that stops bending at a transition dose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from theratwin.core import Parameter, parameter_set
from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.lq import LinearQuadratic, check_repair, repair_of
from theratwin.response.cell_survival.sublethal import (
    HALF_TIME,
    linear_quadratic_linear_network,
    own_repair,
    repair_values,
)
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network


@dataclass(frozen=True, eq=False)
class LinearQuadraticLinear(KineticModel):
    r"""Linear-quadratic up to the dose :math:`D_T`, exponential with its slope there beyond.

    .. math:: -\ln S = \alpha D + \beta D^2 \;(D \le D_T), \qquad
              \alpha D + 2 \beta D_T D - \beta D_T^2 \;(D > D_T)

    That is for an acute dose. Under any dose rate we let the sublethal damage that is not
    repaired, :math:`x = \int \dot D(s) \phi(t - s) ds`, stand where the dose did:

    .. math:: -\frac{d \ln S}{dt} = \alpha \dot D + 2 \beta \dot D \min(x, D_T),

    which is the acute law for one dose, the acute law of each for fractions whose damage is
    repaired between them, and the linear-quadratic model with G wherever x stays below
    :math:`D_T`, as it does at the dose rates of radiopharmaceuticals.

    Parameters
    ----------
    repair
        ``"exponential"`` with the parameter ``repair_half_time``, or a `Repair` in its place.

    References
    ----------
    Citation ``astrahan_2008``; under protraction, an extension of our own.
    """

    name: ClassVar[str] = "lq-l"
    summary: ClassVar[str] = "linear-quadratic, linear beyond a transition dose"
    origin: ClassVar[str] = "theratwin"
    citations: ClassVar[tuple[str, ...]] = ("astrahan_2008",)
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "lq_l")
    #: Parameters that `matched` leaves free.
    free: ClassVar[tuple[str, ...]] = ("transition_dose",)

    repair: str | Repair = "exponential"

    def __post_init__(self) -> None:
        check_repair(self.repair, self.name, ("exponential",))
        if isinstance(self.repair, Repair):
            used = {n: v for n, v in self.parameters.items() if n != HALF_TIME}
            object.__setattr__(self, "parameters", used)
        super().__post_init__()

    @classmethod
    def defaults(cls) -> Mapping[str, Parameter]:
        """Return those of the linear-quadratic model, and the transition dose."""
        both = (parameter_set("response", name) for name in ("linear_quadratic", "lq_l"))
        return {name: parameter for found in both for name, parameter in found.items()}

    @classmethod
    def matched(
        cls, alpha: Any, beta: Any, repair_rate: Any, *, transition_dose: Any = None
    ) -> Self:
        r"""Return the model whose limit has these :math:`\alpha, \beta, \mu`.

        The transition dose (Gy) is free: twice :math:`\alpha / \beta` if it is not given.
        """
        if transition_dose is None:
            transition_dose = 2.0 * as_float(alpha) / beta
        half_time = math.log(2.0) / as_float(repair_rate)
        values = {"alpha": alpha, "beta": beta, HALF_TIME: half_time}
        return cls({**values, "transition_dose": transition_dose})

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every parameter that can be given."""
        return {name: unit for name, unit in super().units.items() if name in self.parameters}

    @property
    def repair_in_use(self) -> Repair:
        """The repair of sublethal damage."""
        return repair_of(self.repair, self.parameters)

    @property
    def slowest_rate(self) -> Any:
        """The rate of the slowest repair (1/h)."""
        return min(float(np.min(rate)) for rate in self.repair_in_use.rates)

    def network(self) -> Network:
        """Return the equations, with ports."""
        components = own_repair(self.repair, self.repair_in_use)
        return linear_quadratic_linear_network(components, tuple(self.defaults().values()))

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters, those of a given repair too."""
        components = own_repair(self.repair, self.repair_in_use)
        return {**self.parameters, **repair_values(self.repair_in_use, components)}

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the linear-quadratic model without the transition."""
        kept = {name: self.parameters[name] for name in ("alpha", "beta")}
        return LinearQuadratic(kept, repair=self.repair_in_use)


def acute_log_kill(dose: Any, parameters: Any) -> Any:
    r"""Return :math:`-\ln S` after an acute dose (Gy).

    Examples
    --------
    >>> values = {"alpha": 0.1, "beta": 0.05, "transition_dose": 4.0}
    >>> acute_log_kill([2.0, 6.0], values).round(3)
    array([0.4, 2.2])
    """
    dose = as_float(dose)
    p = parameters
    low = namespace(dose, p["transition_dose"]).minimum(dose, p["transition_dose"])
    return p["alpha"] * dose + p["beta"] * low * (2.0 * dose - low)
