"""Low-dose hyper-radiosensitivity: repair that has to be induced first."""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.dynamics import Expression, NetworkBuilder, exp


def induced_repair(
    b: NetworkBuilder, known: Mapping[str, Expression], dose_rate: Expression
) -> Expression:
    r"""Add the states of induction; returns the hazard (1/h) that it adds.

    .. math:: \dot q = \dot D - \mu q, \qquad \dot I = \dot D - I/\tau, \qquad
              h = \alpha_r (\rho - 1)\,\mu\,q\,e^{-I/D_c}

    Lesions q wait for the fast repair; those that it reaches before it is induced kill. After an
    acute dose and with a long memory :math:`\tau` this is
    :math:`\alpha_r(\rho - 1) D e^{-D/D_c}`, the induced-repair model's addition to
    :math:`\alpha_r D`; at a low dose rate nothing is induced and the slope stays
    :math:`\rho\,\alpha_r`.

    References
    ----------
    The acute form is that of the induced-repair model (Joiner, Marples; recalled); the rates are
    theratwin's.
    """
    waiting = b.variable("uninduced_dose", 0.0, "Gy")
    induction = b.variable("inducing_dose", 0.0, "Gy")
    repair = known["rate.fast"] * waiting
    b.rate(waiting, dose_rate - repair)
    b.rate(induction, dose_rate - induction / known["hypersensitivity.memory"])
    slope = known["hypersensitivity.slope"] * (known["hypersensitivity.slope_ratio"] - 1.0)
    return slope * repair * exp(-induction / known["hypersensitivity.dose"])
