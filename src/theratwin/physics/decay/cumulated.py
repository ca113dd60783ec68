"""Decays of each member of a chain for each decay of its parent."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core._arrays import as_float, namespace
from theratwin.core.errors import InputError

#: h: a daughter that decays later than a year after its birth does not count for a patient
HORIZON = 24 * 365.2422


def chain_decays(
    decay_constants: Any, branching: Any, horizon: Any = float("inf"), removal: Any = 0.0
) -> Any:
    r"""Return the decays of each member for each decay of the parent, which are dimensionless.

    A daughter decays within :math:`T` of its birth, and before it is cleared, with probability
    :math:`w_i`; paths add up where they meet:

    .. math:: w_i = \frac{\lambda_i}{\lambda_i + \kappa_i}
        \left(1 - e^{-(\lambda_i + \kappa_i) T}\right), \qquad
        n_0 = 1,\quad n_i = w_i \sum_{j<i} b_{ij} n_j .

    With an endless horizon these are the ratios of the activities' integrals to infinity; the
    whole chain's integrals to a given time are `chain_integrals`. JAX may differentiate with
    respect to every argument.

    Parameters
    ----------
    decay_constants, branching
        As for `chain_activities`.
    horizon
        :math:`T`, h; `HORIZON` is a year.
    removal
        :math:`\kappa`, 1/h: clearance of the daughters from where the parent decays, one for
        all or shape (members,); the parent's own does not matter. 0 if they stay.

    Returns
    -------
    array
        :math:`n`, shape (members,), 1 first.

    Raises
    ------
    InputError
        If the horizon or a decay constant is not positive, or a constant of clearance negative.

    Examples
    --------
    Tc-99m and its long-lived daughter, within a year:

    >>> constants = np.log(2) / np.array([6.015, 1.85e9])
    >>> print(chain_decays(constants, [[0, 0], [1, 0]], HORIZON))
    [1.00e+00 3.28e-06]
    """
    given = [as_float(array) for array in (decay_constants, branching, horizon, removal)]
    xp = namespace(*given)
    constants, branching, horizon, removal = (xp.asarray(array, dtype=float) for array in given)
    if xp is np:
        _check(constants, horizon, removal)
    total = constants + removal
    within = -xp.expm1(-total * horizon) * constants / total
    decays = xp.ones(1)
    for i in range(1, constants.shape[0]):
        reached = within[i] * (branching[i, :i] @ decays)
        decays = xp.append(decays, reached)
    return decays


def _check(constants: Any, horizon: Any, removal: Any) -> None:
    if not (constants > 0).all():
        raise InputError(
            "a decay constant must be positive", field="decay_constants", value=constants.tolist()
        )
    if not horizon > 0:
        raise InputError("a horizon must be positive", field="horizon", value=float(horizon))
    if not (removal >= 0).all():
        raise InputError("clearance is negative", field="removal", value=removal.tolist())
