"""MIBG labeled with three isotopes of iodine, and the doses of 7.4 GBq with I-131.

Run ``python examples/mibg_therapy.py``. An adult without tumors that take up much. Research use
only. Not a medical device.
"""

from __future__ import annotations

from theratwin.dosimetry.organ import CumulatedActivity, organ_doses
from theratwin.dynamics import Engine
from theratwin.kinetics.models import mibg
from theratwin.physics import emissions
from theratwin.physics.organs import shipped_saf_table

SOURCES = ("liver", "salivary_glands", "bladder_contents", "remainder")
TARGETS = ("salivary_glands", "bladder_wall", "liver", "red_marrow", "whole_body")


def main() -> None:
    """Print time-integrated activities of three labels, and doses of one."""
    print("MBq h per MBq         " + "".join(f"{source:>18}" for source in SOURCES))
    for label in ("I-123", "I-124", "I-131"):
        found = integrals(label)
        print(f"  {label:20}" + "".join(f"{found[source]:18.2f}" for source in SOURCES))
    print("\n7.4 GBq with I-131             Gy, man    Gy, woman")
    male, female = doses("AM"), doses("AF")
    for target in TARGETS:
        print(f"  {target:24} {male[target]:10.2f} {female[target]:10.2f}")


def integrals(label: str) -> dict[str, float]:
    """Return time-integrated activities per administered activity (h) of the sources of dose."""
    solution = Engine(mibg(label).system()).solve({}, [1.0], to_infinity=True).require()
    name = "time_integrated_activity.{}".format
    return {source: float(solution.integrals[name(source)][0]) for source in SOURCES}


def doses(phantom: str) -> dict[str, float]:
    """Return absorbed doses (Gy) of 7.4 GBq by target."""
    given = {source: CumulatedActivity(7400.0 * h) for source, h in integrals("I-131").items()}
    found = organ_doses(shipped_saf_table(phantom), emissions("I-131"), given)
    return dict(zip(found.target_mass, found.total.tolist(), strict=True))


if __name__ == "__main__":
    main()
