"""Tumors and treatments of unlike parts: uptake, sensitivity, receptors, ligands, beams."""

from theratwin.response.mixtures.competing_ligands import competing_ligands_network
from theratwin.response.mixtures.mixture import Mixture, MixtureEffect, Part
from theratwin.response.mixtures.target_escape import AntigenClass, target_escape_network
from theratwin.response.mixtures.up_regulation import up_regulation_network
from theratwin.response.mixtures.uptake_spread import log_survival_of_spread

__all__ = [
    "AntigenClass",
    "Mixture",
    "MixtureEffect",
    "Part",
    "competing_ligands_network",
    "log_survival_of_spread",
    "target_escape_network",
    "up_regulation_network",
]
