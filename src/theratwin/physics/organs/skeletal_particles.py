"""Electrons and alpha particles of skeletal sources: what marrow and bone surfaces get."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import parameter_set
from theratwin.physics.matter import csda_range, material
from theratwin.physics.organs.skeleton import layer_share

Array = NDArray[np.float64]

#: Sources in and on bone, and the source whose photons, and particles elsewhere, they share.
BONE_SOURCES = {
    "trabecular_bone": "trabecular_bone",
    "trabecular_bone_surface": "trabecular_bone",
    "cortical_bone": "cortical_bone",
    "cortical_bone_surface": "cortical_bone",
}


def skeletal_saf(
    source: str, target: str, particle: str, energy: ArrayLike, sex: str, marrow_mass: float
) -> Array:
    """Return the specific absorbed fractions of charged particles within the skeleton, 1/kg.

    From red marrow by `marrow_absorbed_fraction`, from bone by the absorbed fractions of ICRP
    Publication 30; both are about 30 % uncertain.

    Parameters
    ----------
    source
        ``"red_marrow"`` or one of `BONE_SOURCES`.
    target
        ``"red_marrow"`` or ``"bone_surfaces"``: from marrow a layer of 50 um; from bone, as in
        the publication, of 10 um.
    particle
        ``"electron"`` or ``"alpha"``.
    energy
        MeV, any shape.
    sex
        ``"AM"`` or ``"AF"``.
    marrow_mass
        Mass of the red marrow, g.
    """
    wanted = np.asarray(energy, dtype=float)
    if source == "red_marrow":
        if target == "red_marrow":
            return 1e3 / marrow_mass * marrow_absorbed_fraction(wanted, sex, particle)
        return 1e3 / marrow_mass * _surface_share(wanted, sex, particle)
    values = parameter_set("physics", "skeleton")
    published = f"icrp_30.{source}.{particle}.{target}"
    fraction = np.full(wanted.shape, values.value(published))
    if target == "red_marrow":
        return 1e3 / marrow_mass * fraction
    if particle == "electron":
        soft = wanted < values.value("icrp_30.soft_below")
        fraction = np.where(soft, values.value(f"{published}_soft"), fraction)
    return 1e3 / values.value("icrp_30.bone_surfaces_mass") * fraction


def marrow_absorbed_fraction(energy: ArrayLike, sex: str, particle: str = "electron") -> Array:
    r"""Return the fraction of their energy that particles of red marrow leave in red marrow.

    Straight tracks of range :math:`R` in a random mixture, of marrow with bone and of red with
    yellow marrow. In such a (Markovian) mixture a point at a distance :math:`r` from one in
    marrow is in marrow with probability :math:`p + (1 - p) e^{-r/\lambda}`, with :math:`p` the
    share of marrow and :math:`\lambda` its mean chord times :math:`1 - p`; for fat cells alike,
    so that

    .. math:: \phi = \frac{1}{R} \int_0^R [p + (1-p) e^{-r/\lambda_b}]
              [c + (1-c) e^{-r/\lambda_f}]\, dr

    which goes from 1 to :math:`pc`, the share of red marrow in spongiosa. What leaves the
    spongiosa is not seen here.

    Parameters
    ----------
    energy
        MeV, any shape.
    sex
        ``"AM"`` or ``"AF"``.
    particle
        ``"electron"`` or ``"alpha"``.

    Examples
    --------
    >>> marrow_absorbed_fraction([0.001, 0.15, 2.0], "AM").round(2)
    array([1.  , 0.58, 0.4 ])
    """
    share, cells, bone, fat = _mixture(sex)
    track = _track(energy, particle)
    both = 1 / (1 / bone + 1 / fat)
    return (
        share * cells
        + (1 - share) * cells * _mean_decay(track, bone)
        + share * (1 - cells) * _mean_decay(track, fat)
        + (1 - share) * (1 - cells) * _mean_decay(track, both)
    )


def _surface_share(energy: Array, sex: str, particle: str) -> Array:
    """Return dose near bone over that of red marrow's own cells, for activity in red marrow.

    Deep in a cavity, marrow gets its cellularity; a layer next to bone lacks what bone does not
    send.
    """
    layer = parameter_set("physics", "skeleton").value("endosteum.thickness")
    return _mixture(sex)[1] * (1 - layer_share(layer, _track(energy, particle)))


def _mixture(sex: str) -> tuple[float, float, float, float]:
    """Return shares of marrow and of red marrow in it, and the mixtures' lengths (mm)."""
    values = parameter_set("physics", "skeleton")
    suffix = "male" if sex == "AM" else "female"
    share = values.value(f"marrow.share_of_spongiosa_{suffix}")
    cells = values.value(f"marrow.cellularity_{suffix}")
    bone = values.value("marrow_cavity.mean_chord") * (1 - share)
    fat = values.value("fat_cell.mean_chord") * cells
    return share, cells, bone, fat


def _track(energy: ArrayLike, particle: str) -> Array:
    """Return ranges in mm; of alpha particles those in water."""
    wanted = np.maximum(np.asarray(energy, dtype=float), 1e-3)
    if wanted.size == 0:
        return wanted
    matter = material("red_marrow" if particle == "electron" else "water")
    kind = "electron" if particle == "electron" else "alpha"
    return 10 * csda_range(matter, wanted, kind) / matter.density


def _mean_decay(track: Array, length: float) -> Array:
    x = np.maximum(track / length, 1e-9)
    return -np.expm1(-x) / x
