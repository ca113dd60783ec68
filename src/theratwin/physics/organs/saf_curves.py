"""Specific absorbed fractions at any energy, read off a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import UnsupportedError
from theratwin.physics.organs.saf_table import SafTable

Array = NDArray[np.float64]
_HIGHEST = 2.5  # times the last energy of a table: beyond it, what is absorbed is not known


def saf_at(table: SafTable, source: str, particle: str, energy: ArrayLike) -> Array:
    """Return the specific absorbed fractions of a source at energies, 1/kg.

    Over the logarithm of energy: photons by PCHIP of the logarithm of the fraction, electrons by
    PCHIP of the fraction. Below the first Monte Carlo energy a straight line leads to particles
    that stay where they start, at 1 keV; beyond the last energy its value holds.

    Returns
    -------
    array
        Shape (targets, energies).

    Raises
    ------
    UnsupportedError
        If an energy is far beyond the table.
    """
    from scipy.interpolate import PchipInterpolator

    wanted = _checked(table, particle, energy)
    nodes = np.log(table.energy[particle])
    curves = table.saf[particle][table.sources.index(source)]
    if particle != "photon":
        return PchipInterpolator(nodes, curves, axis=-1)(wanted)
    low = np.array([np.interp(wanted, nodes[:2], curve[:2]) for curve in curves])
    above = np.maximum(wanted, nodes[1])
    high = np.array([_of_scores(above, nodes[1:], curve[1:]) for curve in curves])
    return np.where(wanted < nodes[1], low, high)


def _of_scores(at: Array, nodes: Array, curve: Array) -> Array:
    """Return a curve by PCHIP of its logarithm, over the energies that something was scored at."""
    from scipy.interpolate import PchipInterpolator

    scored = curve > 0
    if scored.sum() < 2:
        return np.interp(at, nodes, curve)
    ends = nodes[scored][[0, -1]]
    inside = np.exp(PchipInterpolator(nodes[scored], np.log(curve[scored]))(np.clip(at, *ends)))
    return np.where((at < ends[0]) | (at > ends[1]), np.interp(at, nodes, curve), inside)


def saf_error(
    table: SafTable, source: str, particle: str, energy: ArrayLike, weight: ArrayLike
) -> Array:
    """Return the standard error of a weighted sum of fractions over energies, shape (targets,).

    The errors of different energies of a table are independent: each energy's share in the sum
    is that of straight lines over the logarithm of energy.
    """
    wanted = _checked(table, particle, energy)
    nodes = np.log(table.energy[particle])
    place = table.sources.index(source)
    absolute = table.saf[particle][place] * table.relative_uncertainty[particle][place]
    if particle == "photon":  # between energies that were scored, all of the curve's value
        curves = table.saf[particle][place][:, 1:]
        between = np.array([_of_scores(nodes[1:], nodes[1:], curve) for curve in curves])
        absolute[:, 1:] = np.where(curves > 0, absolute[:, 1:], between)
    shares = np.array([np.interp(wanted, nodes, unit) for unit in np.eye(nodes.size)])
    return np.sqrt((absolute**2) @ (shares @ np.asarray(weight, dtype=float)) ** 2)


def local_saf(table: SafTable, source: str) -> Array:
    """Return the fractions of particles that stay where they start, 1/kg; shape (targets,)."""
    particle = next(iter(table.saf))
    return table.saf[particle][table.sources.index(source), :, 0]


def _checked(table: SafTable, particle: str, energy: ArrayLike) -> Array:
    """Return logarithms of energies, within the table."""
    wanted = np.atleast_1d(np.asarray(energy, dtype=float))
    nodes = table.energy[particle]
    highest = _HIGHEST * nodes[-1]
    if wanted.size and wanted.max() > highest:
        raise UnsupportedError(
            f"{particle}s beyond the table of absorbed fractions",
            field="energy",
            value=f"{wanted.max():g} MeV",
            allowed=f"up to {highest:g} MeV",
        )
    return np.log(np.clip(wanted, nodes[0], nodes[-1]))
