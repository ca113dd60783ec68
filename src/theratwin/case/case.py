"""A case: patient, treatment, lesions and measurements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from theratwin.case._checks import fraction
from theratwin.case.diagnostic import Diagnostic
from theratwin.case.measurement import Measurement, Measurements
from theratwin.case.patient import Lesion, Patient, Volume
from theratwin.case.treatment import Radiopharmaceutical, Schedule
from theratwin.core.errors import InputError

#: The kinetic models that a case may ask for: its own curves, or a whole body by the target.
KINETIC_MODELS = ("curves", "psma", "sstr")


@dataclass(frozen=True)
class SharedUncertainty:
    """Relative standard uncertainties that every scan of the case shares.

    Parameters
    ----------
    calibration
        Of the camera's calibration factor and the activity meter.
    recovery
        Of the recovery coefficient of a small object; it is applied to lesions and glands.
    """

    calibration: float = 0.0
    recovery: float = 0.0

    def __post_init__(self) -> None:
        fraction(self.calibration, "uncertainty.calibration")
        fraction(self.recovery, "uncertainty.recovery")


@dataclass(frozen=True)
class Case:
    """A patient's treatment so far, with what was measured.

    Parameters
    ----------
    name
        Name of the case.
    patient, radiopharmaceutical, schedule
        Who was treated, with what, when.
    lesions
        The lesions, each named once.
    measurements
        What was measured.
    uncertainty
        What all scans share.
    origin
        ``"measured"`` or ``"simulated"``; a simulated case is labeled so everywhere.
    description
        In the words of whoever wrote the case.
    model
        The kinetic model that the case asks for: ``"curves"``, or one of the whole body.
    files
        The files that it was read from: the case file, then its tables.
    diagnostics
        Diagnostic studies of the same patient before therapy.

    Raises
    ------
    InputError
        If a diagnostic has the name of another or of an administration, or measures a lesion that
        appears later.
    """

    name: str
    patient: Patient
    radiopharmaceutical: Radiopharmaceutical
    schedule: Schedule
    lesions: tuple[Lesion, ...] = ()
    measurements: Measurements = field(default_factory=Measurements)
    uncertainty: SharedUncertainty = field(default_factory=SharedUncertainty)
    origin: str = "measured"
    description: str = ""
    files: tuple[Path, ...] = ()
    model: str = "curves"
    diagnostics: tuple[Diagnostic, ...] = ()

    def __post_init__(self) -> None:
        names = [*self.schedule.names, *(each.name for each in self.diagnostics)]
        late = {lesion.name for lesion in self.lesions if lesion.appears is not None}
        for diagnostic in self.diagnostics:
            field = f"diagnostics.{diagnostic.name}"
            if names.count(diagnostic.name) > 1:
                raise InputError("the name stands twice", field=field, value=diagnostic.name)
            for region in late.intersection(diagnostic.measurements.regions):
                raise InputError(
                    "the lesion appears after the diagnostic",
                    field=f"{field}.measurements",
                    value=region,
                    remedy="See appears of the lesion",
                )

    @property
    def regions_measured(self) -> tuple[str, ...]:
        """The regions measured, after therapy or in a diagnostic, in order of appearance."""
        studies = (self.measurements, *(each.measurements for each in self.diagnostics))
        return tuple(dict.fromkeys(region for each in studies for region in each.regions))

    def of_diagnostic(self, diagnostic: Diagnostic) -> Case:
        """Return a diagnostic as a case of its own: the same patient, no therapy.

        Lesions that appear later are not in it.
        """
        return replace(
            self,
            radiopharmaceutical=diagnostic.radiopharmaceutical,
            schedule=Schedule((diagnostic.administration,)),
            measurements=diagnostic.measurements,
            lesions=tuple(lesion for lesion in self.lesions if lesion.appears is None),
            diagnostics=(),
        )

    @property
    def lesion_names(self) -> tuple[str, ...]:
        """The names of the lesions."""
        return tuple(lesion.name for lesion in self.lesions)

    def volume(self, region: str, administration: str | None = None) -> Volume:
        """Return the volume of a region or lesion, as delineated at one cycle if it was.

        Raises
        ------
        InputError
            If no volume is given, with the line to add.
        """
        declared = self._declared_volumes()
        if region not in declared:
            raise InputError(
                "the volume is missing",
                field=f"organs.{region}.volume",
                remedy=f'Add [organs.{region}] with volume = "... mL" and uncertainty = "... %", '
                'or volume = "reference" to take the reference value',
            )
        volume = declared[region]
        scanned = [
            m.volume
            for m in self.measurements.of_region(region)
            if m.volume is not None and m.administration == administration
        ]
        return replace(volume, value=sum(scanned) / len(scanned)) if scanned else volume

    def has_volume(self, region: str) -> bool:
        """Whether the volume of a region or lesion is declared."""
        return region in self._declared_volumes()

    def _declared_volumes(self) -> dict[str, Volume]:
        return dict(self.patient.organs) | {lesion.name: lesion.volume for lesion in self.lesions}

    def until(self, administration: str) -> Case:
        """Return the case as it was known after one administration and its scans."""
        last = self.schedule[administration].time
        kept = tuple(a for a in self.schedule if a.time <= last)
        names = {a.name for a in kept}
        return replace(
            self,
            schedule=Schedule(kept),
            measurements=Measurements(
                tuple(m for m in self.measurements if m.administration in names)
            ),
            lesions=tuple(
                lesion
                for lesion in self.lesions
                if lesion.appears is None or lesion.appears in names
            ),
        )

    def with_measurements(self, measurements: Measurements | tuple[Measurement, ...]) -> Case:
        """Return the case with further measurements.

        Raises
        ------
        InputError
            If one follows an unknown administration.
        """
        for measurement in measurements:
            _ = self.schedule[measurement.administration]
        return replace(self, measurements=self.measurements + tuple(measurements))
