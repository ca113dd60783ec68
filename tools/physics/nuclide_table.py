"""Generate `physics/data/nuclides.csv`: half-lives and branches of ICRP Publication 107.

A developer's tool (needs radioactivedecay, whose default data set holds ICRP-107's decay data);
the product only reads the table. It takes the nuclides named here and all their radioactive
progeny.

    python tools/physics/nuclide_table.py > src/theratwin/physics/data/nuclides.csv
"""

from __future__ import annotations

import math
from collections import deque

import radioactivedecay as rd

WANTED = """
Lu-177 Lu-177m Y-90 I-131 I-123 I-124 I-125 Tb-161 Tb-152 Tb-155 Tb-149 Cu-61 Cu-64 Cu-67 Ho-166
Dy-166 Re-186 Re-188 W-188 Sm-153 Sc-44 Sc-47 Sr-89 Sr-90 P-32 Er-169 Sn-117m In-111 Tc-99m Mo-99
Ga-67 Ga-68 Ge-68 F-18 C-11 Zr-89 Y-86 Ac-225 Ra-225 Bi-213 Ra-223 Th-227 Ra-224 Pb-212
Bi-212 Pb-203 At-211
"""
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
    return [f"{name},{value},{spelled},{d},{b:g},{MODES[m]}" for d, b, m in branches]


def main() -> None:
    """Follow every chain to its stable end and print the table."""
    seen, queue = {}, deque(WANTED.split())
    while queue:
        name = queue.popleft()
        if name in seen or name == "SF" or math.isinf(rd.Nuclide(name).half_life("s")):
            continue
        seen[name] = rows(name)
        queue.extend(rd.Nuclide(name).progeny())
    print("# Half-lives and branches to daughters, ICRP Publication 107 (2008), for nuclides of")
    print("# radiopharmaceutical therapy and imaging and all their radioactive progeny. A daughter")
    print("# without rows of its own is stable. Made by tools/physics/nuclide_table.py from the")
    print(f"# data set {rd.DEFAULTDATA.dataset_name} of radioactivedecay {rd.__version__}.")
    print("# One row a branch; year = 365.2422 d.")
    print("nuclide,half_life,unit,daughter,fraction,mode")
    for name in sorted(seen):
        print("\n".join(seen[name]))


if __name__ == "__main__":
    main()
