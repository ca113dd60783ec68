"""Update: the next scans narrow the twin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from theratwin.case import Administration, Case, Lesion, Measurement, Schedule
from theratwin.core.errors import InputError
from theratwin.twin.calibrate import calibrate
from theratwin.twin.predict import predict
from theratwin.twin.twin import Snapshot, Twin


def update(
    twin: Twin,
    measurements: Iterable[Measurement],
    *,
    administration: Administration | None = None,
    lesions: Iterable[Lesion] = (),
    inputs: Iterable[Path] = (),
) -> Twin:
    """Return the twin with further measurements.

    All cycles are fitted together, which is the exact posterior given all data, not one that was
    approximated twice.

    Parameters
    ----------
    twin
        The twin so far.
    measurements
        The new measurements.
    administration
        The administration that they follow, if the case does not know it yet.
    lesions
        Lesions that the case does not know yet, each with the administration at which it appears.
    inputs
        Files that the measurements were read from, for the provenance.

    Raises
    ------
    InputError
        If there is no measurement, one follows an unknown administration, or the twin has it
        already.
    """
    new = tuple(measurements)
    if not new:
        raise InputError("nothing to update with", field="measurements")
    case = replace(twin.case, lesions=(*twin.case.lesions, *lesions))
    _refuse_known(new, case)
    if administration is not None:
        case = replace(case, schedule=Schedule((*case.schedule.administrations, administration)))
    # The case's own files are in the twin's provenance already, and may be gone by now.
    known = replace(case.with_measurements(new), files=())
    fresh = calibrate(
        known, seed=twin.seed, draws=twin.draws, model=twin.model, posterior=twin.method
    )
    return replace(
        fresh,
        case=replace(known, files=case.files),
        history=(*twin.history, snapshot(twin)),
        provenance=twin.provenance.continued(fresh.provenance, inputs),
    )


def _refuse_known(new: Iterable[Measurement], case: Case) -> None:
    known = {_identity(measurement) for measurement in case.measurements}
    for measurement in new:
        if _identity(measurement) in known:
            raise InputError(
                "the twin has this measurement already",
                field=measurement.source or f"measurement of {measurement.region}",
                value=f"{measurement.administration}, {measurement.time:g} h",
                remedy="Update with new scans alone; counted twice they narrow it falsely",
            )


def _identity(measurement: Measurement) -> tuple[str, str, float, float]:
    return (
        measurement.region,
        measurement.administration,
        measurement.time,
        measurement.value,
    )


def snapshot(twin: Twin) -> Snapshot:
    """Return what the twin says of the administrations known to it (Gy/GBq)."""
    table = predict(twin).dose_per_activity()
    by_cycle = {
        column: {region: intervals[k] for region, intervals in table.rows.items()}
        for k, column in enumerate(twin.case.schedule.names)
    }
    studies = (each.name for each in twin.case.diagnostics)
    return Snapshot(", ".join([*studies, *twin.case.measurements.administrations]), by_cycle)
