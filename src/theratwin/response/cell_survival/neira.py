"""A kinetic model of three populations: healthy, sublethally damaged and doomed cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.lq import LinearQuadratic
from theratwin.response.cell_survival.ports import declare, finish
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network


@dataclass(frozen=True, eq=False)
class Neira(KineticModel):
    r"""Healthy cells P, sublethally damaged ones S, and those that will die (Neira).

    .. math:: \dot P = -(2 p + \alpha) \dot D P + \mu S, \qquad
              \dot S = 2 p \dot D P - [\mu + (p + \alpha) \epsilon \dot D] S ,

    with the survivors :math:`P + S`. Parameters are ``alpha``, ``p`` (1/Gy), ``mu`` (1/h) and
    ``epsilon``, the chance that a second hit of a damaged cell kills. The network follows
    :math:`\ln(P + S)` and the damaged part :math:`s = S / (P + S)`, which keeps its digits
    however few survive. The expansion at low dose is

    .. math:: -\ln S = \alpha D + [\epsilon p^2 - \alpha p (1 - \epsilon)]\, G D^2 + \dots

    and so linear-quadratic with :math:`\beta = p^2` only
    for :math:`\epsilon = 1`. With :math:`\epsilon < 1` and :math:`p = \sqrt{\beta / \epsilon}`,
    as published, it kills less than :math:`\beta` says.

    References
    ----------
    Citations ``neira_2020``, the equations as a public program has them (``italia_code``); the
    expansion is derived from them (tests).
    """

    name: ClassVar[str] = "neira"
    summary: ClassVar[str] = "healthy, sublethally damaged and doomed cells"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("neira_2020", "italia_code")
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "neira")
    #: Parameters that `matched` leaves free.
    free: ClassVar[tuple[str, ...]] = ("epsilon",)

    @classmethod
    def matched(cls, alpha: Any, beta: Any, repair_rate: Any, *, epsilon: Any = 1.0) -> Self:
        r"""Return the model with :math:`p = \sqrt{\beta / \epsilon}`, as published.

        Its limit has these :math:`\alpha, \beta, \mu` for epsilon = 1 alone.
        """
        ratio = as_float(beta) / epsilon
        p = namespace(ratio).sqrt(ratio)
        return cls({"alpha": alpha, "p": p, "epsilon": epsilon, "mu": repair_rate})

    def network(self) -> Network:
        """Return the equations, with ports."""
        return _network()

    @property
    def slowest_rate(self) -> Any:
        """The rate of repair (1/h)."""
        return self.parameters["mu"]

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the linear-quadratic model of the same limit."""
        p = self.parameters
        beta = p["epsilon"] * p["p"] ** 2 - p["alpha"] * p["p"] * (1.0 - p["epsilon"])
        return LinearQuadratic(
            {"alpha": p["alpha"], "beta": beta}, repair=Repair.from_rates([1.0], [p["mu"]])
        )


@cache
def _network() -> Network:
    from theratwin.dynamics import NetworkBuilder

    b = NetworkBuilder("neira")
    dose_rate = b.input("dose_rate", "Gy/h")
    q = declare(b, Neira.defaults())
    damaged, kill = b.variable("damaged_part", 0.0), b.variable("log_killed", 0.0)
    second = (q["p"] + q["alpha"]) * q["epsilon"] * dose_rate
    hazard = q["alpha"] * dose_rate * (1.0 - damaged) + second * damaged
    first = 2.0 * q["p"] * dose_rate * (1.0 - damaged)
    b.rate(damaged, first - (q["mu"] + second - hazard) * damaged)
    b.rate(kill, hazard)
    return finish(b, hazard, kill)
