"""In-vivo generators: chains whose members leave the ligand and travel as free elements."""

from theratwin.kinetics.generators.antibody import ANTIBODY_SITES, antibody_carrier
from theratwin.kinetics.generators.dish import DISH_SITES
from theratwin.kinetics.generators.doses import MemberDose, region_doses
from theratwin.kinetics.generators.followed_chain import FollowedChain, followed_chain
from theratwin.kinetics.generators.free_element import FreeElement, free_element
from theratwin.kinetics.generators.generator import Generator, generator
from theratwin.kinetics.generators.linear_carrier import linear_carrier
from theratwin.kinetics.generators.organ_doses import organ_doses, phantom_sources
from theratwin.kinetics.generators.site import Site, body_sites

__all__ = [
    "ANTIBODY_SITES",
    "DISH_SITES",
    "FollowedChain",
    "FreeElement",
    "Generator",
    "MemberDose",
    "Site",
    "antibody_carrier",
    "body_sites",
    "followed_chain",
    "free_element",
    "generator",
    "linear_carrier",
    "organ_doses",
    "phantom_sources",
    "region_doses",
]
