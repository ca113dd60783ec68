"""Antibodies against CD66 and CD45: how much to give, and what a cold preload does.

Run ``python examples/antibody_preload.py``. Antigen of CD66 is calibrated to published figures, of
CD45 assumed. Research use only. Not a medical device.
"""

from __future__ import annotations

import numpy as np

from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.antibody import antibody_amount, antibody_body, cold_preload
from theratwin.kinetics.body.dosing import specific_activity

REGIONS = ("red_marrow", "liver", "spleen", "whole_body")
ACTIVITY = 1000.0
NO_ANTIGEN = {
    f"{place}.receptor_density": 0.0 for place in ("red_marrow", "liver", "spleen", "blood_cells")
}


def main() -> None:
    """Print time-integrated activity coefficients."""
    amounts()
    reactive_fraction()
    preload()


def coefficients(
    target: str, amount: float, preloaded: float = 0.0, reactive: bool = True
) -> dict[str, float]:
    """Return the coefficients (h) of Y-90 in an amount (nmol), an hour after a preload (nmol)."""
    body = antibody_body(target, "Y-90", given={} if reactive else NO_ANTIGEN)
    hot = ACTIVITY / specific_activity("Y-90")
    doses = (
        cold_preload(preloaded),
        Bolus("vein.hot", 1.0, hot),
        Bolus("vein.cold", 1.0, amount - hot),
    )
    engine = Engine(body.network.system())
    found = engine.solve({}, np.array([0.0, 30.0]), doses=doses, to_infinity=True).require()
    integrals = {r: found.integrals[body.time_integrated_activity(r)][0] for r in REGIONS}
    return {region: float(value) / ACTIVITY for region, value in integrals.items()}


def row(name: str, found: dict[str, float]) -> None:
    """Print a line of a table."""
    print(f"{name:26}" + "".join(f"{found[region]:12.1f}" for region in REGIONS))


def amounts() -> None:
    """Print what more anti-CD66 does: the marrow's antigen fills."""
    print(f"{'coefficient (h)':26}" + "".join(f"{region:>12}" for region in REGIONS))
    for mass in ("0.5 mg", "2 mg", "10 mg"):
        row(f"anti-CD66, {mass}", coefficients("cd66", antibody_amount(mass)))


def reactive_fraction() -> None:
    """Print a mixture: 80 % of the antibody binds, 20 % finds nothing.

    The parts do not meet: neither binds FcRn, and only one binds antigen.
    """
    amount = antibody_amount("2 mg")
    binds = coefficients("cd66", 0.8 * amount)
    idle = coefficients("cd66", 0.2 * amount, reactive=False)
    row("80 % reactive", {region: 0.8 * binds[region] + 0.2 * idle[region] for region in REGIONS})


def preload() -> None:
    """Print what unlabeled anti-CD45 does an hour before the labeled."""
    for mass in ("0 mg", "10 mg", "35 mg", "150 mg"):
        found = coefficients("cd45", 3.0, antibody_amount(mass))
        row(f"anti-CD45 after {mass}", found)


if __name__ == "__main__":
    main()
