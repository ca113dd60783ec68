"""What a solution holds: values at the times asked for, curves, statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import Pieces
from theratwin.core.errors import FitError, InputError
from theratwin.dynamics.llvm.layout import HEADER, POWERS
from theratwin.dynamics.solving.status import Status

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

#: Patients whom a report names one by one.
MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class Solution:
    """The solution of a system for some patients.

    Values at the time of a dose are those after it. A patient who failed has NaN from there on.

    Parameters
    ----------
    times
        When (h), shape ``(time,)`` or ``(patient, time)``.
    states, quadratures, observables
        By name, each of shape ``(patient, time)``.
    slopes
        Direction to name to derivative, each of shape ``(patient, time)``.
    status
        One a patient.
    steps, rejections
        Number of steps taken and refused, one a patient.
    reached
        The time that each patient reached (h).
    integrals
        Quadratures to infinity by name, each of shape ``(patient,)``, if asked for; NaN where one
        has no bound.
    integral_slopes
        Direction to name to their derivative.
    records
        Polynomials by patient, of the names asked for.
    notes
        Patient to why the fallback could not help.
    """

    times: Float[np.ndarray, "*patient time"]
    states: Mapping[str, Float[np.ndarray, "patient time"]]
    quadratures: Mapping[str, Float[np.ndarray, "patient time"]]
    observables: Mapping[str, Float[np.ndarray, "patient time"]]
    slopes: Mapping[str, Mapping[str, Float[np.ndarray, "patient time"]]]
    status: Int[np.ndarray, " patient"]
    steps: Int[np.ndarray, " patient"]
    rejections: Int[np.ndarray, " patient"]
    reached: Float[np.ndarray, " patient"]
    integrals: Mapping[str, Float[np.ndarray, " patient"]] = field(default_factory=dict)
    integral_slopes: Mapping[str, Mapping[str, Float[np.ndarray, " patient"]]] = field(
        default_factory=dict
    )
    records: Records | None = field(default=None, repr=False)
    notes: Mapping[int, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Float[np.ndarray, "patient time"]:
        for group in (self.states, self.observables, self.quadratures):
            if name in group:
                return group[name]
        known = [*self.states, *self.observables, *self.quadratures]
        raise InputError("not in the solution", field="name", value=name, allowed=known)

    @property
    def good(self) -> Any:
        """Which patients have results, shape ``(patient,)``."""
        return np.isin(self.status, [status for status in Status if status.is_good])

    def curve(self, name: str, patient: int = 0) -> Pieces:
        """Return a state or quadrature of one patient as polynomial pieces, exact as solved.

        Raises
        ------
        InputError
            If the name was not among the `curves` asked for.
        """
        if self.records is None or name not in self.records.names:
            raise InputError(
                "no curve was kept",
                field="name",
                value=name,
                allowed=self.records.names if self.records else (),
                remedy="Ask for it: solve(..., curves=[name]).",
            )
        return self.records.curve(name, patient, float(self.reached[patient]))

    def with_status(self, which: Bool[np.ndarray, " patient"], status: Status) -> Solution:
        """Return the solution with some patients failed for a reason of their own."""
        if not np.any(which):
            return self

        def masked(group: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {name: np.where(which[:, None], np.nan, v) for name, v in group.items()}

        return replace(
            self,
            states=masked(self.states),
            quadratures=masked(self.quadratures),
            observables=masked(self.observables),
            slopes={direction: masked(group) for direction, group in self.slopes.items()},
            status=np.where(which, int(status), self.status),
        )

    def with_integrals(self, rtol: float, atol: float) -> Solution:
        """Return the solution with its last two times taken off, as quadratures to infinity."""

        def bounded(values: np.ndarray) -> np.ndarray:
            half, whole = values[:, -2], values[:, -1]
            near = np.abs(whole - half) <= 10.0 * (atol + rtol * np.abs(whole))
            return np.where(near, whole, np.nan)

        def cut(group: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {name: values[:, :-2] for name, values in group.items()}

        return replace(
            self,
            times=self.times[..., :-2],
            states=cut(self.states),
            quadratures=cut(self.quadratures),
            observables=cut(self.observables),
            slopes={direction: cut(group) for direction, group in self.slopes.items()},
            integrals={name: bounded(values) for name, values in self.quadratures.items()},
            integral_slopes={
                direction: {name: group[name][:, -1] for name in self.quadratures}
                for direction, group in self.slopes.items()
            },
        )

    def report(self) -> str:
        """Return in words how the patients ended: counts, and a remedy for each failure."""
        lines = []
        for status in Status:
            count = int(np.sum(self.status == status))
            if count:
                lines.append(f"{count} of {self.status.size}: {status.text}. {status.remedy}")
        for note in dict.fromkeys(self.notes.values()):
            which = [str(patient) for patient, other in self.notes.items() if other == note]
            more = ", ..." if len(which) > MOST_NAMED else ""
            lines.append(f"Patient {', '.join(which[:MOST_NAMED])}{more}: {note}.")
        return "\n".join(lines)

    def require(self) -> Solution:
        """Return the solution if every patient has results.

        Raises
        ------
        FitError
            If one has none; the message says why, and what to do.
        """
        failed = np.flatnonzero(~self.good)
        if failed.size:
            status = Status(self.status[failed[0]])
            note = self.notes.get(int(failed[0]), "")
            raise FitError(
                f"{failed.size} of {self.status.size} patients failed; the first: {status.text}, "
                f"at time {self.reached[failed[0]]:g}{'; ' if note else ''}{note}",
                field=f"patient {failed[0]}",
                remedy=status.remedy,
            )
        return self


@dataclass(frozen=True, eq=False)
class Records:
    """Steps kept as polynomials.

    Parameters
    ----------
    names
        States and quadratures kept.
    steps
        Rows of patient, time, length, and five coefficients a name in powers of the fraction of
        the step; in order of time for each patient.
    """

    names: tuple[str, ...]
    steps: Float[np.ndarray, "step number"]

    def curve(self, name: str, patient: int, end: float) -> Pieces:
        """Return one patient's curve up to the end; an event may have cut a step short."""
        own = self.steps[self.steps[:, 0] == patient]
        if not own.size:
            raise InputError("no step of this patient was kept", field="patient", value=patient)
        begin = HEADER + POWERS * self.names.index(name)
        times, lengths = own[:, 1], own[:, 2]
        breaks = np.append(times, end)
        scale = lengths[:, None] ** np.arange(POWERS)
        return Pieces(breaks, own[:, begin : begin + POWERS] / scale)
