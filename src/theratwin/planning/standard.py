"""The course of fixed activity that a plan is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.core import parameter_set


@dataclass(frozen=True)
class Standard:
    """A course of equal activities.

    Parameters
    ----------
    activity
        Activity of a cycle (MBq).
    cycles
        Number of cycles.
    interval
        Time between them (h).
    source
        Citation key, or ``"assumption"``.
    """

    activity: float
    cycles: int
    interval: float
    source: str

    @property
    def words(self) -> str:
        """As a reader would call it.

        Examples
        --------
        >>> standard_course("psma").words
        '6 x 7.4 GBq every 6 weeks'
        """
        return f"{self.cycles} x {self.activity / 1000:g} GBq every {self.interval / 168:g} weeks"


def standard_course(target: str) -> Standard:
    """Return the standard course of ligands for a target, such as ``"psma"`` or ``"sstr"``."""
    courses = parameter_set("planning", "standard_courses")
    known = target if target and courses.under(target) else "other"
    course = courses.under(known)
    return Standard(
        course["activity"].value,
        int(course["cycles"].value),
        course["interval"].value,
        course["activity"].source,
    )
