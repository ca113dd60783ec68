"""Make the figures and tables of docs/methods/generators.md.

python tools/kinetics/generator_figures.py docs/methods
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
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
    ORANGE,
    PAGE_WIDTH,
    PURPLE,
    VERMILION,
    house_style,
    new_figure,
    plain_log_ticks,
)

KIDNEYS, LIVER, TUMOR = 310.0, 1800.0, 500.0  # g
ACTIVITY = 8.0  # MBq
LIGAND = 140.0  # nmol
SECOND, HORIZON = 1 / 3600, 8766.0  # h
INTERNALIZATION = np.geomspace(1e-3, 10.0, 25)
RELEASES = {1.0: VERMILION, 0.5: ORANGE, 0.2: GREEN, 0.05: BLUE}
DISSOCIATION = np.geomspace(1e-4, 1.0, 25) / 24
TAKEN_IN = "tumor.bound.to.tumor.internalized"
#: A fraction that is not 0 or 1, so that the network has it as a parameter.
BETWEEN = 0.5


def antibody(parent: str, **given: float) -> Generator:
    """Return an antibody that carries a parent; of names, __ stands for a dot."""
    values = {name.replace("__", "."): value for name, value in given.items()}
    network = antibody_carrier(parent)
    return generator(network, parent, ANTIBODY_SITES, given=values, equilibrium=SECOND)


def integrals(model: Generator, state: str, parameters: Mapping, cold: float = 0.0) -> dict:
    """Return the integrals over a year from `ACTIVITY` of the parent."""
    hot = model.amount(ACTIVITY)
    doses = [Bolus(state, 0.0, hot)]
    if cold:
        doses.append(Bolus("vein.cold", 0.0, cold - hot))
    engine = Engine(model.network.system())
    found = engine.solve(parameters, [HORIZON], doses=doses, rtol=1e-7).require()
    return {name: values[:, 0] for name, values in found.quadratures.items()}


def dose(model: Generator, found: dict, region: str, mass: float, **options) -> np.ndarray:
    """Return the dose of all members for the parent's activity (mGy/MBq)."""
    parts = region_doses(model, found, region, mass, **options).values()
    return sum(part.total for part in parts) * 1e3 / ACTIVITY


def internalization_study(ax) -> None:
    """Draw the kidneys' dose from freed daughters over internalization, by release."""
    model = antibody("Ac-225", release__alpha=BETWEEN)
    for release, color in RELEASES.items():
        given = {TAKEN_IN: INTERNALIZATION, "release.alpha": release}
        found = integrals(model, "blood.hot", given)
        values = dose(model, found, "kidneys", KIDNEYS, traveled=True)
        ax.plot(INTERNALIZATION, values, color=color, label=f"{100 * release:g} % of recoils freed")
        print(f"release {release:4g}: {values[0]:.1f} to {values[-1]:.1f} mGy/MBq")
    ax.set(xlabel="Internalization in tumor (1/h)", xscale="log", ylim=(0, None))
    ax.set(ylabel="Kidney dose by free daughters (mGy/MBq)")
    plain_log_ticks(ax.xaxis)
    _legend(ax)


def dissociation_study(ax) -> None:
    """Draw doses to kidneys and liver over the rate at which the chelate loses the parent."""
    model = antibody("Ac-225", dissociation=BETWEEN)
    found = integrals(model, "blood.hot", {"dissociation": DISSOCIATION})
    lines = (
        ("Liver, all", "liver", LIVER, False, PURPLE),
        ("Liver, free elements", "liver", LIVER, True, GREEN),
        ("Kidneys, free elements", "kidneys", KIDNEYS, True, VERMILION),
    )
    for label, region, mass, traveled, color in lines:
        values = dose(model, found, region, mass, traveled=traveled)
        ax.plot(24 * DISSOCIATION, values, color=color, label=label)
        print(f"{label}: {values[0]:.1f} to {values[-1]:.1f} mGy/MBq")
    ax.set(xlabel="Ac-225 lost from the chelate (1/d)", xscale="log", yscale="log")
    ax.set(ylabel="Dose (mGy/MBq)")
    for axis in (ax.xaxis, ax.yaxis):
        plain_log_ticks(axis)
    _legend(ax)


def _legend(ax) -> None:
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)


