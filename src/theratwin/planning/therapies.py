"""Choose among therapies of several agents: the fewest clonogens, within limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError, parse
from theratwin.core.errors import InfeasibleError, UnsupportedError
from theratwin.planning.course import UNIT, Course, require_reached
from theratwin.planning.customary import default_limits
from theratwin.planning.limit import Limit
from theratwin.planning.objective import log_cell_kill
from theratwin.planning.outcome import probability, summarize
from theratwin.response.drugs import Drug
from theratwin.twin import Interval, Prediction, RegionDose, Twin, predict
from theratwin.twin.doses import MARROW
from theratwin.twin.therapy import Agents, DrivenLesion
from theratwin.twin.therapy.cells import CellNetwork
from theratwin.twin.thinned import thinned

#: Draws that lesions are followed for; limits rest on the same.
_DRAWS = 200
#: Density (g/mL) of lesions.
_DENSITY = 1.04


@dataclass(frozen=True)
class TherapyOutcome:
    """What to expect of one therapy.

    Parameters
    ----------
    name
        Its name among the candidates.
    objective
        Expectation of -ln(living clonogens of all lesions) at the horizon.
    interval
        Its median with the 90 % interval.
    volume
        Volume (mL) of all lesions then.
    probabilities
        Posterior probability that each limit holds, in the order of the limits.
    feasible
        Whether all hold with theirs.
    """

    name: str
    objective: float
    interval: Interval
    volume: Interval
    probabilities: tuple[float, ...]
    feasible: bool


@dataclass(frozen=True)
class TherapyChoice:
    """The best of some therapies.

    Parameters
    ----------
    best
        The feasible one of the largest objective; of equal ones the first.
    outcomes
        All, in their order.
    limits
        What was asked for.
    horizon
        When the lesions are looked at (h on the schedules' clock).
    """

    best: TherapyOutcome
    outcomes: tuple[TherapyOutcome, ...]
    limits: tuple[Limit, ...]
    horizon: float

    def __str__(self) -> str:
        head = f"{'therapy':<24}{'-ln(clonogens)':>16}{'volume, mL':>14}  limits held"
        rows = [
            f"{each.name:<24}{each.objective:>16.2f}{each.volume.median:>14.3g}  "
            + (", ".join(f"{p:.3f}" for p in each.probabilities) or "none")
            + ("" if each.feasible else "  (not feasible)")
            for each in self.outcomes
        ]
        limits = [f"  - {limit}" for limit in self.limits]
        days = self.horizon / 24.0
        return "\n".join(
            [f"Best by day {days:.0f}: {self.best.name}", head, *rows, "Limits", *limits]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers, ready for JSON; times in h, volumes in mL."""
        return {
            "best": self.best.name,
            "horizon": self.horizon,
            "limits": [str(limit) for limit in self.limits],
            "therapies": {
                each.name: {
                    "objective": each.objective,
                    "volume": each.volume.median,
                    "probabilities": list(each.probabilities),
                    "feasible": each.feasible,
                }
                for each in self.outcomes
            },
        }


def choose_therapy(
    twin: Twin,
    candidates: Mapping[str, Agents],
    *,
    cells: CellNetwork | None = None,
    drugs: Sequence[Drug] = (),
    immune: bool = False,
    limits: Sequence[Limit] | None = None,
    horizon: str | None = None,
    density: str | None = None,
    tumor: Mapping[str, float] | None = None,
) -> TherapyChoice:
    r"""Choose the therapy that leaves the fewest clonogens at a horizon, within limits.

    Each candidate is a schedule of the radiopharmaceutical with what goes beside it. The twin
    foretells dose rates; every lesion is followed under all agents, draw by draw (`DrivenLesion`);
    the objective is :math:`\mathrm{E}[-\ln \sum_i \rho L_i(T)]` with the living volumes L. Limits
    are those of `plan`, external beams counted.

    Parameters
    ----------
    twin
        The patient's twin.
    candidates
        Therapies by name; ``radiopharmaceuticals`` has the one schedule of the twin's own, ``""``,
        with the cycles that were given already, since limits count them.
    cells
        Cells of all lesions; the linear-quadratic model of each lesion's tissue if None.
    drugs, immune
        Partner drugs that act, and whether lymphocytes kill; as of `DrivenLesion`.
    limits
        As of `plan`.
    horizon
        When lesions are looked at, as ``"1 year"`` after time 0; 12 weeks after the last agent of
        any candidate if not given.
    density
        Clonogens in a gram, as of `log_cell_kill`.
    tumor
        Parameters of growth and clearance that differ from ``response/tumor``.

    Raises
    ------
    InputError
        If there is no candidate, no lesion, an agent has no place, a beam reaches a region without
        a dose, or the horizon comes before an agent.
    UnsupportedError
        If a candidate has several radiopharmaceuticals: those compete, which `Therapy` follows.
    InfeasibleError
        If no candidate keeps the limits.
    """
    if not candidates:
        raise InputError("at least one candidate is needed", field="candidates")
    known = thinned(twin, _DRAWS)
    bounds = default_limits() if limits is None else tuple(limits)
    end = _horizon(max(agents.last for agents in candidates.values()), horizon)
    clonogens = log_cell_kill(density=density).density
    outcomes = tuple(
        _outcome(
            _Asked(known, name, agents, cells, tuple(drugs), immune, tumor or {}),
            bounds,
            end,
            clonogens,
        )
        for name, agents in candidates.items()
    )
    feasible = [each for each in outcomes if each.feasible]
    if not feasible:
        raise InfeasibleError(
            "no candidate keeps the limits",
            field="candidates",
            value=[each.name for each in outcomes],
            remedy="Offer one with less activity, or plan against other limits on purpose",
        )
    best = max(feasible, key=lambda each: each.objective)
    return TherapyChoice(best, outcomes, bounds, end)


def _horizon(last: float, horizon: str | None) -> float:
    end = last + 12 * 168.0 if horizon is None else parse(horizon, "h", field="horizon")
    if not last < end < float("inf"):
        raise InputError(
            "an agent would be given when the lesions have been looked at",
            field="horizon",
            value=horizon,
            allowed=f"after {last / 24.0:g} days",
        )
    return end


@dataclass(frozen=True, eq=False)
class _Asked:
    """One candidate, and how its lesions are followed."""

    twin: Twin
    name: str
    agents: Agents
    cells: CellNetwork | None
    drugs: tuple[Drug, ...]
    immune: bool
    tumor: Mapping[str, float]

    def prediction(self) -> Prediction:
        """Return what the twin foretells of the radiopharmaceutical."""
        given = self.agents.radiopharmaceuticals
        if list(given) != [""]:
            raise UnsupportedError(
                "a twin foretells its own radiopharmaceutical alone",
                field=f"candidates.{self.name}.radiopharmaceuticals",
                value=list(given),
                allowed='one schedule, under ""',
                remedy="Follow ligands that compete by a Therapy of the body",
            )
        return predict(self.twin, given[""])

    def lesion(self, region: RegionDose) -> DrivenLesion:
        """Return a lesion."""
        cells = region.known_tissue if self.cells is None else self.cells
        volume = region.mass / _DENSITY
        return DrivenLesion(region.region, volume, cells, self.drugs, self.immune, tumor=self.tumor)


def _outcome(asked: _Asked, limits: Sequence[Limit], end: float, density: float) -> TherapyOutcome:
    prediction = asked.prediction()
    if not prediction.lesions:
        raise InputError("no lesion was measured, so there is nothing to kill", field="lesions")
    given = prediction.schedule
    course = Course(
        prediction.case, given, len(given), UNIT, prediction.regions, beams=asked.agents.beams
    )
    require_reached(course.beams, course)
    held = tuple(probability(course, limit, 0, 0.0) for limit in limits)
    log_living, volumes = _followed(asked, prediction, end)
    draws = -np.log(density * _DENSITY) - log_living
    return TherapyOutcome(
        asked.name,
        float(draws.mean()),
        summarize(draws),
        summarize(volumes),
        held,
        all(limit.held_by(p) for limit, p in zip(limits, held, strict=True)),
    )


def _followed(asked: _Asked, prediction: Prediction, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of ln(living mL) and of the whole volume (mL) of all lesions at the end."""
    marrow = prediction.regions.get(MARROW)
    blood = None if marrow is None else marrow.total_dose_rate
    if asked.immune and blood is None:
        raise InputError(
            "lymphocytes come from the blood, whose dose is that of the marrow, not known here",
            field="immune",
            remedy="Measure blood and the whole body, and give the patient's height",
        )
    logarithms, volumes = [], []
    for region in prediction.lesions:
        found = asked.lesion(region).follow(
            region.total_dose_rate, asked.agents, [0.0, end], blood=blood
        )
        assert found.log_living is not None
        logarithms.append(found.log_living[:, -1])
        volumes.append(found.volume[:, -1])
    return np.logaddexp.reduce(logarithms, axis=0), np.sum(volumes, axis=0)
