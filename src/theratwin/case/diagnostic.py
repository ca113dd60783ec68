"""A diagnostic study of the same patient before therapy, such as a PET scan."""

from __future__ import annotations

from dataclasses import dataclass, field

from theratwin.case.measurement import Measurements
from theratwin.case.treatment import Administration, Radiopharmaceutical
from theratwin.core.errors import InputError


@dataclass(frozen=True)
class Diagnostic:
    """A diagnostic study: another radiopharmaceutical in the same patient, with its own clock.

    It is an experiment by itself: it leaves nothing behind that a later therapy would notice, so
    that its date does not matter. Five nanomoles of ligand lower the doses of 57 nmol by 1.4 % if
    one day lies between, by 0.15 % if three, by 2e-5 if a week (tests).

    Parameters
    ----------
    name
        Its name, such as ``"PSMA PET"``.
    radiopharmaceutical
        What was given.
    administration
        The one administration, of the study's name, at time 0 of its own clock.
    measurements
        What was measured; each follows that administration.

    Raises
    ------
    InputError
        If the administration has another name or time, or a measurement follows another one.

    Examples
    --------
    >>> from theratwin.case import Ligand
    >>> what = Radiopharmaceutical("68Ga-PSMA-11", Ligand("psma-11", "psma"), "Ga-68")
    >>> Diagnostic("PSMA PET", what, Administration("PSMA PET", 0.0, 150.0, 5.0)).name
    'PSMA PET'
    """

    name: str
    radiopharmaceutical: Radiopharmaceutical
    administration: Administration
    measurements: Measurements = field(default_factory=Measurements)

    def __post_init__(self) -> None:
        given = self.administration
        if given.name != self.name or given.time != 0.0:
            raise InputError(
                "the administration of a diagnostic has its name and is at time 0",
                field=f"diagnostics.{self.name}",
                value=f"{given.name!r} at {given.time:g} h",
            )
        for measurement in self.measurements:
            if measurement.administration != self.name:
                raise InputError(
                    "the measurement follows another administration",
                    field=measurement.source or f"diagnostics.{self.name}.measurements",
                    value=measurement.administration,
                    allowed=self.name,
                )
