"""External-beam therapy beside a radiopharmaceutical's: fractions, each a dose by region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from theratwin.case.regions import find_region
from theratwin.core import Pulses, parse
from theratwin.core.errors import InputError

_TEXT = re.compile(
    r"\s*(?P<region>.+?)\s*:\s*(?P<dose>.+?)\s+x\s*(?P<fractions>\d+)\s+from\s+(?P<first>.+?)"
    r"(?:\s+every\s+(?P<every>.+?))?\s*"
)
_EXAMPLE = '"lesion_1: 3 Gy x 5 from 2 weeks every 1 day"'


@dataclass(frozen=True)
class ExternalBeam:
    """Fractions of external-beam therapy.

    Parameters
    ----------
    times
        Hours on the schedule's clock, which counts from the first administration.
    doses
        Dose of one fraction (Gy) by region or lesion: the mean over it, of photons.

    Raises
    ------
    InputError
        If a time or a dose is out of range, or there is none.

    Examples
    --------
    >>> beam = ExternalBeam.regular({"lesion_1": "3 Gy"}, fractions=5, first="2 weeks", every="1 d")
    >>> float(beam.pulses("lesion_1").integral())
    15.0
    """

    times: tuple[float, ...]
    doses: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.times or not all(0 <= time < float("inf") for time in self.times):
            raise InputError(
                "fractions have times that are not negative",
                field="external_beam.times",
                value=list(self.times),
                remedy="Count them from the first administration",
            )
        if not self.doses:
            raise InputError("a dose in some region is needed", field="external_beam.doses")
        for region, dose in self.doses.items():
            if not 0 < dose < float("inf"):
                raise InputError(
                    "must be positive", field=f"external_beam.doses.{region}", value=dose
                )
        named = {_canonical(region): dose for region, dose in self.doses.items()}
        object.__setattr__(self, "doses", named)

    @classmethod
    def regular(
        cls, doses: Mapping[str, str], *, fractions: int, first: str, every: str = "1 d"
    ) -> ExternalBeam:
        """Return equal fractions at equal intervals.

        Parameters
        ----------
        doses
            Dose of one fraction by region, such as ``{"lesion_1": "3 Gy", "kidneys": "0.2 Gy"}``.
        fractions
            Their number.
        first, every
            When the first is given after the first administration, and the interval.
        """
        if fractions < 1:
            raise InputError(
                "at least one fraction is needed", field="external_beam.fractions", value=fractions
            )
        start = parse(first, "h", field="external_beam.first")
        interval = parse(every, "h", field="external_beam.every")
        if not 0 < interval < float("inf"):
            raise InputError("must be positive", field="external_beam.every", value=every)
        amounts = {
            region: parse(dose, "Gy", field=f"external_beam.doses.{region}")
            for region, dose in doses.items()
        }
        return cls(tuple(start + k * interval for k in range(fractions)), amounts)

    def pulses(self, region: str) -> Pulses:
        """Return the dose rate in a region: a pulse a fraction; none where no dose is given."""
        dose = self.doses.get(region, 0.0)
        return Pulses(np.array(self.times), np.full(len(self.times), dose))


def parse_external_beam(text: str) -> ExternalBeam:
    """Return the fractions that a text describes.

    Raises
    ------
    InputError
        If it describes none.

    Examples
    --------
    >>> parse_external_beam("kidneys: 0.2 Gy x 2 from 1 week").times
    (168.0, 192.0)
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise InputError(
            "this is no external-beam therapy",
            field="external_beam",
            value=text,
            allowed=f"such as {_EXAMPLE}",
        )
    found = match.groupdict()
    return ExternalBeam.regular(
        {found["region"]: found["dose"]},
        fractions=int(found["fractions"]),
        first=found["first"],
        every=found["every"] or "1 d",
    )


def pulses_of(beams: Iterable[ExternalBeam], region: str) -> Pulses | None:
    """Return the fractions of all beams in a region; None where they give no dose."""
    found = [beam.pulses(region) for beam in beams if region in beam.doses]
    if not found:
        return None
    times = np.concatenate([each.times for each in found])
    order = np.argsort(times, kind="stable")
    return Pulses(times[order], np.concatenate([each.amounts for each in found])[order])


def _canonical(region: str) -> str:
    found = find_region(region)
    return region.strip() if found is None else found.name
