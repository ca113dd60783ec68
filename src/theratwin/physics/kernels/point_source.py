"""Energy absorbed around a point source that emits one energy: our own tables, by medium."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.matter import csda_range, energy_transfer, material
from theratwin.physics.tables import read_table

Array = NDArray[np.float64]
Kind = Literal["electron", "positron", "photon"]
KINDS = ("electron", "positron", "photon")
#: Media whose tables are shipped; lung is that tissue at any density.
MEDIA = ("soft", "water", "adipose", "lung", "cortical_bone")
LOWEST, HIGHEST = 1e-3, 5.0  # MeV: below, all stays at the source; above, no table


@dataclass(frozen=True, eq=False)
class PointSource:
    r"""Cumulated absorbed fraction around an isotropic mono-energetic point source.

    The medium has no end. Bremsstrahlung and secondary photons are followed; the annihilation
    quanta of positrons are not part of it, they are photons of their own.

    Parameters
    ----------
    kind, medium
        What is emitted, and in what.
    energy
        Energies of the columns, MeV, shape (energies,).
    x
        Scaled radii :math:`\rho r / \lambda(E)`, from 0, shape (radii,), with :math:`\lambda`
        the range of a charged particle or a photon's inverse energy-transfer coefficient.
    fraction
        Fraction of the energy absorbed within the radius, shape (radii, energies), 0 to 1.
    error
        Largest standard error of a fraction, from the runs, shape (energies,).
    """

    kind: Kind
    medium: str
    energy: Array
    x: Array
    fraction: Array
    error: Array

    def length_at(self, energy: ArrayLike) -> Array:
        """Return the scaling length at energies, g/cm2."""
        log_energy, log_length = _lengths(self.kind, self.medium)
        return np.exp(np.interp(np.log(np.asarray(energy, dtype=float)), log_energy, log_length))

    def within(self, energy: float, radius: Array) -> Array:
        """Return the fraction of an energy (MeV) absorbed within radii in g/cm2, shape of them.

        At one scaled radius it is a cubic in log E; below the first column the shape stays.

        Raises
        ------
        UnsupportedError
            If the energy is above the table.

        Examples
        --------
        >>> table = point_source("electron", "soft")
        >>> bool(0.85 < table.within(0.147, table.length_at(0.147) * 0.8) < 0.95)
        True
        """
        if energy > HIGHEST:
            raise UnsupportedError(
                f"{self.kind} energy above the tables",
                field="energy",
                value=energy,
                allowed=f"up to {HIGHEST} MeV",
            )
        if energy <= LOWEST:
            return np.ones_like(radius)
        x = np.clip(radius / self.length_at(energy), 0.0, self.x[-1])
        first, weights = between(self.energy, energy)
        curves = _curves(self.kind, self.medium)
        fraction = sum(w * curves[first + i](x) for i, w in enumerate(weights))
        return np.clip(fraction, 0.0, 1.0)


def between(energies: Array, energy: float) -> tuple[int, Array]:
    """Return the first of four columns around an energy, and Lagrange's weights in log E.

    Beyond the ends it is the last column alone: the shape stays.

    Examples
    --------
    >>> first, weights = between(np.geomspace(0.01, 10, 7), 0.2)
    >>> first, weights.round(3), float(weights.sum().round(12))
    (1, array([-0.056,  0.446,  0.674, -0.064]), 1.0)
    """
    log = np.log(energies)
    at = float(np.clip(np.log(energy), log[0], log[-1]))
    first = int(np.clip(np.searchsorted(log, at) - 2, 0, log.size - 4))
    nodes = log[first : first + 4]
    apart = nodes[:, None] - nodes + np.eye(4)
    return first, np.prod(np.where(np.eye(4) > 0, 1.0, at - nodes) / apart, axis=1)


@cache
def point_source(kind: Kind, medium: str = "soft") -> PointSource:
    """Return the shipped table of a kind of radiation in a medium.

    Raises
    ------
    InputError
        If there is no such kind or medium.
    """
    if kind not in KINDS:
        raise InputError("unknown kind of radiation", field="kind", value=kind, allowed=KINDS)
    check_medium(medium)
    head, body = read_table(f"point_sources/{medium}_{kind}.csv")
    fraction = np.maximum.accumulate(body[:, 1:], axis=0)
    return PointSource(
        kind, medium, head["energy_MeV"], body[:, 0], fraction / fraction[-1], head["error"]
    )


def check_medium(medium: str) -> None:
    """Raise `InputError` if there are no tables of the medium."""
    if medium not in MEDIA:
        raise InputError("no kernels of the medium", field="medium", value=medium, allowed=MEDIA)


@cache
def _curves(kind: Kind, medium: str) -> tuple:
    from scipy.interpolate import PchipInterpolator

    table = point_source(kind, medium)
    return tuple(PchipInterpolator(table.x, column) for column in table.fraction.T)


@cache
def _lengths(kind: Kind, medium: str) -> tuple[Array, Array]:
    """Return the logarithms of energies and of scaling lengths, fine enough for straight lines."""
    energy = np.geomspace(LOWEST, HIGHEST * 1.0001, 600)
    matter = material(medium)
    if kind == "photon":
        length = 1 / energy_transfer(matter, energy)
    else:
        length = csda_range(matter, energy, kind)
    return np.log(energy), np.log(length)
