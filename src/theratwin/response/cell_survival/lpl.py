"""The lethal and potentially lethal model: lesions repaired, or fixed by each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Self

from theratwin.core import Curve, Exposure
from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.lq import LinearQuadratic
from theratwin.response.cell_survival.ports import declare, finish
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network


@dataclass(frozen=True, eq=False)
class LethalPotentiallyLethal(KineticModel):
    r"""Lesions that are potentially lethal (n) are repaired, or made lethal by pairs (Curtis).

    .. math:: \dot n = \eta_{PL} \dot D - \epsilon_{PL} n - \epsilon_{2PL} n^2, \qquad
              -\frac{d \ln S}{dt} = \eta_L \dot D + \epsilon_{2PL} n^2 .

    Parameters are ``eta_l``, ``eta_pl`` (1/Gy), ``epsilon_pl`` and ``epsilon_2pl`` (1/h). At low
    dose or dose rate it is linear-quadratic with :math:`\alpha = \eta_L`,
    :math:`\beta = \eta_{PL}^2 / 2 \epsilon`, :math:`\epsilon = \epsilon_{PL} / \epsilon_{2PL}`,
    and the repair rate :math:`\epsilon_{PL}`; at a high acute dose it is exponential with the
    slope :math:`\eta_L + \eta_{PL}`.

    References
    ----------
    Citation ``curtis_1986``. Its equations are recalled; the acute form and the limits are derived
    from them (tests).

    Examples
    --------
    >>> round(float(acute_log_kill(2.0, LethalPotentiallyLethal.of().parameters)), 4)
    0.5963
    """

    name: ClassVar[str] = "lpl"
    summary: ClassVar[str] = "lethal and potentially lethal lesions"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("curtis_1986",)
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "lpl")
    #: Parameters that `matched` leaves free.
    free: ClassVar[tuple[str, ...]] = ("eta_pl",)

    @classmethod
    def matched(cls, alpha: Any, beta: Any, repair_rate: Any, *, eta_pl: Any = None) -> Self:
        r"""Return the model whose limit has these :math:`\alpha, \beta, \mu`.

        ``eta_pl`` (1/Gy) is free; the larger it is, the higher the dose up to which the model is
        linear-quadratic. That of the parameter set if it is not given.
        """
        eta_pl = cls.defaults()["eta_pl"].value if eta_pl is None else eta_pl
        pairs = 2.0 * as_float(beta) * repair_rate / as_float(eta_pl) ** 2
        return cls(
            {"eta_l": alpha, "eta_pl": eta_pl, "epsilon_pl": repair_rate, "epsilon_2pl": pairs}
        )

    def network(self) -> Network:
        """Return the equations, with ports."""
        return _network()

    @property
    def slowest_rate(self) -> Any:
        """The rate of repair (1/h)."""
        return self.parameters["epsilon_pl"]

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the linear-quadratic model of the same limit."""
        p = self.parameters
        beta = p["eta_pl"] ** 2 * p["epsilon_2pl"] / (2.0 * p["epsilon_pl"])
        repair = Repair.from_rates([1.0], [p["epsilon_pl"]])
        return LinearQuadratic({"alpha": p["eta_l"], "beta": beta}, repair=repair)

    def log_kill_if_plated(self, exposure: Exposure | Curve, time: float) -> Any:
        r"""Return :math:`-\ln S` if lesions that are left at a time (h) are lethal there."""
        return self.followed(exposure, [time], "log_kill_if_plated")[..., 0]


def acute_log_kill(dose: Any, parameters: Any, repair_time: Any = inf) -> Any:
    r"""Return :math:`-\ln S` after an acute dose and a time for repair.

    .. math:: -\ln S = (\eta_L + \eta_{PL}) D
              - \epsilon \ln [1 + (\eta_{PL} D / \epsilon) (1 - e^{-\epsilon_{PL} t_r})]

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
    ratio = p["epsilon_pl"] / p["epsilon_2pl"]
    repaired = -xp.expm1(-p["epsilon_pl"] * repair_time)
    spared = ratio * xp.log1p(p["eta_pl"] * dose / ratio * repaired)
    return (p["eta_l"] + p["eta_pl"]) * dose - spared


@cache
def _network() -> Network:
    from theratwin.dynamics import NetworkBuilder

    b = NetworkBuilder("lpl")
    dose_rate = b.input("dose_rate", "Gy/h")
    p = declare(b, LethalPotentiallyLethal.defaults())
    lesions, lethal = b.variable("potentially_lethal", 0.0), b.variable("lethal", 0.0)
    fixed = p["epsilon_2pl"] * lesions * lesions
    hazard = p["eta_l"] * dose_rate + fixed
    b.rate(lesions, p["eta_pl"] * dose_rate - p["epsilon_pl"] * lesions - fixed)
    b.rate(lethal, hazard)
    return finish(b, hazard, lethal, lesions)
