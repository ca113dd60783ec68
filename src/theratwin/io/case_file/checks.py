"""What must hold between the parts of a case, and what is odd about it."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from theratwin.case import Case, Kind, Measurement, region
from theratwin.core.errors import InputError
from theratwin.io.case_file.problems import Place, Problems
from theratwin.io.case_file.table import Row

#: Kinds of region that are measured without a volume: no dose is asked for.
_WITHOUT_VOLUME = ("body", "content", "fluid")

#: A region with less than this part of the administered activity is hardly worth a scan; a wrong
#: unit (kBq for MBq) is likelier.
_SELDOM_LESS = 1e-5

Read = Sequence[tuple[Row, Measurement]]


def check_measurements(case: Case, read: Read, problems: Problems) -> None:
    """Note what does not hold between the measurements and the rest of the case."""
    seen: dict[tuple, Row] = {}
    for row, measurement in read:
        with problems.at(row.place_of("time")):
            _check_once(row, measurement, seen)
        for column, check in _CHECKS:
            with problems.at(row.place_of(column)):
                check(case, row, measurement)
        _warn_if_tiny(case, row, measurement, problems)
        infusion = case.schedule[measurement.administration].duration
        if measurement.time < infusion:
            problems.warn(row.place, "it was measured while the infusion ran")


def _warn_if_tiny(case: Case, row: Row, measurement: Measurement, problems: Problems) -> None:
    given = case.schedule[measurement.administration].activity
    tiny = measurement.kind is Kind.ACTIVITY and measurement.value < _SELDOM_LESS * given
    if tiny and case.patient.species == "human":
        problems.warn(
            row.place,
            f"{measurement.value:.3g} MBq in {measurement.region} is less than "
            f"{100 * _SELDOM_LESS:g} % of what was administered; check the unit",
        )


def warn_of_oddities(case: Case, problems: Problems) -> None:
    """Note what is allowed but may be a slip."""
    place = Place(problems.file)
    kilograms = case.patient.mass / 1000
    if case.patient.species == "human" and not 20 < kilograms < 250:
        problems.warn(place, f"patient.mass: {kilograms:g} kg is odd for a person")
    if case.patient.species == "mouse" and not 5e-3 < kilograms < 0.1:
        problems.warn(place, f"patient.mass: {1000 * kilograms:g} g is odd for a mouse")
    rate = case.patient.gfr
    if rate is not None and case.patient.species == "human" and not 10 < rate / 60 < 200:
        problems.warn(place, f"patient.gfr: {rate / 60:g} mL/min is odd for a person")
    for administration in case.schedule:
        gigabecquerel = administration.activity / 1000
        if case.patient.species == "human" and gigabecquerel > 40:
            problems.warn(place, f"{administration.name}: {gigabecquerel:g} GBq is very high")
    measured = case.regions_measured
    if not measured:
        problems.warn(place, "nothing is measured yet; there is nothing to calibrate to")
    if case.diagnostics and case.model == "curves":
        problems.warn(
            place,
            "diagnostics: curves have no use for them; a model of the whole body has, such as "
            f'model = "{case.radiopharmaceutical.ligand.target or "psma"}"',
        )
    for lesion in case.lesions:
        if measured and lesion.name not in measured:
            problems.warn(place, f"lesion {lesion.name!r} was never measured")


def _check_once(row: Row, measurement: Measurement, seen: dict[tuple, Row]) -> None:
    key = (measurement.region, measurement.administration, measurement.time, measurement.kind)
    first = seen.setdefault(key, row)
    if first is not row:
        raise InputError(
            f"{measurement.region} at {measurement.time:g} h after "
            f"{measurement.administration!r} stands twice",
            field=row.field("time"),
            remedy=f"Remove one; the first stands in {first.place}",
        )


def _check_volume(case: Case, row: Row, measurement: Measurement) -> None:
    if measurement.kind is Kind.CONCENTRATION or measurement.region in case.lesion_names:
        return
    if region(measurement.region).kind not in _WITHOUT_VOLUME:
        try:
            case.volume(measurement.region)
        except InputError as error:
            raise InputError(
                f"the volume of {measurement.region} is missing",
                field=row.field("region"),
                remedy=error.remedy,
            ) from None


def _check_present(case: Case, row: Row, measurement: Measurement) -> None:
    if measurement.region in case.patient.absent:
        raise InputError(
            "the patient does not have it",
            field=row.field("region"),
            value=measurement.region,
            remedy="See patient.absent",
        )
    lesion = next((each for each in case.lesions if each.name == measurement.region), None)
    if lesion is None or lesion.appears is None:
        return
    if case.schedule[measurement.administration].time < case.schedule[lesion.appears].time:
        raise InputError(
            f"the lesion appears at {lesion.appears!r} only",
            field=row.field("region"),
            value=measurement.region,
            remedy="See appears of the lesion",
        )


def _check_next(case: Case, row: Row, measurement: Measurement) -> None:
    """A scan after the next administration follows that one."""
    start = case.schedule[measurement.administration].time
    later = [each for each in case.schedule if each.time > start]
    if later and start + measurement.time > later[0].time:
        raise InputError(
            f"it lies after the start of {later[0].name!r}",
            field=row.field("time"),
            value=f"{measurement.time:g} h",
            remedy=f"Count it from {later[0].name!r}",
        )


def _check_amount(case: Case, row: Row, measurement: Measurement) -> None:
    """No more can be there than was administered, less its decay."""
    if measurement.kind is Kind.CONCENTRATION:
        return
    from theratwin.physics import nuclide

    decay = nuclide(case.radiopharmaceutical.nuclide).decay_constant
    now = case.schedule[measurement.administration].time + measurement.time
    most = sum(
        each.activity * exp(-decay * (now - each.time))
        for each in case.schedule
        if each.time <= now
    )
    # Calibration of camera and activity meter differ by a few percent, seldom by 20.
    if measurement.value > 1.2 * most:
        raise InputError(
            "more activity than was administered and is left after decay",
            field=row.field("activity"),
            value=f"{measurement.value:.4g} MBq",
            allowed=f"at most {most:.4g} MBq",
            remedy="Check the unit, the administered activity and `at`",
        )


#: The checks of one measurement, with the column that each is about.
_CHECKS = (
    ("region", _check_volume),
    ("region", _check_present),
    ("time", _check_next),
    ("activity", _check_amount),
)
