"""A patient's twin: the case, the posterior, and what it was before the last update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.case import Case
from theratwin.core import Provenance
from theratwin.twin.posterior import BlockPosterior


@dataclass(frozen=True)
class Interval:
    """A median with its 90 % credible interval."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Snapshot:
    """What the twin said at one time.

    Parameters
    ----------
    label
        The data it rested on, such as ``"cycle 1"``.
    dose
        Absorbed dose for each administered activity (Gy/GBq) by administration and region.
    """

    label: str
    dose: Mapping[str, Mapping[str, Interval]]


@dataclass(frozen=True, eq=False)
class Twin:
    """One patient's calibrated model.

    Parameters
    ----------
    case
        What is known of the patient.
    model
        Name of the kinetic model.
    posteriors
        The posterior of each block of parameters.
    seed
        Seed of all its random streams.
    provenance
        What it was made from.
    history
        What it said before each update, the oldest first.
    """

    case: Case
    model: str
    posteriors: tuple[BlockPosterior, ...]
    seed: int
    provenance: Provenance
    history: tuple[Snapshot, ...] = ()

    @property
    def draws(self) -> int:
        """The number of draws."""
        return self.posteriors[0].draws

    def posterior(self, block: str) -> BlockPosterior:
        """Return the posterior of one block."""
        return {posterior.name: posterior for posterior in self.posteriors}[block]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know of the quality of the fit."""
        return tuple(problem for posterior in self.posteriors for problem in posterior.problems)

    def _repr_html_(self) -> str:
        from theratwin.twin.html import html_twin

        return html_twin(self)
