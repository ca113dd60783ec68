"""Radiation quality: what alphas, Auger electrons and recoils do that dose alone does not say."""

from theratwin.response.quality.alpha_response import AlphaResponse, alpha_response
from theratwin.response.quality.domains import (
    DomainCell,
    SpecificEnergies,
    domain_cell,
    saturated,
    saturation_parameter,
    track_specific_energies,
)
from theratwin.response.quality.hypoxic_tissue import (
    HypoxicTissue,
    even_concentration,
    hypoxic_tissue,
)
from theratwin.response.quality.kinetic_cell_model import MicrodosimetricKinetic
from theratwin.response.quality.lesion_cells import LesionCells, lesion_cells
from theratwin.response.quality.lesion_size import SizeStudy, control_by_size, equal_kill
from theratwin.response.quality.microdosimetric_kinetic import (
    mkm_coefficients,
    smk_coefficients,
    smk_log_survival,
    spectrum_log_survival,
)
from theratwin.response.quality.mixed_field import MixedField
from theratwin.response.quality.oxygen_kinetic import (
    OxygenCell,
    OxygenDomainCell,
    oxygen_cell,
    oxygen_domain_cell,
)
from theratwin.response.quality.slowing_down import (
    AlphaQuality,
    alpha_energy,
    alpha_let,
    alpha_quality,
    nuclide_quality,
)
from theratwin.response.quality.track_count import TrackCount
from theratwin.response.quality.track_structure import TrackStructure, kiefer_chatterjee
from theratwin.response.quality.weighted_dose import (
    RadiationWeights,
    WeightedDose,
    radiation_weights,
)

__all__ = [
    "AlphaQuality",
    "AlphaResponse",
    "DomainCell",
    "HypoxicTissue",
    "LesionCells",
    "MicrodosimetricKinetic",
    "MixedField",
    "OxygenCell",
    "OxygenDomainCell",
    "RadiationWeights",
    "SizeStudy",
    "SpecificEnergies",
    "TrackCount",
    "TrackStructure",
    "WeightedDose",
    "alpha_energy",
    "alpha_let",
    "alpha_quality",
    "alpha_response",
    "control_by_size",
    "domain_cell",
    "equal_kill",
    "even_concentration",
    "hypoxic_tissue",
    "kiefer_chatterjee",
    "lesion_cells",
    "mkm_coefficients",
    "nuclide_quality",
    "oxygen_cell",
    "oxygen_domain_cell",
    "radiation_weights",
    "saturated",
    "saturation_parameter",
    "smk_coefficients",
    "smk_log_survival",
    "spectrum_log_survival",
    "track_specific_energies",
]
