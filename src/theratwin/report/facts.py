"""The case in a few lines: who, with what, when, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from theratwin.case import Case
from theratwin.report.numbers import gigabecquerel, listed


def patient_line(case: Case) -> str:
    """Return sex, age, mass and height in one line."""
    patient = case.patient
    words = [patient.sex.title() if patient.species == "human" else f"{patient.species.title()}"]
    if patient.age is not None:
        words.append(f"{patient.age:g} years")
    mass = f"{patient.mass / 1e3:.3g} kg" if patient.mass >= 1e3 else f"{patient.mass:.3g} g"
    words.append(mass if patient.mass_source == "measured" else f"{mass} ({patient.mass_source})")
    if patient.height is not None:
        words.append(f"{patient.height / 10:.0f} cm")
    words += [f"without {region.replace('_', ' ')}" for region in patient.absent]
    return ", ".join(words)


def treatment_line(case: Case) -> str:
    """Return drug and administrations in one line."""
    given = listed([f"{a.name} {gigabecquerel(a.activity)}" for a in case.schedule])
    return f"{case.radiopharmaceutical.name}: {given}"


def scan_lines(case: Case) -> Iterator[str]:
    """Yield when each cycle was measured."""
    for administration in case.schedule:
        times = sorted({m.time for m in case.measurements.of(administration.name)})
        if times:
            hours = listed([f"{time:.3g}" for time in times])
            yield f"{administration.name} at {hours} h"
        else:
            yield f"{administration.name} not measured"


def volume_rows(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield region, volume and where the volume comes from."""
    volumes = dict(case.patient.organs) | {lesion.name: lesion.volume for lesion in case.lesions}
    for region, volume in volumes.items():
        if region in case.measurements.regions:
            doubt = f"{100 * volume.relative_uncertainty:.2g} %"
            yield region, f"{volume.value:.3g} mL ± {doubt}", volume.source
