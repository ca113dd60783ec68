"""Cells that divide no more but still live: senescent ones, and those doomed to a later death."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.dynamics import Expression, NetworkBuilder, exp
from theratwin.response.medras.rpt.options import Options


def living_cells(
    b: NetworkBuilder,
    known: Mapping[str, Expression],
    options: Options,
    log_kill: Expression,
    apoptotic: Any,
    aberrant: Any,
) -> Expression:
    r"""Add the fates that are on; returns the cells that live, per cell at the start.

    With the survivors :math:`S = e^{-\mathrm{log\_kill}}`,

    .. math:: \dot Z = \phi\,S\,h_a, \qquad \dot Q_1 = S\,h_L - Q_1/T, \qquad
              \dot Q_j = (Q_{j-1} - Q_j)/T

    senescent cells come of the p53-dependent loss :math:`h_a`, and cells with a lethal aberration
    (:math:`h_L`) die at the end of the last of their divisions. Neither changes survival, which
    counts cells that can go on dividing. Doomed cells are counted without their daughters.
    """
    survivors = exp(-log_kill)
    living = survivors
    if options.senescence:
        senescent = b.variable("senescent", 0.0)
        b.rate(senescent, known["senescence.fraction"] * survivors * apoptotic)
        b.observable("senescent", senescent)
        living = living + senescent
    coming = survivors * aberrant
    for division in range(1, options.delayed_death + 1):
        doomed = b.variable(f"doomed.{division}", 0.0)
        leaving = doomed / known["delayed.cycle"]
        b.rate(doomed, coming - leaving)
        coming = leaving
        living = living + doomed
    return living
