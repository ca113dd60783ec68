"""Predict: from a twin to the doses and effects of any course."""

from __future__ import annotations

from dataclasses import replace

from theratwin.case import Radiopharmaceutical, Schedule
from theratwin.twin.cross_dose import has_cross_dose
from theratwin.twin.doses import doses_of, region_doses
from theratwin.twin.prediction import Prediction
from theratwin.twin.relabel import relabeled
from theratwin.twin.twin import Twin


def predict(
    twin: Twin,
    schedule: Schedule | None = None,
    *,
    radiopharmaceutical: Radiopharmaceutical | None = None,
) -> Prediction:
    """Predict doses and effects of a course of administrations.

    Parameters
    ----------
    twin
        The patient's twin.
    schedule
        The whole course from the first cycle; the case's own by default. Cycle k of it has the
        kinetics of the patient's cycle k: measured where it was, else a draw of how cycles
        differ.
    radiopharmaceutical
        Another one than that of the case, for a model of the whole body: what it shares with the
        case's keeps its place in the population, its own parameters have draws of their priors.

    Returns
    -------
    Prediction
        Draws by region and administration.

    Raises
    ------
    UnsupportedError
        If the model cannot tell of another radiopharmaceutical.
    """
    if radiopharmaceutical is not None:
        twin = relabeled(twin, radiopharmaceutical)
    case, seed, cross = twin.case, twin.seed, has_cross_dose(twin)
    if schedule is None or schedule == case.schedule:
        schedule = case.schedule
        doses = doses_of(case, twin.activities, schedule, cross=cross, draws=twin.draws, seed=seed)
    else:
        doses = region_doses(case, twin.posteriors, schedule, cross=cross, seed=seed)
    return Prediction(
        case=twin.case,
        schedule=schedule,
        regions={dose.region: dose for dose in doses},
        provenance=replace(twin.provenance),
    )
