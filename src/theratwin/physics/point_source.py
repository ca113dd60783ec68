"""Radial tables: the energy absorbed around a point source in water, as shipped in `data`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError

Array = NDArray[np.float64]
Kind = Literal["electron", "photon"]


@dataclass(frozen=True, eq=False)
class PointSource:
    """Cumulative absorbed fraction around an isotropic mono-energetic point source in water.

    Parameters
    ----------
    energy
        Energies of the columns, MeV, shape (energies,).
    x
        Scaled radii :math:`\\rho r / \\lambda(E)`, from 0, shape (radii,).
    fraction
        Fraction of the energy absorbed within the radius, shape (radii, energies), 0 to 1.
    radiated
        Fraction of the energy that bremsstrahlung carries away and `fraction` leaves out.
    length_energy, length
        The scaling length :math:`\\lambda`, g/cm2: range of an electron, inverse mass
        energy-transfer coefficient of a photon.
    """

    energy: Array
    x: Array
    fraction: Array
    radiated: Array
    length_energy: Array
    length: Array

    @property
    def lowest(self) -> float:
        """Energy below which all is absorbed at the source, MeV."""
        return float(self.length_energy[0])

    def length_at(self, energy: Array) -> Array:
        """Return the scaling length at energies, g/cm2 (PCHIP in log-log; linear above)."""
        from scipy.interpolate import PchipInterpolator

        log_energy, log_length = np.log(self.length_energy), np.log(self.length)
        slope = (log_length[-1] - log_length[-2]) / (log_energy[-1] - log_energy[-2])
        wanted = np.log(np.asarray(energy, dtype=float))
        inside = np.clip(wanted, log_energy[0], log_energy[-1])
        beyond = np.maximum(wanted - log_energy[-1], 0.0)
        return np.exp(PchipInterpolator(log_energy, log_length)(inside) + slope * beyond)


@cache
def point_source(kind: Kind) -> PointSource:
    """Return the shipped table of a kind of radiation.

    Raises
    ------
    InputError
        If the kind is neither ``electron`` nor ``photon``.
    """
    if kind not in ("electron", "photon"):
        raise InputError(
            "unknown kind of radiation", field="kind", value=kind, allowed=["electron", "photon"]
        )
    head, body = read_table(f"{kind}_point_source.csv")
    energy, x, fraction = head["energy_MeV"], body[:, 0], body[:, 1:]
    if kind == "photon":
        return PointSource(energy, x, fraction, 0 * energy, energy, 1 / head["transfer"])
    _, ranges = read_table("electron_range_water.csv")
    return PointSource(energy, x, fraction, head["radiated"], ranges[:, 0], ranges[:, 2])


def read_table(name: str) -> tuple[dict[str, Array], Array]:
    """Return a shipped table's named rows and its rows of numbers."""
    text = files("theratwin.physics").joinpath("data", name).read_text(encoding="utf-8")
    head: dict[str, Array] = {}
    body: list[list[str]] = []
    for line in text.splitlines():
        cells = line.split(",")
        if line.startswith("#"):
            continue
        if cells[0][0].isdigit():
            body.append(cells)
        elif cells[1][0].isdigit():
            head[cells[0]] = np.array(cells[1:], dtype=float)
    return head, np.array(body, dtype=float)
