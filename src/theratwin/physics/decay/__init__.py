"""Decay chains: their members, activities over time, and decays for each of the parent's."""

from theratwin.physics.decay.bateman import chain_activities, chain_integrals
from theratwin.physics.decay.chain import DecayChain, decay_chain
from theratwin.physics.decay.cumulated import HORIZON, chain_decays

__all__ = [
    "HORIZON",
    "DecayChain",
    "chain_activities",
    "chain_decays",
    "chain_integrals",
    "decay_chain",
]
