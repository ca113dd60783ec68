"""What the user declares of the scans' numbers: a unit, or calibration factors with units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from theratwin.core.errors import InputError
from theratwin.core.units import parse
from theratwin.imaging.calibration import Calibration, Concentration, Sensitivity
from theratwin.imaging.image import Image

_FORMS = '"23.5 cps/MBq" for counts, with the duration of the scan, or "2.6 Bq/mL" for 1 stored'
_WAYS = (
    "Give --unit Bq/mL if the numbers are concentrations as they stand, --calibration "
    '"23.5 cps/MBq" with --duration "20 min" if they are counts, or --calibration "2.6 Bq/mL", '
    "the concentration that the number 1 stands for, for each volume"
)


def calibrations(
    images: int,
    *,
    unit: str | None = None,
    factors: Sequence[str] = (),
    durations: Sequence[str] = (),
) -> tuple[Calibration, ...]:
    """Return the calibration of each image from what was declared; nothing is assumed.

    Parameters
    ----------
    images
        Number of images.
    unit
        Unit of the images' numbers, such as ``"Bq/mL"``, if they are concentrations.
    factors
        Calibration factors with units, one for all images or one for each.
    durations
        Durations of the acquisitions, one for all or one for each; for counts only.

    Raises
    ------
    InputError
        If neither unit nor factor is given, or both, or they do not fit together.

    Examples
    --------
    >>> calibrations(2, unit="kBq/mL")[1]
    Concentration(factor=0.001, declared=True)
    >>> calibrations(1, factors=["23.5 cps/MBq"], durations=["20 min"])
    (Sensitivity(sensitivity=23.5, duration=0.3333333333333333),)
    """
    if unit is None and not factors:
        raise calibration_missing()
    if unit is not None and factors:
        raise InputError(
            "the unit says that the numbers are concentrations already, the calibration that "
            "they are not",
            field="calibration",
            value=", ".join(factors),
            remedy="Give one of the two",
        )
    if unit is not None:
        if durations:
            raise _duration_unused(durations)
        return (_declared(unit),) * images
    each = one_for_each("calibration", factors, images)
    if not any(_counts(factor) for factor in each):
        if durations:
            raise _duration_unused(durations)
        return tuple(_concentration(factor) for factor in each)
    return _sensitivities(each, durations)


def calibration_missing(image: Image | None = None) -> InputError:
    """Return the error for scans without calibration, with what one of them shows of its scale."""
    shows = ""
    if image is not None and not image.scaled:
        shows = (
            f"; the scale of {image.name} is lost, for it holds whole numbers "
            f"({image.data.dtype.name}, up to {image.data.max()}) and no scale in its header"
        )
    return InputError(
        "missing: an image file does not say what its numbers stand for, and theratwin does not "
        f"guess{shows}",
        field="calibration",
        remedy=_WAYS,
    )


def _sensitivities(factors: Sequence[str], durations: Sequence[str]) -> tuple[Sensitivity, ...]:
    if not durations:
        raise InputError(
            "counts need the duration of the scan",
            field="duration",
            remedy='Give --duration "20 min", one for all scans or one for each',
        )
    if not all(_counts(factor) for factor in factors):
        raise InputError(
            "some factors are for counts and some for concentrations",
            field="calibration",
            value=", ".join(factors),
        )
    each = one_for_each("duration", durations, len(factors))
    return tuple(
        Sensitivity(
            _factor(_counts(factor), "count/s/MBq", factor),
            parse(duration, "h", field="duration"),
        )
        for factor, duration in zip(factors, each, strict=True)
    )


def one_for_each(field: str, given: Sequence[str], images: int) -> tuple[str, ...]:
    """Return one entry for each image from one for all of them or one for each."""
    if len(given) not in (1, images):
        raise InputError(
            f"{len(given)} given for {images} images", field=field, allowed="one, or one for each"
        )
    return tuple(given) if len(given) == images else tuple(given) * images


def _declared(unit: str) -> Concentration:
    try:
        return Concentration(parse(f"1 {unit}", "MBq/mL", field="unit"), declared=True)
    except InputError as error:
        raise InputError(
            "this is no unit of activity concentration",
            field="unit",
            value=unit,
            allowed="Bq/mL, kBq/mL, MBq/mL",
            remedy='For counts give --calibration "23.5 cps/MBq" and --duration "20 min"',
        ) from error


def _concentration(factor: str) -> Concentration:
    per_number = re.sub(r"\s*(/|per)\s*number\s*$", "", factor)
    return Concentration(_factor(per_number, "MBq/mL", factor))


def _factor(text: str, unit: str, given: str) -> float:
    try:
        return parse(text, unit, field="calibration")
    except InputError as error:
        raise InputError(error.message, field="calibration", value=given, allowed=_FORMS) from error


def _counts(factor: str) -> str:
    """Return the factor with its counts spelled out; empty if it names none."""
    spelled = re.sub(r"\bcps\b", "count/s", factor)
    spelled = re.sub(r"\bcpm\b", "count/min", spelled)
    return spelled if "count" in spelled else ""


def _duration_unused(durations: Sequence[str]) -> InputError:
    return InputError(
        "concentrations do not depend on the duration of the scan",
        field="duration",
        value=", ".join(durations),
        remedy='Leave it out, or give --calibration "23.5 cps/MBq" if the numbers are counts',
    )
