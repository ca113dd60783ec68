"""Make `physics/data/alpha_range_water.csv`: alphas in water, NIST ASTAR, and their range.

Usage: python tools/physics/alpha_range_water.py astar_water.csv > alpha_range_water.csv

The input has a head line and two columns: energy in MeV per nucleon, and mass stopping power in
MeV cm2/g.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.interpolate import PchipInterpolator

HEAD = """\
# Alpha particles in liquid water: mass stopping power (NIST ASTAR; its grid in MeV per nucleon,
# times 4) and the range that follows from it by integrating 1/S: PCHIP in log-log; below 1 keV S
# follows its slope at 1 keV.
energy_MeV,stopping_power_MeV_cm2_per_g,range_g_per_cm2"""
HIGHEST = 20.0  # MeV


def main(path: str) -> None:
    """Print the table."""
    per_nucleon, stopping = np.loadtxt(path, delimiter=",", skiprows=1).T
    energy = 4 * per_nucleon
    curve = PchipInterpolator(np.log(energy), np.log(stopping))
    slope = float(curve.derivative()(np.log(energy[0])))
    length = energy[0] / stopping[0] / (1 - slope)
    point, weight = np.polynomial.legendre.leggauss(12)
    print(HEAD)
    for i, (end, power) in enumerate(zip(energy, stopping, strict=True)):
        if end > HIGHEST:
            break
        if i:
            half = 0.5 * np.log(end / energy[i - 1])
            place = np.log(energy[i - 1]) + half * (1 + point)
            length += half * float(weight @ np.exp(place - curve(place)))
        print(f"{end:.6g},{power:.6g},{length:.5g}")


if __name__ == "__main__":
    main(sys.argv[1])
