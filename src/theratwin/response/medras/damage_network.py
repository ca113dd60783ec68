"""Making and joining of breaks under any dose rate, as a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import Fixed, Parameter
from theratwin.dynamics import Network, NetworkBuilder, maximum
from theratwin.response.medras.pathways import PATHS, Repair

#: Breaks below which there is nothing to be near to: far below the one of a cell that counts.
_FEWEST = 1e-9


def damage_numbers(repair: Repair, track_overlap: Any = None) -> dict[str, Any]:
    """Return the network's parameters by name: a number each, or one for each patient."""
    found = {
        "breaks_per_gray": repair.breaks_per_gray,
        "misrepair_coefficient": repair.coefficient,
    }
    for i, path in enumerate(PATHS):
        found[f"share.{path}"] = repair.shares[..., i]
        found[f"rate.{path}"] = repair.rates[..., i]
    if track_overlap is not None:
        found["track_overlap"] = track_overlap
    return found


def damage_network(repair: Repair, track_overlap: Any = None) -> Network:
    r"""Return the network of breaks in one phase.

    With :math:`R = y \dot D` and :math:`\bar\mu = \sum_n \mu_n B_n / B`,

    .. math:: \dot B_n = p_n R - \mu_n B_n, \qquad
              \dot H_n = p_n\,\eta_t\,R_\alpha - (\bar\mu + \mu_n) H_n

    .. math:: e = \eta B + \sum_n H_n / B, \qquad
              \dot M = \frac{e + e^2}{1 + e + e^2} \sum_n \mu_n B_n

    Inputs ``dose_rate`` and, with an overlap within tracks, ``dose_rate.alpha`` (Gy/h).

    Parameters
    ----------
    repair
        Of the phase.
    track_overlap
        The chance :math:`\eta_t` that a break meets another of its own track; None for photons
        alone.

    References
    ----------
    Citation ``mcmahon_2021``. Its program stops at ions with a duration; the equations of overlap
    are those that it means.

    Examples
    --------
    >>> from theratwin.response.medras.cell_line import CellLine
    >>> from theratwin.response.medras.pathways import repair_in
    >>> damage_network(repair_in(CellLine("G1")))
    <Network medras: 3 states, 0 reactions, 8 parameters>
    """
    b = NetworkBuilder("medras")
    known = {
        name: b.parameter(_parameter(name, value))
        for name, value in damage_numbers(repair, track_overlap).items()
    }
    photons = made = known["breaks_per_gray"] * b.input("dose_rate", "Gy/h")
    if track_overlap is not None:
        by_ions = known["breaks_per_gray"] * b.input("dose_rate.alpha", "Gy/h")
        made = photons + by_ions
    breaks = {path: b.variable(f"breaks.{path}", 0.0) for path in PATHS}
    total = sum(breaks.values(), start=0.0)
    joined = sum((known[f"rate.{path}"] * state for path, state in breaks.items()), start=0.0)
    for path, state in breaks.items():
        b.rate(state, known[f"share.{path}"] * made - known[f"rate.{path}"] * state)
    near = known["misrepair_coefficient"] * total
    if track_overlap is not None:
        some = maximum(total, _FEWEST)
        overlap = {path: b.variable(f"overlap.{path}", 0.0) for path in PATHS}
        for path, state in overlap.items():
            met = known[f"share.{path}"] * known["track_overlap"] * by_ions
            b.rate(state, met - (joined / some + known[f"rate.{path}"]) * state)
        near = near + sum(overlap.values(), start=0.0) / some
    odds = near + near * near
    b.quadrature("misjoined", odds / (1.0 + odds) * joined)
    return b.freeze()


def _parameter(name: str, value: Any) -> Parameter:
    unit = {"breaks_per_gray": "1/Gy"}.get(name, "1/h" if name.startswith("rate.") else "")
    first = Fixed(float(np.ravel(value)[0]))
    return Parameter(name, unit, first, "mcmahon_2021", note="Of a cell line in one phase.")
