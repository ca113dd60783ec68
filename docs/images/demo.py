"""Draw the picture of the README from the demo's twin.

Run `make demo`, then `.venv/bin/python docs/images/demo.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

import theratwin as tt
from theratwin import report
from theratwin.report.style import RC

ROOT = Path(__file__).resolve().parents[2]
REGIONS = ("kidneys", "parotid_glands", "lesion_2")


def draw(twin: tt.Twin) -> Figure:
    """Return curves above, doses and cumulative BED of the planned course below."""
    plan = tt.plan(twin)
    figure = Figure(figsize=(8.2, 5.0), dpi=125, layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.0, 1.0))
    curves = above.subplots(1, len(REGIONS))
    for region, ax in zip(REGIONS, curves, strict=True):
        report.plot_activity(twin, region, ax)
    curves[0].legend(loc="upper right")
    doses, limit = below.subplots(1, 2, width_ratios=(1.25, 1.0))
    report.plot_doses(tt.predict(twin), doses)
    doses.set_title("All regions")
    course = tt.predict(twin, plan.schedule)
    report.plot_bed_against_limits(course, "kidneys", limit, given=plan.delivered)
    limit.set_title(f"Kidneys, with {plan.cycles} further cycles of {plan.activity / 1e3:.1f} GBq")
    return figure


def main(twin: str = str(ROOT / "out/demo/twin"), to: str = "") -> None:
    """Draw the twin of a folder into an image file."""
    with mpl.rc_context(RC):
        draw(tt.load_twin(twin)).savefig(to or ROOT / "docs/images/demo.png", metadata={})


if __name__ == "__main__":
    main(*sys.argv[1:])
