"""Target-mediated disposition for the library of models, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from theratwin.dynamics import Network
from theratwin.kinetics.tmdd.model import CENTRAL_TARGET, tmdd_network
from theratwin.kinetics.tmdd.reductions import (
    michaelis_menten,
    quasi_equilibrium,
    quasi_steady_state,
)

_REDUCTIONS = {
    "tmdd-qe": ("by quasi-equilibrium", quasi_equilibrium),
    "tmdd-qss": ("by quasi-steady state", quasi_steady_state),
    "tmdd-mm": ("by Michaelis-Menten", michaelis_menten),
}


def tmdd_entries() -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return the full model and its reductions: what each is, and a function that writes it.

    Examples
    --------
    >>> summary, write = tmdd_entries()["tmdd-qss"]
    >>> write()
    <Network tmdd-qss: 3 states, 6 reactions, 10 parameters>
    """
    what = "an antibody that its target clears; round numbers"
    reduced = {
        name: (f"{what}, reduced {how}", partial(_reduced, name))
        for name, (how, _) in _REDUCTIONS.items()
    }
    return {"tmdd": (what, tmdd_network), **reduced}


def _reduced(name: str) -> Network:
    return replace(_REDUCTIONS[name][1](tmdd_network(), CENTRAL_TARGET), name=name)
