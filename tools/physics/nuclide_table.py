"""Generate `physics/data/nuclides.csv`: half-lives and branches of ICRP Publication 107.

A developer's tool (needs radioactivedecay, whose default data set holds ICRP-107's decay data);
the product only reads the table. It takes every radioactive nuclide of the publication.

    python tools/physics/nuclide_table.py > src/theratwin/physics/data/nuclides.csv
"""

from __future__ import annotations

import math

import radioactivedecay as rd

MODES = {"α": "alpha", "β-": "beta-", "β+": "beta+", "EC": "EC", "β+ & EC": "beta+ or EC",
         "IT": "IT", "SF": "SF"}  # fmt: skip


def rows(name: str) -> list[str]:
    """Return one line a branch: nuclide, half-life, unit, daughter, fraction, mode."""
    nuclide = rd.Nuclide(name)
    value, unit = nuclide.half_life("readable").split()
    spelled = {"μs": "us", "m": "min"}.get(unit, unit)
    branches = zip(
        nuclide.progeny(), nuclide.branching_fractions(), nuclide.decay_modes(), strict=True
    )
    return [f"{name},{value},{spelled},{d},{b:.15g},{MODES[m]}" for d, b, m in branches]


def main() -> None:
    """Print the table of all nuclides that decay."""
    names = [str(name) for name in rd.DEFAULTDATA.nuclides]
    print(
        "# Half-lives and branches to daughters, ICRP Publication 107 (2008), all its nuclides. A"
    )
    print("# daughter without rows of its own is stable; SF is spontaneous fission. Made by")
    print("# tools/physics/nuclide_table.py from the data set")
    print(f"# {rd.DEFAULTDATA.dataset_name} of radioactivedecay {rd.__version__}.")
    print("# One row a branch; year = 365.2422 d.")
    print("nuclide,half_life,unit,daughter,fraction,mode")
    for name in sorted(names):
        if not math.isinf(rd.Nuclide(name).half_life("s")):
            print("\n".join(rows(name)))


if __name__ == "__main__":
    main()
