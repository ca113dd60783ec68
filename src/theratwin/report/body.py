"""A twin's whole body in words: what is in it, what was estimated, what was taken as given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from theratwin.core import parameter_set
from theratwin.kinetics.body_fit import UNDELINEATED
from theratwin.report.estimates import words_of
from theratwin.report.names import in_order, title
from theratwin.report.numbers import listed, percent, significant
from theratwin.twin import Twin, body_of

_TITLES = {
    "psma": "whole body, PSMA ligands",
    "sstr": "whole body, SSTR2 ligands",
    "curves": "curves, region by region",
}
_DENSITY, _VOLUME, _PATIENT = ".receptor_density", ".volume", "patient."


@dataclass(frozen=True)
class BodyWords:
    """What a report says of the whole body that it rests on.

    Parameters
    ----------
    title
        The model's title.
    states
        Number of its equations.
    binding
        The regions with receptors.
    estimated
        The regions of which parameters were estimated, with the names of these.
    population
        The patient's parameters that are the population's.
    volumes
        The regions whose volumes are the population's.
    errors
        How far the model may miss a region, by class.
    undelineated
        Whether tumor that was not delineated is a lesion of its own.
    """

    title: str
    states: int
    binding: str
    estimated: str
    population: str
    volumes: str
    errors: str
    undelineated: bool


def model_title(twin: Twin) -> str:
    """Return the title of a twin's model."""
    return _TITLES.get(twin.model, f"whole body, {twin.model}")


def body_words(twin: Twin) -> BodyWords | None:
    """Return what stands to be said of the whole body; None for curves."""
    body = body_of(twin)
    if body is None:
        return None
    model = body.model
    names = [parameter.name for parameter in model.network.parameters]
    apart = {*body.appears, UNDELINEATED}
    binding = [
        name.removesuffix(_DENSITY)
        for name in names
        if name.endswith(_DENSITY) and name.count(".") == 1
    ]
    organs = [region for region in in_order(binding, twin.case) if region not in apart]
    sizes = {p.name: f"{significant(p.value)} {p.unit}".strip() for p in model.network.parameters}
    population = [
        f"{name.removeprefix(_PATIENT).replace('_', ' ')} ({sizes[name]})"
        for name in model.assumed
        if name.startswith(_PATIENT)
    ]
    volumes = [each.removesuffix(_VOLUME) for each in model.assumed if each.endswith(_VOLUME)]
    return BodyWords(
        model_title(twin),
        len(model.network.species),
        listed([title(region).lower() for region in organs]),
        _estimated(model.priors),
        listed(population),
        listed([title(region).lower() for region in in_order(volumes, twin.case)]),
        _errors(),
        UNDELINEATED in {name.partition(".")[0] for name in model.priors},
    )


def _estimated(names: Iterable[str]) -> str:
    """Return the quantities, each with the regions in which it was estimated."""
    regions: dict[str, list[str]] = {}
    for name in names:
        region, quantity = words_of(name)
        regions.setdefault(quantity, []).append("" if region == "Patient" else region.lower())
    return "; ".join(
        f"{quantity} of {listed(found)}" if all(found) else f"the patient's {quantity}"
        for quantity, found in regions.items()
    )


def _errors() -> str:
    known = parameter_set("kinetics", "model_errors")
    return (
        listed(
            [
                f"{percent(parameter.value)} in {name.partition('.')[0].replace('_', ' ')}"
                for name, parameter in known.items()
            ]
        )
        .replace(" in organ", " in organs")
        .replace(" in lesion", " in lesions")
    )
