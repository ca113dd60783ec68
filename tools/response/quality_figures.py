"""Draw the figures of docs/methods/radiation_quality.md and oxygen.md and print their tables.

Run ``python tools/response/quality_figures.py``; the files are the same each time.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from scipy.optimize import brentq

from theratwin.physics.cells import Cell, medium_event, single_event
from theratwin.report.style import CYCLES, MUTED, RC, new_figure, plain_log_ticks
from theratwin.response.oxygen import (
    OxygenDistribution,
    effective_enhancement,
    radioresistance,
    vessel_sheets,
)
from theratwin.response.quality import (
    DomainCell,
    TrackCount,
    alpha_energy,
    alpha_let,
    alpha_quality,
    alpha_response,
    control_by_size,
    domain_cell,
    equal_kill,
    even_concentration,
    hypoxic_tissue,
    lesion_cells,
    mkm_coefficients,
    nuclide_quality,
    oxygen_cell,
    smk_log_survival,
    spectrum_log_survival,
)

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"
CELL = Cell(6.2e-3, 4e-3)
NUCLIDES = ("Ac-225", "Ra-223", "At-211", "Pb-212")


def saturation() -> None:
    """Draw specific energies of domains and the RBE of helium ions over LET."""
    energies = np.geomspace(0.1, 59.0, 90)
    let = alpha_let(energies)
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.8)
        left, right = figure.subplots(1, 2)
        cell = domain_cell("HSG", "smk")
        found = [alpha_quality(float(e), cell).energies for e in energies]
        left.plot(energies, [f.domain for f in found], color=MUTED, label=r"$\bar z_d$")
        left.plot(energies, [f.saturated for f in found], color=CYCLES[0], label=r"$z^*$")
        left.set(xscale="log", yscale="log", xlim=(0.1, 59.0))
        left.set(xlabel="Energy of the alpha (MeV)", ylabel="Specific energy of a domain (Gy)")
        left.legend()
        fast = energies > energies[np.argmax(let)]
        for color, name in zip(CYCLES, ("HSG", "V79"), strict=False):
            ratios = [rbe_at(float(e), domain_cell(name)) for e in energies[fast]]
            right.plot(let[fast], ratios, color=color, label=name)
        right.axhspan(3.0, 5.0, color=MUTED, alpha=0.15, lw=0)
        right.set(xscale="log", xlim=(13.0, 227.0), ylim=(0.0, 6.0))
        right.set(xlabel="LET (keV/um)", ylabel="RBE at 10 % survival")
        right.legend(loc="lower right")
        for axis in (left.xaxis, left.yaxis, right.xaxis):
            plain_log_ticks(axis)
        save(figure, "quality-saturation.svg")


def rbe_at(energy: float, cell: DomainCell) -> float:
    alpha, beta = mkm_coefficients(cell, alpha_quality(energy, cell).energies)
    return dose_to(cell.alpha, cell.beta) / dose_to(alpha, beta)


def dose_to(alpha: float, beta: float, kill: float = float(np.log(10.0))) -> float:
    return 2.0 * kill / (alpha + np.sqrt(alpha**2 + 4.0 * beta * kill))


def spectra() -> None:
    """Draw single events of a nucleus, and survival with and without their spread."""
    events = {
        "own surface": single_event("At-211", CELL, "CS", progeny="all", values=128),
        "own nucleus": single_event("At-211", CELL, "N", progeny="all", values=128),
        "all around": medium_event("At-211", CELL.nucleus_radius, progeny="all", values=128),
    }
    doses = np.linspace(0.0, 4.0, 41)
    cell = domain_cell("HSG")
    alpha, beta = mkm_coefficients(cell, nuclide_quality("At-211", cell, progeny="all").energies)
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.8)
        left, right = figure.subplots(1, 2)
        for color, (name, event) in zip(CYCLES, events.items(), strict=False):
            left.plot(event.z[1:], event.density[1:], color=color, label=name)
            kept = spectrum_log_survival(event, doses, alpha, beta)
            right.plot(doses, np.exp(kept), color=color, label=name)
        right.plot(
            doses, np.exp(-alpha * doses - beta * doses**2), color=MUTED, ls="--", label="mean dose"
        )
        right.plot(
            doses,
            TrackCount(events["all around"], 0.0).untouched(doses),
            color=MUTED,
            ls=":",
            label="not hit",
        )
        left.set(xlim=(0.0, 1.2), ylim=(0.0, 6.0))
        left.set(xlabel="Specific energy of one hit (Gy)", ylabel="Density (1/Gy)")
        right.set(yscale="log", xlim=(0.0, 4.0), ylim=(1e-4, 1.0))
        right.set(xlabel="Mean dose by alphas (Gy)", ylabel="Surviving fraction")
        plain_log_ticks(right.yaxis)
        right.legend(loc="lower left")
        left.legend()
        save(figure, "quality-spectra.svg")


def resistance() -> None:
    """Draw radioresistance over oxygen, and the oxygen enhancement ratio over LET."""
    cell = oxygen_cell("HSG")
    pressure = np.geomspace(0.05, 160.0, 120)
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.8)
        left, right = figure.subplots(1, 2)
        left.plot(
            pressure, radioresistance(pressure, 2.9, 3.0), color=MUTED, label="photons, betas"
        )
        for color, energy in zip(CYCLES, (8.0, 5.5, 2.0), strict=False):
            found = cell.resistance(alpha_quality(energy, cell.domains).energies, pressure)
            left.plot(pressure, found, color=color, label=f"alphas of {energy:g} MeV")
        left.set(xscale="log", xlim=(0.05, 160.0), ylim=(0.9, 3.0))
        left.set(xlabel="Oxygen (mmHg)", ylabel="Radioresistance R")
        left.legend()
        lets = np.geomspace(14.0, 225.0, 50)
        for color, name in zip(CYCLES, ("HSG", "V79"), strict=False):
            ratios = [oer_at(float(each), name) for each in lets]
            right.plot(lets, ratios, color=color, label=name)
        right.set(xscale="log", xlim=(14.0, 225.0), ylim=(0.9, 3.6))
        right.set(xlabel="LET (keV/um)", ylabel="OER at 10 % survival")
        for axis in (left.xaxis, right.xaxis):
            plain_log_ticks(axis)
        right.legend()
        save(figure, "oxygen-resistance.svg")


def oer_at(let: float, name: str) -> float:
    cell = oxygen_cell(name)
    energies = alpha_quality(alpha_energy(let), cell.domains).energies
    doses = []
    for pressure in (0.0, 160.0):
        alpha, beta = cell.coefficients(energies, pressure)

        def excess(dose: float, alpha: float = alpha, beta: float = beta) -> float:
            return float(smk_log_survival(dose, alpha, beta, energies.nucleus)) + np.log(10.0)

        doses.append(brentq(excess, 1e-3, 60.0))
    return doses[0] / doses[1]


def lesion_size() -> None:
    """Draw control against mass, with even uptake and with patches."""
    mass = np.geomspace(1e-6, 1000.0, 73)
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.6)
        panels = figure.subplots(1, 2, sharey=True)
        for ax, changes, title in (
            (panels[0], {}, "Even uptake"),
            (panels[1], {"uptake_sd": 0.5, "patch_radius": 0.1}, "Patches of 0.1 mm"),
        ):
            for color, name in zip(CYCLES, ("Ac-225", "Lu-177", "Y-90"), strict=False):
                amount = equal_kill(name, 30.0, lesion_cells())
                study = control_by_size(name, mass, amount, lesion_cells(**changes), dose="mean")
                ax.plot(mass, study.control, color=color, label=name)
            ax.set(xscale="log", xlim=(1e-6, 1e3), ylim=(0.0, 1.03), xlabel="Mass (g)", title=title)
        panels[0].set_ylabel("Probability of control")
        panels[1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        save(figure, "quality-lesion-size.svg")


def vessels() -> None:
    """Draw oxygen, dose and kill between vessels 0.24 mm apart."""
    with mpl.rc_context(RC):
        figure = new_figure(7.1, 2.6)
        left, middle, right = figure.subplots(1, 3)
        for color, name in zip(CYCLES, ("Lu-177", "Ac-225"), strict=False):
            amount = even_concentration(name, 25.0, effective_half_life=50.0)
            found = hypoxic_tissue(name, vessel_sheets(0.12), amount, effective_half_life=50.0)
            x = 1e3 * found.distance
            middle.plot(x, found.weighted_dose / found.weighted_dose[0], color=color, label=name)
            right.plot(x, found.log_kill, color=color)
            right.plot(x, found.aerobic_log_kill, color=color, ls=":")
        left.plot(x, found.oxygen, color=MUTED)
        for ax, label in (
            (left, "Oxygen (mmHg)"),
            (middle, "Weighted dose, vessel = 1"),
            (right, "-ln S (dots: plenty of oxygen)"),
        ):
            ax.set(xlabel="From the vessel (um)", ylabel=label, xlim=(0.0, 120.0), ylim=(0.0, None))
        middle.legend(loc="lower left")
        save(figure, "oxygen-vessels.svg")


def table() -> None:
    """Print the response to alpha emitters of cells with the activity in several places."""
    line = domain_cell("HSG")
    for name in NUCLIDES:
        for source in ("N", "CS", None):
            found = alpha_response(name, line, CELL, source, progeny="all")
            rbe = found.rbe(line.alpha, line.beta, float(np.log(10.0)))
            print(
                f"| {name} | {source or 'all around'} | {found.quality.let:.0f} | "
                f"{found.quality.energies.saturated:.1f} | {found.alpha:.2f} | "
                f"{found.single.frequency_mean:.3f} | {found.single.dose_mean:.3f} | "
                f"{-float(found.log_survival(1.0)):.2f} | "
                f"{-found.mean_dose_log_survival(1.0):.2f} | {rbe:.1f} |"
            )


def fractions() -> None:
    """Print what a hypoxic share does to the dose that kills as many."""
    for median, gsd in ((40.0, 1.5), (10.0, 2.5), (5.0, 3.0), (2.0, 3.0)):
        tumor = OxygenDistribution.lognormal(median, gsd)
        row = [f"{tumor.hypoxic_fraction(5.0):.2f}"]
        for most in (2.9, 1.25):
            for kill in (5.0, 25.0):
                row.append(f"{enhancement(tumor, most, kill):.2f}")
        print(f"| {median:g} mmHg, {gsd:g} | " + " | ".join(row) + " |")


def enhancement(tumor: OxygenDistribution, most: float, kill: float) -> float:
    return effective_enhancement(
        tumor, lambda dose, p: kill * dose / radioresistance(p, most, 3.0), 1.0
    )


def save(figure: mpl.figure.Figure, name: str) -> None:
    with mpl.rc_context(RC):
        figure.savefig(METHODS / name, metadata={"Date": None})


if __name__ == "__main__":
    saturation()
    spectra()
    resistance()
    lesion_size()
    vessels()
    table()
    fractions()
