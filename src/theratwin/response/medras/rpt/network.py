"""medras-rpt as a network: cells and their breaks in each phase, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.dynamics import Expression, Network, NetworkBuilder, exp
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.rpt.drug_ports import Drugs, drug_ports
from theratwin.response.medras.rpt.fates import living_cells
from theratwin.response.medras.rpt.hazards import Losses, losses, make_and_repair
from theratwin.response.medras.rpt.induced_repair import induced_repair
from theratwin.response.medras.rpt.numbers import numbers
from theratwin.response.medras.rpt.options import Options
from theratwin.response.medras.rpt.phase_cells import Balance, PhaseCells, phase_cells
from theratwin.response.medras.rpt.progression import leaving_rate, pass_on, surviving_mitosis
from theratwin.response.medras.rpt.single_strand import single_strand_breaks, stalled_forks


def rpt_network(
    line: CellLine,
    options: Options | None = None,
    values: Mapping[str, Any] | None = None,
    fractions: Mapping[str, float] | None = None,
) -> Network:
    r"""Return the network of a cell line.

    Of all cells that still can divide, :math:`f_i` are in phase i, with :math:`x_{ik}` double-
    strand breaks of path k; :math:`B_{ik} = x_{ik}/f_i`. With the rate :math:`k_i` at which a
    phase ends, the hazard :math:`h_i` and the mean hazard H,

    .. math:: \dot x_{ik} = f_i\,p_{ik}\,g_i\,y\,\dot D - (\mu_k + k_i + h_i)\,x_{ik}
              + k_{i-1} x_{i-1,k} + H\,x_{ik}

    .. math:: h_i = a_i \sum_k B_{ik} + \tfrac12\,p_{leth,i} \Big[\sum_k \varepsilon_k \mu_k B_{ik}
              + w_i\,P(B_i) \sum_k \mu_k B_{ik}\Big] + b_i\,y\,\dot D, \qquad
              \frac{d(-\ln S)}{dt} = H

    Counting per living cell keeps numbers of order one, however few survive. Of the cells that
    come to mitosis :math:`e^{-0.0141 \min(B, 20)}` live on. The ports are ``dose_rate`` (Gy/h) and
    those of drugs; out come ``hazard`` (1/h), ``log_kill``, ``log_growth`` and ``breaks`` (double-
    strand breaks per cell).

    Parameters
    ----------
    line
        The cell line.
    options
        What is on; the defaults of `Options` if None.
    values
        Parameters that differ from the set ``response/medras_rpt``.
    fractions
        Cells in each phase at the start; see `numbers`.

    Raises
    ------
    InputError, UnsupportedError
        As of `numbers`.

    References
    ----------
    theratwin's own extension of MEDRAS (citation ``mcmahon_2021``); no equivalence with another
    dynamic model is claimed.

    Examples
    --------
    >>> network = rpt_network(CellLine("G1"), Options(drugs=("dnapk",)))
    >>> [port.name for port in network.inputs], [port.name for port in network.outputs]
    (['dose_rate', 'dnapk_inhibition'], ['hazard', 'log_kill', 'log_growth', 'breaks'])
    """
    options = options or Options()
    b = NetworkBuilder("medras-rpt")
    found = numbers(line, options, values or {}, fractions)
    known = {name: b.parameter(number.parameter(name)) for name, number in found.items()}
    dose_rate = b.input("dose_rate", "Gy/h")
    drugs = drug_ports(b, options.drugs, known)
    present = [name.removeprefix("start.") for name in known if name.startswith("start.")]
    cells = {phase: phase_cells(b, phase, known, options) for phase in present}
    balance = Balance()
    lost = _live(b, balance, cells, line, options, known, drugs, dose_rate)
    failing, grown = _divide(balance, cells, line, options, known, drugs)
    _report(b, balance, cells, options, known, lost, failing, grown)
    return b.freeze()


def _live(
    b: NetworkBuilder,
    balance: Balance,
    cells: Mapping[str, PhaseCells],
    line: CellLine,
    options: Options,
    known: Mapping[str, Expression],
    drugs: Drugs,
    dose_rate: Expression,
) -> dict[str, Losses]:
    """Add what happens within each phase; returns its losses."""
    extra: Any = 0.0
    if options.hypersensitivity:
        extra = induced_repair(b, known, dose_rate)
    found = {}
    for phase, own in cells.items():
        aberrant = make_and_repair(balance, own, line, known, drugs.repair, dose_rate)
        single_strand_breaks(balance, own, line, known, drugs, dose_rate)
        stalled_forks(balance, own, line, known, drugs)
        found[phase] = losses(own, line, known, aberrant, dose_rate, extra)
        hazard = own.per_cell(found[phase].total)
        for state in own.states:
            balance.add(state, -(hazard * state))
    return found


def _divide(
    balance: Balance,
    cells: Mapping[str, PhaseCells],
    line: CellLine,
    options: Options,
    known: Mapping[str, Expression],
    drugs: Drugs,
) -> tuple[Any, Any]:
    """Add the passage from phase to phase; returns the loss at mitosis and the growth (1/h)."""
    if options.cycle == "frozen":
        return 0.0, 0.0
    rates = {
        phase: leaving_rate(own, line, options, known, drugs.arrest) for phase, own in cells.items()
    }
    surviving = surviving_mitosis(cells["G2"], known)
    pass_on(balance, cells, rates, options, surviving)
    dividing = rates["G2"] * cells["G2"].cells
    return (1.0 - surviving) * dividing, (options.divides - 1.0) * surviving * dividing


def _report(
    b: NetworkBuilder,
    balance: Balance,
    cells: Mapping[str, PhaseCells],
    options: Options,
    known: Mapping[str, Expression],
    lost: Mapping[str, Losses],
    failing: Any,
    grown: Any,
) -> None:
    """Count everything per living cell, and give out what was lost."""
    # Divided by what the fractions sum to, 1, so that its rounding is not multiplied by 1/S.
    everyone = sum((own.cells for own in cells.values()), start=0.0)
    losing = sum((own.total for own in lost.values()), start=failing)
    hazard = b.rule("mean_hazard", losing / everyone, "1/h")
    grown = grown / everyone
    for own in cells.values():
        for state in own.states:
            balance.add(state, (hazard - grown) * state)
    balance.write(b)
    log_kill = b.variable("log_kill", 0.0)
    b.rate(log_kill, hazard)
    log_growth = b.variable("log_growth", 0.0)
    b.rate(log_growth, grown)
    breaks = sum((own.all_breaks for own in cells.values()), start=0.0)
    apoptotic = sum((own.apoptotic for own in lost.values()), start=0.0)
    aberrant = sum((own.aberrant for own in lost.values()), start=0.0)
    living = living_cells(b, known, options, log_kill, apoptotic, aberrant)
    for name, value, unit in (
        ("hazard", hazard, "1/h"),
        ("log_kill", log_kill, ""),
        ("log_growth", log_growth, ""),
        ("breaks", breaks, ""),
    ):
        b.output(name, value, unit)
    b.observable("log_kill", log_kill)
    b.observable("survival", exp(-log_kill))
    b.observable("living", living)
    b.observable("breaks", breaks)
    b.observable("hazard", hazard, "1/h")
