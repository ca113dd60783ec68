"""Repair in one phase as rates: what is joined, what wrongly, what waits for another path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from theratwin.dynamics import Expression, maximum
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.pathways import PATHS


@dataclass(frozen=True, eq=False)
class Path:
    r"""How one path does its work.

    Attributes
    ----------
    failed
        The part z of its breaks that it cannot join because a drug inhibits it.
    moved
        The part of these that goes on to the very slow path; alternative end joining takes the
        rest.
    fidelity
        Of the uninhibited path.
    alternative
        Fidelity of alternative end joining.
    perfect
        Whether the uninhibited path makes no error of any kind.
    """

    failed: Any
    moved: Any
    fidelity: Any
    alternative: Any
    perfect: bool = False

    @property
    def leaving(self) -> Any:
        """The part of its breaks that goes to the very slow path."""
        return self.failed * self.moved

    @property
    def error(self) -> Any:
        """The part of its breaks that is joined wrongly, with no other break near."""
        own = 0.0 if self.perfect else (1.0 - self.failed) * (1.0 - self.fidelity)
        return own + self.failed * (1.0 - self.moved) * (1.0 - self.alternative)

    @property
    def fallible(self) -> Any:
        """The part of its breaks that is joined rightly, unless another break is near."""
        own = 0.0 if self.perfect else (1.0 - self.failed) * self.fidelity
        return own + self.failed * self.alternative


@dataclass(frozen=True, eq=False)
class Inhibition:
    """Parts (0 to 1) of what drugs take away: of end joining, and of homologous recombination."""

    end_joining: Any = 0.0
    recombination: Any = 0.0


def paths(
    phase: str, line: CellLine, known: Mapping[str, Expression], drugs: Inhibition
) -> dict[str, Path]:
    """Return the paths of a phase by name.

    An inhibited pathway behaves as a missing one does in MEDRAS, but from the moment that it would
    have joined a break; what is missing cannot be inhibited.
    """
    joined, other = known["fidelity.end_joining"], known["fidelity.alternative"]
    failing = known["failing_fraction"]
    end_joining = drugs.end_joining if line.has_nhej else 0.0
    own = joined if line.has_nhej else other
    found = {
        "fast": Path(end_joining, failing, own, other),
        "very_slow": Path(0.0, 0.0, other, other),
    }
    if phase == "G1":
        found["slow"] = Path(end_joining, 0.0, own, other)
    elif line.has_hr:
        found["slow"] = Path(drugs.recombination, failing, 1.0, other, perfect=True)
    else:
        found["slow"] = Path(0.0, 0.0, other, other)
    return found


@dataclass(frozen=True, eq=False)
class Flow:
    """Rates (1/h) in one phase, in breaks of the cells that are in it.

    Attributes
    ----------
    joined
        Breaks joined, by any path.
    wrong
        Breaks joined wrongly of themselves.
    weight
        The part of all joined breaks that may meet a wrong end.
    """

    joined: Any
    wrong: Any
    weight: Any


def flow(
    phase: str,
    work: Mapping[str, Path],
    breaks: Mapping[str, Expression],
    known: Mapping[str, Expression],
) -> Flow:
    """Return the rates of repair of a phase's breaks."""
    joined: Any = 0.0
    wrong: Any = 0.0
    weight: Any = 0.0
    for path in PATHS:
        turnover = known[f"rate.{path}"] * breaks[path]
        joined = joined + (1.0 - work[path].leaving) * turnover
        wrong = wrong + work[path].error * turnover
        weight = weight + known[f"{phase}.share.{path}"] * work[path].fallible
    return Flow(joined, wrong, weight)


def wrong_end(coefficient: Any, breaks: Any) -> Expression:
    r"""Return the chance of a wrong end among breaks: :math:`(e + e^2)/(1 + e + e^2)`.

    With :math:`e = \eta B`; citation ``mcmahon_2016``.
    """
    near = coefficient * maximum(breaks, 0.0)
    odds = near + near * near
    return odds / (1.0 + odds)
