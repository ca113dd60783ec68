"""What kills cells in one phase: lethal aberrations, apoptosis, and MEDRAS's base rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from theratwin.dynamics import Expression
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.rpt.phase_cells import Balance, PhaseCells
from theratwin.response.medras.rpt.repair_flow import Inhibition, flow, paths, wrong_end


@dataclass(frozen=True, eq=False)
class Losses:
    """Losses of one phase (1/h), per cell that can divide, of any phase.

    Attributes
    ----------
    aberrant
        By lethal aberrations.
    apoptotic
        By apoptosis that p53 calls for.
    other
        By MEDRAS's base rate and what options add.
    """

    aberrant: Any
    apoptotic: Any
    other: Any

    @property
    def total(self) -> Any:
        """All losses."""
        return self.aberrant + self.apoptotic + self.other


def make_and_repair(
    balance: Balance,
    cells: PhaseCells,
    line: CellLine,
    known: Mapping[str, Expression],
    drugs: Inhibition,
    dose_rate: Expression,
) -> Any:
    """Add the making and joining of breaks; returns the loss by lethal aberrations."""
    work = paths(cells.phase, line, known, drugs)
    made = known[f"{cells.phase}.breaks_per_gray"] * dose_rate * cells.cells
    for path, state in cells.breaks.items():
        turnover = known[f"rate.{path}"] * state
        balance.add(state, known[f"{cells.phase}.share.{path}"] * made - turnover)
        balance.add(cells.breaks["very_slow"], work[path].leaving * turnover)
    found = flow(cells.phase, work, cells.breaks, known)
    meeting = wrong_end(known["misrepair_coefficient"], cells.per_cell(cells.all_breaks))
    wrong = found.wrong + found.weight * meeting * found.joined
    return 0.5 * known[f"{cells.phase}.lethal"] * wrong


def losses(
    cells: PhaseCells,
    line: CellLine,
    known: Mapping[str, Expression],
    aberrant: Any,
    dose_rate: Expression,
    extra: Any,
) -> Losses:
    """Return all losses of a phase, given those by aberrations and an extra hazard (1/h)."""
    apoptotic: Any = 0.0
    other: Any = extra * cells.cells
    if cells.phase == "G1":
        made = known["G1.breaks_per_gray"] * dose_rate * cells.cells
        other = other + known["death.base"] * made
        if line.arrests:
            apoptotic = known["apoptosis_rate"] * cells.all_breaks
    return Losses(aberrant, apoptotic, other)
