"""From a case and a whole-body model to the block that the twin fits."""

from __future__ import annotations

from collections.abc import Sequence

from theratwin.case import Case, Measurements
from theratwin.core.errors import InputError
from theratwin.kinetics.body_fit.body_curves import BodyCurves
from theratwin.kinetics.body_fit.diagnostic import DiagnosticBody
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.kinetics.curves import Block

#: The block's name: all regions are estimated together.
NAME = "whole_body_model"


def body_block(model: BodyModel, case: Case, diagnostics: Sequence[DiagnosticBody] = ()) -> Block:
    """Return the block of a whole-body model for a case.

    Parameters
    ----------
    model
        The body of the therapy.
    case
        The case.
    diagnostics
        The case's diagnostics, each with its body.

    Raises
    ------
    InputError
        If nothing was measured, or in a region that the model lacks, or in a lesion before it
        appears.
    """
    if not (len(case.measurements) or diagnostics):
        raise InputError(
            "nothing was measured",
            field="measurements",
            remedy="Add [[measurements]] of at least one region, or a diagnostic",
        )
    names = case.schedule.names
    appears = {
        lesion.name: names.index(lesion.appears) if lesion.appears else 0 for lesion in case.lesions
    }
    check_regions(model, case.measurements)
    for measurement in case.measurements:
        if names.index(measurement.administration) < appears.get(measurement.region, 0):
            raise InputError(
                f"measured after {measurement.administration!r}, before it appears",
                field=f"lesions.{measurement.region}.appears",
                value=names[appears[measurement.region]],
                allowed=names,
            )
    last = max((names.index(m.administration) for m in case.measurements), default=0)
    administrations = case.schedule.administrations[: last + 1]
    measurements = tuple(case.measurements)
    curves = BodyCurves(model, administrations, measurements, appears, tuple(diagnostics))
    models = (model, *(each.experiment.model for each in diagnostics))
    sets = dict.fromkeys(name for each in models for name in each.sets)
    return Block(NAME, (curves,), tuple(f"kinetics/{name}" for name in sets))


def check_regions(model: BodyModel, measurements: Measurements) -> None:
    """Refuse what was measured in a region that the model lacks.

    Raises
    ------
    InputError
        If there is such a region.
    """
    for measurement in measurements:
        if measurement.region not in model.activities:
            raise InputError(
                f"the model {model.name} has no such region",
                field=measurement.source or f"measurements of {measurement.region}",
                value=measurement.region,
                allowed=list(model.activities),
                remedy='Leave the region out, or calibrate with model = "curves"',
            )
