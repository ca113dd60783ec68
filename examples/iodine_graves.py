"""Iodine-131 in Graves' disease and after thyroidectomy, from measured uptake to dose.

Run ``python examples/iodine_graves.py``. The patients are made up. Research use only. Not a medical
device.
"""

from __future__ import annotations

from theratwin.dosimetry import self_s_value
from theratwin.dynamics import Engine, Network
from theratwin.kinetics.models import iodine


def main() -> None:
    """Print what a patient's thyroid gets of 400 MBq, and what bodies without one retain."""
    mass = 30.0
    print("thyroid of 30 g, 400 MBq      MBq h per MBq    Gy")
    for label, network in (
        ("euthyroid", iodine()),
        ("60 % at 24 h, half-life 5 d", iodine(uptake=0.6, effective_half_life=120.0)),
        ("60 % at 24 h, half-life 3 d", iodine(uptake=0.6, effective_half_life=72.0)),
    ):
        integral = integrals(network)["thyroid"]
        dose = 400.0 * integral * float(self_s_value("I-131", mass))
        print(f"  {label:28} {integral:10.1f} {dose:8.0f}")
    print("\nwhole body without a thyroid   MBq h per MBq")
    for preparation in ("rhtsh", "withdrawal"):
        print(f"  {preparation:28} {integrals(iodine(preparation))['whole_body']:10.1f}")


def integrals(network: Network) -> dict[str, float]:
    """Return time-integrated activities per administered activity (h) by region."""
    solution = Engine(network.system()).solve({}, [1.0], to_infinity=True).require()
    start = "time_integrated_activity."
    return {n.removeprefix(start): float(v[0]) for n, v in solution.integrals.items()}


if __name__ == "__main__":
    main()
