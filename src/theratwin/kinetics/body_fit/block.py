"""From a case and a whole-body model to the block that the twin fits."""

from __future__ import annotations

from theratwin.case import Case
from theratwin.core.errors import InputError
from theratwin.kinetics.body_fit.body_curves import BodyCurves
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.kinetics.curves import Block

#: The block's name: all regions are estimated together.
NAME = "whole_body_model"


def body_block(model: BodyModel, case: Case) -> Block:
    """Return the block of a whole-body model for a case.

    Raises
    ------
    InputError
        If nothing was measured, or in a region that the model lacks, or in a lesion before it
        appears.
    """
    if not len(case.measurements):
        raise InputError(
            "nothing was measured",
            field="measurements",
            remedy="Add [[measurements]] of at least one region",
        )
    names = case.schedule.names
    appears = {
        lesion.name: names.index(lesion.appears) if lesion.appears else 0 for lesion in case.lesions
    }
    for measurement in case.measurements:
        where = measurement.source or f"measurements of {measurement.region}"
        if measurement.region not in model.activities:
            raise InputError(
                f"the model {model.name} has no such region",
                field=where,
                value=measurement.region,
                allowed=list(model.activities),
                remedy='Leave the region out, or calibrate with model = "curves"',
            )
        if names.index(measurement.administration) < appears.get(measurement.region, 0):
            raise InputError(
                f"measured after {measurement.administration!r}, before it appears",
                field=f"lesions.{measurement.region}.appears",
                value=names[appears[measurement.region]],
                allowed=names,
            )
    last = max(names.index(measurement.administration) for measurement in case.measurements)
    administrations = case.schedule.administrations[: last + 1]
    curves = BodyCurves(model, administrations, tuple(case.measurements), appears)
    return Block(NAME, (curves,), tuple(f"kinetics/{name}" for name in model.sets))
