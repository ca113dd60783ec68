"""CLR1404 in plasma and body over six weeks, and what the marrow gets of 740 MBq.

Run ``python examples/clr1404_plasma.py``. Research use only. Not a medical device.
"""

from __future__ import annotations

import math

from theratwin.dosimetry.organ import CumulatedActivity, organ_doses
from theratwin.dynamics import Engine
from theratwin.kinetics.models import clr1404
from theratwin.physics import emissions, nuclide
from theratwin.physics.organs import shipped_saf_table

DAYS = (0.0, 1.0, 2.0, 6.0, 14.0, 42.0)
ACTIVITY = 740.0  # MBq


def main() -> None:
    """Print what plasma and body hold, and the marrow's dose beside the published one."""
    times = [24.0 * day for day in DAYS]
    found = Engine(clr1404().system()).solve({}, times, to_infinity=True).require()
    decay = nuclide("I-131").decay_constant
    print("day   % in plasma   % in the body   corrected for decay")
    for i, time in enumerate(times):
        grown = 100.0 * math.exp(decay * time)
        plasma, body = (found[f"activity.{region}"][0, i] for region in ("plasma", "whole_body"))
        print(f"{DAYS[i]:3.0f} {grown * plasma:12.1f} {grown * body:15.1f}")
    hours = float(found.integrals["time_integrated_activity.whole_body"][0])
    print(f"\nbody {hours:.0f} MBq h per MBq; marrow by {ACTIVITY:.0f} MBq, spread over the body:")
    for phantom, name in (("AM", "man"), ("AF", "woman")):
        print(f"  {name:6} {1e3 * marrow_dose(phantom, ACTIVITY * hours):.0f} mGy")
    print("  published 400 mSv (Grudzinski 2014)")


def marrow_dose(phantom: str, activity: float) -> float:
    """Return the dose (Gy) of red marrow by time-integrated activity (MBq h) over the body."""
    spread = {"whole_body": CumulatedActivity(activity)}
    doses = organ_doses(shipped_saf_table(phantom), emissions("I-131"), spread)
    return float(doses.total[list(doses.target_mass).index("red_marrow")])


if __name__ == "__main__":
    main()
