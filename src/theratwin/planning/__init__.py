"""Planning: objectives, limits, and the course chosen under uncertainty."""

from theratwin.planning.bounds import Bounds, bounds
from theratwin.planning.customary import default_limits
from theratwin.planning.ligand_study import LigandStudy, ligand_study
from theratwin.planning.ligand_sweep import Sweep
from theratwin.planning.limit import (
    Limit,
    Quantity,
    at_most,
    bed,
    dose,
    parse_limit,
)
from theratwin.planning.objective import (
    OBJECTIVES,
    Objective,
    log_cell_kill,
    mean_lesion_bed,
    mean_lesion_dose,
    objective_named,
)
from theratwin.planning.optimize import plan
from theratwin.planning.outcome import Outcome
from theratwin.planning.plan import Plan, Rival
from theratwin.planning.regimen import Regimen
from theratwin.planning.scan_value import ScanValue, scan_value
from theratwin.planning.sensitivity import Decisive, Sensitivity, Shift, sensitivity
from theratwin.planning.settings import Trial
from theratwin.planning.span import Span
from theratwin.planning.standard import Standard, standard_course
from theratwin.planning.therapies import TherapyChoice, TherapyOutcome, choose_therapy

__all__ = [
    "OBJECTIVES",
    "Bounds",
    "Decisive",
    "LigandStudy",
    "Limit",
    "Objective",
    "Outcome",
    "Plan",
    "Quantity",
    "Regimen",
    "Rival",
    "ScanValue",
    "Sensitivity",
    "Shift",
    "Span",
    "Standard",
    "Sweep",
    "TherapyChoice",
    "TherapyOutcome",
    "Trial",
    "at_most",
    "bed",
    "bounds",
    "choose_therapy",
    "default_limits",
    "dose",
    "ligand_study",
    "log_cell_kill",
    "mean_lesion_bed",
    "mean_lesion_dose",
    "objective_named",
    "parse_limit",
    "plan",
    "scan_value",
    "sensitivity",
    "standard_course",
]
