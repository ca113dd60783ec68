r"""From counts to dose of one region, and the uncertainty of every step.

.. math::

    D = \frac{\tilde C(V)}{Q\,R(V)}\; S(\rho V), \qquad \tilde C \propto V^{\kappa}

The volume stands in it three times: a larger outline gathers more counts (:math:`\kappa`), needs
less recovery, and is heavier. Its uncertainty enters once, with the sum of the three,

.. math::

    \frac{\partial \ln D}{\partial \ln V} = \kappa - \frac{\partial \ln R}{\partial \ln V} + s,
    \qquad s = \frac{\partial \ln S}{\partial \ln m} \approx -1,

which is what the covariances between activity, recovery and S value of the EANM guidance amount to
(Gear et al. 2018). All factors are log-normal; the relative uncertainties are standard ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.dosimetry.propagation import Doubt, FirstOrder, first_order, monte_carlo
from theratwin.dosimetry.recovery import RecoveryCurve

#: The components of the budget, apart from that of the recovery curve.
COMPONENTS = ("counts", "fit", "calibration", "volume", "S value")


@dataclass(frozen=True, eq=False)
class DoseChain:
    """One region's dose as a calculation with doubts.

    Parameters
    ----------
    integral
        Time-integrated activity as calibrated, before recovery (MBq h).
    volume
        As outlined (mL).
    s_value
        S value (Gy/(MBq h)) of a mass (g), for arrays.
    uncertainties
        Relative standard uncertainty by component, of `COMPONENTS`: ``counts``, noise in the
        integral; ``fit``, choice of the curve; ``calibration``; ``volume``; ``S value``. What is
        left out is certain.
    density
        g/mL.
    recovery
        None if all is recovered.
    outline
        d ln C / d ln V, :math:`\\kappa`: `outline_slope`, or 0 if counts were taken regardless of
        the outline.

    Raises
    ------
    InputError
        If a number is not positive, a component unknown or an uncertainty negative.

    Examples
    --------
    >>> chain = DoseChain(
    ...     500.0, 2.0, lambda mass: 0.085 / mass, {"calibration": 0.05, "volume": 0.3},
    ...     recovery=RecoveryCurve(2.0, 0.8, np.zeros((2, 2))), outline=0.4,
    ... )
    >>> round(chain.dose, 1), round(chain.first_order.sensitivities["dose"]["volume"], 3)
    (40.5, -1.0)
    """

    integral: float
    volume: float
    s_value: Callable[[Any], Any]
    uncertainties: Mapping[str, float] = field(default_factory=dict)
    density: float = 1.05
    recovery: RecoveryCurve | None = None
    outline: float = 0.0

    def __post_init__(self) -> None:
        for name in ("integral", "volume", "density"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise InputError("must be positive", field=f"DoseChain.{name}", value=value)
        for name in self.uncertainties:
            if name not in COMPONENTS:
                raise InputError(
                    "unknown component",
                    field="DoseChain.uncertainties",
                    value=name,
                    allowed=COMPONENTS,
                )

    def quantities(self, factors: Mapping[str, Any]) -> dict[str, Any]:
        """Return every step, each factor's doubt put in: volume, mass, recovery and so on.

        The order is that of the calculation; a factor that is missing is one.
        """

        def factor(name: str) -> Any:
            return factors.get(name, 1.0)

        volume = self.volume * factor("volume")
        recovery = 1.0
        if self.recovery is not None:
            recovery = self.recovery.value(
                volume, midpoint=factor("midpoint"), steepness=factor("steepness")
            )
        counts = factor("counts") * factor("fit") * factor("volume") ** self.outline
        activity = self.integral * counts / (factor("calibration") * recovery)
        mass = self.density * volume
        s_value = self.s_value(mass) * factor("S value")
        return {
            "volume": volume,
            "mass": mass,
            "recovery": recovery,
            "time-integrated activity": activity,
            "S value": s_value,
            "dose": activity * s_value,
        }

    @property
    def doubts(self) -> dict[str, Doubt]:
        """The doubts by component; the recovery curve's two parameters are one."""
        found = {name: Doubt.of(name, value) for name, value in self.uncertainties.items()}
        if self.recovery is not None:
            found["recovery"] = Doubt(("midpoint", "steepness"), self.recovery.covariance)
        return found

    @property
    def dose(self) -> float:
        """Absorbed dose (Gy), all factors at their medians."""
        return float(self.quantities({})["dose"])

    @property
    def first_order(self) -> FirstOrder:
        """Uncertainties of all steps to first order; that of the dose is ``budgets["dose"]``."""
        return first_order(self.quantities, self.doubts)

    def sample(self, draws: int, *, seed: int) -> dict[str, Float[np.ndarray, " draws"]]:
        """Return draws of all steps, by Monte Carlo of the same calculation."""
        return monte_carlo(self.quantities, self.doubts, draws=draws, seed=seed)
