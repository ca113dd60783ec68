"""How fast cells leave a phase, and what holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.dynamics import Expression, exp, maximum, minimum
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.rpt.options import Options
from theratwin.response.medras.rpt.phase_cells import Balance, PhaseCells

#: A count of breaks that is as good as none, for powers of it.
_NONE = 1e-6


def leaving_rate(
    cells: PhaseCells,
    line: CellLine,
    options: Options,
    known: Mapping[str, Expression],
    arrest_lost: Any = 0.0,
) -> Expression:
    r"""Return the rate (1/h) at which a phase ends.

    Without options :math:`1/T_i`. A checkpoint, in G2 and with p53 in G1, lets pass

    .. math:: r = \epsilon + \frac{1 - \epsilon}{1 + (B/B_c)^n}

    of the cells with B breaks, :math:`\epsilon` of them by evasion; drugs weaken it. Delay
    multiplies the time in the phase by :math:`1 + B/B_d`.

    References
    ----------
    The threshold: citations ``deckbar_2011``, ``deckbar_2007``. The form is theratwin's.
    """
    rate = 1.0 / known[f"duration.{cells.phase}"]
    breaks = maximum(cells.per_cell(cells.all_breaks), _NONE)
    if options.cycle_delay:
        rate = rate / (1.0 + breaks / known["delay.breaks"])
    if options.checkpoint and (cells.phase == "G2" or (cells.phase == "G1" and line.arrests)):
        evading = known["checkpoint.evasion"]
        held = (breaks / known["checkpoint.breaks"]) ** known["checkpoint.steepness"]
        passing = evading + (1.0 - evading) / (1.0 + held)
        rate = rate * (1.0 - (1.0 - arrest_lost) * (1.0 - passing))
    return rate


def surviving_mitosis(g2: PhaseCells, known: Mapping[str, Expression]) -> Expression:
    r"""Return the part of cells that live through mitosis: :math:`e^{-c \min(B, B_{max})}`.

    As MEDRAS has it (citation ``mcmahon_2021``), of the breaks that come to mitosis.
    """
    breaks = minimum(maximum(g2.per_cell(g2.all_breaks), 0.0), known["arrest.breaks"])
    return exp(-known["death.mitosis"] * breaks)


def pass_on(
    balance: Balance,
    cells: Mapping[str, PhaseCells],
    rates: Mapping[str, Expression],
    options: Options,
    surviving: Expression,
) -> None:
    """Move cells and what they carry around the cycle.

    A daughter inherits half of the breaks; with all descendants followed there are two of her.
    """
    doubled = 2.0 if options.replicate_breaks else 1.0
    factor: dict[str, tuple[Any, Any]] = {"G1": (1.0, 1.0), "S": (1.0, doubled)}
    factor["G2"] = (options.divides * surviving, 0.5 * options.divides * surviving)
    for own, following in (("G1", "S"), ("S", "G2"), ("G2", "G1")):
        of_cells, of_breaks = factor[own]
        source, target = cells[own], cells[following]
        balance.move(source.cells, target.cells, rates[own], of_cells)
        for path, state in source.breaks.items():
            balance.move(state, target.breaks[path], rates[own], of_breaks)
        if source.single is not None and target.single is not None:
            half = of_breaks if own == "G2" else 1.0
            balance.move(source.single, target.single, rates[own], half)
        if source.forks is not None:
            balance.move(source.forks, target.breaks["slow"], rates[own])
