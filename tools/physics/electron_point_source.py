"""Generate `physics/data/electron_point_source.csv`: energy absorbed around an electron source.

A developer's tool; the product only reads the table. It runs ompmc (GPL, EGSnrc physics) as the
transport code: mono-energetic electrons start at the center of a cube of water voxels, isotropic.
The voxel energies are shared out over thin shells (sub-voxel points, a few expectation-
maximization sweeps of the radial density), which removes the voxel size from the result.

    python tools/physics/electron_point_source.py electron_point_source.csv [HISTORIES]

Limits: ompmc follows electrons down to 10 keV (range 2.5 um) and leaves them there, which cuts the
tail of the curve off below some 80 keV: that is the lowest energy here. The bremsstrahlung that
leaves the cube is not in the fractions and is listed apart.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import ompmc

RANGES = Path(__file__).parents[2] / "src/theratwin/physics/data/electron_range_water.csv"
ENERGIES = np.array([0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0])
EDGES = np.linspace(0.0, 1.3, 66)  # shells, in units of the range
HALF, VOXELS, POINTS = 1.3, 63, 6  # half cube in ranges; voxels a side; sub-voxel points a side
MEV_PER_GRAM = 1.602176634e-10  # Gy
SEED = 59


def csda_range(energy: float) -> float:
    """Return the range (g/cm2) from the shipped table, log-log."""
    with RANGES.open() as lines:
        rows = list(csv.reader(line for line in lines if not line.startswith("#")))[1:]
    table = np.array(rows, dtype=float)
    return float(np.exp(np.interp(np.log(energy), np.log(table[:, 0]), np.log(table[:, 2]))))


def write_source(base: str, energy: float, histories: int, batch: int) -> None:
    """Write an IAEA phase space of electrons that start at the origin, isotropic."""
    rng = np.random.default_rng([SEED, round(1e6 * energy), batch])
    cosine, azimuth = rng.uniform(-1, 1, histories), rng.uniform(0, 2 * np.pi, histories)
    sine = np.sqrt(1 - cosine**2)
    record = np.zeros(histories, dtype=[("type", "i1"), ("values", "<f4", (7,))])
    record["type"] = np.where(cosine >= 0, 2, -2)  # 2: electron; its sign is that of w
    record["values"][:, 0] = -energy  # negative: a new history
    record["values"][:, 4] = sine * np.cos(azimuth)
    record["values"][:, 5] = sine * np.sin(azimuth)
    record["values"][:, 6] = 1.0
    record.tofile(base + ".IAEAphsp")
    blocks = {
        "IAEA_INDEX": "0",
        "TITLE": "point source",
        "FILE_TYPE": "0",
        "CHECKSUM": str(29 * histories),
        "RECORD_CONTENTS": "1\n1\n1\n1\n1\n1\n1\n0\n0",
        "RECORD_CONSTANT": "",
        "RECORD_LENGTH": "29",
        "BYTE_ORDER": "1234",
        "ORIG_HISTORIES": str(histories),
        "PARTICLES": str(histories),
        "ELECTRONS": str(histories),
    }
    text = "\n".join(f"${name}:\n{value}\n" for name, value in blocks.items())
    Path(base + ".IAEAheader").write_text(text)


def voxel_energies(energy: float, length: float, histories: int, batch: int) -> np.ndarray:
    """Return the fraction of the energy left in each voxel of the cube, shape (n, n, n)."""
    bounds = np.linspace(-HALF * length, HALF * length, VOXELS + 1)
    shape = (VOXELS,) * 3
    geometry = ompmc.Geometry(
        bounds, bounds, bounds, ["H2O521ICRU"],
        density=np.ones(shape, order="F"), material=np.ones(shape, dtype=np.int32, order="F"),
    )  # fmt: skip
    physics = ompmc.Physics(
        pegs_file=Path(ompmc.__file__).parent / "pegs4" / "521icru.pegs4dat",
        global_ecut=0.521, global_pcut=0.01, n_split=1, seeds=(SEED, batch + 1),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        base = os.path.join(folder, "source")
        write_source(base, energy, histories, batch)
        dose, _, summary = ompmc.calc_forward_phsp(
            geometry, ompmc.PhaseSpaceSource(base), n_histories=histories, physics=physics
        )
    if summary.n_started != histories:
        raise RuntimeError(f"{histories - summary.n_started} histories did not start")
    return dose * np.diff(bounds)[0] ** 3 / MEV_PER_GRAM / energy


def shell_shares() -> tuple[np.ndarray, np.ndarray]:
    """Return each voxel's share of an isotropic shell's energy: integral of dV / (4 pi r^2 dr).

    Voxels that are mirror images of each other form a class (sorted distances from the center);
    returns the classes and their shares, shape (class, shell).
    """
    n = VOXELS // 2
    i, j, k = np.meshgrid(*(np.arange(n + 1),) * 3, indexing="ij")
    classes = np.stack([i, j, k], axis=-1)[(i >= j) & (j >= k)]
    pitch = 2 * HALF / VOXELS
    fine = (np.arange(POINTS) + 0.5) / POINTS - 0.5
    offsets = np.stack(np.meshgrid(fine, fine, fine, indexing="ij"), axis=-1).reshape(-1, 3)
    radius = np.linalg.norm((classes[:, None] + offsets) * pitch, axis=-1)
    shares = np.zeros((len(classes), len(EDGES) - 1))
    shell = np.searchsorted(EDGES, radius, side="right") - 1
    for row, where in enumerate(shell):
        inside = where < shares.shape[1]
        weight = pitch**3 / POINTS**3 / (4 * np.pi * radius[row][inside] ** 2)
        np.add.at(shares[row], where[inside], weight / np.diff(EDGES)[0])
    return classes, shares


def folded(voxels: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean energy and the number of the voxels in each symmetry class."""
    n = VOXELS // 2
    distance = np.abs(np.indices(voxels.shape) - n).reshape(3, -1).T
    distance = -np.sort(-distance, axis=1)
    key = distance @ np.array([10_000, 100, 1])
    wanted = classes @ np.array([10_000, 100, 1])
    order = np.argsort(wanted)
    place = order[np.searchsorted(wanted[order], key)]
    count = np.bincount(place, minlength=len(classes))
    return np.bincount(place, voxels.ravel(), len(classes)) / count, count


