"""Generate `physics/data/body_in_air.csv`: an ellipsoid in air against one in endless water.

A developer's tool (needs xraylib); the product only reads the table. Photons start evenly in an
ellipsoid of body size; counted is the energy left inside by those that never left it (body in
air) and by all (endless water).

    python tools/physics/body_in_air.py [HISTORIES] > body_in_air.csv
"""

from __future__ import annotations

import sys

import numpy as np
from photon_walk import Interactions, collide, isotropic

WIDTH_TO_DEPTH = 1.8
HEIGHT = 91.0  # half height, g/cm2: 1.75 m at 1.04 g/mL
DEPTHS = (5.0, 7.5, 10.5, 14.0, 18.0)  # g/cm2
ENERGIES = (
    0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3,
    0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0,
)  # fmt: skip
SEED = 70


def fractions(physics, energy, axes, histories, rng) -> tuple[float, float]:
    """Return the absorbed fractions in air and in endless water."""
    position = isotropic(histories, rng) * rng.random((histories, 1)) ** (1 / 3) * axes
    direction, energies = isotropic(histories, rng), np.full(histories, energy)
    stayed = np.ones(histories, dtype=bool)
    in_air = in_water = 0.0
    while len(energies):
        flight = rng.exponential(size=len(energies)) / physics.mu(energies).sum(axis=0)
        position = position + direction * flight[:, None]
        inside = ((position / axes) ** 2).sum(axis=1) < 1
        stayed &= inside  # the body is convex: a flight between inner points stays inside
        # carry the flag through the collision as a fourth coordinate
        carried = np.column_stack([position, stayed])
        local, (carried, direction, energies) = collide(physics, carried, direction, energies, rng)
        in_air += local[stayed].sum()
        in_water += local[inside].sum()
        position, stayed = carried[:, :3], carried[:, 3] > 0.5
    return in_air / histories / energy, in_water / histories / energy


def main() -> None:
    """Print the table: one row an energy, one column a depth."""
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    physics, rng = Interactions(), np.random.default_rng(SEED)
    print("# Photons spread evenly over an ellipsoid: energy absorbed in it when it stands in air,")
    print("# over that when it is part of endless water. Made by tools/physics/body_in_air.py:")
    print(f"# Monte Carlo, kerma approximation, {histories} histories a value, seed {SEED};")
    print("# standard error about 0.002. Semi-axes are (depth, 1.8 depth, 91) g/cm2; row depth")
    print("# heads the columns, the others begin with the energy in MeV.")
    print("depth," + ",".join(f"{d:g}" for d in DEPTHS))
    for energy in ENERGIES:
        ratios = []
        for depth in DEPTHS:
            axes = np.array([depth, WIDTH_TO_DEPTH * depth, HEIGHT])
            air, water = fractions(physics, energy, axes, histories, rng)
            ratios.append(air / water)
        print(f"{energy:g}," + ",".join(f"{ratio:.4f}" for ratio in ratios), flush=True)


if __name__ == "__main__":
    main()
