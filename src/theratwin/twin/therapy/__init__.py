"""A therapy of several agents as one system: kinetics, doses, a lesion, blood, partner agents."""

from theratwin.twin.therapy.agents import Agents
from theratwin.twin.therapy.course import TherapyCourse
from theratwin.twin.therapy.driven_lesion import DrivenLesion
from theratwin.twin.therapy.organ_doses import organ_dose_network
from theratwin.twin.therapy.other_dose import other_dose_network
from theratwin.twin.therapy.therapy import Therapy

__all__ = [
    "Agents",
    "DrivenLesion",
    "Therapy",
    "TherapyCourse",
    "organ_dose_network",
    "other_dose_network",
]
