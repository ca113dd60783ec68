"""The two-lesion kinetic model: simple and complex double-strand breaks, repaired and joined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.lq import LinearQuadratic
from theratwin.response.cell_survival.ports import declare, finish
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network


@dataclass(frozen=True, eq=False)
class TwoLesionKinetic(KineticModel):
    r"""Simple (1) and complex (2) breaks, misrepaired one by one or in pairs (Stewart).

    .. math:: \dot L_i = \Sigma_i \dot D - \lambda_i L_i - \eta L_i (L_1 + L_2), \qquad
              -\frac{d \ln S}{dt} = \sum_i \beta_i \lambda_i L_i + \gamma \eta (L_1 + L_2)^2

    Parameters, by kind i: ``yield_i`` (:math:`\Sigma_i`, breaks a cell, 1/Gy), ``lambda_i`` and
    ``eta`` (1/h), the chances to be lethal ``beta_i`` of a repair and ``gamma`` of a joining. At
    low dose or dose rate the model is linear-quadratic with two rates of repair: with
    :math:`w_{ij} = \eta [\gamma - (\beta_i + \beta_j) / 2] \Sigma_i \Sigma_j / (\lambda_i +
    \lambda_j)`,

    .. math:: \alpha = \sum_i \beta_i \Sigma_i, \qquad \beta = \sum_{ij} w_{ij}, \qquad
              p_i = \sum_j w_{ij} / \beta .

    References
    ----------
    Citation ``stewart_2001``, the equations as a public program has them
    (``geant4_dna_survival``); the limit is derived from them (tests).
    """

    name: ClassVar[str] = "tlk"
    summary: ClassVar[str] = "simple and complex breaks, repaired at two rates"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("stewart_2001",)
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "tlk")
    #: Parameters that `matched` leaves free.
    free: ClassVar[tuple[str, ...]] = ("lambda_1", "yield_1", "yield_2", "gamma")

    @classmethod
    def matched(
        cls, alpha: Any, beta: Any, repair_rate: Any, *, lambda_1: Any = None, **others: Any
    ) -> Self:
        r"""Return the model whose limit has these :math:`\alpha, \beta, \mu`.

        Without ``lambda_1``, both kinds of breaks are repaired at the one rate. With it, simple
        breaks are, and the rate of complex ones is such that the acute dose and the low dose rate
        stay matched: :math:`\sum_i p_i / \lambda_i = 1 / \mu` (numbers then, not arrays). Breaks of
        both kinds have the same chance to be lethal. ``yield_1``, ``yield_2`` and ``gamma`` may be
        given in ``others``; else they are those of the parameter set.

        Raises
        ------
        InputError
            If lambda_1 is not above the repair rate, or another parameter is given.
        """
        free = {n: as_float(others.pop(n, cls.defaults()[n].value)) for n in _FREE}
        if others:
            raise InputError("not free", field="tlk.matched", value=min(others), allowed=cls.free)
        total = free["yield_1"] + free["yield_2"]
        lethal = as_float(alpha) / total
        slow = repair_rate if lambda_1 is None else _slow(repair_rate, lambda_1, free)
        fast = repair_rate if lambda_1 is None else lambda_1
        unit = _weights(free["yield_1"], free["yield_2"], fast, slow)
        eta = beta / ((free["gamma"] - lethal) * sum(unit))
        rates = {"lambda_1": fast, "lambda_2": slow, "eta": eta}
        return cls({**free, **rates, "beta_1": lethal, "beta_2": lethal})

    def network(self) -> Network:
        """Return the equations, with ports."""
        return _network()

    @property
    def slowest_rate(self) -> Any:
        """The rate of the slower repair (1/h)."""
        p = self.parameters
        return namespace(*p.values()).minimum(p["lambda_1"], p["lambda_2"])

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the linear-quadratic model of the same limit, with two rates of repair."""
        p = self.parameters
        w11, w12, w22 = (
            p["eta"] * (p["gamma"] - lethal) * weight
            for lethal, weight in zip(
                (p["beta_1"], 0.5 * (p["beta_1"] + p["beta_2"]), p["beta_2"]),
                _weights(p["yield_1"], p["yield_2"], p["lambda_1"], p["lambda_2"]),
                strict=True,
            )
        )
        beta = w11 + w12 + w22
        fractions = [(w11 + 0.5 * w12) / beta, (w22 + 0.5 * w12) / beta]
        repair = Repair.from_rates(fractions, [p["lambda_1"], p["lambda_2"]])
        alpha = p["beta_1"] * p["yield_1"] + p["beta_2"] * p["yield_2"]
        return LinearQuadratic({"alpha": alpha, "beta": beta}, repair=repair)


#: Values that a match leaves free.
_FREE = ("yield_1", "yield_2", "gamma")


def _weights(one: Any, two: Any, fast: Any, slow: Any) -> tuple[Any, Any, Any]:
    r"""Return :math:`\Sigma_i \Sigma_j / (\lambda_i + \lambda_j)`: 11, 12 with 21, and 22."""
    return one**2 / (2.0 * fast), 2.0 * one * two / (fast + slow), two**2 / (2.0 * slow)


def _slow(repair_rate: float, fast: float, free: dict[str, Any]) -> float:
    """Return the rate of complex breaks by which the mean repair time is that asked for."""
    from scipy.optimize import root_scalar

    if not fast > repair_rate:
        raise InputError(
            "simple breaks are repaired faster than the mean",
            field="tlk.lambda_1",
            value=fast,
            allowed=f"above {repair_rate:g} /h",
        )

    def excess(logarithm: float) -> float:
        slow = np.exp(logarithm)
        w11, w12, w22 = _weights(free["yield_1"], free["yield_2"], fast, slow)
        time = (w11 + 0.5 * w12) / fast + (w22 + 0.5 * w12) / slow
        return float(np.log(time / (w11 + w12 + w22) * repair_rate))

    # At the rate asked for, simple breaks make the mean time too short; slower complex ones
    # make it as long as one likes.
    ends = (np.log(repair_rate * 1e-6), np.log(repair_rate))
    return float(np.exp(root_scalar(excess, bracket=ends, method="brentq", xtol=1e-14).root))


@cache
def _network() -> Network:
    from theratwin.dynamics import NetworkBuilder

    b = NetworkBuilder("tlk")
    dose_rate = b.input("dose_rate", "Gy/h")
    p = declare(b, TwoLesionKinetic.defaults())
    simple, complex_ = b.variable("simple", 0.0), b.variable("complex", 0.0)
    lethal = b.variable("lethal", 0.0)
    both = simple + complex_
    for breaks, kind in ((simple, "1"), (complex_, "2")):
        made = p[f"yield_{kind}"] * dose_rate
        b.rate(breaks, made - p[f"lambda_{kind}"] * breaks - p["eta"] * breaks * both)
    alone = p["beta_1"] * p["lambda_1"] * simple + p["beta_2"] * p["lambda_2"] * complex_
    hazard = alone + p["gamma"] * p["eta"] * both * both
    b.rate(lethal, hazard)
    return finish(b, hazard, lethal)
