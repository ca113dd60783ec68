"""Generate the photon tables of elements in `physics/data/matter`.

A developer's tool (needs ompmc for XCOM's cross sections and xraylib for the scattering functions,
form factors and K fluorescence); the product only reads the tables.

Cross sections are XCOM's (Berger and Hubbell; Compton scattering xraylib's), put on a grid of
24 points a decade with both sides of every absorption edge: PCHIP in log-log between edges; pair
and triplet are interpolated after division by (1 - threshold/E)^3.

    python tools/physics/photon_tables.py src/theratwin/physics/data/matter
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import ompmc
import xraylib
from scipy.interpolate import PchipInterpolator

# Symbol, standard atomic mass (IUPAC) and mean excitation energy in compounds (eV; ICRU Report 37,
# liquids and solids: 1.13 times the element's but for H, C, N, O, F and Cl) of each element.
ELEMENTS = {
    1: ("H", 1.008, 19.2), 6: ("C", 12.011, 81.0), 7: ("N", 14.007, 82.0), 8: ("O", 15.999, 106.0),
    9: ("F", 18.998, 112.0), 11: ("Na", 22.990, 168.4), 12: ("Mg", 24.305, 176.3),
    13: ("Al", 26.982, 187.6), 14: ("Si", 28.085, 195.5), 15: ("P", 30.974, 195.5),
    16: ("S", 32.06, 203.4), 17: ("Cl", 35.45, 180.0), 18: ("Ar", 39.948, 212.4),
    19: ("K", 39.098, 214.7), 20: ("Ca", 40.078, 215.8), 22: ("Ti", 47.867, 263.3),
    24: ("Cr", 51.996, 290.4), 26: ("Fe", 55.845, 323.2), 27: ("Co", 58.933, 335.6),
    28: ("Ni", 58.693, 351.4), 29: ("Cu", 63.546, 363.9), 30: ("Zn", 65.38, 372.9),
    42: ("Mo", 95.95, 479.1), 47: ("Ag", 107.868, 531.1), 50: ("Sn", 118.71, 551.4),
    53: ("I", 126.904, 554.8), 56: ("Ba", 137.327, 554.8), 64: ("Gd", 157.25, 667.8),
    74: ("W", 183.84, 821.5), 78: ("Pt", 195.084, 892.7), 82: ("Pb", 207.2, 930.0),
}  # fmt: skip
KINDS = ("photo", "compton", "rayleigh", "pair", "triplet")
GRID = np.geomspace(1e-3, 10, 4 * 24 + 1)  # MeV
X = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 6 * 12 + 1)])  # 1/angstrom
COMPTON_END = 0.7  # MeV
THRESHOLD = {"pair": 2 * 0.51099895, "triplet": 4 * 0.51099895}  # MeV
AVOGADRO = 0.602214076  # 1e24/mol, so that barn becomes cm2


def read_xcom(kind: str) -> list[np.ndarray]:
    """Return log energy (MeV) and log cross section (barn/atom) of each element."""
    path = Path(ompmc.__file__).parent / "data" / f"xcom_{kind}.data"
    words, tables = path.read_text().split(), []
    while words:
        end = 1 + 2 * int(words[0])
        tables.append(np.array(words[1:end], dtype=float).reshape(-1, 2))
        words = words[end:]
    return tables


def pieces(table: np.ndarray) -> list[np.ndarray]:
    """Split a table at its absorption edges, where an energy is given twice."""
    cuts = np.flatnonzero(np.diff(table[:, 0]) == 0) + 1
    return [piece for piece in np.split(table, cuts) if len(piece) > 1]


def photoelectric(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the energies with both sides of the edges, and the photoelectric cross section."""
    energies, values = [], []
    for piece in pieces(table):
        first, last = np.exp(piece[0, 0]), np.exp(piece[-1, 0])
        inner = GRID[(first * 1.0001 < GRID) & (last * 0.9999 > GRID)]
        at = np.unique(np.clip(np.r_[first, inner, last], GRID[0], GRID[-1]))
        energies.append(at)
        values.append(np.exp(PchipInterpolator(*piece.T)(np.log(at))))
    return np.concatenate(energies), np.concatenate(values)


