"""The search for how further cycles are given: amount of ligand, infusion, interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from theratwin.case import Administration, ExternalBeam
from theratwin.core.errors import InfeasibleError, InputError, UnsupportedError
from theratwin.planning.amount_course import AmountCourses
from theratwin.planning.bounds import Bounds
from theratwin.planning.course import UNIT, Course, course_of
from theratwin.planning.objective import Objective
from theratwin.planning.outcome import Outcome
from theratwin.planning.regimen import Regimen
from theratwin.twin import Twin
from theratwin.twin.thinned import thinned

#: Draws that settings are compared on; the plan itself rests on all.
_DRAWS = 500
#: Amounts tried before the best is refined; infusions and intervals tried.
_AMOUNTS, _TRIED = 25, 4
#: How closely the best amount is found, on its logarithm.
_CLOSE = 0.01

#: The best course of one regimen, by activity and number; an error if there is none.
Judge: TypeAlias = "Callable[[Course], Outcome]"


@dataclass(frozen=True)
class Trial:
    """One value of a setting, and the best course with it.

    Parameters
    ----------
    setting
        ``"amount"`` (nmol), ``"duration"`` (h) or ``"interval"`` (h).
    value
        Its value.
    best
        The best activity and number of cycles; None if none is feasible.
    """

    setting: str
    value: float
    best: Outcome | None

    @property
    def score(self) -> float:
        """What the choice rests on."""
        return -np.inf if self.best is None else self.best.score

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers; activities in MBq."""
        best = self.best
        return {"setting": self.setting, "value": self.value} | (
            {}
            if best is None
            else {"activity": best.activity, "cycles": best.cycles, "objective": best.objective}
        )


@dataclass(frozen=True, eq=False)
class Search:
    """What settings are chosen for.

    Parameters
    ----------
    twin
        The twin.
    delivered, further
        The administrations given, and how many further ones are predicted.
    bounds
        What is free, and between which ends.
    judge
        From a course to its best outcome.
    beams
        External-beam therapy beside the cycles.
    """

    twin: Twin
    delivered: Sequence[Administration]
    further: int
    bounds: Bounds
    judge: Judge
    beams: tuple[ExternalBeam, ...] = ()

    def best(self, first: Regimen) -> tuple[Regimen, tuple[Trial, ...]]:
        """Return the best regimen, and what was tried of every setting.

        One setting after another: of the interval growth decides, of the amount the receptors, and
        the infusion hardly acts.
        """
        regimen, tried = first, ()
        for name in self.bounds.free:
            trials = self._amounts(regimen) if name == "amount" else self._values(name, regimen)
            best = max(trials, key=lambda trial: trial.score)
            tried = (*tried, *trials)
            if best.best is None:  # the course says why
                self.judge(self._course(regimen))
            else:
                regimen = regimen.changed(name, best.value)
        return regimen, tried

    def _course(self, regimen: Regimen) -> Course:
        return course_of(self.twin, self.delivered, self.further, regimen, self.beams)

    def _values(self, name: str, regimen: Regimen) -> tuple[Trial, ...]:
        span = getattr(self.bounds, name)
        found = []
        for value in span.spaced(_TRIED):
            course = self._course(regimen.changed(name, value))
            found.append(Trial(name, float(value), self._judged(course)))
        return tuple(found)

    def _amounts(self, regimen: Regimen) -> tuple[Trial, ...]:
        from scipy.optimize import minimize_scalar

        span = self.bounds.amount
        assert span is not None
        courses = AmountCourses.solved(
            self.twin, self.delivered, self.further, regimen, (span.low, span.high), self.beams
        )

        def tried(amount: float) -> Trial:
            return Trial("amount", float(amount), self._judged(courses.at(amount)))

        trials = [tried(amount) for amount in span.spaced(_AMOUNTS)]
        best = int(np.argmax([trial.score for trial in trials]))
        if trials[best].best is None:
            return tuple(trials)
        around = [trials[k].value for k in (max(best - 1, 0), min(best + 1, _AMOUNTS - 1))]
        found: Any = minimize_scalar(
            lambda x: -max(tried(np.exp(x)).score, -1e300),
            bounds=tuple(np.log(around)),
            method="bounded",
            options={"xatol": _CLOSE},
        )
        refined = tried(float(np.exp(found.x)))
        if refined.score > trials[best].score:
            trials.append(refined)
        return tuple(sorted(trials, key=lambda trial: trial.value))

    def _judged(self, course: Course) -> Outcome | None:
        try:
            return self.judge(course)
        except InfeasibleError:
            return None


def chosen_regimen(
    twin: Twin,
    delivered: Sequence[Administration],
    further: int,
    bounds: Bounds,
    judge: Judge,
    beams: tuple[ExternalBeam, ...] = (),
) -> tuple[Regimen, tuple[Trial, ...]]:
    """Return how further cycles are best given, and what was tried; nothing if nothing is free."""
    last = delivered[-1] if delivered else twin.case.schedule.administrations[0]
    first = Regimen.first(bounds, last)
    if not bounds.free:
        return first, ()
    return Search(thinned(twin, _DRAWS), delivered, further, bounds, judge, beams).best(first)


def check_free(twin: Twin, bounds: Bounds, objective: Objective) -> None:
    """Raise if something is to be chosen that the twin or the objective knows nothing of.

    Raises
    ------
    UnsupportedError
        If amount or infusion is given to a twin of curves.
    InputError
        If the interval is free, and the objective counts no growth; or an amount of ligand
        carries next to nothing.
    """
    from theratwin.kinetics.body import specific_activity

    for name, field in (("amount", "amount"), ("duration", "infusion")):
        if getattr(bounds, name) is not None and twin.model == "curves":
            raise UnsupportedError(
                f"curves do not depend on the {'amount' if name == 'amount' else 'infusion'}",
                field=f"bounds.{field}",
                remedy="Calibrate with a whole body, as with --model psma, or leave it out",
            )
    if bounds.amount is not None:
        least = UNIT / specific_activity(twin.case.radiopharmaceutical.nuclide)
        if bounds.amount.low < least:
            raise InputError(
                f"with every molecule labeled it carries less than {UNIT / 1000.0:g} GBq",
                field="bounds.amount",
                value=bounds.amount.words(1.0, "nmol"),
                allowed=f"{least:.4g} nmol and more",
            )
    if bounds.interval.is_free and not objective.counts_time:
        raise InputError(
            "without growth of the tumor next to nothing depends on the interval",
            field="bounds.interval",
            value=bounds.interval.words(168.0, "weeks"),
            remedy='Give one interval, or count growth: --doubling-time "60 days", '
            'log_cell_kill(doubling_time="60 days")',
        )
