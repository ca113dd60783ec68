"""How doses of a course change with the amount of ligand: exact derivatives."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from theratwin.case import Schedule
from theratwin.core import Curve
from theratwin.core.errors import UnsupportedError
from theratwin.twin.course import future_stream
from theratwin.twin.doses import doses_of
from theratwin.twin.posterior import BlockPosterior
from theratwin.twin.prediction import Prediction
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.twin import Twin


def predict_by_amount(
    twin: Twin, schedule: Schedule, administrations: Collection[str]
) -> tuple[Prediction, Mapping[str, RegionDose]]:
    """Predict a course, and how it changes with the amount of ligand.

    Doses are linear in the activities, so that their derivatives are what the activities'
    derivatives would give as a dose.

    Parameters
    ----------
    twin
        The twin, of a model of the whole body.
    schedule
        The course.
    administrations
        Names of the administrations of which the amounts change together; their activities stay.

    Returns
    -------
    tuple
        The prediction, as of `theratwin.twin.predict`, and by region what a nmol more adds to the
        dose rate (Gy/h per nmol) and the activity (MBq/nmol) of every cycle.

    Raises
    ------
    UnsupportedError
        If the model does not know the amount of ligand.
    """
    activities: dict[str, tuple[Curve | None, ...]] = {}
    slopes: dict[str, tuple[Curve | None, ...]] = {}
    for posterior in twin.posteriors:
        values, derivatives = _by_amount(posterior, schedule, administrations, twin.seed)
        activities |= values
        slopes |= derivatives
    found, changed = (
        {
            dose.region: dose
            for dose in doses_of(
                twin.case, each, schedule, cross=False, draws=twin.draws, seed=twin.seed
            )
        }
        for each in (activities, slopes)
    )
    return Prediction(twin.case, schedule, found, twin.provenance), changed


def _by_amount(
    posterior: BlockPosterior, schedule: Schedule, administrations: Collection[str], seed: int
) -> tuple[dict[str, tuple[Curve | None, ...]], dict[str, tuple[Curve | None, ...]]]:
    shares = posterior.each_share()
    alternative, theta = shares[0]
    if len(shares) > 1 or not hasattr(alternative, "curves_by_amount"):
        raise UnsupportedError(
            "curves do not depend on the amount of ligand",
            field="amount",
            value=posterior.name,
            remedy='Calibrate with a model of the whole body, such as model = "psma"',
        )
    generator = future_stream(seed, posterior, alternative)
    return alternative.curves_by_amount(theta, schedule, generator, administrations)