def smooth(kind: str, table: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Return a cross section without edges at the energies, barn/atom."""
    log_energy, log_value = table.T
    if kind not in THRESHOLD:
        keep = np.r_[True, np.diff(log_energy) > 0]
        return np.exp(PchipInterpolator(log_energy[keep], log_value[keep])(np.log(energy)))
    log_value = log_value - 3 * np.log(1 - THRESHOLD[kind] / np.exp(log_energy))
    reduced = PchipInterpolator(log_energy, log_value)(np.maximum(np.log(energy), log_energy[0]))
    return np.exp(reduced) * np.maximum(0.0, 1 - THRESHOLD[kind] / energy) ** 3


def compton(z: int, table: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Return the Compton cross section, barn/atom: xraylib's, XCOM's course above its end.

    ompmc's Compton table lies 0.2 % below the one that NIST prints, xraylib's follows it.
    """
    low = np.minimum(energy, COMPTON_END)
    own = np.array([xraylib.CSb_Compt(z, max(1e3 * e, 1.0000001)) for e in low])
    course = smooth("compton", table, energy) / smooth("compton", table, low)
    return own * course


def photon_lines(xcom: dict[str, list[np.ndarray]]) -> list[str]:
    """Return the rows of `photons.csv`."""
    lines = []
    for z in ELEMENTS:
        energy, photo = photoelectric(xcom["photo"][z - 1])
        others = [smooth(k, xcom[k][z - 1], energy) for k in KINDS[2:]]
        columns = [photo, compton(z, xcom["compton"][z - 1], energy), *others]
        columns = [c * AVOGADRO / ELEMENTS[z][1] for c in columns]
        for row in np.array([energy, *columns]).T:
            lines.append(f"{z},{row[0]:.7g}," + ",".join(f"{v:.5g}" for v in row[1:]))
    return lines


def k_shell(z: int) -> tuple[float, float, float, float]:
    """Return the K edge (MeV), its jump factor, fluorescence yield and mean K line (MeV)."""
    try:
        rows = [(xraylib.LineEnergy(z, k), xraylib.RadRate(z, k)) for k in (xraylib.KA_LINE,)]
        yields = xraylib.FluorYield(z, xraylib.K_SHELL)
        jump = xraylib.JumpFactor(z, xraylib.K_SHELL)
    except ValueError:
        return 0.0, 1.0, 0.0, 0.0
    with suppress(ValueError):  # the lightest elements have no K beta line
        rows.append((xraylib.LineEnergy(z, xraylib.KB_LINE), xraylib.RadRate(z, xraylib.KB_LINE)))
    mean = sum(e * w for e, w in rows) / sum(w for _, w in rows)
    return 1e-3 * xraylib.EdgeEnergy(z, xraylib.K_SHELL), jump, yields, 1e-3 * mean


def scattering_lines() -> list[str]:
    """Return the rows of `scattering.csv`: S(x) and F(x) of each element."""
    lines = []
    for x in X:
        incoherent = [xraylib.SF_Compt(z, x) if x else 0.0 for z in ELEMENTS]
        coherent = [max(xraylib.FF_Rayl(z, x), 1e-12) for z in ELEMENTS]  # its spline dips below 0
        lines.append(f"{x:.5g}," + ",".join(f"{v:.5g}" for v in [*incoherent, *coherent]))
    return lines


def main(folder: Path) -> None:
    """Write the three tables."""
    xcom = {kind: read_xcom(kind) for kind in KINDS}
    (folder / "photons.csv").write_text(
        "# Photon cross sections of elements, cm2/g: XCOM (Berger and Hubbell), as carried by\n"
        "# ompmc 0.4.0; Compton scattering below 0.7 MeV xraylib 4.3.0's. Both sides of each\n"
        "# absorption edge. Made by tools/physics/photon_tables.py.\n"
        f"z,energy_MeV,{','.join(KINDS)}\n" + "\n".join(photon_lines(xcom)) + "\n"
    )
    (folder / "scattering.csv").write_text(
        "# Incoherent scattering functions S(x) and coherent form factors F(x) of free atoms over\n"
        "# x = sin(theta/2)/wavelength, 1/angstrom (xraylib 4.3.0, after Hubbell et al. 1975).\n"
        "# Made by tools/physics/photon_tables.py.\n"
        "x,"
        + ",".join([f"S_{z}" for z in ELEMENTS] + [f"F_{z}" for z in ELEMENTS])
        + "\n"
        + "\n".join(scattering_lines())
        + "\n"
    )
    rows = [
        f"{z},{name},{mass:.6g},{mean},{','.join(f'{v:.6g}' for v in k_shell(z))}"
        for z, (name, mass, mean) in ELEMENTS.items()
    ]
    (folder / "elements.csv").write_text(
        "# Elements: standard atomic mass; mean excitation energy in liquid or solid compounds\n"
        "# (ICRU 37, 1984; of titanium and heavier elements 1.13 times the element's own,\n"
        "# which is an assumption, not checked against the report);\n"
        "# K shell (xraylib 4.3.0): edge, ratio of the photoelectric cross\n"
        "# section above and below it, fluorescence yield, mean energy of the K lines.\n"
        "# Made by tools/physics/photon_tables.py.\n"
        "z,symbol,atomic_mass,mean_excitation_eV,edge_MeV,jump,yield,line_MeV\n"
        + "\n".join(rows)
        + "\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
