"""A whole body as the fit sees it: what is measured, what has a curve, what is estimated."""

from __future__ import annotations

from collections.abc import Sequence

from theratwin.case import Administration, Case, Schedule
from theratwin.core import LogNormal
from theratwin.dynamics import Dose
from theratwin.kinetics.body import WholeBody
from theratwin.kinetics.body_fit.estimated import Estimated
from theratwin.kinetics.body_fit.model import BodyModel

_BLOOD, _URINE = "blood", "excreted_urine"


def fit_model(
    name: str, body: WholeBody, case: Case, what: Estimated, decay_constant: float
) -> BodyModel:
    """Return a whole body as the fit sees it.

    It has curves where a dose or a measurement needs them: in regions measured or of declared
    volume, in blood and in the whole body.
    """
    measurable = {region: body.activity(region) for region in body.regions}
    measurable |= {_BLOOD: "concentration.blood", _URINE: "activity.urine"}
    curved = {_BLOOD: "time_integrated_concentration.blood"}
    curved |= {
        region: body.time_integrated_activity(region)
        for region in body.regions
        if region == "whole_body" or region in case.measurements.regions or case.has_volume(region)
    }

    def doses(administrations: Sequence[Administration]) -> Sequence[Dose]:
        return body.doses(Schedule(tuple(administrations)))

    priors = _of_network(what.priors, body)
    return BodyModel(
        name=name,
        network=body.network,
        activities=measurable,
        integrals=curved,
        doses=doses,
        priors=priors,
        decay_constant=decay_constant,
        changes=what.changes,
        switches={parameter: f"{parameter}.ratio" for parameter in what.changes},
        begins=what.begins,
        sets=tuple(each.name for each in body.plan.sets),
        assumed=tuple(each for each in body.assumed if each not in priors),
    )


def _of_network(priors: dict[str, LogNormal], body: WholeBody) -> dict[str, LogNormal]:
    """Leave out what this patient's body has no use for, such as an absent organ's."""
    known = {parameter.name for parameter in body.network.parameters}
    return {name: prior for name, prior in priors.items() if name in known}
