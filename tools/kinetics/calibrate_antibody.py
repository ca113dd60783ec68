"""Calibrate the antigen of marrow, liver and spleen to published figures of anti-CD66.

Run ``python tools/kinetics/calibrate_antibody.py``; it prints densities for the parameter set
``kinetics/antibody_cd66``. Three densities to three figures: nothing is left to test by them.
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


def figures() -> dict[str, float]:
    """Return the coefficients (h) that are fitted."""
    found = {"red_marrow": _MARROW}
    energy = emissions("Y-90").energy_per_decay * _JOULE_PER_MEV
    for region, dose in _DOSES.items():
        found[region] = dose * 1e-3 * _MASSES[region] * 1e-3 / (energy * 1e6 * 3600.0)
    return found


def main() -> None:
    """Print figures and densities."""
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