def radial(voxels: np.ndarray, sweeps: int = 30) -> np.ndarray:
    """Return the cumulative fraction at EDGES[1:] by sharing out the voxels' energies."""
    classes, shares = shell_shares()
    mean, count = folded(voxels, classes)
    shares = shares / np.maximum((count[:, None] * shares).sum(axis=0), 1e-300)
    density = np.ones(shares.shape[1])
    for _ in range(sweeps):
        expected = shares @ density
        ratio = np.where(expected > 0, mean / np.maximum(expected, 1e-300), 0.0)
        density = density * ((count * ratio) @ shares)
    return np.cumsum(density)


def column(energy: float, histories: int, batches: int = 4) -> tuple[np.ndarray, float, float]:
    """Return F at EDGES, the energy fraction beyond the last edge, and F's standard error."""
    length = csda_range(energy)
    share = histories // batches
    runs = [voxel_energies(energy, length, share, batch) for batch in range(batches)]
    inside = np.array([radial(run) for run in runs])
    shape = inside / inside[:, -1:]
    error = shape.std(axis=0, ddof=1).max() / np.sqrt(batches)
    total = radial(np.mean(runs, axis=0))
    lost = max(0.0, 1 - total[-1])
    print(f"{energy} MeV lost {lost:.5f} se {error:.1e}", file=sys.stderr, flush=True)
    return np.concatenate([[0.0], total / total[-1]]), lost, error


def main() -> None:
    """Run all energies and write the table."""
    path = Path(sys.argv[1])
    histories = int(sys.argv[2]) if len(sys.argv) > 2 else 60_000
    columns = [column(energy, histories) for energy in ENERGIES]
    worst = max(error for *_, error in columns)
    lines = [
        "# Energy absorbed within radius r of an isotropic electron point source in water.",
        "# Made by tools/physics/electron_point_source.py: ompmc 0.4.0 (EGSnrc physics, 10 keV",
        f"# electron cut), {histories} histories an energy, seed {SEED}; largest standard error of",
        f"# a fraction {worst:.1e}. Row energy_MeV heads the columns; radiated is the fraction of",
        "# the energy that bremsstrahlung carries beyond the last radius (not in the rows below);",
        "# then one row a scaled radius x = r over the range of electron_range_water.csv, with the",
        "# fraction F(x) of the energy that is not radiated.",
        "energy_MeV," + ",".join(f"{e:g}" for e in ENERGIES),
        "radiated," + ",".join(f"{c[1]:.5f}" for c in columns),
    ]
    for index, x in enumerate(EDGES):
        lines.append(f"{x:.4g}," + ",".join(f"{c[0][index]:.5f}" for c in columns))
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
