"""Blood counts over a course, from the dose rate of the marrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import (
    Component,
    Curve,
    Exposure,
    InputError,
    UnsupportedError,
    parameter_set,
)
from theratwin.response.blood.grades import CLINICAL
from theratwin.response.blood.hematopoiesis import LINES, hematopoiesis
from theratwin.response.blood.nadir import Nadir, nadir

if TYPE_CHECKING:
    from jaxtyping import Float

#: How long counts are followed after the last start of dose unless times are given, and how often.
FOLLOWED, EVERY = 100 * 24.0, 12.0

#: Counts are compared with measurements to a percent, and nadirs to a tenth of a day.
_RTOL, _ATOL = 1e-7, 1e-9

#: Parameters that may be zero: without that effect.
_MAY_VANISH = ("alpha", "feedback", "self_renewal", "persistent_loss", "dose_ratio")


@dataclass(frozen=True, eq=False)
class BloodCounts:
    """Counts over time.

    Parameters
    ----------
    times
        When (h), shape ``(time,)``.
    counts
        By line, shape ``(patient, time)``: 1/mL, or g/mL for ``hemoglobin``.
    baselines
        By line, shape ``(patient,)``: before the course.
    """

    times: Float[np.ndarray, " time"]
    counts: Mapping[str, Float[np.ndarray, "patient time"]]
    baselines: Mapping[str, Float[np.ndarray, " patient"]]

    def __getitem__(self, line: str) -> Float[np.ndarray, "patient time"]:
        if line not in self.counts:
            raise InputError("no such line", field="line", value=line, allowed=self.counts)
        return self.counts[line]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that were followed."""
        return tuple(self.counts)

    def clinical(self, line: str) -> Float[np.ndarray, "patient time"]:
        """Return the counts in 1e9/L, or g/L for ``hemoglobin``."""
        return self[line] * CLINICAL[line][1]

    def nadir(self, line: str, start: float = -float("inf"), end: float = float("inf")) -> Nadir:
        """Return the lowest count of a line, between two times (h) if they are given."""
        return nadir(line, self.times, self[line], self.baselines[line], start=start, end=end)

    def by_cycle(self, line: str, starts: Sequence[float]) -> list[Nadir]:
        """Return the nadir of each cycle, from its start (h) to the next one, the last to the end.

        Their times count from the start of the course.
        """
        ends = [*starts[1:], float("inf")]
        return [self.nadir(line, a, b) for a, b in zip(starts, ends, strict=True)]


def blood_counts(
    marrow: Exposure | Curve,
    times: Any = None,
    *,
    blood: Curve | None = None,
    lines: Iterable[str] = LINES,
    parameters: Mapping[str, Any] | None = None,
) -> BloodCounts:
    """Return blood counts over a course of dose rate; see `hematopoiesis` for the equations.

    Parameters
    ----------
    marrow
        Dose rate of the red marrow (Gy/h); a curve may have an axis of patients.
    times
        When (h), increasing from 0 on; every 12 h until 100 d after the last start of dose if None.
    blood
        Dose rate of the blood (Gy/h), which kills lymphocytes; the marrow's times
        ``blood.dose_ratio`` if None.
    lines
        Among ``neutrophils``, ``platelets``, ``hemoglobin``, ``lymphocytes``.
    parameters
        Those of ``response/blood_lines`` that differ: one number, or one for each patient.

    Raises
    ------
    InputError
        If a name is unknown, a parameter is out of range, or shapes do not fit.
    UnsupportedError
        If the exposure has radiation other than photons and electrons, oxygen or drugs.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> cycle = Exponentials.from_half_lives([0.42 * np.log(2.0) / 67.0], [67.0])
    >>> lowest = blood_counts(cycle, lines=["platelets"]).nadir("platelets")
    >>> print(f"day {lowest.time[0] / 24:.0f}, {lowest.fraction[0]:.2f} of the baseline")
    day 30, 0.84 of the baseline

    References
    ----------
    Citations ``friberg_2002``, ``bergsma_2016``, ``marrow_doses_2024``.
    """
    from theratwin.response.driven import follow

    curve = _curve(marrow)
    network = hematopoiesis(lines)
    given = dict(parameters or {})
    _check(given)
    if blood is not None and "blood.dose_ratio" in given:
        raise InputError(
            "the dose rate of the blood is given already",
            field="parameters.blood.dose_ratio",
            remedy="Leave out one of the two",
        )
    known = parameter_set("response", "blood_lines")
    ratio = given.pop("blood.dose_ratio", known.value("blood.dose_ratio"))
    courses = {"dose_rate": curve, "dose_rate_blood": curve * ratio if blood is None else blood}
    inputs = {port.name: courses[port.name] for port in network.inputs}
    if times is None:
        last = max(float(np.max(c.breakpoints, initial=0.0)) for c in inputs.values())
        times = np.arange(0.0, last + FOLLOWED + 1.0, EVERY)
    found = follow(network, inputs, times, parameters=given, keep=(), rtol=_RTOL, atol=_ATOL)
    names = [port.name for port in network.outputs]
    baselines = {
        name: np.broadcast_to(
            np.asarray(given.get(f"{name}.baseline", known.value(f"{name}.baseline")), float),
            len(found.status),
        )
        for name in names
    }
    return BloodCounts(found.times, {name: found[name] for name in names}, baselines)


def _check(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        numbers = np.asarray(value, dtype=float)
        may_vanish = name.rpartition(".")[2] in _MAY_VANISH
        good = np.isfinite(numbers) & (numbers >= 0 if may_vanish else numbers > 0)
        if not np.all(good):
            raise InputError(
                "the value is out of range",
                field=f"parameters.{name}",
                value=float(numbers[~good].flat[0]),
                allowed="0 or more" if may_vanish else "above 0",
            )


def _curve(marrow: Exposure | Curve) -> Curve:
    if isinstance(marrow, Curve):
        return marrow
    others = [c for c in marrow.dose_rate if c is not Component.PHOTON_ELECTRON]
    others += ["oxygen"] if marrow.oxygen is not None else []
    others += list(marrow.drugs)
    if others:
        raise UnsupportedError(
            "the blood counts do not use this",
            field="marrow",
            value=str(others[0]),
            allowed="photons and electrons alone",
            remedy="Give a curve of the dose rate, weighted as you judge right",
        )
    return marrow.dose_rate[Component.PHOTON_ELECTRON]
