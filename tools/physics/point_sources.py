"""Generate `physics/data/point_sources/*.csv`: energy around point sources, by our own runs.

A developer's tool; the product only reads the tables. Each medium takes some ten minutes of one
core; finished energies are kept in the work folder, so that a stopped run goes on.

    python tools/physics/point_sources.py soft WORK_FOLDER [--histories 40000] [--workers 1]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from theratwin.physics.matter import csda_range, energy_transfer, material
from theratwin.physics.transport import ElectronCutoffs, Emission, Settings
from theratwin.physics.transport.scenes import radial_scene
from theratwin.physics.transport.simulate import simulate

PASSES = 8  # their spread is the error
ENERGIES = {
    "electron": np.geomspace(0.01, 5.0, 26),
    "positron": np.geomspace(0.05, 4.0, 14),
    "photon": np.geomspace(0.005, 5.0, 36),
}
CHARGED_X = np.concatenate([np.linspace(0.0, 1.3, 66), np.geomspace(1.3, 2e4, 41)[1:]])
PHOTON_X = np.concatenate([[0.0], np.geomspace(1e-4, 60.0, 82)])
DATA = Path(__file__).parents[2] / "src/theratwin/physics/data/point_sources"


def length(medium: str, kind: str, energy: float) -> float:
    """Return the length (g/cm2) that scales the radii: a range, or a photon's 1/mu_tr."""
    if kind == "photon":
        return float(1 / energy_transfer(material(medium), energy))
    return float(csda_range(material(medium), energy, kind))


def fractions(medium: str, kind: str, energy: float, histories: int, workers: int) -> np.ndarray:
    """Return F at the radii of a kind, and the standard error of each, shape (2, radii)."""
    from scipy.interpolate import PchipInterpolator

    x = PHOTON_X if kind == "photon" else CHARGED_X
    scale = length(medium, kind, energy)
    radii = np.geomspace(1e-2 * x[1] * scale, 1.01 * x[-1] * scale, 600)
    low = float(np.clip(energy / 30, 1e-3, 1e-2))
    settings = Settings(
        annihilation=kind != "positron",  # of pairs, but not of the source
        photon_cutoff=1.5e-3,
        electron_cutoff=low,
        cutoffs=ElectronCutoffs(loss=min(low, 5e-3), photon=min(low, 5e-3)),
    )
    scene = radial_scene(material(medium), 1.0, settings, radii)
    rows = []
    for number in range(PASSES):
        found = simulate(
            scene, np.zeros(1, np.int64), np.empty(0), Emission.single(kind, energy),
            scores=radii.size + 1, histories=histories // PASSES, batches=2 * workers,
            seed=1000 * round(1e4 * energy) + number, workers=workers,
        )  # fmt: skip
        within = np.concatenate([[0.0], np.cumsum(found.mean)[:-1]])
        rows.append(PchipInterpolator(np.r_[0.0, radii], within / found.mean.sum())(x * scale))
    table = np.array(rows)
    return np.stack([table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(PASSES)])


def cost(kind: str, energy: float) -> float:
    """Return the share of the histories that an energy gets, as slow ones need fewer."""
    return {"photon": 4.0, "positron": 0.6}.get(kind, 1.0) / max(energy, 0.3) * 0.3


def table(medium: str, kind: str, folder: Path, histories: int, workers: int) -> None:
    """Write the table of a medium and kind."""
    columns = []
    for energy in ENERGIES[kind]:
        kept = folder / f"{medium}_{kind}_{energy:.6f}.npy"
        if not kept.exists():
            number = int(histories * cost(kind, energy))
            found = fractions(medium, kind, energy, number, workers)
            np.save(kept.with_suffix(".part.npy"), found)
            kept.with_suffix(".part.npy").rename(kept)
            print(kept.name, f"F(x) to {found[1].max():.1e}", flush=True)
        columns.append(np.load(kept))
    values, errors = np.moveaxis(np.array(columns), 0, -1)
    scale = "1/(mu_tr/rho)" if kind == "photon" else "the range in continuous slowing down"
    x = PHOTON_X if kind == "photon" else CHARGED_X
    head = [
        f"# Energy absorbed within radius r of an isotropic {kind} point source in {medium}.",
        f"# Made by tools/physics/point_sources.py {medium}, {histories} histories an energy, more",
        "# for photons and fewer above 0.3 MeV. Row length: what scales the radii, g/cm2,",
        f"# {scale}; row error: largest standard error of a fraction;",
        "# then one row a scaled radius x = rho r / length, with the fraction F(x) of the energy,",
        "# bremsstrahlung and secondary photons followed, not a positron's annihilation quanta.",
        "energy_MeV," + ",".join(f"{e:.6g}" for e in ENERGIES[kind]),
        "length," + ",".join(f"{length(medium, kind, e):.6g}" for e in ENERGIES[kind]),
        "error," + ",".join(f"{e:.1e}" for e in errors.max(axis=0)),
    ]
    rows = [
        f"{at:.5g}," + ",".join(f"{v:.5f}" if v > 0.1 else f"{v:.4g}" for v in row)
        for at, row in zip(x, values, strict=True)
    ]
    DATA.mkdir(exist_ok=True)
    path = DATA / f"{medium}_{kind}.csv"
    path.with_suffix(".part").write_text("\n".join(head + rows) + "\n", encoding="utf-8")
    path.with_suffix(".part").rename(path)


def main() -> None:
    """Read the command line and write the three tables of a medium."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("medium")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--histories", type=int, default=40000)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for kind in ENERGIES:
        table(given.medium, kind, given.folder, given.histories, given.workers)


if __name__ == "__main__":
    main()
