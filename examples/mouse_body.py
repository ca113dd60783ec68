"""A mouse that gets Lu-177 PSMA-617: percent of the injected activity per gram, two ligand amounts.

Run ``python examples/mouse_body.py``. Calibrated to one published biodistribution; the amount given
there is an assumption. Research use only. Not a medical device.
"""

from __future__ import annotations

import numpy as np

from theratwin.dynamics import Engine
from theratwin.kinetics.models import allometric, mouse_body

HOT = 3.7 / 726.8  # nmol of Lu-177 in 3.7 MBq
TIMES = np.array([1.0, 4.0, 24.0])


def main() -> None:
    """Print tumor and kidneys at two amounts of ligand, and how rates go from man to mouse."""
    for amount in (0.1, 1.0):
        body = mouse_body(given={"dose.hot": HOT, "dose.cold": amount - HOT})
        solution = Engine(body.system).solve({}, TIMES).require()
        decay = np.exp(np.log(2.0) / 159.53 * TIMES)
        print(f"{amount} nmol, % of injected per g at 1, 4, 24 h")
        for region, mass in (("tumor", 0.315), ("kidneys", 0.469), ("muscle", 10.1)):
            found = 100.0 * solution[body.activity(region)][0] / 3.7 / mass * decay
            print(f"  {region:8}" + "".join(f"{value:9.3f}" for value in found))
    print(f"a rate of man's, in the mouse: times {allometric(1.0, -0.25, 71e3, 25.0):.2f}")


if __name__ == "__main__":
    main()
