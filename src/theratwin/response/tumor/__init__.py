"""A tumor over time: growth, kill, feedback on its own dose, markers, control, response."""

from theratwin.response.tumor.course import TumorCourse
from theratwin.response.tumor.criteria import (
    Recist,
    RecistThresholds,
    best_response,
    diameter,
    recist,
    sum_of_diameters,
    time_to_progression,
)
from theratwin.response.tumor.extinction import (
    birth_death_extinction,
    birth_death_generating,
    birth_death_lines,
    control,
    extinction_network,
    fractionated_extinction,
)
from theratwin.response.tumor.growth import GrowthLaw, grown_volume, growth_law, growth_names
from theratwin.response.tumor.hazard_curve import hazard_curve
from theratwin.response.tumor.lesion_in_body import lesion_in_body, to_space
from theratwin.response.tumor.markers import population_psa_network, secreted_marker_network
from theratwin.response.tumor.model import TumorModel
from theratwin.response.tumor.network import tumor_network
from theratwin.response.tumor.psa_response import MarkerResponse, marker_response
from theratwin.response.tumor.scaled import scaled
from theratwin.response.tumor.self_dose import SelfDose

__all__ = [
    "GrowthLaw",
    "MarkerResponse",
    "Recist",
    "RecistThresholds",
    "SelfDose",
    "TumorCourse",
    "TumorModel",
    "best_response",
    "birth_death_extinction",
    "birth_death_generating",
    "birth_death_lines",
    "control",
    "diameter",
    "extinction_network",
    "fractionated_extinction",
    "grown_volume",
    "growth_law",
    "growth_names",
    "hazard_curve",
    "lesion_in_body",
    "marker_response",
    "population_psa_network",
    "recist",
    "scaled",
    "secreted_marker_network",
    "sum_of_diameters",
    "time_to_progression",
    "to_space",
    "tumor_network",
]
