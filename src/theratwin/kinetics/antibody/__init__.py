"""Antibodies in the body: two-pore exchange, lymph, FcRn, antigen, cold preload."""

from theratwin.kinetics.antibody.body import antibody_body
from theratwin.kinetics.antibody.entries import antibody_entries
from theratwin.kinetics.antibody.filtration import glomerular_sieving
from theratwin.kinetics.antibody.pores import Pores, hydrodynamic_radius, two_pore_exchange
from theratwin.kinetics.antibody.preload import antibody_amount, cold_preload

__all__ = [
    "Pores",
    "antibody_amount",
    "antibody_body",
    "antibody_entries",
    "cold_preload",
    "glomerular_sieving",
    "hydrodynamic_radius",
    "two_pore_exchange",
]
