"""The linear-quadratic model of cell survival, for any dose rate and mixed fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import inf
from operator import add
from typing import TYPE_CHECKING, Any, ClassVar

from theratwin.core import Curve, Exposure, InputError
from theratwin.core._arrays import namespace
from theratwin.response.cell_survival.linear import (
    coefficient,
    component_units,
    known_components,
    linear_kill,
)
from theratwin.response.cell_survival.model import CellModel, dose_rates
from theratwin.response.cell_survival.sublethal import (
    HALF_TIME,
    linear_quadratic_network,
    own_repair,
    repair_values,
)
from theratwin.response.lea_catcheside import protraction_integral
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network

#: Ways of repair that the parameter ``repair_half_time`` sets.
_KINETICS = ("exponential", "reciprocal")


@dataclass(frozen=True, eq=False)
class LinearQuadratic(CellModel):
    r"""Survival :math:`-\ln S = \alpha D + \beta G D^2`, all cycles in one integral.

    In a mixed field each component c has its own values, and sublethal damage of one meets that
    of another (Zaider and Rossi):

    .. math:: -\ln S = \sum_c \alpha_c D_c + 2 \int^T q(t) \int^t q(s) \phi(t - s) ds\, dt,
              \qquad q = \sum_c \sqrt{\beta_c}\, \dot D_c ,

    with the repair kernel :math:`\phi`. Given at once, that is an
    :math:`\alpha = \sum \alpha_c D_c / D` and a :math:`\sqrt\beta = \sum \sqrt{\beta_c} D_c / D`.

    Parameters
    ----------
    repair
        ``"exponential"`` or ``"reciprocal"`` with the parameter ``repair_half_time``, or a
        `Repair` of any number of components, in place of that parameter.

    References
    ----------
    Citations ``lea_catcheside_1942``, ``dale_1985``; mixed fields ``zaider_rossi_1980``.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> cycle = Exponentials.from_half_lives([20 * 0.6931471805599453 / 51.0], [51.0])
    >>> round(float(LinearQuadratic.of().log_kill(cycle)), 6)
    4.34794
    """

    name: ClassVar[str] = "lq"
    summary: ClassVar[str] = "linear-quadratic with the Lea-Catcheside factor"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("lea_catcheside_1942", "zaider_rossi_1980")
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "linear_quadratic")

    repair: str | Repair = "exponential"

    def __post_init__(self) -> None:
        check_repair(self.repair, self.name)
        if isinstance(self.repair, Repair):
            used = {n: v for n, v in self.parameters.items() if n != HALF_TIME}
            object.__setattr__(self, "parameters", used)
        super().__post_init__()

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every parameter that can be given."""
        own = {"alpha": "1/Gy", "beta": "1/Gy^2"}
        if not isinstance(self.repair, Repair):
            own[HALF_TIME] = "h"
        return own | component_units(alpha="1/Gy", beta="1/Gy^2")

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S`; see `CellModel.log_kill`."""
        known = known_components(self.parameters, ("alpha", "beta"))
        rates = dose_rates(exposure, self.name, known)
        quadratic = quadratic_kill(self.parameters, rates, self.repair_in_use, until)
        return linear_kill(self.parameters, rates, until) + quadratic

    def network(self) -> Network:
        """Return the equations with ports; the dose rate of each component with values comes in."""
        others = known_components(self.parameters, ("alpha", "beta"))[1:]
        return linear_quadratic_network(others, own_repair(self.repair, self.repair_in_use))

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters, those of a given repair too."""
        components = own_repair(self.repair, self.repair_in_use)
        used = {n: v for n, v in self.parameters.items() if not (components and n == HALF_TIME)}
        return {**used, **repair_values(self.repair_in_use, components)}

    @property
    def repair_in_use(self) -> Repair:
        """The repair of sublethal damage."""
        return repair_of(self.repair, self.parameters)


def check_repair(repair: str | Repair, model: str, known: tuple[str, ...] = _KINETICS) -> None:
    """Refuse what is no way of repair that a model knows."""
    if not isinstance(repair, Repair) and repair not in known:
        raise InputError(
            "no such way of repair", field=f"{model}.repair", value=repair, allowed=known
        )


def repair_of(repair: str | Repair, parameters: Mapping[str, Any]) -> Repair:
    """Return the repair that an option and the parameter ``repair_half_time`` give."""
    if isinstance(repair, Repair):
        return repair
    make = Repair.single if repair == "exponential" else Repair.reciprocal
    return make(parameters[HALF_TIME])


def quadratic_kill(
    parameters: Mapping[str, Any], rates: Mapping[str, Curve], repair: Repair, until: float
) -> Any:
    r"""Return the part :math:`\beta G D^2` of a field of one or several components."""
    if len(rates) == 1:
        [(component, curve)] = rates.items()
        beta = coefficient(parameters, component, "beta")
        return beta * protraction_integral(curve, repair, until)
    weighted = [
        curve.scaled(_root(coefficient(parameters, component, "beta")))
        for component, curve in rates.items()
    ]
    return protraction_integral(reduce(add, weighted), repair, until)


def _root(beta: Any) -> Any:
    return namespace(beta).sqrt(beta)
