"""The options of ``theratwin response`` that say how dose is given, and the exposure they make."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.core import Curve, Exponentials, Exposure

TERMS_HELP = (
    "Dose rate as a JSON list of terms: the dose rate at the start, the half-life (null if it does "
    "not decay) and, unless it is 0 h, the start. Example: "
    '[["1 Gy/h", "5 h"], ["0.5 Gy/h", "60 h", "1008 h"]].'
)

Acute = Annotated[str | None, typer.Option("--acute", help='Dose given at once, as "2 Gy".')]
Constant = Annotated[
    str | None,
    typer.Option("--constant", help='Dose at a constant rate, as "6 Gy"; needs --duration.'),
]
Duration = Annotated[
    str | None, typer.Option("--duration", help='Time that --constant takes, as "24 h".')
]
Exponential = Annotated[
    str | None,
    typer.Option(
        "--exponential",
        help='Dose, as "10 Gy", of a rate that decays to completion; needs --half-life.',
    ),
]
HalfLife = Annotated[
    str | None,
    typer.Option("--half-life", help='Effective half-life of --exponential, as "51 h".'),
]
Terms = Annotated[str | None, typer.Option("--terms", help=TERMS_HELP)]
Let = Annotated[
    str | None,
    typer.Option("--let", help='The dose is from helium ions of this LET, as "100 keV/um".'),
]
Until = Annotated[
    str | None, typer.Option("--until", help='Count dose and cells up to this time, as "72 h".')
]

_FORMS = ("--acute", "--constant", "--exponential", "--terms")


def exposure_of(
    *,
    acute: str | None = None,
    constant: str | None = None,
    duration: str | None = None,
    exponential: str | None = None,
    half_life: str | None = None,
    terms: str | None = None,
    let: str | None = None,
    until: str | None = None,
) -> tuple[Exposure, float]:
    """Return the exposure that the options give, and the time up to which it counts (h).

    Raises
    ------
    InputError
        If none or several forms of dose are given, or one lacks its time; the option is named.
    """
    end = end_of(until)
    given = dict(zip(_FORMS, (acute, constant, exponential, terms), strict=True))
    form = _only({name: text for name, text in given.items() if text is not None})
    _check_companions(form, duration, half_life)
    made: dict[str, Callable[[], Curve]] = {
        "--acute": lambda: _acute(_dose(acute, "--acute")),
        "--constant": lambda: _constant(_dose(constant, "--constant"), duration),
        "--exponential": lambda: _exponential(_dose(exponential, "--exponential"), half_life),
        "--terms": lambda: course(terms or "", end),
    }
    return _exposure(made[form](), let), end


def end_of(until: str | None) -> float:
    """Return the time of ``--until`` (h); infinite without it."""
    return math.inf if until is None else _not_negative(until, "h", "--until")


def _only(given: dict[str, str]) -> str:
    if len(given) != 1:
        raise InputError(
            "one form of dose is needed" if not given else "one form of dose is enough",
            field=" ".join(given) or "the dose",
            allowed=_FORMS,
            remedy='Give for example --acute "2 Gy"',
        )
    return next(iter(given))


def _check_companions(form: str, duration: str | None, half_life: str | None) -> None:
    for name, value, owner in (
        ("--duration", duration, "--constant"),
        ("--half-life", half_life, "--exponential"),
    ):
        if value is not None and form != owner:
            raise InputError(f"this belongs to {owner}", field=name, value=value)
        if value is None and form == owner:
            raise InputError(f"{owner} needs it", field=name, remedy='Give it, as "24 h"')


def _dose(text: str | None, field: str) -> float:
    """Return a dose (Gy); none at all is what untreated cells get."""
    return _not_negative(text or "", "Gy", field)


def _not_negative(text: str, unit: str, field: str) -> float:
    number = parse(text, unit, field=field)
    if not number >= 0:
        raise InputError("this must not be negative", field=field, value=text)
    return number


def _positive(text: str, unit: str, field: str) -> float:
    number = parse(text, unit, field=field)
    if not number > 0:
        raise InputError("this must be positive", field=field, value=text)
    return number


def _acute(dose: float) -> Curve:
    from theratwin.core import Pulses

    return Pulses([0.0], [dose])


def _constant(dose: float, duration: str | None) -> Curve:
    from theratwin.core import Pieces

    length = _positive(duration or "", "h", "--duration")
    return Pieces([0.0, length], [[dose / length]])


def _exponential(dose: float, half_life: str | None) -> Curve:
    from theratwin.core import Exponentials

    rate = math.log(2.0) / _positive(half_life or "", "h", "--half-life")
    return Exponentials([dose * rate], [rate])


def _exposure(curve: Curve, let: str | None) -> Exposure:
    from theratwin.core import Component, Exposure, Quality

    if let is None:
        return Exposure.of("cells", curve)
    quality = Quality(let=_positive(let, "keV/um", "--let"))
    return Exposure("cells", {Component.ALPHA: curve}, {Component.ALPHA: quality})


def course(terms: str, end: float) -> Exponentials:
    """Return the dose rate of ``--terms``; it has to decay, or to be cut at a finite end (h)."""
    import numpy as np

    from theratwin.core import Exponentials

    parsed = [_term(entry, f"--terms[{i}]") for i, entry in enumerate(rows(terms, "--terms"))]
    amplitudes, rates, starts = (np.array(column) for column in zip(*parsed, strict=True))
    if end == math.inf and not np.all(rates > 0):
        raise InputError(
            "the dose has no end",
            field=f"--terms[{int(np.argmin(rates))}][1]",
            remedy="Give --until, the time up to which the dose counts",
        )
    found = Exponentials(amplitudes, rates, starts)
    _check_not_negative(found, end)
    return found


def _check_not_negative(curve: Exponentials, end: float) -> None:
    """Raise if a dose rate falls below zero: terms may be negative, as of uptake, not the sum."""
    import numpy as np

    slowest = np.min(curve.rates[curve.rates > 0], initial=np.inf)
    length = min(end, 50.0 / slowest) if np.isfinite(slowest) else end
    after = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 400)]) * length
    times = np.unique(curve.starts[:, None] + after)
    rates = np.asarray(curve(times[times <= end]))
    if np.any(rates < -1e-9 * np.max(np.abs(curve.amplitudes))):
        raise InputError(
            "the dose rate falls below zero",
            field="--terms",
            value=f"{np.min(rates):.3g} Gy/h",
            remedy="Make the negative terms no larger than the others",
        )


def _term(entry: Any, field: str) -> tuple[float, float, float]:
    if not isinstance(entry, list) or len(entry) not in (2, 3):
        raise InputError(
            "this is no term",
            field=field,
            value=entry,
            allowed='[dose rate, half-life] or [dose rate, half-life, start], as ["1 Gy/h", "5 h"]',
        )
    amplitude = parse(entry[0], "Gy/h", field=f"{field}[0]")
    start = parse(entry[2], "h", field=f"{field}[2]") if len(entry) == 3 else 0.0
    if entry[1] is None:
        return amplitude, 0.0, start
    half_life = parse(entry[1], "h", field=f"{field}[1]")
    if not half_life > 0:
        raise InputError("a half-life must be positive", field=f"{field}[1]", value=entry[1])
    return amplitude, math.log(2.0) / half_life, start


def rows(text: str, field: str) -> list[Any]:
    """Return the entries of a JSON list.

    Raises
    ------
    InputError
        If it is none, or empty.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"this is no JSON: {error}", field=field, value=text) from None
    if not isinstance(found, list) or not found:
        raise InputError("a list of at least one entry is needed", field=field, value=text)
    return found
