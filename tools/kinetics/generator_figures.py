"""Make the figures and tables of docs/methods/generators.md.

python tools/kinetics/generator_figures.py docs/methods
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

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
from theratwin.report.style import (
    BLUE,
    GREEN,
    MUTED,
    ORANGE,
    PURPLE,
    VERMILION,
    house_style,
    new_figure,
)

KIDNEYS = 310.0  # g
ACTIVITY = 8.0  # MBq
LIGAND = 140.0  # nmol
SECOND = 1 / 3600
INTERNALIZATION = np.geomspace(1e-3, 10.0, 25)
RELEASES = {1.0: VERMILION, 0.5: ORANGE, 0.2: GREEN, 0.05: BLUE}
DISSOCIATION = np.geomspace(1e-4, 1.0, 25) / 24
TAKEN_IN = "tumor.bound.to.tumor.internalized"
#: A fraction that is not 0 or 1, so that the network has it as a parameter.
BETWEEN = 0.5


def antibody(parent: str, **given: float) -> Generator:
    """Return an antibody that carries a parent, with its kidneys reported."""
    values = {name.replace("__", "."): value for name, value in given.items()}
    regions = ["kidneys", "liver", "tumor", "trabecular_bone_surface"]
    network = antibody_carrier(parent)
    return generator(
        network, parent, ANTIBODY_SITES, given=values, equilibrium=SECOND, regions=regions
    )


def solved(model: Generator, state: str, parameters: Mapping, cold: float = 0.0) -> dict:
    """Return the integrals to infinity from `ACTIVITY` of the parent."""
    hot = model.amount(ACTIVITY)
    doses = [Bolus(state, 0.0, hot)]
    if cold:
        doses.append(Bolus("vein.cold", 0.0, cold - hot))
    engine = Engine(model.network.system())
    found = engine.solve(parameters, doses=doses, end=1.0, to_infinity=True).require()
    return dict(found.integrals)


def dose(model: Generator, integrals: dict, region: str, mass: float, **options) -> np.ndarray:
    """Return the dose of all members for the parent's activity (mGy/MBq)."""
    parts = region_doses(model, integrals, region, mass, **options).values()
    return sum(part.total for part in parts) * 1e3 / ACTIVITY


def internalization_study(axes) -> None:
    """Draw the kidneys' dose from freed daughters over internalization, by release."""
    model = antibody("Ac-225", release__alpha=BETWEEN)
    for release, color in RELEASES.items():
        given = {TAKEN_IN: INTERNALIZATION, "release.alpha": release}
        integrals = solved(model, "blood.hot", given)
        values = dose(model, integrals, "kidneys", KIDNEYS, traveled=True)
        axes.loglog(INTERNALIZATION, values, color=color, label=f"{release:g} of recoils free")
        print(f"release {release:4g}: {values[0]:.1f} to {values[-1]:.1f} mGy/MBq")
    axes.set_xlabel("internalization in tumor (1/h)")
    axes.set_ylabel("kidney dose by free daughters (mGy/MBq)")
    axes.legend()


def dissociation_study(axes) -> None:
    """Draw doses by the free parent, and by its daughters, over the chelate's loss."""
    model = antibody("Ac-225", dissociation=BETWEEN)
    integrals = solved(model, "blood.hot", {"dissociation": DISSOCIATION})
    lines = (
        ("kidneys, all", "kidneys", KIDNEYS, False, VERMILION),
        ("liver, all", "liver", 1800.0, False, PURPLE),
        ("liver, free elements", "liver", 1800.0, True, GREEN),
    )
    for label, region, mass, traveled, color in lines:
        values = dose(model, integrals, region, mass, traveled=traveled)
        axes.loglog(24 * DISSOCIATION, values, color=color, label=label)
        print(f"{label}: {values[0]:.1f} to {values[-1]:.1f} mGy/MBq")
    axes.set_xlabel("Ac-225 lost from the chelate (1/d)")
    axes.set_ylabel("dose (mGy/MBq)")
    axes.legend()


def body_model() -> Generator:
    """Return the PSMA-617 body with Ac-225."""
    given = {"lesion_1.volume": "20 mL"}
    body = psma_body(ligand="psma-617", nuclide="Ac-225", lesions=["lesion_1"], given=given)
    regions = ["kidneys", "lesion_1", "blood", "liver"]
    return generator(body.network, "Ac-225", body_sites(body), regions=regions, equilibrium=SECOND)


def body_study(axes) -> None:
    """Draw activities in the kidneys of the PSMA-617 body, and print doses by member."""
    model = body_model()
    integrals = solved(model, "vein.hot", {}, cold=LIGAND)
    everywhere = region_doses(model, integrals, "kidneys", KIDNEYS)
    traveled = region_doses(model, integrals, "kidneys", KIDNEYS, traveled=True)
    for member, part in everywhere.items():
        came = traveled[member].total if member in traveled else np.zeros(1)
        print(
            f"kidneys {member}: {1e3 / ACTIVITY * part.total[0]:.2f} mGy/MBq, "
            f"traveled {1e3 / ACTIVITY * came[0]:.2f}"
        )
    print(f"lesion: {dose(model, integrals, 'lesion_1', 21.0)[0]:.0f} mGy/MBq")
    times = np.geomspace(0.02, 400, 120)
    hot = model.amount(ACTIVITY)
    doses = [Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, LIGAND - hot)]
    found = Engine(model.network.system()).solve(times=times, doses=doses).require()
    for member, color in (("Ac-225", BLUE), ("Fr-221", GREEN), ("Bi-213", VERMILION)):
        values = found[model.activity("kidneys", member)][0]
        axes.loglog(times, values, color=color, label=member)
    axes.set_xlabel("time (h)")
    axes.set_ylabel("activity in kidneys (MBq)")
    axes.set_ylim(1e-4, None)
    axes.axhline(ACTIVITY, color=MUTED, linewidth=0.8)
    axes.legend()


@house_style
def main(folder: Path) -> None:
    """Write the figures."""
    for name, draw in (
        ("generators-internalization", (internalization_study, dissociation_study)),
        ("generators-psma", (body_study,)),
    ):
        figure = new_figure(*((7.2, 3.4) if len(draw) > 1 else (4.4, 3.2)))
        for i, part in enumerate(draw, 1):
            part(figure.add_subplot(1, len(draw), i))
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        figure.savefig(Path("/tmp/generators/fig") / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
