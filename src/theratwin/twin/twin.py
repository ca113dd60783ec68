"""A patient's twin: the case, the posterior, and what it was before the last update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from theratwin.case import Case
from theratwin.core import Curve, Provenance
from theratwin.core.errors import InputError
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
        The data it rested on, such as ``"PSMA PET, cycle 1"``.
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
    method
        How its draws were asked for: ``"auto"``, ``"laplace"`` or ``"smc"``.
    """

    case: Case
    model: str
    posteriors: tuple[BlockPosterior, ...]
    seed: int
    provenance: Provenance
    history: tuple[Snapshot, ...] = ()
    method: str = "auto"

    @property
    def draws(self) -> int:
        """The number of draws."""
        return self.posteriors[0].draws

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of which it has curves."""
        return tuple(region for posterior in self.posteriors for region in posterior.regions)

    def posterior(self, name: str) -> BlockPosterior:
        """Return the posterior of one block, by the block's name or one of its regions.

        Raises
        ------
        InputError
            If there is none.
        """
        for posterior in self.posteriors:
            if name == posterior.name or name in posterior.regions:
                return posterior
        raise InputError("no posterior", field="region", value=name, allowed=self.regions)

    @cached_property
    def activities(self) -> dict[str, tuple[Curve | None, ...]]:
        """Draws of the curves of all regions, by administration of the case's own course."""
        from theratwin.twin.doses import all_activities

        return all_activities(self.posteriors, self.case.schedule, seed=self.seed)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know of the quality of the fit."""
        found = [problem for posterior in self.posteriors for problem in posterior.problems]
        if self.model == "curves" and self.case.diagnostics:
            names = ", ".join(each.name for each in self.case.diagnostics)
            found.append(
                f"{names}: not used; curves describe one radiopharmaceutical, a model of the "
                "whole body joins several"
            )
        return tuple(found)

    def _repr_html_(self) -> str:
        from theratwin.twin.html import html_twin

        return html_twin(self)
