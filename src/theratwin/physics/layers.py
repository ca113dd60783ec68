"""Dose in flat layers of tissue from activity that differs from layer to layer and repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.absorbed_fraction import positive
from theratwin.physics.kernels.increments import energy_increments
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LayerDose:
    """Dose of each layer, Gy, shape (layers,).

    Parameters
    ----------
    electrons
        By electrons and positrons.
    alphas
        By alpha particles; recoils are left out, as they stay where they are emitted.
    """

    electrons: Array
    alphas: Array


def mirrored_layers(
    name: str | Nuclide,
    thickness: float,
    concentration: ArrayLike,
    density: float = 1.04,
    *,
    progeny: Progeny | None = None,
) -> LayerDose:
    r"""Return the dose of layers between two mirrors: a stack that repeats itself mirrored.

    Of the energy dF(r) that a point of a plane sends to a distance r, the share
    :math:`\min(1, x/r)` stays within x of the plane, so that

    .. math:: E(x) = \int \min(1, x/r)\,dF(r)

    and a layer gets half the difference of E at its two faces for each image of the source.
    Photons are left out: they spread over centimeters.

    Parameters
    ----------
    name, progeny
        As for `chain_weights`.
    thickness
        Of a layer, mm.
    concentration
        Time-integrated activity of each layer, MBq h/g, shape (layers,).
    density
        g/mL.

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> dose = mirrored_layers("Lu-177", 0.01, np.ones(10))
    >>> float(dose.electrons.round(6).min()) == float(dose.electrons.round(6).max())
    True
    """
    activity = np.asarray(concentration, dtype=float)
    if activity.ndim != 1 or not (np.isfinite(activity).all() and (activity >= 0).all()):
        raise InputError("wrong shape or values", field="concentration", allowed=">= 0, (layers,)")
    step = float(positive(thickness, "thickness", "mm")) * 0.1
    step *= float(positive(density, "density", "g/mL"))
    sent = energy_increments(tuple(chain_weights(name, progeny).items()))
    # twice the layers, mirrored, make one period
    period = np.r_[activity, activity[::-1]]
    doses = [
        _convolved(period, _received(sent.distance, share, step, period.size))[: activity.size]
        for share in (sent.electrons, sent.alphas)
    ]
    return LayerDose(*(GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H * dose for dose in doses))


def _received(distance: Array, share: Array, step: float, period: int) -> Array:
    """Return the energy (MeV a decay) that layers of one period get of a source's middle plane."""
    total = float(share.sum())
    if total == 0:
        return np.zeros(period)
    last = float(distance[share > 1e-9 * total].max())  # beyond, nothing goes
    images = int(np.ceil(last / (step * period))) + 1
    faces = step * (np.arange(images * period + 1) + 0.5)  # of layers 1, 2, ... from the middle
    # the sum of shares times min(1, x/r), by running sums on either side of x
    near = np.searchsorted(distance, faces, side="right")
    below = np.concatenate([[0.0], np.cumsum(share)])[near]
    slope = np.concatenate([np.cumsum((share / distance)[::-1])[::-1], [0.0]])[near]
    kept = below + faces * slope
    around = 0.5 * np.diff(kept)
    folded = np.zeros(period)
    folded[0] = kept[0]
    away = np.arange(1, around.size + 1)
    np.add.at(folded, away % period, around)
    np.add.at(folded, -away % period, around)
    return folded


def _convolved(activity: Array, received: Array) -> Array:
    turned = np.fft.rfft(activity) * np.fft.rfft(received)
    return np.maximum(np.fft.irfft(turned, activity.size), 0.0)
