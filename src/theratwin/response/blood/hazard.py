"""Kill of cells by a dose rate: the linear-quadratic hazard, with repair of sublethal damage."""

from __future__ import annotations

from typing import NamedTuple

from theratwin.dynamics import Expression, NetworkBuilder
from theratwin.response.sublethal import add_sublethal


class Radiation(NamedTuple):
    r"""A dose rate :math:`\dot D` and the sublethal damage :math:`I` that it has left."""

    dose_rate: Expression
    sublethal: Expression
    alpha_beta: Expression

    def hazard(self, alpha: Expression) -> Expression:
        r"""Return :math:`\alpha \dot D + 2\beta\dot D I` (1/h).

        Its integral is :math:`\alpha D + \beta G D^2`, for any course of the dose rate (Dale 1985).
        """
        return alpha * self.dose_rate * (1.0 + 2.0 * self.sublethal / self.alpha_beta)


def radiation(
    b: NetworkBuilder, dose_rate: Expression, alpha_beta: Expression, half_time: Expression
) -> Radiation:
    r"""Add the sublethal damage of a dose rate, :math:`\dot I = \dot D - \mu I`.

    Parameters
    ----------
    b
        The network that it is added to, as ``sublethal`` (Gy).
    dose_rate
        Dose rate (Gy/h).
    alpha_beta
        :math:`\alpha/\beta` (Gy).
    half_time
        Half-time of repair (h).
    """
    return Radiation(dose_rate, add_sublethal(b, "sublethal", dose_rate, half_time), alpha_beta)
