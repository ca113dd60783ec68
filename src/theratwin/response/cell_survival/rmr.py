"""The repair-misrepair model: lesions repaired one by one, or misrepaired in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from theratwin.core import Curve, Exposure, InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.lq import LinearQuadratic
from theratwin.response.cell_survival.ports import declare, finish
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network


@dataclass(frozen=True, eq=False)
class RepairMisrepair(KineticModel):
    r"""Lesions U are repaired at a rate each and misrepaired in pairs (Tobias).

    .. math:: \dot U = \delta \dot D - \lambda U - \kappa U^2, \qquad
              -\frac{d \ln S}{dt} = (1 - \phi) \lambda U + \kappa U^2 ,

    where the part :math:`\phi` of the repair one by one is right. Parameters are ``delta``
    (1/Gy), ``lambda``, ``kappa`` (1/h) and ``phi``. At low dose or dose rate it is
    linear-quadratic with :math:`\alpha = \delta (1 - \phi)`,
    :math:`\beta = \phi \delta^2 \kappa / 2 \lambda` and the repair rate :math:`\lambda`; at a high
    acute dose it is exponential with the slope :math:`\delta`.

    References
    ----------
    Citation ``tobias_1985``. Its equations are recalled; the acute form and the limits are derived
    from them (tests).

    Examples
    --------
    >>> round(float(acute_log_kill(2.0, RepairMisrepair.of().parameters)), 4)
    0.5963
    """

    name: ClassVar[str] = "rmr"
    summary: ClassVar[str] = "repair one by one, misrepair in pairs"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("tobias_1985",)
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "rmr")
    #: Parameters that `matched` leaves free.
    free: ClassVar[tuple[str, ...]] = ("delta",)

    def _check(self, name: str, value: Any) -> None:
        super()._check(name, value)
        if name == "phi" and namespace(value) is np and np.any(value > 1.0):
            raise InputError(
                "this is a fraction", field="rmr.phi", value=float(np.max(value)), allowed="0 to 1"
            )

    @classmethod
    def matched(cls, alpha: Any, beta: Any, repair_rate: Any, *, delta: Any = None) -> Self:
        r"""Return the model whose limit has these :math:`\alpha, \beta, \mu`.

        ``delta`` (1/Gy), above alpha, is free; the larger it is, the higher the dose up to which
        the model is linear-quadratic. That of the parameter set if it is not given.

        Raises
        ------
        InputError
            If delta is not above alpha.
        """
        delta = as_float(cls.defaults()["delta"].value if delta is None else delta)
        if namespace(delta, alpha) is np and np.any(delta <= alpha):
            raise InputError(
                "not every lesion can kill", field="rmr.delta", value=delta, allowed="above alpha"
            )
        phi = 1.0 - as_float(alpha) / delta
        pairs = 2.0 * beta * repair_rate / (phi * delta**2)
        return cls({"delta": delta, "lambda": repair_rate, "kappa": pairs, "phi": phi})

    def network(self) -> Network:
        """Return the equations, with ports."""
        return _network()

    @property
    def slowest_rate(self) -> Any:
        """The rate of repair (1/h)."""
        return self.parameters["lambda"]

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the linear-quadratic model of the same limit."""
        p = self.parameters
        beta = p["phi"] * p["delta"] ** 2 * p["kappa"] / (2.0 * p["lambda"])
        repair = Repair.from_rates([1.0], [p["lambda"]])
        return LinearQuadratic(
            {"alpha": p["delta"] * (1.0 - p["phi"]), "beta": beta}, repair=repair
        )

    def log_kill_if_plated(self, exposure: Exposure | Curve, time: float) -> Any:
        r"""Return :math:`-\ln S` if lesions that are left at a time (h) are lethal there."""
        return self.followed(exposure, [time], "log_kill_if_plated")[..., 0]


def acute_log_kill(dose: Any, parameters: Any, repair_time: Any = inf) -> Any:
    r"""Return :math:`-\ln S` after an acute dose and a time for repair.

    .. math:: -\ln S = \delta D - \phi \epsilon \ln [1 + (\delta D / \epsilon)
              (1 - e^{-\lambda t_r})], \qquad \epsilon = \lambda / \kappa

    Parameters
    ----------
    dose
        D (Gy).
    parameters
        Those of the model, by name.
    repair_time
        :math:`t_r` (h), after which lesions that are left are lethal.
    """
    dose, repair_time = as_float(dose), as_float(repair_time)
    p = parameters
    xp = namespace(dose, repair_time, *p.values())
    ratio = p["lambda"] / p["kappa"]
    repaired = -xp.expm1(-p["lambda"] * repair_time)
    lesions = p["delta"] * dose
    return lesions - p["phi"] * ratio * xp.log1p(lesions / ratio * repaired)


@cache
def _network() -> Network:
    from theratwin.dynamics import NetworkBuilder

    b = NetworkBuilder("rmr")
    dose_rate = b.input("dose_rate", "Gy/h")
    p = declare(b, RepairMisrepair.defaults())
    lesions, lethal = b.variable("uncommitted", 0.0), b.variable("lethal", 0.0)
    alone, in_pairs = p["lambda"] * lesions, p["kappa"] * lesions * lesions
    hazard = (1.0 - p["phi"]) * alone + in_pairs
    b.rate(lesions, p["delta"] * dose_rate - alone - in_pairs)
    b.rate(lethal, hazard)
    return finish(b, hazard, lethal, lesions)
