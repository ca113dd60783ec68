"""What alpha and beta emitters do to hypoxic tissue far from vessels: delivery and oxygen apart."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from theratwin.core import Component, Exponentials, Exposure, parameter_set
from theratwin.physics.absorbed_fraction import positive
from theratwin.physics.layers import mirrored_layers
from theratwin.physics.progeny import Progeny
from theratwin.response.oxygen.vessels import VesselSheets
from theratwin.response.quality.mixed_field import MixedField

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HypoxicTissue:
    """Tissue between vessels, by layer from the vessel on, each array of shape (layers,).

    Parameters
    ----------
    distance
        From the vessel, mm.
    oxygen
        mmHg.
    electrons, alphas
        Absorbed dose, Gy.
    log_kill
        -ln S.
    aerobic_log_kill
        The same if oxygen were plenty.
    even_log_kill
        The same if oxygen were plenty and the ligand bound evenly, as at the vessel.
    rbe
        By which alphas are weighted in `weighted_dose`.
    """

    distance: Array
    oxygen: Array
    electrons: Array
    alphas: Array
    log_kill: Array
    aerobic_log_kill: Array
    even_log_kill: Array
    rbe: float

    @property
    def weighted_dose(self) -> Array:
        """Gy, weighted by RBE."""
        return self.electrons + self.rbe * self.alphas

    def hypoxic(self, below: float | None = None) -> NDArray[np.bool_]:
        """Return which layers are hypoxic: below a pressure, mmHg, that of the parameter set."""
        known = parameter_set("response", "vessel_sheets")
        return self.oxygen < (known.value("hypoxic_below") if below is None else below)

    def covered(self, dose: float, where: NDArray[np.bool_]) -> float:
        """Return the share of some layers that get a dose (Gy, weighted by RBE) or more."""
        return float(np.mean(self.weighted_dose[where] >= dose)) if where.any() else 1.0

    @property
    def log_survival(self) -> float:
        """Logarithm of the survival of all cells."""
        return _mean_log(self.log_kill)

    @property
    def lost_by_oxygen(self) -> float:
        """How much less -ln S of all cells is for lack of oxygen, over what it would be."""
        return 1.0 - _mean_log(self.log_kill) / _mean_log(self.aerobic_log_kill)

    @property
    def lost_by_delivery(self) -> float:
        """How much less -ln S of all cells is as ligand stays near vessels, with oxygen plenty."""
        return 1.0 - _mean_log(self.aerobic_log_kill) / _mean_log(self.even_log_kill)


def hypoxic_tissue(
    name: str,
    sheets: VesselSheets,
    concentration: float,
    *,
    effective_half_life: float,
    model: MixedField | None = None,
    progeny: Progeny = "all",
    layers: int = 100,
) -> HypoxicTissue:
    """Return doses and kill between vessels, for a nuclide on a ligand that binds near them.

    Parameters
    ----------
    name, progeny
        As for `chain_weights`.
    sheets
        Of `vessel_sheets`.
    concentration
        Time-integrated activity at the vessel, MBq h/g.
    effective_half_life
        Of the dose rate, h.
    model
        `MixedField` with its values, unless others are given.
    layers
        Their number.

    Raises
    ------
    InputError
        If a number is not positive.

    Examples
    --------
    >>> from theratwin.response.oxygen.vessels import vessel_sheets
    >>> tissue = hypoxic_tissue("Lu-177", vessel_sheets(0.1), 500.0, effective_half_life=50.0)
    >>> bool(tissue.log_kill[-1] < tissue.aerobic_log_kill[-1] < tissue.even_log_kill[-1])
    True
    """
    cells = MixedField.of() if model is None else model
    at_vessel = float(positive(concentration, "concentration", "MBq h/g"))
    rate = log(2.0) / float(positive(effective_half_life, "effective_half_life", "h"))
    x = sheets.layers(layers)
    step = sheets.half_distance / layers
    bound = sheets.ligand(x)
    dose, even = (
        mirrored_layers(name, step, at_vessel * share, progeny=progeny)
        for share in (bound, np.ones(layers))
    )
    pressure = sheets.oxygen(x)

    def kill(electrons: Array, alphas: Array, oxygen: Array | None) -> Array:
        rates = {Component.PHOTON_ELECTRON: electrons, Component.ALPHA: alphas}
        curves = {c: Exponentials(rate * d[:, None], [rate]) for c, d in rates.items() if d.any()}
        course = None if oxygen is None else Exponentials(oxygen[:, None], [0.0])
        return cells.log_kill(Exposure("tumor", curves, oxygen=course))

    return HypoxicTissue(
        distance=x,
        oxygen=pressure,
        electrons=dose.electrons,
        alphas=dose.alphas,
        log_kill=kill(dose.electrons, dose.alphas, pressure),
        aerobic_log_kill=kill(dose.electrons, dose.alphas, None),
        even_log_kill=kill(even.electrons, even.alphas, None),
        rbe=float(cells.parameters["alpha.rbe_max"]),
    )


def even_concentration(
    name: str,
    log_kill: float,
    *,
    effective_half_life: float,
    model: MixedField | None = None,
    progeny: Progeny = "all",
) -> float:
    """Return the concentration (MBq h/g) that kills so in even, well-oxygenated tissue.

    Parameters
    ----------
    log_kill
        -ln S.
    name, effective_half_life, model, progeny
        As for `hypoxic_tissue`.
    """
    from scipy.optimize import root_scalar

    cells = MixedField.of() if model is None else model
    wanted = float(positive(log_kill, "log_kill", "1"))
    unit = mirrored_layers(name, 0.1, np.ones(2), progeny=progeny)
    rate = log(2.0) / effective_half_life
    doses = {Component.PHOTON_ELECTRON: unit.electrons[0], Component.ALPHA: unit.alphas[0]}

    def excess(log_amount: float) -> float:
        amount = np.exp(log_amount) * rate
        curves = {c: Exponentials([amount * d], [rate]) for c, d in doses.items() if d > 0}
        return float(cells.log_kill(Exposure("tumor", curves))) - wanted

    return float(np.exp(root_scalar(excess, bracket=(-30.0, 30.0), xtol=1e-12).root))


def _mean_log(kill: Array) -> float:
    """Return the logarithm of the mean survival."""
    least = float(kill.min())
    return float(np.log(np.mean(np.exp(least - kill)))) - least
