"""A patient's scans fitted by a model from SBML: priors, a posterior, and what it predicts.

    python examples/sbml_calibration.py

The model is a whole body of the library, written as SBML and read again as if it were anyone's; so
is the patient, whose kidneys and lesion bind more and let go faster than the model's own. His five
scans scatter by 8 %.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from theratwin.core import LogNormal
from theratwin.core.seed import stream
from theratwin.io.sbml import calibrate_sbml, read_sbml, write_sbml
from theratwin.kinetics.models import model_entries
from theratwin.twin import Reading

TRUTH = {
    "kidneys.receptor_density": 0.0032,
    "kidneys.release": 0.022,
    "lesion_1.receptor_density": 0.04,
    "lesion_1.release": 0.009,
}
SCANS, ERROR = [2.0, 24.0, 48.0, 96.0, 168.0], 0.08
LABELS = {"kidneys": "activity.kidneys", "lesion": "activity.lesion_1"}


def main() -> None:
    """Print the parameters before and after, and the activity a week after the last scan."""
    with tempfile.TemporaryDirectory() as folder:
        written = model_entries()["psma617-calibrated"][1]()
        model = read_sbml(write_sbml(written, Path(folder) / "model.xml"))

    patient = model.simulate(SCANS, LABELS.values(), parameters=TRUTH)
    scatter = stream(1, "scans")
    readings = [
        Reading(name, time, value * np.exp(ERROR * scatter.standard_normal()), relative_error=ERROR)
        for name in LABELS.values()
        for time, value in zip(SCANS, patient[name][0], strict=True)
    ]

    own = (
        model.system().parameters
    )  # the model's values are the medians, a factor of two the spread
    priors = {name: LogNormal(own[model.id_of(name)], 2.0) for name in TRUTH}
    found = calibrate_sbml(model, priors, readings, seed=1)
    print(found)
    print("\ntruth: " + ", ".join(f"{name} {value:g}" for name, value in TRUTH.items()))
    print("warnings: " + ("; ".join(found.warnings) or "none"))

    later = found.predict([0.0, 336.0], draws=500)
    for label, name in LABELS.items():
        low, high = np.percentile(later[name][:, 1], [5.0, 95.0])
        print(f"{label} after two weeks: {low:.3g} to {high:.3g} MBq (90 %)")


if __name__ == "__main__":
    main()
