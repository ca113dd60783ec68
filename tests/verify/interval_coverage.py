"""How often do the 90 % intervals of a twin hold the true dose? 200 simulated patients.

`python tests/verify/interval_coverage.py` writes ``docs/evidence/coverage.json``; what stands there
already is kept, so that it goes on where it was stopped. Delete the file to begin anew.
"""

from __future__ import annotations

import json
import math
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from simulated_patients import DESIGNS, GENERATORS, REGIONS, patient

from theratwin.core.files import write_text
from theratwin.twin import calibrate, posterior, predict

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "coverage.json"
SEED = 2024
PATIENTS = 200
LEVEL = 0.90
MAIN = "AIC"


def study(*, patients: int = PATIENTS, told: Callable[[str], None] = print) -> dict[str, Any]:
    """Run what is not yet in the evidence, write it, and return it."""
    arms: dict[str, Any] = _stored()
    for generator in GENERATORS:
        for design in DESIGNS:
            for criterion in CRITERIA:
                key = f"{generator}, {design}, {criterion}"
                if key not in arms:
                    arms[key] = arm(generator, design, criterion, patients=patients)
                    _write(arms)
                told(f"{key}: {arms[key]['summary']}")
    _write(arms)
    return arms


def _write(arms: dict[str, Any]) -> None:
    text = json.dumps(_evidence(arms), indent=1)
    # A row of numbers stands on one line.
    rows = re.compile(r"\[\s+([-\d.e+,\s]+?)\s+\]")
    write_text(EVIDENCE, rows.sub(lambda row: f"[{' '.join(row[1].split())}]", text) + "\n")


def arm(generator: str, design: str, criterion: str, *, patients: int) -> dict[str, Any]:
    """Return one generator's patients under one design and one criterion."""
    with _choosing_by(criterion, len(DESIGNS[design])):
        rows = [entry(generator, design, number) for number in range(patients)]
    summary = {region: summary_of(np.array([row[region] for row in rows])) for region in REGIONS}
    found: dict[str, Any] = {"summary": summary}
    if criterion == MAIN:
        found["warned"] = sum(row["warned"] for row in rows)
        found["patients"] = rows
    return found


def entry(generator: str, design: str, number: int) -> dict[str, Any]:
    """Return true dose, lower bound, median and upper bound (Gy) by region of one patient."""
    simulated = patient(generator, design, number, seed=SEED)
    twin = calibrate(simulated.case, seed=SEED + number)
    doses = predict(twin).regions
    found: dict[str, Any] = {"warned": int(bool(twin.warnings))}
    for region in REGIONS:
        bounds = np.percentile(doses[region].dose[:, 0], (5.0, 50.0, 95.0))
        found[region] = [float(f"{value:.6g}") for value in (simulated.truth[region], *bounds)]
    return found


def table(arms: dict[str, Any]) -> list[str]:
    """Return the coverage by generator, design and region, as rows of a Markdown table."""
    rows = []
    for generator in GENERATORS:
        for design in DESIGNS:
            summary = arms[f"{generator}, {design}, {MAIN}"]["summary"]
            cells = []
            for region in REGIONS:
                found = summary[region]
                low, high = found["interval"]
                cells += [
                    f"{found['covered'] / found['of']:.1%} ({low:.0%} to {high:.0%})",
                    f"{found['below']} / {found['above']}",
                    f"{found['median_relative_width']:.2f}",
                    f"{found['median_bias']:+.1%}",
                ]
            rows.append(f"| {generator}, {design} | {' | '.join(cells)} |")
    return rows


def criteria_table(arms: dict[str, Any]) -> list[str]:
    """Return the coverage of kidneys and lesion by criterion, as rows of a Markdown table."""
    rows = []
    for generator in GENERATORS:
        for design in DESIGNS:
            cells = []
            for criterion in CRITERIA:
                summary = arms[f"{generator}, {design}, {criterion}"]["summary"]
                found = [summary[region]["covered"] / summary[region]["of"] for region in REGIONS]
                cells.append(" / ".join(f"{share:.1%}" for share in found))
            rows.append(f"| {generator}, {design} | {' | '.join(cells)} |")
    return rows


def summary_of(rows: np.ndarray) -> dict[str, Any]:
    """Return coverage, width and bias of rows of truth, lower bound, median, upper bound."""
    truth, low, median, high = rows.T
    inside = (low <= truth) & (truth <= high)
    count = int(inside.sum())
    return {
        "covered": count,
        "of": len(rows),
        "interval": [round(bound, 3) for bound in _binomial(count, len(rows))],
        "below": int((truth < low).sum()),
        "above": int((truth > high).sum()),
        "mean_relative_width": round(float(np.mean((high - low) / median)), 4),
        "median_relative_width": round(float(np.median((high - low) / median)), 4),
        "median_bias": round(float(np.median(median / truth) - 1.0), 4),
        "rms_log_error": round(float(np.sqrt(np.mean(np.log(median / truth) ** 2))), 4),
    }


def _binomial(count: int, size: int) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) 95 % interval of a proportion."""
    from scipy.stats import beta

    low = 0.0 if count == 0 else float(beta.ppf(0.025, count, size - count + 1))
    high = 1.0 if count == size else float(beta.ppf(0.975, count + 1, size - count))
    return low, high


def _aicc(chi_square: float, parameters: float, size: float) -> float:
    room = size - parameters - 1.0
    if room <= 1e-6:
        return math.inf
    return chi_square + 2.0 * parameters + 2.0 * parameters * (parameters + 1.0) / room


def _aicc_of_data(fit: Any, measurements: int) -> float:
    return _aicc(fit.chi_square, fit.mode.size, measurements)


def _aicc_with_priors(fit: Any, measurements: int) -> float:
    """Count the priors, all but the uptake's, as measurements."""
    return _aicc(fit.chi_square, fit.effective_parameters, measurements + fit.mode.size - 1)


#: How a structure's criterion is found from its fit and the number of measurements; None is
#: what the twin does.
CRITERIA: dict[str, Callable[[Any, int], float] | None] = {
    "AIC": None,
    "AICc": _aicc_of_data,
    "AICc, priors counted": _aicc_with_priors,
}


@contextmanager
def _choosing_by(criterion: str, measurements: int) -> Iterator[None]:
    """Let the twin weigh structures by another criterion; where it is undefined for all, by AIC
    among the simplest."""
    other = CRITERIA[criterion]
    own, own_weights = posterior.akaike, posterior.akaike_weights
    if other is not None:
        posterior.akaike = lambda fit: other(fit, measurements)
        posterior.akaike_weights = _weights
    try:
        yield
    finally:
        posterior.akaike, posterior.akaike_weights = own, own_weights


def _weights(criteria: Any) -> np.ndarray:
    values = np.asarray(criteria, dtype=float)
    if not np.isfinite(values).any():
        return np.eye(values.size)[0]  # the structure with the fewest parameters stands first
    relative = np.exp(-0.5 * (values - values.min()))
    return relative / relative.sum()


def _stored() -> dict[str, Any]:
    if not EVIDENCE.is_file():
        return {}
    stored = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    return stored["arms"] if stored["seed"] == SEED else {}


def _evidence(arms: dict[str, Any]) -> dict[str, Any]:
    return {
        "study": "tests/verify/interval_coverage.py",
        "what": "true doses inside the 90 % intervals of simulated patients",
        "level": LEVEL,
        "seed": SEED,
        "designs": {name: list(times) for name, times in DESIGNS.items()},
        "entry": ["true dose (Gy)", "lower bound", "median", "upper bound"],
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "arviz-stats")},
        "arms": arms,
    }


if __name__ == "__main__":
    study()
