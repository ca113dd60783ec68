"""What the numbers rest on: publications, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from theratwin.core import Citation, Fixed, LogNormal, Parameter, citation, parameter_set
from theratwin.report.plots.bed import LIMITS
from theratwin.twin import Prediction, Twin
from theratwin.twin.doses import MARROW

_LIMITS = "response/clinical_limits"


@dataclass(frozen=True)
class Source:
    """A publication with the parameter sets that take values from it."""

    citation: Citation
    used_for: tuple[str, ...]


@dataclass(frozen=True)
class Assumption:
    """A value without a published source, and why it was chosen."""

    topic: str
    name: str
    value: str
    note: str


def sources(twin: Twin, prediction: Prediction) -> list[Source]:
    """Return the publications behind the parameters that bear on this patient."""
    used: dict[str, set[str]] = {}
    for topic, parameter in _used(twin, prediction):
        if not parameter.is_assumption:
            used.setdefault(parameter.source, set()).add(topic)
    return [Source(citation(key), tuple(sorted(topics))) for key, topics in sorted(used.items())]


def assumptions(twin: Twin, prediction: Prediction) -> list[Assumption]:
    """Return the assumed parameters that bear on this patient."""
    return [
        Assumption(
            topic,
            parameter.name.replace("_", " ").replace(".", ": "),
            in_words(parameter),
            parameter.note,
        )
        for topic, parameter in _used(twin, prediction)
        if parameter.is_assumption
    ]


def in_words(parameter: Parameter) -> str:
    """Return a parameter's value with unit and spread.

    Examples
    --------
    >>> in_words(Parameter("a", "h", LogNormal(40.0, 2.5), "assumption", note="wide"))
    '40 h, geometric SD 2.5'
    """
    value = f"{parameter.value:g} {parameter.unit}".strip()
    spread = parameter.distribution
    if isinstance(spread, LogNormal):
        return f"{value}, geometric SD {spread.gsd:g}"
    return value if isinstance(spread, Fixed) else f"{value}, {spread}"


def _used(twin: Twin, prediction: Prediction) -> Iterator[tuple[str, Parameter]]:
    """Yield the parameters that bear on this patient, each with the title of its set."""
    names = list(twin.provenance.parameter_sets)
    limits = limits_in(prediction)
    if limits and _LIMITS not in names:
        names.append(_LIMITS)
    bearing: dict[str, set[str]] = {
        "kinetics/effective_half_lives": _half_lives(twin),
        "kinetics/cycle_changes": _cycle_changes(twin),
        "dosimetry/red_marrow": {""} if MARROW in prediction.regions else set(),
        "response/tissues": {f"{dose.tissue.name}." for dose in prediction if dose.tissue},
        _LIMITS: limits,
    }
    for name in names:
        room, _, topic = name.partition("/")
        found = parameter_set(room, topic)
        for parameter in found.values():
            if parameter.name.startswith(tuple(bearing.get(name, {""}))):
                yield found.title, parameter


def limits_in(prediction: Prediction) -> set[str]:
    """Return the names of the clinical limits that a prediction is held against."""
    if prediction.case.patient.species != "human":
        return set()
    return {name for region in LIMITS if region in prediction.regions for name in LIMITS[region][1]}


def _half_lives(twin: Twin) -> set[str]:
    """Return the names of the half-lives that served as priors."""
    case = twin.case
    target = case.radiopharmaceutical.ligand.target
    population = parameter_set("kinetics", "effective_half_lives")
    kinds = {
        "lesion"
        if region in case.lesion_names
        else "whole_body"
        if region == "remainder"
        else "salivary_glands"
        if region.endswith("_glands")
        else region
        for region in case.measurements.regions
    }
    paths = {f"{target}.{kind}" for kind in kinds}
    return {path if path in population else "any.other" for path in paths}


def _cycle_changes(twin: Twin) -> set[str]:
    """Return the names of the changes between cycles that served; none in a single cycle."""
    case = twin.case
    if len(case.schedule) < 2:
        return set()
    lesions = any(region in case.lesion_names for region in case.measurements.regions)
    population = parameter_set("kinetics", "cycle_changes")
    target = case.radiopharmaceutical.ligand.target
    found = set()
    for kind in ("lesion", "organ") if lesions else ("organ",):
        for name in ("uptake_ratio", "half_life_ratio"):
            own = f"{target}.{kind}.{name}"
            known = any(path.startswith(own) for path in population)
            found.add(own if known else f"any.{kind}.{name}")
    return found
