"""What if: the doses of one patient against the amount of ligand, and against the tumor burden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from theratwin.case import Radiopharmaceutical, Schedule
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.ranges import parse_range
from theratwin.kinetics.body import specific_activity
from theratwin.twin.dose_study import AMOUNT, BURDEN, VARIED, DoseStudy
from theratwin.twin.models import MODELS
from theratwin.twin.posterior import BlockPosterior
from theratwin.twin.predict import predict
from theratwin.twin.prediction import Prediction
from theratwin.twin.relabel import relabeled
from theratwin.twin.thinned import thinned
from theratwin.twin.twin import Twin

#: How many draws are solved at every point: the ends of a band then carry some 5 % of its width.
DRAWS = 200
POINTS = 15


def amount_study(
    twin: Twin,
    amounts: str | Iterable[float],
    *,
    schedule: Schedule | None = None,
    radiopharmaceutical: Radiopharmaceutical | None = None,
    points: int = POINTS,
    draws: int = DRAWS,
) -> DoseStudy:
    """Return doses per activity against the ligand of every administration.

    Every point is a prediction (`predict`) of the course with that amount, of the same draws.

    Parameters
    ----------
    twin
        The patient's twin, with a model of the whole body.
    amounts
        A range as ``"20..500 nmol"``, of which points are evenly spaced in their logarithm, or the
        amounts (nmol).
    schedule
        The course from the first cycle; the case's own by default.
    radiopharmaceutical
        Another one than that of the case.
    points
        Of a range.
    draws
        How many of the twin's draws are taken.

    Raises
    ------
    UnsupportedError
        If the twin consists of curves, which do not depend on the amount.
    InputError
        If an amount is less than the activity alone amounts to, or a range does not rise.
    """
    given = _values(AMOUNT, amounts, points)
    twin, course = _start(twin, schedule, radiopharmaceutical, draws, AMOUNT)
    _require_carried(given, course, twin.case.radiopharmaceutical.nuclide)
    predictions = [predict(twin, _with_amount(course, each)) for each in given.tolist()]
    own = {each.amount for each in course}
    known = all(each.amount is not None for each in course)
    itself = predict(twin, course) if known else None
    return DoseStudy(
        case=twin.case,
        schedule=course,
        varied=AMOUNT,
        values=given,
        doses={region: _doses(predictions, region) for region in predictions[0].regions},
        own=own.pop() if len(own) == 1 else None,
        reference=_reference(itself, predictions[0].regions),
        provenance=twin.provenance,
    )


def sink_study(
    twin: Twin,
    burdens: str | Iterable[float] = "0..4",
    *,
    schedule: Schedule | None = None,
    radiopharmaceutical: Radiopharmaceutical | None = None,
    points: int = POINTS,
    draws: int = DRAWS,
) -> DoseStudy:
    """Return doses per activity against the tumor burden: what tumor takes, organs do not get.

    The receptors of all tumor, lesions and what was not delineated, are multiplied by a factor; its
    volume and flow stay. Organs' doses are those of that patient. A lesion's dose is that of the
    lesion left as it is while all other tumor changes.

    Parameters
    ----------
    twin
        The patient's twin, with a model of the whole body.
    burdens
        A range of factors as ``"0..4"``, of which points are evenly spaced, or the factors.
    schedule, radiopharmaceutical, points, draws
        As of `amount_study`.

    Raises
    ------
    UnsupportedError
        If the twin consists of curves, which know no receptors.
    InputError
        If the model has no tumor, or a factor is negative.
    """
    given = _values(BURDEN, burdens, points)
    twin, course = _start(twin, schedule, radiopharmaceutical, draws, BURDEN)
    tumor = _tumor(twin)

    def predicted(left_out: str = "") -> list[Prediction]:
        scaled = [name for name in tumor if name != left_out]
        return [predict(_scaled(twin, scaled, each), course) for each in given.tolist()]

    whole = predicted()
    doses = {each.region: _doses(whole, each.region) for each in whole[0].organs}
    for lesion in whole[0].lesions:
        if len(tumor) > 1:
            doses[lesion.region] = _doses(predicted(lesion.region), lesion.region)
    return DoseStudy(
        case=twin.case,
        schedule=course,
        varied=BURDEN,
        values=given,
        doses=doses,
        own=1.0,
        reference=_reference(predict(twin, course), doses),
        provenance=twin.provenance,
    )


def _start(
    twin: Twin,
    schedule: Schedule | None,
    radiopharmaceutical: Radiopharmaceutical | None,
    draws: int,
    varied: str,
) -> tuple[Twin, Schedule]:
    """Return the twin that is studied, and the course."""
    if twin.model == "curves":
        raise UnsupportedError(
            f"curves do not depend on the {VARIED[varied][0].lower()}",
            field=varied,
            remedy="Calibrate with a model of the whole body: "
            + ", ".join(sorted(set(MODELS) - {"curves"})),
        )
    if radiopharmaceutical is not None:
        twin = relabeled(twin, radiopharmaceutical)
    return thinned(twin, draws), twin.case.schedule if schedule is None else schedule


def _values(varied: str, given: str | Iterable[float], points: int) -> Float[np.ndarray, " point"]:
    """Return the points of a range, or the values themselves."""
    if not isinstance(given, str):
        values = np.array(list(given), dtype=float)
        if values.size == 0 or not np.all(np.isfinite(values)) or np.any(values < 0.0):
            raise InputError(
                "these are no amounts or factors", field=varied, value=values.tolist() or "none"
            )
        return values
    example = "20..500 nmol" if varied == AMOUNT else "0..4"
    low, high, _ = parse_range(given, VARIED[varied][1], example=example, field=varied)
    least = low > 0.0 if varied == AMOUNT else low >= 0.0
    if not (least and low < high < np.inf):
        start = "a positive number" if varied == AMOUNT else "zero or more"
        raise InputError(
            f"a range rises from {start}",
            field=varied,
            value=given,
            remedy=f'Write it as "{example}"',
        )
    if points < 2:
        raise InputError("a range has two points or more", field="points", value=points)
    spaced: Callable[..., np.ndarray] = np.geomspace if varied == AMOUNT else np.linspace
    return spaced(low, high, points)


def _require_carried(amounts: np.ndarray, course: Schedule, label: str) -> None:
    """Raise if an amount is less than an administration's activity alone amounts to."""
    least = max(each.activity for each in course) / specific_activity(label)
    if amounts.min() < least * (1.0 - 1e-9):  # rounding aside, as of doses
        raise InputError(
            "so little ligand does not carry the activity of the course",
            field=AMOUNT,
            value=f"{amounts.min():g} nmol",
            allowed=f"{least:.4g} nmol and more, every molecule labeled",
        )


