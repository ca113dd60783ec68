r"""Shapes of a time-activity curve: sums of exponentials with physical decay fixed.

Every shape is a special case of

.. math::

    r(t) = f\,\bigl(e^{-\lambda_s t} + \rho\, e^{-(\lambda_s + k_f) t}\bigr)
           \bigl(1 - e^{-k_u t}\bigr), \qquad \lambda_s = \lambda_p + \ln 2 / T_b,

the retained fraction of the injected activity, decay included. It is positive at every time, its
phases cannot change places, and its terminal phase is never slower than physical decay. In place
of :math:`f` the parameter is the uptake: the retained fraction, corrected for decay, a day after
the administration, which a scan determines almost apart from the half-life.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

LN2 = float(np.log(2.0))

#: Time after the administration (h) at which the uptake is stated; for a nuclide whose half-life
#: is shorter, that half-life.
UPTAKE_TIME = 24.0

#: Parameters that differ from cycle to cycle.
CYCLE_PARAMETERS = ("uptake", "biological_half_life")


@dataclass(frozen=True)
class Structure:
    """A shape of the curve.

    Parameters
    ----------
    name
        Its name, such as ``"biexponential"``.
    washout
        Whether a fast washout phase precedes the terminal one.
    uptake_phase
        Whether activity builds up first.
    """

    name: str
    washout: bool
    uptake_phase: bool

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters; all are positive and estimated as logarithms."""
        names = CYCLE_PARAMETERS
        if self.washout:
            names += ("washout_ratio", "washout_half_life")
        if self.uptake_phase:
            names += ("uptake_half_time",)
        return names

    def terms(
        self, values: dict[str, Any], decay_constant: float
    ) -> tuple[Float[Any, "*batch terms"], Float[Any, "*batch terms"]]:
        """Return amplitudes and rates (1/h) of the curve for one unit of injected activity.

        Parameters
        ----------
        values
            Every parameter by name (half-lives in h), arrays of one shape.
        decay_constant
            Physical decay constant (1/h).
        """
        slow = decay_constant + LN2 / values["biological_half_life"]
        amplitudes, rates = [np.ones_like(values["uptake"])], [slow]
        if self.washout:
            amplitudes.append(values["washout_ratio"])
            rates.append(slow + LN2 / values["washout_half_life"])
        if self.uptake_phase:
            build_up = LN2 / values["uptake_half_time"]
            amplitudes += [-amplitude for amplitude in amplitudes]
            rates += [rate + build_up for rate in rates]
        shape, speed = np.stack(amplitudes, axis=-1), np.stack(rates, axis=-1)
        time = min(UPTAKE_TIME, LN2 / decay_constant)
        retained = np.sum(shape * np.exp(-(speed - decay_constant) * time), axis=-1)
        return shape * (values["uptake"] / retained)[..., None], speed


MONOEXPONENTIAL = Structure("monoexponential", washout=False, uptake_phase=False)
UPTAKE = Structure("uptake, monoexponential", washout=False, uptake_phase=True)
BIEXPONENTIAL = Structure("biexponential", washout=True, uptake_phase=False)
UPTAKE_BIEXPONENTIAL = Structure("uptake, biexponential", washout=True, uptake_phase=True)

STRUCTURES = (MONOEXPONENTIAL, UPTAKE, BIEXPONENTIAL, UPTAKE_BIEXPONENTIAL)
