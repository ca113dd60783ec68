"""Lymphocytes: killed where they circulate, cleared with a delay, replaced over months."""

from __future__ import annotations

import math
from collections.abc import Mapping

from theratwin.dynamics import Expression, NetworkBuilder


def lymphocytes(b: NetworkBuilder, p: Mapping[str, Expression]) -> None:
    r"""Add lymphocytes :math:`L` and those that are hit but still counted, :math:`X`.

    .. math::

        \dot L = (1 - L)/\tau_L - \alpha \dot D_b L, \qquad
        \dot X = \alpha \dot D_b L - \frac{\ln 2}{t_X} X

    relative to the count at rest; the count is :math:`L + X`. The kill is linear in the dose of
    the blood, :math:`\alpha = 1/D_0`. The pool in blood exchanges with spleen and nodes within
    hours, so that :math:`\dot D_b` is best the mean over all of them.

    Parameters
    ----------
    b
        The network that they are added to, with the input ``dose_rate_blood`` (Gy/h) and the
        output ``lymphocytes`` (1/mL).
    p
        ``alpha``, ``clearance_half_time``, ``recovery_time``, ``baseline``.

    References
    ----------
    Citation ``lymphocytes_irradiated_1987``.
    """
    dose_rate = b.input("dose_rate_blood", "Gy/h")
    sound = b.variable("lymphocytes.sound", 1.0)
    hit = b.variable("lymphocytes.hit", 0.0)
    killed = b.rule("lymphocytes.killed", p["alpha"] * dose_rate * sound, "1/h")
    b.rate(sound, (1.0 - sound) / p["recovery_time"] - killed)
    b.rate(hit, killed - math.log(2.0) / p["clearance_half_time"] * hit)
    count = p["baseline"] * (sound + hit)
    b.output("lymphocytes", count, "1/mL")
    b.observable("lymphocytes", count, "1/mL")
