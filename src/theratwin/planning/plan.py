"""A plan: the next activity, the number of cycles, why, and what to expect."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from theratwin.case import Administration, Case, ExternalBeam, Schedule
from theratwin.core import Citation, Provenance, citation, parameter_set
from theratwin.planning.bounds import Bounds
from theratwin.planning.glands import Glands
from theratwin.planning.limit import Limit
from theratwin.planning.objective import Objective
from theratwin.planning.outcome import Outcome
from theratwin.planning.regimen import Regimen
from theratwin.planning.settings import Trial
from theratwin.planning.standard import Standard

#: The parameter sets that a plan rests on beside the twin's.
PARAMETER_SETS = (
    ("planning", "choices"),
    ("planning", "standard_courses"),
    ("response", "clinical_limits"),
    ("response", "tissues"),
)


@dataclass(frozen=True, eq=False)
class Rival:
    """Another plan of the same patient, seen by this plan's twin.

    Parameters
    ----------
    model
        The kinetic model that it was made with.
    regimen
        How its cycles are given.
    outcome
        What to expect of it by this twin.
    """

    model: str
    regimen: Regimen
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers."""
        return {
            "model": self.model,
            "regimen": self.regimen.to_dict(),
            "outcome": self.outcome.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Plan:
    """The course that maximizes an objective under limits and bounds.

    Parameters
    ----------
    case
        The case that the twin rests on.
    model
        The twin's kinetic model.
    schedule
        The course: delivered administrations, then those planned.
    regimen
        How the further cycles are given beside their activity.
    tried
        What other amounts, infusions and intervals would have reached, as far as they were free.
    delivered
        Number of delivered administrations.
    cycle_names
        Names of the cycles, those beyond the plan included.
    best
        What to expect of it.
    options
        The best activity for each number of further cycles, from none: the trade-off.
    more_activity
        The same number of cycles with 1 GBq more in each.
    one_more_cycle
        One cycle more of the same activity.
    standard, standard_outcome
        The course of fixed activity that it is compared with, and what to expect of that; None if
        as many cycles were delivered already.
    rival
        Another plan of the same patient, and what it would do by this twin.
    objective, limits, bounds, glands, external_beam
        What was asked for.
    notes
        What a reader must know.
    provenance
        What it was made from.
    """

    case: Case
    model: str
    schedule: Schedule
    regimen: Regimen
    tried: tuple[Trial, ...]
    delivered: int
    cycle_names: tuple[str, ...]
    best: Outcome
    options: tuple[Outcome, ...]
    more_activity: Outcome
    one_more_cycle: Outcome
    standard: Standard
    standard_outcome: Outcome | None
    rival: Rival | None
    objective: Objective
    limits: tuple[Limit, ...]
    bounds: Bounds
    glands: Glands
    external_beam: tuple[ExternalBeam, ...]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def next(self) -> Administration:
        """The next administration."""
        return self.schedule.administrations[self.delivered]

    @property
    def usual_amount(self) -> float | None:
        """The ligand (nmol) of the last administration given, or of the first intended."""
        given = self.schedule.administrations[: self.delivered]
        return given[-1].amount if given else self.case.schedule.administrations[0].amount

    @property
    def activity(self) -> float:
        """The activity (MBq) of the next administration, and of each planned after it."""
        return self.best.activity

    @property
    def cycles(self) -> int:
        """The number of further cycles."""
        return self.best.cycles

    @property
    def reason(self) -> str:
        """Why this course, in words."""
        from theratwin.planning.reason import reason

        return reason(self)

    def citations(self) -> tuple[Citation, ...]:
        """Return the publications that limits, tissues and the standard course come from."""
        keys = {c.key for name in PARAMETER_SETS for c in parameter_set(*name).citations()}
        return tuple(citation(key) for key in sorted(keys))

    def summary(self) -> str:
        """Return the plan as text for a terminal."""
        from theratwin.planning.text import summary

        return summary(self)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from theratwin.planning.html import fragment

        return fragment(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers, ready for JSON; activities in MBq, times in h, doses in Gy."""
        standard = self.standard_outcome
        return {
            "model": self.model,
            "next": {"name": self.next.name, "time": self.next.time, "activity": self.activity},
            "regimen": self.regimen.to_dict(),
            "tried": [trial.to_dict() for trial in self.tried],
            "cycles": {
                "delivered": self.delivered,
                "further": self.cycles,
                "total": len(self.schedule),
            },
            "schedule": [
                {"name": each.name, "time": each.time, "activity": each.activity}
                for each in self.schedule
            ],
            "reason": self.reason,
            "objective": {"name": self.objective.name, "title": self.objective.title},
            "limits": [
                {
                    "quantity": str(limit.quantity),
                    "bound": limit.bound,
                    "probability": limit.probability,
                    "reached": reached,
                    "source": limit.source,
                }
                for limit, reached in zip(self.limits, self.best.probabilities, strict=True)
            ],
            "bounds": asdict(self.bounds),
            "external_beam": [
                {"times": list(beam.times), "doses": dict(beam.doses)}
                for beam in self.external_beam
            ],
            "glands": {"regions": list(self.glands.regions), "weight": self.glands.weight},
            "plan": self.best.to_dict(),
            "options": [option.to_dict() for option in self.options],
            "one_gigabecquerel_more": self.more_activity.to_dict(),
            "one_cycle_more": self.one_more_cycle.to_dict(),
            "standard": {"course": self.standard.words}
            | ({} if standard is None else {"outcome": standard.to_dict()}),
            "rival": None if self.rival is None else self.rival.to_dict(),
            "notes": list(self.notes),
            "citations": [str(each) for each in self.citations()],
        }
