"""Kinetic models matched to one linear-quadratic cell line, and how far they agree with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.core import Curve, Exposure, InputError
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.lpl import LethalPotentiallyLethal
from theratwin.response.cell_survival.lq_l import LinearQuadraticLinear
from theratwin.response.cell_survival.neira import Neira
from theratwin.response.cell_survival.rmr import RepairMisrepair
from theratwin.response.cell_survival.tlk import TwoLesionKinetic

#: Kinetic models that have a linear-quadratic limit to be matched.
_MATCHED: tuple[Any, ...] = (
    LinearQuadraticLinear,
    LethalPotentiallyLethal,
    RepairMisrepair,
    TwoLesionKinetic,
    Neira,
)


def matched_models(
    alpha: Any,
    beta: Any,
    repair_rate: Any,
    free: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, KineticModel]:
    r"""Return kinetic models whose limit is one linear-quadratic model, by name.

    Parameters
    ----------
    alpha, beta
        Radiosensitivity (1/Gy, 1/Gy²).
    repair_rate
        :math:`\mu` (1/h) of one exponential.
    free
        Model to values of parameters that its limit does not set.

    Raises
    ------
    InputError
        If the match sets a parameter that is given as free.

    Examples
    --------
    >>> list(matched_models(0.15, 0.05, 0.4))
    ['lq-l', 'lpl', 'rmr', 'tlk', 'neira']
    """
    given = free or {}
    return {
        cls.name: cls.matched(alpha, beta, repair_rate, **_free(cls, given.get(cls.name, {})))
        for cls in _MATCHED
    }


def _free(cls: Any, given: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in given:
        if name not in cls.free:
            raise InputError(
                f"{cls.name} is matched, which sets this",
                field=cls.name,
                value=name,
                allowed=cls.free,
            )
    return given


def departure(model: KineticModel, exposure: Exposure | Curve) -> Any:
    r"""Return how far a model is from its linear-quadratic limit, in parts of the quadratic term.

    .. math:: \frac{-\ln S - (\alpha D + \beta G D^2)}{\beta G D^2}

    It goes to zero with the dose, and for a given dose with the dose rate: the limit is reached
    where it is far below 1.
    """
    limit = model.low_dose_limit()
    expected = limit.log_kill(exposure)
    linear = limit.with_parameters({"beta": 0.0}).log_kill(exposure)
    return (model.log_kill(exposure) - expected) / (expected - linear)
