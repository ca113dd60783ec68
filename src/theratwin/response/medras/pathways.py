"""Which pathway repairs a double-strand break, how fast, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theratwin.core import InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.medras.cell_line import ASYNCHRONOUS, PHASES, CellLine
from theratwin.response.medras.geometry import (
    lethal_part,
    misrejoining,
    misrepair_coefficient,
    visible_part,
)

PATHS = ("fast", "slow", "very_slow")

#: Copies of the genome that breaks are made in; mitosis repairs as G1, once divided.
COPIES = {"G1": 1.0, "S": 1.5, "G2": 2.0, "M": 2.0}


@dataclass(frozen=True, eq=False)
class Repair:
    """Repair of breaks in one phase; arrays of paths are fast, slow, very slow in the last axis.

    Attributes
    ----------
    phase
        Its name.
    breaks_per_gray
        Double-strand breaks made (1/Gy).
    shares
        Parts of the breaks that each path gets, shape ``(*batch, 3)``.
    rates
        Of rejoining (1/h), likewise.
    fidelities
        The chance that a path joins the right ends when no other are near, likewise.
    coefficient
        The misrepair coefficient, per break.
    lethal, visible
        Aberrations per misrejoining.
    """

    phase: str
    breaks_per_gray: Any
    shares: Any
    rates: Any
    fidelities: Any
    coefficient: Any
    lethal: Any
    visible: Any


def repair_in(line: CellLine, phase: str | None = None) -> Repair:
    r"""Return how a line repairs in one phase.

    Fast breaks are joined by NHEJ; slow ones by NHEJ in G1 and by homologous recombination, which
    makes no error, afterward. Of the breaks of a pathway that is missing a part goes to the very
    slow path, and the rest is joined at its own rate but with the fidelity of alternative end
    joining.

    Parameters
    ----------
    line
        The cell line.
    phase
        The phase; the line's own if None.

    Raises
    ------
    InputError
        If the line is asynchronous and no phase is given.

    References
    ----------
    Citation ``mcmahon_2021`` and its program. S has no survival there; its aberrations follow
    what the program intends, the mean of G1 and G2.

    Examples
    --------
    >>> g2 = repair_in(CellLine("G2", hr="deficient"))
    >>> [round(float(share), 4) for share in g2.shares]
    [0.5663, 0.1143, 0.3194]
    """
    phase = phase or line.phase
    if phase == ASYNCHRONOUS:
        raise InputError("repair is that of one phase", field="phase", value=phase, allowed=PHASES)
    value = line.value
    genome_copies = 1.0 if phase == "M" else COPIES[phase]
    parts = misrejoining(
        value("misrejoining_range"),
        value("genome_size") * genome_copies,
        value("chromosomes"),
        genome_copies,
        value("large_deletion"),
    )
    return Repair(
        phase,
        value("break_density") * value("genome_size") * COPIES[phase],
        _paths(*_shares(line, phase)),
        _paths(*(value(f"rate.{path}") for path in PATHS)),
        _paths(*_fidelities(line, phase)),
        misrepair_coefficient(value("misrejoining_range")),
        lethal_part(phase, parts),
        visible_part(phase, parts),
    )


def _shares(line: CellLine, phase: str) -> tuple[Any, Any, Any]:
    slow, failing = line.value("slow_fraction"), line.value("failing_fraction")
    fast, very_slow = 1.0 - slow, 0.0
    if not line.has_nhej:
        fast, very_slow = fast * (1.0 - failing), fast * failing
    if not line.has_hr and phase in ("S", "G2"):
        slow, very_slow = slow * (1.0 - failing), very_slow + slow * failing
    return fast, slow, very_slow


def _fidelities(line: CellLine, phase: str) -> tuple[Any, Any, Any]:
    joined, alternative = line.value("fidelity.end_joining"), line.value("fidelity.alternative")
    fast = joined if line.has_nhej else alternative
    if phase == "G1":
        return fast, fast, alternative
    return fast, 1.0 if line.has_hr else alternative, alternative


def _paths(*values: Any) -> Any:
    """Join a number or an array for each path along a last axis."""
    xp = namespace(*values)
    return xp.stack(xp.broadcast_arrays(*map(as_float, values)), axis=-1)
