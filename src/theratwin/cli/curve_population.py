"""The option ``--population``: half-lives by name or numbers, or a table of other patients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from theratwin.core.errors import FitError, InputError, UnsupportedError

if TYPE_CHECKING:
    from theratwin.core import Curve, LogNormal
    from theratwin.dosimetry.time_activity import CurvePopulation

_OPTION = "--population"
#: What a population's model is chosen from if none is named.
_TRIED = ("mono", "mono_uptake", "bi")


def half_life_population(text: str, decay_constant: float) -> LogNormal:
    """Return effective half-lives (h): by name as psma.kidneys, or "mean, standard deviation".

    A name stands for values with Lu-177; another nuclide has the same biological half-life.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> found = half_life_population("51 h, 13 h", 0.00434)
    >>> round(found.median, 1), round(found.gsd, 2)
    (49.4, 1.29)
    """
    from theratwin.core import LogNormal, parameter_set
    from theratwin.core.units import parse
    from theratwin.kinetics import effective_half_life

    if "," in text:
        mean, _, sd = text.partition(",")
        numbers = [parse(part.strip(), "h", field=_OPTION) for part in (mean, sd)]
        return LogNormal.from_mean_sd(*numbers)
    known = sorted(parameter_set("kinetics", "effective_half_lives"))
    if text not in known:
        raise InputError(
            "no such population of half-lives",
            field=_OPTION,
            value=text,
            allowed=known,
            remedy='Or give mean and standard deviation, as "51 h, 13 h"',
        )
    target, region = text.split(".")
    return effective_half_life(region, target, decay_constant, lesion=region == "lesion")


def curves_of(text: str, model: str | None, decay_constant: float) -> dict[str, Curve]:
    """Return the fitted curve of each patient of a table; the model best by AICc if None.

    Raises
    ------
    InputError
        If it is no table of patients, or one of them has too few points.
    """
    from theratwin.cli.curve_table import read_patients
    from theratwin.dosimetry.time_activity import compare, fit_model

    found = {}
    for name, samples in read_patients(_table(text)).items():
        try:
            fit = (
                compare(samples, decay_constant).best
                if model is None
                else fit_model(samples, model, decay_constant)
            )
        except (InputError, FitError) as error:
            raise error.at(f"{text}: {name}") from None
        found[name] = fit.curve
    return found


def mixed_population(
    text: str, model: str | None, decay_constant: float, *, seed: int
) -> CurvePopulation:
    """Return the population of a table of patients; the model best by AIC if None.

    Raises
    ------
    InputError
        If it is no table of patients, or there are too few.
    FitError
        If no model settles.
    """
    from theratwin.cli.curve_table import read_patients
    from theratwin.dosimetry.time_activity import fit_population

    samples = list(read_patients(_table(text)).values())
    if model is not None:
        return fit_population(samples, model, decay_constant, seed=seed)
    found, reasons = [], []
    for name in _TRIED:
        try:
            found.append(fit_population(samples, name, decay_constant, seed=seed))
        except (InputError, FitError) as error:
            reasons.append(error)
    if not found:
        raise reasons[0].at(text)
    return min(found, key=lambda population: population.aic)


def _table(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".csv":
        raise UnsupportedError(
            "this method needs the curves of other patients",
            field=_OPTION,
            value=text,
            remedy="Give a table (.csv) with columns patient, time_h, activity_MBq",
        )
    return path
