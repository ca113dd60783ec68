"""Cells in one phase, what they carry, and the sum of what changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from theratwin.dynamics import Expression, NetworkBuilder, maximum
from theratwin.response.medras.pathways import COPIES, PATHS
from theratwin.response.medras.rpt.options import Options

#: Fraction of cells below which breaks per cell are no longer resolved: far below any that counts.
_FEWEST = 1e-9


@dataclass(frozen=True, eq=False)
class PhaseCells:
    """The states of one phase, per cell that still can divide.

    Attributes
    ----------
    phase
        Its name.
    cells
        The fraction of cells that are in it.
    breaks
        Double-strand breaks in these, by path.
    single
        Single-strand breaks in these, if they are followed.
    forks
        Stalled replication forks in these, if they are followed.
    """

    phase: str
    cells: Expression
    breaks: Mapping[str, Expression]
    single: Expression | None = None
    forks: Expression | None = None

    @property
    def carried(self) -> tuple[Expression, ...]:
        """What goes with a cell from one phase to the next."""
        return (*self.breaks.values(), *(x for x in (self.single,) if x is not None))

    @property
    def states(self) -> tuple[Expression, ...]:
        """All states."""
        forks = () if self.forks is None else (self.forks,)
        return (self.cells, *self.carried, *forks)

    @property
    def all_breaks(self) -> Expression:
        """Double-strand breaks of all paths."""
        return sum(self.breaks.values(), start=0.0 * self.cells)

    def per_cell(self, total: Any) -> Expression:
        """Return a total of the phase for each of its cells."""
        return total / maximum(self.cells, _FEWEST)


def phase_cells(
    b: NetworkBuilder, phase: str, known: Mapping[str, Expression], options: Options
) -> PhaseCells:
    """Add the states of a phase; single-strand breaks begin where they stand without radiation."""
    start = known[f"start.{phase}"]
    cells = b.variable(f"cells.{phase}", start)
    breaks = {path: b.variable(f"breaks.{phase}.{path}", 0.0) for path in PATHS}
    single = forks = None
    if options.single_strand_breaks:
        leaving = known["single_strand.repair"]
        if phase == "S":
            leaving = leaving + known["single_strand.collision"]
        made = COPIES[phase] * known["single_strand.endogenous"]
        single = b.variable(f"single_strand_breaks.{phase}", start * made / leaving)
    if options.stalled_forks and phase == "S":
        forks = b.variable("stalled_forks", 0.0)
    return PhaseCells(phase, cells, breaks, single, forks)


class Balance:
    """The rate of change of every state, added up term by term."""

    def __init__(self) -> None:
        self._rates: dict[Expression, Any] = {}

    def add(self, state: Expression, rate: Any) -> None:
        """Add a term."""
        self._rates[state] = self._rates.get(state, 0.0) + rate

    def move(self, source: Expression, target: Expression, rate: Any, factor: Any = 1.0) -> None:
        """Move from one state at a rate (1/h); `factor` times as much arrives."""
        self.add(source, -(rate * source))
        self.add(target, factor * rate * source)

    def write(self, b: NetworkBuilder) -> None:
        """Give the states their rates."""
        for state, rate in self._rates.items():
            b.rate(state, rate)