def _with_amount(schedule: Schedule, amount: float) -> Schedule:
    return Schedule(tuple(replace(each, amount=amount) for each in schedule))


def _doses(predictions: Sequence[Prediction], region: str) -> Float[np.ndarray, "draw point"]:
    return np.stack([each.course_dose_per_activity(region) for each in predictions], axis=-1)


def _reference(
    itself: Prediction | None, regions: Iterable[str]
) -> dict[str, Float[np.ndarray, " draw"]]:
    if itself is None:
        return {}
    return {region: itself.course_dose_per_activity(region) for region in regions}


def _tumor(twin: Twin) -> tuple[str, ...]:
    """Return the lesions with receptors in the model, and what was not delineated if it is there.

    Raises
    ------
    InputError
        If there is none.
    """
    from theratwin.kinetics.body_fit import UNDELINEATED

    known = twin.posteriors[0].best.alternative.parameter_names
    found = tuple(
        name for name in (*twin.case.lesion_names, UNDELINEATED) if _receptors(name) in known
    )
    if not found:
        raise InputError(
            "the model has no tumor",
            field=BURDEN,
            remedy="Declare [[lesions]], or measure the whole body, which tells of all tumor",
        )
    return found


def _scaled(twin: Twin, tumor: Sequence[str], factor: float) -> Twin:
    """Return the twin with the receptors of some tumor multiplied."""
    wanted = {_receptors(name) for name in tumor}
    with np.errstate(divide="ignore"):  # none at all: the density is the exponential of -infinity
        rise = np.log(factor)
    return replace(
        twin, posteriors=tuple(_shifted(each, wanted, float(rise)) for each in twin.posteriors)
    )


def _shifted(posterior: BlockPosterior, wanted: set[str], rise: float) -> BlockPosterior:
    """Return the draws with something added to the logarithms of some parameters."""
    fits = []
    for fit in posterior.fits:
        if fit.resampled is not None:
            columns = [name in wanted for name in fit.alternative.parameter_names]
            draws = fit.resampled.draws + np.where(columns, rise, 0.0)
            fit = replace(fit, resampled=replace(fit.resampled, draws=draws))
        fits.append(fit)
    return replace(posterior, fits=tuple(fits))


def _receptors(tumor: str) -> str:
    return f"{tumor}.receptor_density"
