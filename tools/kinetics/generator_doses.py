"""Print the comparison with published doses of docs/methods/generators.md.

python tools/kinetics/generator_doses.py
"""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics import psma_body
from theratwin.kinetics.generators import (
    Generator,
    MemberDose,
    Site,
    body_sites,
    generator,
    linear_carrier,
    organ_doses,
    phantom_sources,
    region_doses,
)
from theratwin.physics import sphere_s_value
from theratwin.physics.organs import shipped_saf_table

SECOND, YEAR = 1 / 3600, 8766.0  # h
LIGAND = 140.0  # nmol
ICRP_WEIGHT, RBE = 20.0, 5.0
#: Equivalent doses (Sv/MBq) after an injection, adult male, ICRP OIR data viewer.
TARGETS = ("liver", "kidneys", "red_marrow", "bone_surfaces")
ICRP = {
    "Ra-223": (0.69, 0.51, 0.59, 4.3),
    "Ac-225": (23.0, 4.6, 2.0, 15.0),
    "Th-227": (2.2, 7.8, 3.6, 27.0),
    "Pb-212": (0.10, 0.26, 0.034, 0.086),
    "Bi-213": (7.4e-3, 4.5e-2, 1.1e-3, 1.8e-3),
    "Po-210": (5.5, 12.0, 1.1, 1.6),
    "Tl-201": (9.8e-5, 3.6e-4, 8.1e-5, 2.6e-4),
}
#: Of the publication's organs, in g, which hold blood.
MASSES = {"liver": 2360.0, "kidneys": 422.0}
#: On PSMA-617: Sv/MBq by alphas times 5 (Kratochwil 2018); of Ac-225 none could be read.
GLAND = "parotid_glands"
PSMA = {
    "Ac-225": dict.fromkeys(("kidneys", GLAND, "red_marrow")),
    "Bi-213": {
        "kidneys": 8.1e-3,
        GLAND: 8.1e-3,
        "liver": 1.2e-3,
        "spleen": 1.4e-3,
        "red_marrow": 0.52e-3,
    },
}
ACTIVITIES = {"Ac-225": 8.0, "Bi-213": 300.0}  # MBq
REGION_MASSES = {"kidneys": 310.0, GLAND: 40.6, "liver": 1800.0, "spleen": 150.0}
REGION_MASSES["red_marrow"] = 1170.0


def weighted(parts: Mapping[str, MemberDose], weight: float) -> float:
    """Return a dose in which alphas count more."""
    return sum(float(p.total + (weight - 1.0) * p.alphas) for p in parts.values())


def solved(model: Generator, doses: list[Bolus]) -> dict[str, float]:
    """Return the integrals over two years."""
    engine = Engine(model.network.system())
    found = engine.solve(times=[2 * YEAR], doses=doses, rtol=1e-7).require()
    return {name: values[0, 0] for name, values in found.quadratures.items()}


def injected(parent: str) -> dict[str, dict[str, MemberDose]]:
    """Return the doses of 1 MBq of an element in blood."""
    sites = {"blood": Site("blood", "blood")}
    options = {"given": {"dissociation": 1e6}, "equilibrium": SECOND}
    model = generator(linear_carrier(parent, sites, {}), parent, sites, **options)
    found = solved(model, [Bolus("blood.hot", 0.0, model.amount(1.0))])
    table = shipped_saf_table("AM")
    return organ_doses(model, found, table, phantom_sources(model, table))


def compare_elements() -> None:
    """Print the ratio to ICRP's coefficients, at the same masses of liver and kidneys."""
    own = shipped_saf_table("AM").target_mass
    for parent, published in ICRP.items():
        doses = injected(parent)
        print(f"\n{parent} injected: ours and ICRP's, Sv/MBq")
        for target, expected in zip(TARGETS, published, strict=True):
            scale = own[target] / MASSES.get(target, own[target])
            found = scale * weighted(doses[target], ICRP_WEIGHT)
            print(f"  {target:14} {found:9.2e} {expected:9.2e}  ratio {found / expected:.2f}")
        if parent == "Ra-223":
            for target in TARGETS:
                by_alphas = sum(float(p.alphas) for p in doses[target].values())
                every = weighted(doses[target], 1.0)
                print(f"  {target:14} {every:.4f} Gy/MBq; 21 MBq, alphas: {21 * by_alphas:.2f} Gy")


def compare_psma() -> None:
    """Print the doses on PSMA-617, beside the published where they could be read."""
    given = {"lesion_1.volume": "20 mL"}
    for parent, published in PSMA.items():
        options = {"ligand": "psma-617", "nuclide": parent, "lesions": ["lesion_1"]}
        body = psma_body(given=given, **options)
        sites = body_sites(body)
        model = generator(body.network, parent, sites, equilibrium=SECOND, regions=published)
        hot = model.amount(ACTIVITIES[parent])
        found = solved(model, [Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, LIGAND - hot)])
        print(f"\n{parent} PSMA-617: ours and any published, Sv/MBq, alphas times 5")
        for region, expected in published.items():
            parts = region_doses(model, found, region, REGION_MASSES[region])
            dose = weighted(parts, RBE) / ACTIVITIES[parent]
            beside = f" {expected:9.2e}  ratio {dose / expected:.2f}" if expected else ""
            print(f"  {region:14} {dose:9.2e}{beside}")
        name = model.time_integrated_activity("kidneys", parent)
        s = sphere_s_value(parent, REGION_MASSES["kidneys"], progeny="all")
        local = (s.total + (RBE - 1.0) * s.alphas) * found[name] / ACTIVITIES[parent]
        print(f"  kidneys, had all daughters decayed in place: {local:9.2e}")


if __name__ == "__main__":
    compare_elements()
    compare_psma()
