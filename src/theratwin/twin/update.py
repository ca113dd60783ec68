"""Update: the next scans narrow the twin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from theratwin.case import Administration, Measurement, Schedule
from theratwin.core.errors import InputError
from theratwin.twin.calibrate import calibrate
from theratwin.twin.predict import predict
from theratwin.twin.twin import Snapshot, Twin


def update(
    twin: Twin,
    measurements: Iterable[Measurement],
    *,
    administration: Administration | None = None,
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
    inputs
        Files that the measurements were read from, for the provenance.

    Raises
    ------
    InputError
        If there is no measurement, or one follows an unknown administration.
    """
    new = tuple(measurements)
    if not new:
        raise InputError("nothing to update with", field="measurements")
    case = twin.case
    if administration is not None:
        case = replace(case, schedule=Schedule((*case.schedule.administrations, administration)))
    # The case's own file is in the twin's provenance already, and may be gone by now.
    known = replace(case.with_measurements(new), file=None)
    fresh = calibrate(known, seed=twin.seed, draws=twin.draws, model=twin.model)
    return replace(
        fresh,
        case=replace(known, file=case.file),
        history=(*twin.history, snapshot(twin)),
        provenance=twin.provenance.continued(fresh.provenance, inputs),
    )


def snapshot(twin: Twin) -> Snapshot:
    """Return what the twin says of the administrations known to it (Gy/GBq)."""
    table = predict(twin).dose_per_activity()
    by_cycle = {
        column: {region: intervals[k] for region, intervals in table.rows.items()}
        for k, column in enumerate(twin.case.schedule.names)
    }
    return Snapshot(", ".join(twin.case.measurements.administrations), by_cycle)
