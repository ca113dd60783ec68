"""Find the rates of CLR1404 between plasma and tissues from published figures of plasma.

Used (Grudzinski 2014, means of 8 patients): a biexponential with a terminal half-life of 822 h, and
an area under the curve up to 1008 h of 15753 ng h/mL for a peak of 72.2 ng/mL. The half-life of the
fast phase was not to be read and is assumed; it is varied at the end. Compared with: the activity
expected to give the marrow 400 mSv. Run ``python tools/kinetics/calibrate_clr1404.py``; the rates
printed stand in the parameter set ``clr1404``.
"""

from __future__ import annotations

import math

from theratwin.dosimetry.organ import REMAINDER, CumulatedActivity, organ_doses
from theratwin.physics import emissions, nuclide
from theratwin.physics.organs import shipped_saf_table

TERMINAL, LAST = 822.0, 1008.0  # h
AREA, PEAK = 15753.0, 72.2  # ng h/mL, ng/mL
FAST = 24.0  # h, assumed
MARROW = 400.0 / 740.0  # mSv/MBq


def phases(fast: float = FAST) -> tuple[float, float, float]:
    """Return both decay rates (1/h), and the share of the slow phase at the start.

    With c(t) = (1 - B) exp(-a t) + B exp(-b t) the area over the peak is linear in B.
    """
    a, b = math.log(2.0) / fast, math.log(2.0) / TERMINAL
    of_a, of_b = (-math.expm1(-rate * LAST) / rate for rate in (a, b))
    return a, b, (AREA / PEAK - of_a) / (of_b - of_a)


def rates(fast: float = FAST) -> dict[str, float]:
    """Return the rates (1/h) of plasma with one tissue that have these phases."""
    a, b, slow = phases(fast)
    back = slow * a + (1.0 - slow) * b
    out = a * b / back
    return {
        "transfer.plasma.tissues": a + b - back - out,
        "transfer.tissues.plasma": back,
        "transfer.plasma.excreta": out,
    }


def integrals(fast: float = FAST, label: str = "I-131") -> tuple[float, float]:
    """Return time-integrated activities (h) of plasma and of the body, in closed form."""
    a, b, slow = phases(fast)
    decay = nuclide(label).decay_constant
    plasma = (1.0 - slow) / (a + decay) + slow / (b + decay)
    return plasma, (1.0 - rates(fast)["transfer.plasma.excreta"] * plasma) / decay


def marrow_dose(body: float) -> float:
    """Return the dose (mGy/MBq) of red marrow by I-131 spread over the body, of both phantoms."""
    found = []
    for phantom in ("AM", "AF"):
        doses = organ_doses(
            shipped_saf_table(phantom), emissions("I-131"), {REMAINDER: CumulatedActivity(body)}
        )
        found.append(1e3 * float(doses.total[list(doses.target_mass).index("red_marrow")]))
    return sum(found) / len(found)


def main() -> None:
    """Print the rates, and what the assumption matters."""
    for name, rate in rates().items():
        print(f"  {name} = {rate:.4g} 1/h")
    print(f"fast phase (h): plasma, body (h), marrow (mGy/MBq; published {MARROW:.2f} mSv/MBq)")
    for fast in (6.0, 12.0, FAST, 48.0, 96.0):
        plasma, body = integrals(fast)
        print(f"  {fast:.0f}: {plasma:.1f} {body:.1f} {marrow_dose(body):.3f}")


if __name__ == "__main__":
    main()
