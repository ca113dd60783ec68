"""What of the extension is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theratwin.core import InputError

DRUGS = ("parp", "dnapk", "atm", "atr")

_MOST_DIVISIONS = 3
_CHOICES = {"cycle": ("progressing", "frozen"), "follow": ("cells", "population")}
_FLAGS = (
    *("checkpoint", "cycle_delay", "senescence", "hypersensitivity"),
    *("replicate_breaks", "single_strand_breaks", "stalled_forks"),
)


@dataclass(frozen=True)
class Options:
    """The parts of medras-rpt that can be turned on; each is off unless stated.

    Parameters
    ----------
    cycle
        ``progressing``, or ``frozen``: every cell stays in its phase, as in MEDRAS.
    follow
        ``cells``: one line of descent of each cell present at the start, so that each counts
        once; or ``population``: all descendants, as a growing tumor has them.
    checkpoint
        Cells with more double-strand breaks than a threshold wait in G2, and in G1 if p53 works;
        some evade.
    cycle_delay
        Every phase takes longer in proportion to breaks.
    senescence
        A part of the p53-dependent loss goes to living cells that divide no more.
    delayed_death
        Division at which cells with a lethal aberration die, 1 to 3; 0 for at once.
    hypersensitivity
        Repair has to be induced: small doses kill more per Gy.
    replicate_breaks
        A break that a cell carries through S is doubled.
    single_strand_breaks
        Single-strand breaks, also endogenous; in S some become double-strand breaks.
    stalled_forks
        Trapped PARP stalls forks that HR restarts, beside what trapping does to breaks.
    drugs
        Inhibitors with ports: of ``parp``, ``dnapk``, ``atm``, ``atr``. The first turns on
        single-strand breaks.

    Raises
    ------
    InputError
        If a choice is unknown, or an option needs another.

    Examples
    --------
    >>> Options(drugs=("parp",)).single_strand_breaks
    True
    """

    cycle: str = "progressing"
    follow: str = "cells"
    checkpoint: bool = False
    cycle_delay: bool = False
    senescence: bool = False
    delayed_death: int = 0
    hypersensitivity: bool = False
    replicate_breaks: bool = False
    single_strand_breaks: bool = False
    stalled_forks: bool = False
    drugs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "drugs", _names(self.drugs))
        for name, allowed in _CHOICES.items():
            _check(name, getattr(self, name), allowed)
        for name in _FLAGS:
            _check(name, getattr(self, name), (True, False))
        for drug in self.drugs:
            _check("drugs", drug, DRUGS)
        _check("delayed_death", self.delayed_death, tuple(range(_MOST_DIVISIONS + 1)))
        if "parp" in self.drugs:
            object.__setattr__(self, "single_strand_breaks", True)
        if self.stalled_forks and "parp" not in self.drugs:
            raise InputError(
                "forks are stalled by trapped PARP alone",
                field="stalled_forks",
                value=True,
                remedy='Add drugs=("parp",)',
            )
        self._check_frozen()

    def _check_frozen(self) -> None:
        """Refuse what would do nothing without progression."""
        idle = ("checkpoint", "cycle_delay", "replicate_breaks")
        for name in idle if self.cycle == "frozen" else ():
            if getattr(self, name):
                raise InputError(
                    "this changes nothing in cells that stay in their phase",
                    field=name,
                    value=True,
                    remedy='Leave it out, or cycle="progressing"',
                )

    @property
    def divides(self) -> float:
        """Cells that are counted after a division of one."""
        return 2.0 if self.follow == "population" else 1.0


def _names(drugs: Any) -> tuple[str, ...]:
    if isinstance(drugs, str):
        drugs = [name.strip() for name in drugs.split(",") if name.strip()]
    return tuple(drugs)


def _check(name: str, value: Any, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        raise InputError("unknown choice", field=name, value=value, allowed=map(str, allowed))
