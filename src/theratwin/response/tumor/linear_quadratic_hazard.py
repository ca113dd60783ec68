"""The linear-quadratic model as a hazard: kill at every moment, for any dose rate."""

from __future__ import annotations

import math

from theratwin.dynamics import Expression, NetworkBuilder
from theratwin.dynamics.expressions.expression import ZERO
from theratwin.response.sublethal import add_sublethal
from theratwin.response.tissues import Tissue

#: The natural logarithm of 2.
LN2 = math.log(2.0)
_GIVEN = "Of the tissue that the network was built with."


def add_radiosensitivity(
    b: NetworkBuilder, tissue: Tissue, prefix: str = ""
) -> tuple[Expression, Expression]:
    r"""Add a tissue's parameters; returns :math:`\alpha` (1/Gy) and :math:`\beta` (1/Gy²)."""
    alpha = b.parameter(f"{prefix}alpha", tissue.known_alpha, "1/Gy", note=_GIVEN)
    ratio = b.parameter(f"{prefix}alpha_beta", tissue.alpha_beta, "Gy", note=_GIVEN)
    return alpha, alpha / ratio


def add_sublethal_dose(
    b: NetworkBuilder, dose_rate: Expression, tissue: Tissue, prefix: str = ""
) -> Expression:
    r"""Add the dose that repair has left, :math:`\sum_k p_k I_k` (Gy), and return it.

    .. math:: \dot I_k = \dot D - \mu_k I_k

    References
    ----------
    The differential form of the Lea-Catcheside integral (``lea_catcheside_1942``).
    """
    left: Expression = ZERO
    several = len(tissue.repair.fractions) > 1
    for k, (fraction, half_time) in enumerate(
        zip(tissue.repair.fractions, tissue.repair.half_times, strict=True)
    ):
        tail = f"_{k + 1}" if several else ""
        half = b.parameter(f"{prefix}repair_half_time{tail}", half_time, "h", note=_GIVEN)
        unrepaired = add_sublethal(b, f"{prefix}sublethal_dose{tail}", dose_rate, half)
        if several:
            name = f"{prefix}repair_fraction{tail}"
            left = left + b.parameter(name, fraction, "", note=_GIVEN) * unrepaired
        else:
            left = unrepaired
    return left


def add_linear_quadratic_hazard(
    b: NetworkBuilder, dose_rate: Expression, tissue: Tissue, prefix: str = ""
) -> Expression:
    r"""Add the states that the hazard (1/h) of the linear-quadratic model needs, and return it.

    .. math:: h = \left(\alpha + 2 \beta \sum_k p_k I_k\right) \dot D

    whose integral is :math:`\alpha D + \beta G D^2`, with G up to the present.
    """
    alpha, beta = add_radiosensitivity(b, tissue, prefix)
    left = add_sublethal_dose(b, dose_rate, tissue, prefix)
    return (alpha + 2.0 * beta * left) * dose_rate
