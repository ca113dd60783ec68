"""What ``theratwin dose marrow`` is given: the marrow's own activity, and other sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.cli.measured import measured
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.dosimetry import MarrowDose, Measured, Source

_BLOOD, _CONCENTRATION = "MBq h/mL", "MBq/mL"


@dataclass(frozen=True)
class MarrowInputs:
    """The options as they were written, None where one was not given."""

    nuclide: str
    blood: str | None = None
    samples: Path | None = None
    model: str | None = None
    image: str | None = None
    activity: str | None = None
    ratio: str | None = None
    hematocrit: str | None = None
    marrow_fraction: str | None = None
    mass: str | None = None
    remainder: str | None = None
    body_mass: str | None = None
    height: str | None = None
    source: tuple[str, ...] = ()


#: Which way to the marrow's own activity each further option belongs to.
_BELONGS = {
    "model": ("samples",),
    "ratio": ("blood", "samples"),
    "hematocrit": ("blood", "samples"),
    "marrow_fraction": ("image",),
    "mass": ("activity",),
    "body_mass": ("remainder",),
    "height": ("remainder",),
}


def marrow_dose_of(given: MarrowInputs) -> tuple[MarrowDose, list[str]]:
    """Return the dose's calculation, and what was assumed or fitted, in words.

    Raises
    ------
    InputError
        If what a method needs is missing, or an option has no effect.
    """
    from theratwin.dosimetry import marrow_from_activity, marrow_from_blood, marrow_from_image

    way = _way(given)
    sources, words = _sources(given)
    if way == "image":
        fraction = _needed(
            given.marrow_fraction, "--marrow-fraction", "the part of the volume that is marrow"
        )
        return (
            marrow_from_image(
                given.nuclide,
                measured(str(given.image), _BLOOD, "--image"),
                measured(fraction, "", "--marrow-fraction"),
                sources,
            ),
            [f"from the concentration in an image, of which {fraction} is marrow", *words],
        )
    if way == "activity":
        mass = _needed(given.mass, "--mass", "the mass of the marrow with this activity")
        return (
            marrow_from_activity(
                given.nuclide,
                measured(str(given.activity), "MBq h", "--activity"),
                measured(mass, "g", "--mass"),
                sources,
            ),
            ["from the activity in marrow of known mass", *words],
        )
    blood, of_blood = _blood(given)
    ratio, of_ratio = _ratio(given)
    return (
        marrow_from_blood(given.nuclide, blood, ratio, sources),
        [of_blood, of_ratio, *words],
    )


def _way(given: MarrowInputs) -> str:
    ways = [name for name in ("blood", "samples", "image", "activity") if getattr(given, name)]
    if len(ways) != 1:
        raise InputError(
            "give the marrow's own activity in one way",
            field="dose marrow",
            value=[f"--{name}" for name in ways] or None,
            allowed=["--blood", "--samples", "--image", "--activity"],
        )
    for name, owners in _BELONGS.items():
        value = getattr(given, name)
        if value is not None and not any(getattr(given, owner) for owner in owners):
            raise InputError(
                f"it has an effect with --{' or --'.join(owners)} alone",
                field=f"--{name.replace('_', '-')}",
                value=value,
            )
    return ways[0]


def _needed(value: str | None, field: str, what: str) -> str:
    if value is None:
        raise InputError("it is missing", field=field, remedy=f"Give {what}")
    return value


def _blood(given: MarrowInputs) -> tuple[Measured, str]:
    """Return the time-integrated concentration in blood (MBq h/mL): given, or fitted."""
    from theratwin.cli.curve_table import read_samples
    from theratwin.dosimetry import Measured
    from theratwin.dosimetry.time_activity import compare, fit_model
    from theratwin.physics import nuclide

    if given.samples is None:
        return measured(str(given.blood), _BLOOD, "--blood"), "from blood"
    samples = read_samples(given.samples, unit=_CONCENTRATION)
    decay = nuclide(given.nuclide).decay_constant
    try:
        if given.model is not None:
            fit = fit_model(samples, given.model, decay)
            found = Measured(fit.integral, fit.relative_sd)
            return found, f"from {len(samples)} blood samples, model {given.model}"
        comparison = compare(samples, decay)
    except InputError as error:
        raise error.at(str(given.samples)) from None
    return (
        Measured(comparison.integral, comparison.sd / comparison.integral),
        f"from {len(samples)} blood samples, models averaged (best {comparison.best.model})",
    )


def _ratio(given: MarrowInputs) -> tuple[Measured, str]:
    """Return the ratio of marrow to blood: as given, or by the hematocrit."""
    from theratwin.core import parameter_set
    from theratwin.dosimetry import Measured, marrow_to_blood

    spread = parameter_set("dosimetry", "red_marrow").value("to_blood_ratio_uncertainty")
    if (given.ratio is None) == (given.hematocrit is None):
        raise InputError(
            "the ratio of marrow to blood is needed, in one way",
            field="--ratio",
            remedy="Give --ratio 1 for small ligands (Forrer 2009), or --hematocrit for antibodies "
            "and what else stays in plasma (Sgouros 1993)",
        )
    if given.ratio is not None:
        found = measured(given.ratio, "", "--ratio")
        words = f"marrow to blood {found.value:.3g} as given"
        if "+-" not in given.ratio:
            found = Measured(found.value, spread)
    else:
        try:
            value = marrow_to_blood(parse(str(given.hematocrit), "", field="--hematocrit"))
        except InputError as error:
            raise InputError(
                error.message, field="--hematocrit", value=given.hematocrit, allowed=error.allowed
            ) from None
        found = Measured(value, spread)
        words = f"marrow to blood {value:.3g} by the hematocrit"
    return found, f"{words}, uncertain by {found.relative_uncertainty:.0%}"


def _sources(given: MarrowInputs) -> tuple[dict[str, Source], list[str]]:
    """Return remainder and other sources, and words about the remainder."""
    from theratwin.core import parameter_set
    from theratwin.dosimetry import Measured, Source
    from theratwin.physics import body_photon_s_value

    spread = parameter_set("dosimetry", "red_marrow").value("cross_dose_uncertainty")
    found: dict[str, Source] = {}
    words: list[str] = []
    if given.remainder is not None:
        body_mass = _needed(given.body_mass, "--body-mass", 'the body\'s mass, as "80 kg"')
        height = _needed(given.height, "--height", 'the body\'s height, as "176 cm"')
        s_value = body_photon_s_value(
            given.nuclide,
            parse(body_mass, "g", field="--body-mass"),
            parse(height, "mm", field="--height"),
        )
        activity = measured(given.remainder, "MBq h", "--remainder")
        found["remainder"] = Source(activity, Measured(s_value, spread))
        words.append("remainder by photons alone, spread evenly over the body")
    for name, activity, s_value in _given_sources(given.source):
        if name in found:
            raise InputError("it stands twice", field="--source", value=name)
        found[name] = Source(
            activity, s_value if s_value.relative_uncertainty else Measured(s_value.value, spread)
        )
    return found, words


def _given_sources(entries: tuple[str, ...]) -> list[tuple[str, Any, Any]]:
    from theratwin.cli.lists import assignments

    found = []
    for name, text in assignments("--source", entries):
        activity, comma, s_value = text.partition(",")
        field = f"--source {name}"
        if not comma:
            raise InputError(
                "activity and S value are needed",
                field=field,
                value=text,
                allowed='as "liver = 5000 MBq h, 1.2e-7 mGy/(MBq s)"',
            )
        found.append(
            (
                name,
                measured(activity, "MBq h", field),
                measured(s_value, "Gy/(MBq h)", f"{field}: S value"),
            )
        )
    return found
