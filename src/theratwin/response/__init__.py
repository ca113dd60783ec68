"""What dose does: protraction, survival, BED and EQD2, tumor control, complication.

Research use only. Not a medical device.
"""

from theratwin.response.complications import (
    Complication,
    complication,
    logistic_ntcp,
    probit_ntcp,
)
from theratwin.response.lea_catcheside import protraction_factor, protraction_integral
from theratwin.response.linear_quadratic import (
    Effect,
    bed,
    bed_of,
    dose_of_bed,
    effect_of,
    eqd2,
    log_cell_kill,
    log_cell_kill_of,
    survival,
    survival_of,
)
from theratwin.response.repair import Repair
from theratwin.response.repopulation import Repopulation
from theratwin.response.tissues import Tissue, biphasic_repair, tissue, tissue_names
from theratwin.response.tumor_control import TumorControl, bed50, tumor_control
from theratwin.response.uniform_dose import (
    generalized_eud,
    linear_quadratic_eud,
    survival_eud,
)
from theratwin.response.voxel_bed import decay_protraction, protraction_matrix, voxel_bed

__all__ = [
    "Complication",
    "Effect",
    "Repair",
    "Repopulation",
    "Tissue",
    "TumorControl",
    "bed",
    "bed50",
    "bed_of",
    "biphasic_repair",
    "complication",
    "decay_protraction",
    "dose_of_bed",
    "effect_of",
    "eqd2",
    "generalized_eud",
    "linear_quadratic_eud",
    "log_cell_kill",
    "log_cell_kill_of",
    "logistic_ntcp",
    "probit_ntcp",
    "protraction_factor",
    "protraction_integral",
    "protraction_matrix",
    "survival",
    "survival_eud",
    "survival_of",
    "tissue",
    "tissue_names",
    "tumor_control",
    "voxel_bed",
]
