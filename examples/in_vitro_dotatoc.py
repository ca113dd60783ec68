"""Lu-177 DOTATOC in a dish, from the incubation to survival, with and without olaparib.

Run ``python examples/in_vitro_dotatoc.py``. Kinetics, cycle and repair are assumptions of the
shipped parameter sets, not fitted to a cell line. Research use only. Not a medical device.
"""

from __future__ import annotations

from math import exp

from theratwin.core import Pieces
from theratwin.response.cell_survival import cell_model
from theratwin.response.drugs import drug, log_kill_excess
from theratwin.twin import InVitro


def main() -> None:
    """Print activities, doses to the nucleus by source, and surviving fractions."""
    assay = InVitro(given={"activity_concentration": "1 MBq/mL", "incubation": "4 h"})
    activities(assay)
    doses(assay)
    survival(assay)


def activities(assay: InVitro) -> None:
    """Print where the activity is."""
    shown = {"1": 1.0, "4": 4.0 - 1e-6, "4, washed": 4.0 + 1e-6, "24": 24.0, "96": 96.0}
    found = assay.solve([*shown.values()])
    print("time (h)    medium (MBq/mL)   membrane (mBq/cell)   cytoplasm (mBq/cell)")
    for i, time in enumerate(shown):
        on, inside = (1e9 * found[place][0, i] for place in ("membrane", "cytoplasm"))
        print(f"{time:9} {found['medium'][0, i]:17.6f} {on:21.3f} {inside:22.2f}")


def doses(assay: InVitro) -> None:
    """Print the dose to the nucleus, and which part of the energy that is."""
    print("\ndose to the nucleus (Gy)")
    for source, dose in assay.doses.items():
        print(f"  {source:10} {dose:7.3f}")
    print(f"  {'all':10} {assay.dose:7.3f}")
    print(f"nuclei absorb {100 * assay.cell_share:.2f} % of the energy that leaves cells,")
    print(f"and {100 * assay.well_share:.3f} % of all that is emitted in the well")


def survival(assay: InVitro) -> None:
    """Print surviving fractions with three days of 0.03 umol/L olaparib (free) and without."""
    olaparib = drug("olaparib")
    days = {"olaparib": Pieces([0.0, 72.0], [[0.03]])}
    untreated = InVitro(given={"activity_concentration": 0.0})
    print("\nsurviving fraction   Lu-177   olaparib     both   log kill beyond the sum")
    for hr in ("deficient", "proficient"):
        model = cell_model("medras-rpt", p53="mutant", hr=hr, drugs="parp")
        radiation = assay.log_kill(model, [olaparib])
        inhibitor = untreated.log_kill(model, [olaparib], days)
        both = assay.log_kill(model, [olaparib], days)
        row = "".join(f"{exp(-kill):9.4f}" for kill in (radiation, inhibitor, both))
        print(f"HR {hr:14}{row}   {log_kill_excess(radiation, inhibitor, both):+.3f}")


if __name__ == "__main__":
    main()
