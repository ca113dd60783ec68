"""How a patient's solution ended, and what to do about it."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """The end of one patient's solution.

    Examples
    --------
    >>> print(Status.TOO_MANY_STEPS.remedy)
    Raise `most_steps`, or loosen the tolerance.
    """

    DONE = 0
    NOT_FINITE = 1
    TOO_MANY_STEPS = 2
    STEP_TOO_SMALL = 3
    FALLBACK = 4
    NOT_RUN = 5
    NOT_STEADY = 6
    CHATTERING = 7
    TANGENTIAL = 8

    @property
    def text(self) -> str:
        """What happened."""
        return _TEXTS[self][0]

    @property
    def remedy(self) -> str:
        """What to do."""
        return _TEXTS[self][1]

    @property
    def is_good(self) -> bool:
        """Whether the results can be used."""
        return self in (Status.DONE, Status.FALLBACK)


_TEXTS = {
    Status.DONE: ("solved", "Nothing to do."),
    Status.NOT_FINITE: (
        "a rate or a state was not a finite number when a segment began",
        "Look for NaN, zero volumes and overflow among this patient's parameters and doses.",
    ),
    Status.TOO_MANY_STEPS: (
        "the end was not reached within the steps allowed",
        "Raise `most_steps`, or loosen the tolerance.",
    ),
    Status.STEP_TOO_SMALL: (
        "the step fell below what time can resolve",
        "Look for growth without bound, a singular rate law or a negative rate constant.",
    ),
    Status.FALLBACK: (
        "the engine failed and the slower, pivoted fallback solved it",
        "Usable; look at this patient's parameters, which are likely extreme.",
    ),
    Status.NOT_STEADY: (
        "no steady state was reached before the start",
        "Look for a production without a loss; or start without `steady`.",
    ),
    Status.CHATTERING: (
        "state events followed on each other while time stood still",
        "Look for events that undo each other; give the level of each some distance.",
    ),
    Status.TANGENTIAL: (
        "a trigger only grazed zero, where sensitivities are not defined",
        "Solve without sensitivities, or move the level of the event.",
    ),
    Status.NOT_RUN: ("not solved yet", "Solve it."),
}
