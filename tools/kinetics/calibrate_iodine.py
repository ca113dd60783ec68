"""Find the kidneys' rate, the remnant's uptake and its release for patients without a thyroid.

Three figures, three parameters, for each preparation: the whole body's effective half-life from
6 to 48 h after the capsule (Remy 2008), the remnant's uptake at 48 h and its effective half-life
(Hänscheid 2006). Run ``python tools/kinetics/calibrate_iodine.py``; the numbers printed stand in
the parameter sets ``iodine_rhtsh`` and ``iodine_withdrawal``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.linalg import expm
from scipy.optimize import brentq

from theratwin.core import Fixed, Parameter, parameter_set
from theratwin.kinetics.models.iodine import (
    EXCRETED,
    RELEASE,
    RENAL,
    ROUTES,
    UPTAKE,
    release_rate,
    uptake_rate,
)
from theratwin.kinetics.models.transfer import transfer_matrix
from theratwin.physics import nuclide

#: Whole-body half-life (h), uptake at 48 h, remnant's half-life (h).
FIGURES = {"rhtsh": (10.5, 0.005, 67.6), "withdrawal": (15.7, 0.009, 48.0)}
SPAN = (6.0, 48.0)


def main() -> None:
    """Print the rates of both preparations, a day."""
    for name, (body, uptake, remnant) in FIGURES.items():
        found = calibrated(body, uptake, remnant)
        print(name)
        for key in (RENAL, UPTAKE, RELEASE):
            print(f"  {key} = {24 * found[key].value:.4g} 1/d")


def calibrated(body: float, uptake: float, remnant: float) -> dict[str, Parameter]:
    """Return the parameters that give the three figures."""
    known = dict(parameter_set("kinetics", "iodine"))
    known = changed(known, RELEASE, release_rate(remnant))

    def with_renal(rate: float) -> dict[str, Parameter]:
        new = changed(known, RENAL, rate)
        return changed(new, UPTAKE, uptake_rate(new, uptake, SPAN[1]))

    rate = brentq(lambda k: half_life(with_renal(k)) - body, 0.05, 1.0, xtol=1e-9)
    return with_renal(rate)


def changed(known: Mapping[str, Parameter], name: str, rate: float) -> dict[str, Parameter]:
    """Return parameters with another rate."""
    return {**known, name: replace(known[name], distribution=Fixed(rate))}


def half_life(known: Mapping[str, Parameter]) -> float:
    """Return the whole body's effective half-life (h) over the span."""
    places, matrix = transfer_matrix(known)
    start = np.array([float(place == ROUTES["oral"]) for place in places])
    inside = np.array([place not in EXCRETED for place in places], dtype=float)
    early, late = (inside @ expm(matrix * time) @ start for time in SPAN)
    biological = math.log(early / late) / (SPAN[1] - SPAN[0])
    return math.log(2.0) / (biological + nuclide("I-131").decay_constant)


if __name__ == "__main__":
    main()
