"""How often do 90 % intervals of a single scan by mixed effects hold the truth?

`python tests/verify/one_scan_coverage.py` writes ``docs/evidence/one_scan_coverage.json``: for
three shapes a population is fitted to 30 simulated patients, and 300 new ones are told from one
scan.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.files import write_text
from theratwin.dosimetry.time_activity import SHAPES, Samples, fit_population, individual
from theratwin.physics import nuclide

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "one_scan_coverage.json"
TIMES = np.array([1.0, 4.0, 24.0, 72.0, 120.0, 168.0])
SCANS = (24.0, 72.0, 120.0)
KNOWN, NEW, ERROR = 30, 300, 0.05
SAMPLE = 60  # of the new patients, computed anew by the tests
#: Medians and standard deviations of the logarithms, by shape.
POPULATIONS = {
    "mono": ((5000.0, 0.009), (0.4, 0.35)),
    "bi": ((5000.0, 0.009, 0.08, 0.6), (0.4, 0.35, 0.3, 0.3)),
    "bi_uptake": ((5000.0, 0.009, 0.05, 1.0, 0.6), (0.4, 0.35, 0.3, 0.3, 0.3)),
}


def study() -> dict[str, Any]:
    """Run all shapes, write the evidence and return it."""
    found = {
        "study": "tests/verify/one_scan_coverage.py",
        "what": "true integrals inside 90 % intervals of one scan, of 300 new patients",
        "known_patients": KNOWN,
        "relative_error": ERROR,
        "versions": {name: version(name) for name in ("numpy", "scipy")},
        "covered": {shape: covered(shape) for shape in POPULATIONS},
        "of_the_first": {"patients": SAMPLE, "mono": covered("mono", SAMPLE)},
    }
    write_text(EVIDENCE, json.dumps(found, indent=1) + "\n")
    return found


def covered(shape: str, new: int = NEW) -> dict[str, float]:
    """Return the share of new patients whose integral the interval holds, by time of the scan."""
    decay = nuclide("Lu-177").decay_constant
    _, known = patients(shape, KNOWN, seed=1)
    population = fit_population([Samples(TIMES, row) for row in known], shape, decay)
    truth, seen = patients(shape, NEW, seed=2)
    shares = {}
    for time in SCANS:
        at = int(np.flatnonzero(time == TIMES)[0])
        inside = []
        for integral, row in zip(truth[:new], seen, strict=False):
            scan = Samples(TIMES[at : at + 1], row[at : at + 1])
            low, high = individual(population, scan).interval()
            inside.append(bool(low < integral < high))
        shares[f"{time:g} h"] = round(float(np.mean(inside)), 4)
    return shares


def patients(shape: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return true integrals (MBq h) and activities (MBq) with their errors."""
    medians, sds = POPULATIONS[shape]
    generator = np.random.default_rng(seed)
    theta = np.log(medians) + np.array(sds) * generator.standard_normal((count, len(sds)))
    decay = nuclide("Lu-177").decay_constant
    u, _ = SHAPES[shape].evaluate(theta[:, 1:], TIMES, decay)
    noise = np.exp(ERROR * generator.standard_normal(u.shape))
    return np.exp(theta[:, 0]), np.exp(theta[:, :1]) * u * noise


if __name__ == "__main__":
    print(json.dumps(study()["covered"], indent=1))
