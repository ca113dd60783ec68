"""Generate `physics/data/dose_point_kernels.csv`: kernels of nuclides in soft tissue.

A developer's tool; the product only reads the table. It folds the point sources of one energy with
the spectra of ICRP-107 (seconds).

    python tools/physics/dose_point_kernels.py > src/theratwin/physics/data/dose_point_kernels.csv
"""

from __future__ import annotations

from theratwin.physics import chain_emissions
from theratwin.physics.kernels.nuclide_kernel import RADII, nuclide_kernel
from theratwin.physics.kernels.shipped import ALONE, CHAINS, MEDIUM


def main() -> None:
    """Print the table."""
    kernels = [
        nuclide_kernel(chain_emissions(name, "all" if name in CHAINS else "none"), MEDIUM)
        for name in (*ALONE, *CHAINS)
    ]
    print("# Energy (MeV a decay) absorbed within a radius (g/cm2) of a point in soft tissue:")
    print("# photons, then charged particles, of each nuclide; of Ac-225, Ra-223, Pb-212 and")
    print("# At-211 with all their progeny. Made by tools/physics/dose_point_kernels.py from the")
    print("# tables in point_sources and the spectra of ICRP-107. Uncertainty: about 1 % by the")
    print("# emitted energy, and what 1.5 % of the radius makes; bremsstrahlung 10 %.")
    print("nuclide," + ",".join(f"{kernel.nuclide},{kernel.nuclide}" for kernel in kernels))
    for i, radius in enumerate(RADII):
        values = [value for k in kernels for value in (k.photons[i], k.charged[i])]
        print(f"{radius:.6g}," + ",".join(f"{value:.6g}" for value in values))


if __name__ == "__main__":
    main()
