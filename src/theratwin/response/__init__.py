"""What dose does: protraction, survival, BED, tumor control, complication; cells, tumors, blood.

Models with states and their companions are loaded on first use. Research use only. Not a medical
device.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from theratwin.response.blood import (
        BloodCounts,
        Nadir,
        blood_counts,
        docetaxel_course,
        hematopoiesis,
    )
    from theratwin.response.cell_survival import (
        CellModel,
        cell_model,
        cell_model_names,
    )
    from theratwin.response.cell_survival.compare import (
        Comparison,
    )
    from theratwin.response.driven import (
        follow,
        settled,
    )
    from theratwin.response.drugs import (
        Doses,
        Drug,
        bliss_excess,
        drug,
        drug_names,
        loewe_index,
    )
    from theratwin.response.effective_time import (
        RepopulatedEffect,
        repopulated_effect_of,
    )
    from theratwin.response.medras import Medras, MedrasRpt
    from theratwin.response.organs import (
        gfr_decline_rate,
        gfr_left,
        tolerances,
    )
    from theratwin.response.oxygen import OxygenDistribution, radioresistance, reoxygenation
    from theratwin.response.quality import (
        alpha_response,
        control_by_size,
        hypoxic_tissue,
        radiation_weights,
    )
    from theratwin.response.tumor import (
        SelfDose,
        TumorCourse,
        TumorModel,
        tumor_network,
    )

_ROOM_OF = {
    "cell_survival": (
        "CellModel",
        "cell_model",
        "cell_model_names",
    ),
    "cell_survival.compare": ("Comparison",),
    "effective_time": (
        "RepopulatedEffect",
        "repopulated_effect_of",
    ),
    "medras": (
        "Medras",
        "MedrasRpt",
    ),
    "quality": (
        "alpha_response",
        "control_by_size",
        "hypoxic_tissue",
        "radiation_weights",
    ),
    "oxygen": (
        "OxygenDistribution",
        "radioresistance",
        "reoxygenation",
    ),
    "driven": (
        "follow",
        "settled",
    ),
    "blood": (
        "BloodCounts",
        "Nadir",
        "blood_counts",
        "docetaxel_course",
        "hematopoiesis",
    ),
    "organs": (
        "gfr_left",
        "gfr_decline_rate",
        "tolerances",
    ),
    "tumor": (
        "TumorCourse",
        "TumorModel",
        "SelfDose",
        "tumor_network",
    ),
    "drugs": (
        "Doses",
        "Drug",
        "drug",
        "drug_names",
        "bliss_excess",
        "loewe_index",
    ),
}
_HOME = {name: room for room, names in _ROOM_OF.items() for name in names}

__all__ = [
    "BloodCounts",
    "CellModel",
    "Comparison",
    "Complication",
    "Doses",
    "Drug",
    "Effect",
    "Medras",
    "MedrasRpt",
    "Nadir",
    "OxygenDistribution",
    "Repair",
    "RepopulatedEffect",
    "Repopulation",
    "SelfDose",
    "Tissue",
    "TumorControl",
    "TumorCourse",
    "TumorModel",
    "alpha_response",
    "bed",
    "bed50",
    "bed_of",
    "biphasic_repair",
    "bliss_excess",
    "blood_counts",
    "cell_model",
    "cell_model_names",
    "complication",
    "control_by_size",
    "decay_protraction",
    "docetaxel_course",
    "dose_of_bed",
    "drug",
    "drug_names",
    "effect_of",
    "eqd2",
    "follow",
    "generalized_eud",
    "gfr_decline_rate",
    "gfr_left",
    "hematopoiesis",
    "hypoxic_tissue",
    "linear_quadratic_eud",
    "loewe_index",
    "log_cell_kill",
    "log_cell_kill_of",
    "logistic_ntcp",
    "probit_ntcp",
    "protraction_factor",
    "protraction_integral",
    "protraction_matrix",
    "radiation_weights",
    "radioresistance",
    "reoxygenation",
    "repopulated_effect_of",
    "settled",
    "survival",
    "survival_eud",
    "survival_of",
    "tissue",
    "tissue_names",
    "tolerances",
    "tumor_control",
    "tumor_network",
    "voxel_bed",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'theratwin.response' has no attribute {name!r}")
    found = getattr(import_module(f"theratwin.response.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
