"""What a reader must know before trusting the doses, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from theratwin.report.names import title
from theratwin.report.numbers import listed
from theratwin.twin import Twin, body_of
from theratwin.twin.doses import BLOOD, MARROW, REMAINDER, WHOLE_BODY

#: Fewer measurements of a region leave its dose to the population in part.
_FEW = 3


def cautions(twin: Twin, dosed: Collection[str]) -> list[str]:
    """Return what a reader must know before trusting the doses.

    Parameters
    ----------
    twin
        The twin.
    dosed
        The regions with a dose.
    """
    whole_body = body_of(twin) is not None
    return [
        *twin.warnings,
        *_few(twin, dosed, whole_body=whole_body),
        *(_predicted(twin, dosed) if whole_body else ()),
        *_marrow(twin, dosed, whole_body=whole_body),
        *_late(twin, dosed),
        *_unmeasured(twin, whole_body=whole_body),
    ]


def _few(twin: Twin, dosed: Collection[str], *, whole_body: bool) -> Iterator[str]:
    measured = twin.case.measurements
    few = [
        title(region)
        for region in measured.regions
        if region in dosed and len(measured.of_region(region)) < _FEW
    ]
    if few and whole_body:
        yield (
            f"Fewer than three measurements: {', '.join(few)}. There the dose rests in part on the "
            "priors and on what the rest of the body tells; the interval says so."
        )
    elif few:
        yield (
            f"Fewer than three measurements: {', '.join(few)}. There the curve's shape, and so "
            "the dose, rests in part on the population's half-lives; the interval says so."
        )


def _predicted(twin: Twin, dosed: Collection[str]) -> Iterator[str]:
    measured = twin.case.measurements.regions
    unseen = [title(each) for each in dosed if each not in measured and each != MARROW]
    if unseen:
        yield (
            f"Never measured: {', '.join(unseen)}. Their doses are the model's prediction from its "
            "priors and from the other regions."
        )


def _marrow(twin: Twin, dosed: Collection[str], *, whole_body: bool) -> Iterator[str]:
    case = twin.case
    if case.patient.species != "human":
        return
    if MARROW in dosed:
        seen = set(case.measurements.regions)
        missing = [] if {BLOOD, MARROW} & seen else ["blood"]
        missing += [] if {WHOLE_BODY, REMAINDER} & seen else ["the whole body"]
        if whole_body and missing:
            them = listed(missing)
            were = "were" if missing[1:] else "was"
            yield (
                f"Red marrow: {them} {were} not measured. The dose rests on what the model "
                f"predicts of {them}."
            )
    elif whole_body:
        yield "Red marrow: no dose. It needs the patient's height."
    else:
        yield (
            "Red marrow: no dose. It needs blood (or marrow) and the whole body measured, "
            "and the patient's height."
        )


def _late(twin: Twin, dosed: Collection[str]) -> Iterator[str]:
    late = [
        f"{title(lesion.name)} ({lesion.appears})"
        for lesion in twin.case.lesions
        if lesion.appears not in (None, twin.case.schedule.names[0]) and lesion.name in dosed
    ]
    if late:
        yield (
            f"First seen later: {listed(late)}. Dose per activity counts what was given since; a "
            "dose before, if there was one, is not known."
        )


def _unmeasured(twin: Twin, *, whole_body: bool) -> Iterator[str]:
    measured = twin.case.measurements.administrations
    without = [a.name for a in twin.case.schedule if a.name not in measured]
    if without:
        at = ", at the amount of ligand stated" if whole_body else ""
        yield (
            f"Without scans: {', '.join(without)}. The doses there are predictions from the "
            f"other cycles and from how cycles differ in the population{at}."
        )
