"""Single-strand breaks, and the double-strand breaks that they become where DNA is copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.dynamics import Expression
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.pathways import COPIES
from theratwin.response.medras.rpt.drug_ports import Drugs
from theratwin.response.medras.rpt.phase_cells import Balance, PhaseCells


def single_strand_breaks(
    balance: Balance,
    cells: PhaseCells,
    line: CellLine,
    known: Mapping[str, Expression],
    drugs: Drugs,
    dose_rate: Expression,
) -> None:
    r"""Add single-strand breaks s of one phase.

    .. math:: \dot s = g\,(y_s \dot D + \sigma) - [\mu_s (1 - I) + c\,(1 + T)]\,s

    with the endogenous rate :math:`\sigma`, inhibition I, trapping T, and the collisions c with
    replication in S alone. There each makes a one-ended double-strand break, which only homologous
    recombination joins well.
    """
    if cells.single is None:
        return
    made = known["single_strand.per_gray"] * dose_rate + known["single_strand.endogenous"]
    balance.add(cells.single, COPIES[cells.phase] * made * cells.cells)
    leaving = known["single_strand.repair"] * (1.0 - drugs.single_strand)
    balance.add(cells.single, -(leaving * cells.single))
    if cells.phase == "S":
        collisions = known["single_strand.collision"] * (1.0 + drugs.trapping) * cells.single
        balance.add(cells.single, -collisions)
        one_ended_breaks(balance, cells, line, known, collisions)


def stalled_forks(
    balance: Balance,
    cells: PhaseCells,
    line: CellLine,
    known: Mapping[str, Expression],
    drugs: Drugs,
) -> None:
    r"""Add forks stalled by trapped PARP: restarted by homologous recombination, or broken.

    .. math:: \dot v = \kappa\,T - [\rho\,(1 - q) + \chi]\,v

    with the part q of recombination that is missing or inhibited.
    """
    if cells.forks is None:
        return
    balance.add(cells.forks, known["fork.stalling"] * drugs.trapping * cells.cells)
    missing: Any = drugs.repair.recombination if line.has_hr else 1.0
    restarting = known["fork.restart"] * (1.0 - known["failing_fraction"] * missing)
    balance.add(cells.forks, -(restarting * cells.forks))
    broken = known["fork.collapse"] * cells.forks
    balance.add(cells.forks, -broken)
    one_ended_breaks(balance, cells, line, known, broken)


def one_ended_breaks(
    balance: Balance,
    cells: PhaseCells,
    line: CellLine,
    known: Mapping[str, Expression],
    rate: Any,
) -> None:
    """Add breaks at forks: to recombination, or where it is missing as MEDRAS shares them out."""
    failing = 0.0 if line.has_hr else known["failing_fraction"]
    balance.add(cells.breaks["slow"], (1.0 - failing) * rate)
    if not line.has_hr:
        balance.add(cells.breaks["very_slow"], failing * rate)
