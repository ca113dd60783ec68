"""What the numbers rest on: publications, and what was assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from theratwin.case import Case, Ligand
from theratwin.core import Citation, Fixed, LogNormal, Parameter, citation, parameter_set
from theratwin.report.body_sources import body_bearing
from theratwin.report.plots.bed import LIMITS
from theratwin.twin import Prediction, Twin, body_of
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


def sources(sets: Sequence[str], prediction: Prediction, twin: Twin) -> list[Source]:
    """Return the publications behind the parameters that bear on this patient."""
    used: dict[str, set[str]] = {}
    for topic, parameter in _used(sets, prediction, twin):
        if not parameter.is_assumption:
            used.setdefault(parameter.source, set()).add(topic)
    return [Source(citation(key), tuple(sorted(topics))) for key, topics in sorted(used.items())]


def assumptions(sets: Sequence[str], prediction: Prediction, twin: Twin) -> list[Assumption]:
    """Return the assumed parameters that bear on this patient."""
    ligand = prediction.case.radiopharmaceutical.ligand
    return [
        Assumption(topic, _readable(parameter.name, ligand), in_words(parameter), _cited(parameter))
        for topic, parameter in _used(sets, prediction, twin)
        if parameter.is_assumption
    ]


def _readable(name: str, ligand: Ligand) -> str:
    """Return a dotted name as words; ligand, target and number of a step say nothing here."""
    own = re.sub(r"[^a-z0-9]", "", ligand.name.casefold())
    parts = [
        part
        for part in name.split(".")
        if part not in {ligand.target, "any"} and part.replace("_", "") != own
    ]
    words = re.sub(r"_\d+$", "", ", ".join(parts)).replace("_", " ")
    words = words.replace("half life", "half-life").replace("half time", "half-time")
    words = re.sub(r"\bbed\b", "BED", words.replace("alpha beta", "α/β"))
    return words[:1].upper() + words[1:]


def _cited(parameter: Parameter) -> str:
    """Return the note, with authors and year in place of citations' keys."""

    def authors(match: re.Match[str]) -> str:
        found = citation(match[0])
        return f"{found.authors} {found.year}"

    return re.sub(r"\b[a-z]+_\d{4}\b", authors, parameter.note)


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


def _used(
    sets: Sequence[str], prediction: Prediction, twin: Twin
) -> Iterator[tuple[str, Parameter]]:
    """Yield the parameters that bear on this patient, each with the title of its set."""
    case = prediction.case
    target = case.radiopharmaceutical.ligand.target
    planned = _LIMITS in sets
    drawn = limits_in(prediction)
    known = bool(target and parameter_set("planning", "standard_courses").under(target))
    bearing: dict[str, set[str]] = {
        "kinetics/effective_half_lives": _half_lives(case),
        "kinetics/cycle_changes": _cycle_changes(case, twin, planned=planned),
        "kinetics/curve_shapes": _shapes(prediction),
        "response/tissues": {f"{dose.tissue.name}." for dose in prediction if dose.tissue},
        "planning/standard_courses": {f"{target}." if known else "other."},
        _LIMITS: drawn | ({"schedule.", "kidneys.probability"} if planned else set()),
    }
    bearing |= body_bearing(twin)
    if MARROW not in prediction.regions:
        bearing["dosimetry/red_marrow"] = set()
    for name in [*sets, *([_LIMITS] if drawn and not planned else [])]:
        room, _, topic = name.partition("/")
        found = parameter_set(room, topic)
        for parameter in found.values():
            if _bears(parameter.name, bearing.get(name)):
                yield found.title, parameter


def _bears(name: str, branches: set[str] | None) -> bool:
    """Whether a parameter is named, or lies on a branch (which ends in a point or underscore)."""
    if branches is None:
        return True
    return name in branches or any(
        name.startswith(branch) for branch in branches if branch.endswith((".", "_"))
    )


def limits_in(prediction: Prediction) -> set[str]:
    """Return the names of the clinical limits that a prediction is held against."""
    if prediction.case.patient.species != "human":
        return set()
    return {name for region in LIMITS if region in prediction.regions for name in LIMITS[region][1]}


def _half_lives(case: Case) -> set[str]:
    """Return the names of the half-lives that served as priors."""
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


def _shapes(prediction: Prediction) -> set[str]:
    """Return the names of the curve's shape parameters that served as priors."""
    found = {"uptake.fraction", "washout."}
    found |= {"uptake.half_time"} if prediction.organs else set()
    return found | ({"uptake.half_time_lesion"} if prediction.lesions else set())


def _cycle_changes(case: Case, twin: Twin, *, planned: bool) -> set[str]:
    """Return the names of the changes between cycles that served; none in a single cycle.

    In a whole body it is receptors and clearance that change, as uptake does.
    """
    ratios = ("uptake_ratio", "half_life_ratio") if body_of(twin) is None else ("uptake_ratio",)
    if len(case.schedule) < 2 and not planned:
        return set()
    lesions = any(region in case.lesion_names for region in case.measurements.regions)
    population = parameter_set("kinetics", "cycle_changes")
    target = case.radiopharmaceutical.ligand.target
    found = set()
    for kind in ("lesion", "organ") if lesions else ("organ",):
        for name in ratios:
            own = f"{target}.{kind}.{name}"
            known = any(path.startswith(own) for path in population)
            found.add(f"{own}_" if known else f"any.{kind}.{name}_")
    return found
