"""Virtual patients against clinical corridors: what the studies of both ligands share."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from theratwin.core.files import write_text

TOOLS = Path(__file__).parents[2] / "tools" / "kinetics"

#: Quantity: what it is, the corridor of its median, what was published.
Corridors: TypeAlias = "dict[str, tuple[str, tuple[float, float], str]]"


def kinetics_tool(name: str) -> ModuleType:
    """Return one of the scripts that calibrate."""
    if str(TOOLS) not in sys.path:
        sys.path.insert(0, str(TOOLS))  # they share a module beside them
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def rows(found: Mapping[str, np.ndarray], corridors: Corridors) -> dict[str, Any]:
    """Return 5th, 50th and 95th percentile by quantity, and whether the median is inside."""
    kept = {}
    for name, (_, (low, high), _) in corridors.items():
        bounds = np.percentile(found[name], (5.0, 50.0, 95.0))
        kept[name] = {
            "percentiles": [float(f"{bound:.3g}") for bound in bounds],
            "inside": bool(low <= bounds[1] <= high),
        }
    return kept


def table(found: Mapping[str, Any], corridors: Corridors) -> list[str]:
    """Return the rows of a Markdown table."""
    lines = []
    for name, (words, (low, high), published) in corridors.items():
        first, median, last = found[name]["percentiles"]
        verdict = "yes" if found[name]["inside"] else "**no**"
        lines.append(
            f"| {words} | {median:g} ({first:g} to {last:g}) | {low:g} to {high:g} "
            f"| {published} | {verdict} |"
        )
    return lines


def stored(evidence: Path) -> dict[str, Any]:
    """Return the rows of the evidence."""
    return json.loads(evidence.read_text(encoding="utf-8"))["rows"]


def write_evidence(
    evidence: Path, study: str, seed: int, patients: int, found: Mapping[str, Any]
) -> None:
    """Write the evidence of a study."""
    content = {
        "study": study,
        "what": "5th, 50th and 95th percentile of virtual patients; is the median in the corridor",
        "seed": seed,
        "patients": patients,
        "rows": found,
    }
    write_text(evidence, json.dumps(content, indent=1) + "\n")
