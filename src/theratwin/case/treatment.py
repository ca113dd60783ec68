"""With what and when: radiopharmaceutical, administrations, schedule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from theratwin.case._checks import not_negative, positive
from theratwin.core.errors import InputError
from theratwin.core.units import parse


@dataclass(frozen=True)
class Ligand:
    """A targeting molecule.

    Parameters
    ----------
    name
        Canonical name, such as ``"psma-617"``.
    target
        What it binds, such as ``"psma"`` or ``"sstr"``; empty if unknown to theratwin.
    """

    name: str
    target: str = ""


@dataclass(frozen=True)
class Radiopharmaceutical:
    """A ligand with its radionuclide (canonical name, such as ``"Lu-177"``)."""

    name: str
    ligand: Ligand
    nuclide: str


@dataclass(frozen=True)
class AminoAcids:
    """An infusion of lysine and arginine that accompanies an administration.

    It holds back what the kidneys take up again of a filtered peptide.

    Parameters
    ----------
    before
        How long before the administration it begins (h).
    duration
        How long it lasts (h).

    Raises
    ------
    InputError
        If it would end before the administration begins.
    """

    before: float
    duration: float

    def __post_init__(self) -> None:
        not_negative(self.before, "amino_acids.before")
        positive(self.duration, "amino_acids.duration")
        if self.before >= self.duration:
            raise InputError(
                "amino acids must run into the administration",
                field="amino_acids.before",
                value=f"{self.before:g} h",
                allowed=f"less than their duration, {self.duration:g} h",
            )


@dataclass(frozen=True)
class Administration:
    """One administration of the radiopharmaceutical.

    Parameters
    ----------
    name
        Its name, such as ``"cycle 1"``.
    time
        Start (h), counted from the start of the first administration.
    activity
        Administered activity (MBq) at the start.
    amount
        Administered ligand, hot and cold (nmol), if known.
    duration
        Length of the infusion (h); 0 for a bolus.
    start
        The date and time of the start, if known.
    amino_acids
        The amino acids that accompany it, if any.
    """

    name: str
    time: float
    activity: float
    amount: float | None = None
    duration: float = 0.0
    start: datetime | None = None
    amino_acids: AminoAcids | None = None

    def __post_init__(self) -> None:
        positive(self.activity, f"{self.name}.activity", "the activity must be positive and finite")
        not_negative(self.time, f"{self.name}.time")
        not_negative(self.duration, f"{self.name}.duration")
        if self.amount is not None:
            positive(self.amount, f"{self.name}.amount")


@dataclass(frozen=True)
class Schedule:
    """Administrations in order of time, each named once.

    Examples
    --------
    >>> schedule = Schedule.regular("7.4 GBq", cycles=6, every="6 weeks")
    >>> len(schedule), schedule["cycle 2"].time, schedule.activity
    (6, 1008.0, 44400.0)
    """

    administrations: tuple[Administration, ...]

    def __post_init__(self) -> None:
        if not self.administrations:
            raise InputError("at least one administration is needed", field="administrations")
        for name in self.names:
            if self.names.count(name) > 1:
                raise InputError("the name stands twice", field="administrations", value=name)
        times = [administration.time for administration in self.administrations]
        if not all(earlier < later for earlier, later in pairwise(times)):
            raise InputError("the times must increase", field="administrations", value=times)
        for earlier, later in pairwise(self.administrations):
            if earlier.time + earlier.duration > later.time:
                raise InputError(
                    f"the infusion lasts longer than until {later.name!r}",
                    field=f"{earlier.name}.duration",
                    value=f"{earlier.duration:g} h",
                    allowed=f"at most {later.time - earlier.time:g} h",
                )

    @classmethod
    def regular(
        cls,
        activity: str,
        *,
        cycles: int,
        every: str,
        amount: str | None = None,
        duration: str | None = None,
        amino_acids: AminoAcids | None = None,
        first: int = 1,
    ) -> Schedule:
        """Return equal cycles at equal intervals, named ``cycle 1`` and on.

        Parameters
        ----------
        activity, every, amount
            Quantities with units, such as ``"7.4 GBq"``, ``"6 weeks"``, ``"150 nmol"``.
        cycles
            Number of administrations.
        duration
            Length of each infusion, such as ``"30 min"``; boluses without it.
        amino_acids
            The amino acids that accompany each, if any.
        first
            Number of the first cycle.
        """
        if cycles < 1:
            raise InputError("at least one cycle is needed", field="cycles", value=cycles)
        interval = parse(every, "h", field="every")
        positive(interval, "every", "the interval must be positive and finite")
        nmol = None if amount is None else parse(amount, "nmol", field="amount")
        megabecquerel = parse(activity, "MBq", field="activity")
        hours = 0.0 if duration is None else parse(duration, "h", field="duration")
        return cls(
            tuple(
                Administration(
                    f"cycle {first + number}",
                    number * interval,
                    megabecquerel,
                    nmol,
                    hours,
                    amino_acids=amino_acids,
                )
                for number in range(cycles)
            )
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the administrations."""
        return tuple(administration.name for administration in self.administrations)

    @property
    def activity(self) -> float:
        """The activity of all administrations together (MBq)."""
        return sum(administration.activity for administration in self.administrations)

    def __getitem__(self, name: str) -> Administration:
        for administration in self.administrations:
            if administration.name == name:
                return administration
        raise InputError(
            "unknown administration", field="administration", value=name, allowed=self.names
        )

    def __iter__(self) -> Iterator[Administration]:
        return iter(self.administrations)

    def __len__(self) -> int:
        return len(self.administrations)
