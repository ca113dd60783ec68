"""Ac-225 on an antibody and on PSMA-617: where its daughters go, and the kidneys' dose.

Run ``python examples/generator_ac225.py``. The antibody is a stand-in, its rates are assumptions;
free bismuth follows the ICRP. Doses are unweighted. Research use only. Not a medical device.
"""

from __future__ import annotations

from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics import psma_body
from theratwin.kinetics.generators import (
    ANTIBODY_SITES,
    Generator,
    antibody_carrier,
    body_sites,
    generator,
    region_doses,
)

ACTIVITY = 8.0  # MBq
LIGAND = 140.0  # nmol, of the peptide
KIDNEYS = 310.0  # g
YEAR = 8766.0  # h
SECOND = 1 / 3600


def main() -> None:
    """Print the kidneys' doses by member and by where it was freed."""
    taken_in = "tumor.bound.to.tumor.internalized"
    for rate in ("0.001 1/h", "1 1/h"):
        network = antibody_carrier("Ac-225", {taken_in: rate})
        model = generator(network, "Ac-225", ANTIBODY_SITES, equilibrium=SECOND)
        report(f"antibody, taken in by tumor cells at {rate}", model, "blood.hot")
    given = {"lesion_1.volume": "20 mL"}
    body = psma_body(ligand="psma-617", nuclide="Ac-225", lesions=["lesion_1"], given=given)
    sites = body_sites(body)
    model = generator(body.network, "Ac-225", sites, equilibrium=SECOND, regions=["kidneys"])
    cold = Bolus("vein.cold", 0.0, LIGAND - model.amount(ACTIVITY))
    report("PSMA-617, whole body", model, "vein.hot", cold)


def report(title: str, model: Generator, state: str, *others: Bolus) -> None:
    """Solve for a year and print the kidneys' dose of every member."""
    doses = [Bolus(state, 0.0, model.amount(ACTIVITY)), *others]
    found = Engine(model.network.system()).solve(times=[YEAR], doses=doses).require()
    integrals = {name: values[0, 0] for name, values in found.quadratures.items()}
    every = region_doses(model, integrals, "kidneys", KIDNEYS)
    came = region_doses(model, integrals, "kidneys", KIDNEYS, traveled=True)
    print(f"\n{title}: kidneys, mGy for {ACTIVITY:g} MBq")
    print("member    all   came as a free element")
    for member, part in every.items():
        own, free = (1e3 * float(d.total) if d else 0.0 for d in (part, came.get(member)))
        print(f"{member:7} {own:6.1f} {free:8.1f}")
    total = sum(float(part.total) for part in every.values())
    print(f"sum     {1e3 * total:6.1f} {1e3 * sum(float(d.total) for d in came.values()):8.1f}")


if __name__ == "__main__":
    main()
