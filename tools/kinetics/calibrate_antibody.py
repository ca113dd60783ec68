"""Calibrate murine antibody to its half-life, and antigen to published figures of anti-CD66.

Run ``python tools/kinetics/calibrate_antibody.py``; it prints pinocytosis for the parameter set
``kinetics/antibody_murine`` and densities for ``kinetics/antibody_cd66``. One value to one figure,
three densities to three: nothing is left to test by them.
"""

from __future__ import annotations

import numpy as np

from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.antibody import antibody_body
from theratwin.kinetics.body.dosing import specific_activity
from theratwin.physics import emissions

_JOULE_PER_MEV = 1.602176634e-13
#: Masses (g) that turn doses into time-integrated activities, as if all energy stayed.
_MASSES = {"liver": 1800.0, "spleen": 150.0}
#: Published doses of Y-90 anti-CD66 (Gy/GBq), table 2 of the trial of 2024.
_DOSES = {"liver": 2.4, "spleen": 9.0}
#: Kletting et al. 2015: time-integrated activity coefficient of the marrow (h).
_MARROW = 37.3
#: Antibody given (nmol): 2 mg of 150 kDa; with a GBq of Y-90.
_AMOUNT, _ACTIVITY = 13.3, 1000.0
#: Half-lives (h) in plasma of murine antibodies in patients, without decay: 96.5 and 791T/36 with
#: In-111, and Y-90 ibritumomab, of which the effective one is 30 h.
_HALF_LIVES = (31.0, 33.6, 1.0 / (1.0 / 30.0 - 1.0 / 64.1))


def pinocytosis() -> None:
    """Print the uptake (1/h) by which murine antibody lives as long from day 1 to day 4."""
    wanted = float(np.exp(np.mean(np.log(_HALF_LIVES))))
    body = antibody_body(sets=("antibody_murine",), given={"dose.cold": 10.0})
    uptakes = np.geomspace(0.05, 0.5, 64)
    found = Engine(body.network.system()).solve(
        {"endosome.pinocytosis": uptakes}, np.array([0.0, 24.0, 96.0]), rtol=1e-8, atol=1e-12
    )
    course = found.require()["vein.cold"]
    half_lives = 72.0 * np.log(2.0) / np.log(course[:, 1] / course[:, 2])
    uptake = np.interp(-wanted, -half_lives, uptakes)
    print(f"pinocytosis: {uptake:.3g} 1/h for {wanted:.3g} h")


def figures() -> dict[str, float]:
    """Return the coefficients (h) that are fitted."""
    found = {"red_marrow": _MARROW}
    energy = emissions("Y-90").energy_per_decay * _JOULE_PER_MEV
    for region, dose in _DOSES.items():
        found[region] = dose * 1e-3 * _MASSES[region] * 1e-3 / (energy * 1e6 * 3600.0)
    return found


def main() -> None:
    """Print pinocytosis, figures and densities."""
    pinocytosis()
    wanted = figures()
    body = antibody_body("cd66", "Y-90")
    engine = Engine(body.network.system())
    names = [f"{region}.receptor_density" for region in wanted]
    target = np.log([*wanted.values()])

    def logs(densities: np.ndarray) -> np.ndarray:
        hot = _ACTIVITY / specific_activity("Y-90")
        solution = engine.solve(
            dict(zip(names, np.exp(densities), strict=True)),
            np.array([0.0, 1.0]),
            doses=(Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, _AMOUNT - hot)),
            rtol=1e-8,
            atol=1e-13,
            to_infinity=True,
        ).require()
        kept = [solution.integrals[body.time_integrated_activity(r)] for r in wanted]
        return np.log(np.array(kept) / _ACTIVITY)

    guess = np.log(np.array([0.015, 0.001, 0.003]))
    for _ in range(12):
        step = 1e-4 * np.eye(3)
        grid = np.concatenate([guess[:, None], guess[:, None] + step], axis=1)
        values = logs(grid)
        slopes = (values[:, 1:] - values[:, :1]) / 1e-4
        guess = guess + np.clip(np.linalg.solve(slopes, target - values[:, 0]), -1.0, 1.0)
    for i, region in enumerate(wanted):
        reached = float(np.exp(logs(guess[:, None])[i, 0]))
        density = 1e3 * np.exp(guess[i])
        print(f"{region}: {density:.4g} nmol/L for {reached:.4g} of {wanted[region]:.4g} h")


if __name__ == "__main__":
    main()
