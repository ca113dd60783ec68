"""theratwin: a theranostic digital twin.

A patient's radiopharmaceutical therapy as a computable model. The loop in five verbs:

    >>> import theratwin as tt
    >>> tt.calibrate, tt.predict, tt.plan, tt.update, tt.write_report  # doctest: +ELLIPSIS
    (<function calibrate ...

Every name is loaded on first use, so that ``import theratwin`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theratwin.case import (
        Administration,
        AminoAcids,
        Case,
        Diagnostic,
        ExternalBeam,
        Lesion,
        Measurement,
        Measurements,
        Patient,
        Radiopharmaceutical,
        Schedule,
        region,
    )
    from theratwin.core import Curve, Exponentials, Exposure, Pieces, Pulses, TheratwinError
    from theratwin.io import load_case, load_measurements
    from theratwin.planning import (
        Plan,
        at_most,
        bed,
        bounds,
        default_limits,
        dose,
        log_cell_kill,
        mean_lesion_bed,
        plan,
        scan_value,
        sensitivity,
    )
    from theratwin.report import write_report
    from theratwin.store import load_twin, save_twin
    from theratwin.twin import (
        Prediction,
        Twin,
        amount_study,
        calibrate,
        predict,
        sink_study,
        update,
    )

_ROOM_OF = {
    "case": (
        "Administration",
        "AminoAcids",
        "Case",
        "Diagnostic",
        "ExternalBeam",
        "Lesion",
        "Measurement",
        "Measurements",
        "Patient",
        "Radiopharmaceutical",
        "Schedule",
        "region",
    ),
    "core": ("Curve", "Exponentials", "Exposure", "Pieces", "Pulses", "TheratwinError"),
    "io": ("load_case", "load_measurements"),
    "planning": (
        "Plan",
        "at_most",
        "bed",
        "bounds",
        "default_limits",
        "dose",
        "log_cell_kill",
        "mean_lesion_bed",
        "plan",
        "scan_value",
        "sensitivity",
    ),
    "report": ("write_report",),
    "store": ("load_twin", "save_twin"),
    "twin": (
        "Prediction",
        "Twin",
        "amount_study",
        "calibrate",
        "predict",
        "sink_study",
        "update",
    ),
}
_HOME = {name: room for room, names in _ROOM_OF.items() for name in names}

__all__ = [
    "Administration",
    "AminoAcids",
    "Case",
    "Curve",
    "Diagnostic",
    "Exponentials",
    "Exposure",
    "ExternalBeam",
    "Lesion",
    "Measurement",
    "Measurements",
    "Patient",
    "Pieces",
    "Plan",
    "Prediction",
    "Pulses",
    "Radiopharmaceutical",
    "Schedule",
    "TheratwinError",
    "Twin",
    "amount_study",
    "at_most",
    "bed",
    "bounds",
    "calibrate",
    "default_limits",
    "dose",
    "load_case",
    "load_measurements",
    "load_twin",
    "log_cell_kill",
    "mean_lesion_bed",
    "plan",
    "predict",
    "region",
    "save_twin",
    "scan_value",
    "sensitivity",
    "sink_study",
    "update",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'theratwin' has no attribute {name!r}")
    found = getattr(import_module(f"theratwin.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
