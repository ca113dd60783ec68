"""S values of cells and their compartments."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.physics.cells.absorbed import absorbed_energy, local_shares
from theratwin.physics.cells.geometry import Cell
from theratwin.physics.cells.ranges import METHODS, Method
from theratwin.physics.cells.tracks import (
    chain_alphas,
    chain_electrons,
    chain_recoil_energy,
)
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

#: What is printed first: the pairs of MIRD's tables; the others follow.
PAIRS = ("N<-N", "N<-Cy", "N<-CS", "C<-C", "C<-CS")
#: Assumption: straight-track CSDA gives 0.86 to 0.94 of what event-by-event Monte Carlo gives.
ELECTRON_UNCERTAINTY = 0.10
ALPHA_UNCERTAINTY = 0.02  # assumption: ASTAR's stopping power of water over the energies here


@dataclass(frozen=True, eq=False)
class CellSValue:
    """Mean absorbed dose to compartments for each unit of time-integrated activity, Gy/(MBq h).

    Unweighted absorbed dose; the parts are mappings by pair, ``target<-source`` as ``N<-CS``.

    Parameters
    ----------
    nuclide, cell, distance, method
        What they are of; ``distance`` in mm is None for a cell's dose to itself.
    weights
        Decays of the nuclide and of each daughter in the source, a decay of the nuclide.
    electrons, alphas, recoils
        The parts. Photons are left out.
    electrons_otherwise
        The electrons' part by the other method.
    """

    nuclide: str
    cell: Cell
    distance: float | None
    method: Method
    weights: dict[str, float]
    electrons: dict[str, float]
    alphas: dict[str, float]
    recoils: dict[str, float]
    electrons_otherwise: dict[str, float]

    @property
    def total(self) -> dict[str, float]:
        """The sum of the parts."""
        return {
            pair: self.electrons[pair] + self.alphas[pair] + self.recoils[pair]
            for pair in self.electrons
        }

    @property
    def relative_uncertainty(self) -> dict[str, float]:
        """Standard uncertainty over the total, by pair.

        Electrons: half the difference of Cole and CSDA, and 10 % for tracks that are not
        straight; alphas: 2 %; all added in quadrature, 0 where the total is 0. The error of
        the integrals, below 0.1 %, is not seen beside these.
        """
        return {pair: self._relative(pair, whole) for pair, whole in self.total.items()}

    def _relative(self, pair: str, whole: float) -> float:
        if whole <= 0:
            return 0.0
        electrons = self.electrons[pair]
        relation = 0.5 * (electrons - self.electrons_otherwise[pair])
        of_alphas = ALPHA_UNCERTAINTY * self.alphas[pair]
        straight = ELECTRON_UNCERTAINTY * electrons
        return (relation**2 + straight**2 + of_alphas**2) ** 0.5 / whole


def cell_s_value(
    name: str | Nuclide,
    cell: Cell,
    *,
    distance: float | None = None,
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    method: Method = "cole",
) -> CellSValue:
    r"""Return the S values between the compartments of a cell, or from a cell to another.

    .. math:: S(t \leftarrow s) = \frac{1}{m_t}\sum_n w_n\,\varepsilon_n(t \leftarrow s)

    Charged particles run straight and lose energy as their range-energy relation says. Recoil
    nuclei, whose range is below 0.1 um, stop where they start. Photons are left out:
    a cell of 5 um absorbs of Lu-177's X and gamma rays 0.1 % of what it absorbs of its
    electrons (In-111: 0.4 %); the quanta of some 20 eV that ICRP-107 counts as X rays would
    add another 0.7 % (In-111: 3 %) where they start.

    Parameters
    ----------
    name
        Nuclide, in any spelling.
    cell
        The source and, without ``distance``, the target; else a second such cell is the target.
    distance
        Between the centers, mm, at least two cell radii.
    progeny, retention
        As for `chain_weights`: whether daughters count, and which fraction of their decays
        happens in the source compartment.
    method
        ``cole`` or ``csda``, for electrons.

    Raises
    ------
    InputError
        If an argument is wrong.
    UnsupportedError
        If the progeny counts and ``progeny`` is not given.

    Examples
    --------
    >>> s = cell_s_value("Lu-177", Cell(radius=5e-3, nucleus_radius=3e-3))
    >>> f"{s.total['N<-CS'] / 3.6e9:.3e} Gy/(Bq s)"
    '3.378e-04 Gy/(Bq s)'
    """
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    _check(cell, distance, method)
    weights = chain_weights(parent, progeny, retention)
    key = tuple((member, weight) for member, weight in weights.items() if weight > 0)
    other: Method = "csda" if method == "cole" else "cole"
    local = chain_recoil_energy(key)
    recoils = {pair: local * share for pair, share in local_shares(cell, distance).items()}
    parts = [
        absorbed_energy(chain_electrons(key, method), cell, distance),
        absorbed_energy(chain_alphas(key), cell, distance),
        recoils,
        absorbed_energy(chain_electrons(key, other), cell, distance),
    ]
    doses = [_dose(part, cell) for part in parts]
    return CellSValue(parent.name, cell, distance, method, weights, *doses)


def _dose(energy: dict[str, float], cell: Cell) -> dict[str, float]:
    """Return energies (MeV a decay) over the target's mass, Gy/(MBq h), the usual pairs first."""
    order = [*PAIRS, *(pair for pair in energy if pair not in PAIRS)]
    unit = GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H
    return {pair: energy[pair] * unit / cell.mass(pair.split("<-")[0]) for pair in order}


def _check(cell: Cell, distance: float | None, method: str) -> None:
    if method not in METHODS:
        raise InputError("unknown method", field="method", value=method, allowed=METHODS)
    if distance is not None and not 2 * cell.radius * (1 - 1e-12) <= distance < float("inf"):
        raise InputError(
            "two cells cannot be as close",
            field="distance",
            value=f"{1e3 * distance:g} um",
            allowed=f"at least two cell radii, {2e3 * cell.radius:g} um, center to center",
        )
