"""Target-mediated disposition: the full model, and reductions of any network that has a target."""

from theratwin.kinetics.tmdd.entries import tmdd_entries
from theratwin.kinetics.tmdd.model import CENTRAL_TARGET, tmdd_network
from theratwin.kinetics.tmdd.reductions import (
    michaelis_menten,
    quasi_equilibrium,
    quasi_steady_state,
)
from theratwin.kinetics.tmdd.target import Target

__all__ = [
    "CENTRAL_TARGET",
    "Target",
    "michaelis_menten",
    "quasi_equilibrium",
    "quasi_steady_state",
    "tmdd_entries",
    "tmdd_network",
]