def parents() -> None:
    """Print doses by free daughters for each parent on the antibody."""
    for parent in ("Ac-225", "Pb-212", "Bi-213", "Th-227", "Ra-223", "At-211"):
        model = antibody(parent)
        found = integrals(model, "blood.hot", {})
        row = [dose(model, found, "kidneys", KIDNEYS, traveled=True)]
        row += [dose(model, found, "liver", LIVER, traveled=part) for part in (True, False)]
        row += [dose(model, found, "tumor", TUMOR)]
        print(parent, *(f"{np.ravel(value)[0]:8.3g}" for value in row))


def spread(draws: int = 1000) -> None:
    """Print the kidneys' dose by free daughters over the stated uncertainty of what frees them."""
    for parent, names in (
        ("Ac-225", ("washout.surface",)),
        ("Pb-212", ("washout.surface", "release.Bi212")),
    ):
        model = antibody(parent)
        known = {p.name: p.distribution for p in model.network.parameters}
        given = {n: known[n].sample(np.random.default_rng(1), draws) for n in names}
        found = integrals(model, "blood.hot", given)
        values = dose(model, found, "kidneys", KIDNEYS, traveled=True)
        low, mid, high = np.quantile(values, [0.05, 0.5, 0.95])
        print(f"{parent}: {mid:.4g} ({low:.4g} to {high:.4g}) mGy/MBq, {', '.join(names)}")


def body_model(inside: str = "", **choices) -> Generator:
    """Return the PSMA-617 body with Ac-225; what is freed in a place ``inside`` stays in cells."""
    given = {"lesion_1.volume": "20 mL"}
    body = psma_body(ligand="psma-617", nuclide="Ac-225", lesions=["lesion_1"], given=given)
    sites = body_sites(body)
    if inside:
        sites[inside] = replace(sites[inside], kind="inside")
    regions = ["kidneys", "lesion_1", "blood", "liver"]
    return generator(body.network, "Ac-225", sites, regions=regions, equilibrium=SECOND, **choices)


def print_choices() -> None:
    """Print the kidneys' dose in that body by other choices of where freed atoms go."""
    for label, choices in {
        "stationary Fr and At": {"stationary": ("Fr", "At")},
        "what the tubule's receptors free stays": {"inside": "kidneys.bound"},
        "washout 60 1/h": {"given": {"washout.surface": 60.0}},
        "washout 10 1/h": {"given": {"washout.surface": 10.0}},
    }.items():
        model = body_model(**choices)
        found = integrals(model, "vein.hot", {}, cold=LIGAND)
        print(f"{label}: kidneys {dose(model, found, 'kidneys', KIDNEYS)[0]:.0f} mGy/MBq")


def body_study(ax) -> None:
    """Draw activities in the kidneys of the PSMA-617 body, and print doses by member."""
    model = body_model()
    found = integrals(model, "vein.hot", {}, cold=LIGAND)
    everywhere = region_doses(model, found, "kidneys", KIDNEYS)
    traveled = region_doses(model, found, "kidneys", KIDNEYS, traveled=True)
    for member, part in everywhere.items():
        came = traveled[member].total if member in traveled else np.zeros(1)
        own, other = (1e3 / ACTIVITY * value[0] for value in (part.total, came))
        print(f"kidneys {member}: {own:.2f} mGy/MBq, traveled {other:.2f}")
    print(f"lesion: {dose(model, found, 'lesion_1', 21.0)[0]:.0f} mGy/MBq")
    times = np.geomspace(0.02, 400, 120)
    hot = model.amount(ACTIVITY)
    doses = [Bolus("vein.hot", 0.0, hot), Bolus("vein.cold", 0.0, LIGAND - hot)]
    solution = Engine(model.network.system()).solve(times=times, doses=doses).require()
    for member, color in (("Ac-225", BLUE), ("Fr-221", GREEN), ("Bi-213", VERMILION)):
        values = solution[model.activity("kidneys", member)][0]
        ax.plot(times, values, color=color, label=member)
    ax.set(xlabel="Time (h)", xscale="log", yscale="log", ylim=(1e-3, 3))
    ax.set(ylabel="Activity in kidneys (MBq)")
    for axis in (ax.xaxis, ax.yaxis):
        plain_log_ticks(axis)
    ax.legend()


@house_style
def main(folder: Path) -> None:
    """Write the figures."""
    for name, draw in (
        ("generators-internalization", (internalization_study, dissociation_study)),
        ("generators-psma", (body_study,)),
    ):
        figure = new_figure(*((PAGE_WIDTH, 3.4) if len(draw) > 1 else (4.0, 2.9)))
        for i, part in enumerate(draw, 1):
            part(figure.add_subplot(1, len(draw), i))
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    print_choices()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    parents()
    spread()
