"""The case in a few lines: who, with what, when, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from theratwin.case import Administration, Case, Measurements
from theratwin.report.numbers import gigabecquerel, listed, nanomoles, significant


def patient_line(case: Case) -> str:
    """Return sex, age, mass and height in one line."""
    patient = case.patient
    words = [patient.sex.title() if patient.species == "human" else patient.species.title()]
    if patient.age is not None:
        words.append(f"{patient.age:g} years")
    mass = (
        f"{significant(patient.mass / 1e3)} kg" if patient.mass >= 1e3 else f"{patient.mass:.3g} g"
    )
    words.append(mass if patient.mass_source == "measured" else f"{mass} ({patient.mass_source})")
    if patient.height is not None:
        words.append(f"{patient.height / 10:.0f} cm")
    words += [f"without {region.replace('_', ' ')}" for region in patient.absent]
    return ", ".join(words)


def treatment_line(case: Case) -> str:
    """Return drug and administrations in one line."""
    course = list(case.schedule)
    same = len({(each.activity, each.amount) for each in course}) == 1
    if len(course) > 2 and same:
        words = f"{course[0].name} to {course[-1].name}, {_given(course[0])} each"
    else:
        words = listed([f"{each.name} {_given(each)}" for each in course])
    return f"{case.radiopharmaceutical.name}: {words}"


def _given(administration: Administration) -> str:
    """Return activity and, if it is stated, the amount of ligand."""
    activity = gigabecquerel(administration.activity)
    if administration.amount is None:
        return activity
    return f"{activity} in {nanomoles(administration.amount)}"


def scan_line(case: Case) -> str:
    """Return when diagnostics and cycles were measured, and which cycles were not."""
    times = {each.name: _hours(case.measurements.of(each.name)) for each in case.schedule}
    scans = "; ".join(f"{name} at {listed(hours)} h" for name, hours in times.items() if hours)
    missing = listed([name for name, hours in times.items() if not hours])
    before = "; ".join(
        f"{each.name} at {listed(_hours(each.measurements))} h" for each in case.diagnostics
    )
    told = "; ".join(part for part in (before, scans) if part)
    return f"{told} after administration{f'. Not measured: {missing}' if missing else ''}"


def _hours(measurements: Measurements) -> list[str]:
    return [significant(hour) for hour in sorted({m.time for m in measurements})]


def given(case: Case) -> int:
    """Return how many administrations were given: those up to the last one measured."""
    names = case.schedule.names
    return 1 + max((names.index(name) for name in case.measurements.administrations), default=-1)


def volume_rows(case: Case, dosed: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield region, volume and its source, where something was measured or a dose is given."""
    wanted = {*case.regions_measured, *dosed}
    volumes = dict(case.patient.organs) | {lesion.name: lesion.volume for lesion in case.lesions}
    for region, volume in volumes.items():
        if region in wanted:
            doubt = f"{100 * volume.relative_uncertainty:.2g} %"
            yield region, f"{significant(volume.value)} mL ± {doubt}", volume.source
