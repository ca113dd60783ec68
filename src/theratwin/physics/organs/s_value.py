"""Organ S values: specific absorbed fractions folded with what a nuclide emits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.physics.organs.organ_values import OrganSValues, Radiation, Walls
from theratwin.physics.organs.regions import SKELETAL_TARGETS, WALLS, region_name
from theratwin.physics.organs.saf_curves import local_saf, saf_at, saf_error
from theratwin.physics.organs.saf_table import SafTable
from theratwin.physics.organs.skeletal_particles import BONE_SOURCES, skeletal_saf
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
_UNIT = GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H * 1e-3  # MeV/kg a decay in Gy/(MBq h)


def organ_s_values(
    table: SafTable, radiation: Radiation, source: str, *, walls: Walls = "mean"
) -> OrganSValues:
    r"""Return the S values of a source region to all targets of a phantom.

    .. math:: S(t \leftarrow s) = \sum_i E_i Y_i\, \Phi(t \leftarrow s; E_i)

    (MIRD Pamphlet No. 21) with the specific absorbed fractions :math:`\Phi` of the table:
    photons and electrons by Monte Carlo, alpha particles and recoils where they start, charged
    particles of skeletal sources by `skeletal_saf`.

    Parameters
    ----------
    table
        Specific absorbed fractions of the phantom.
    radiation
        What is emitted a decay, such as ``emissions("Lu-177")``.
    source
        Source region; ``trabecular_bone_surface`` and ``cortical_bone_surface`` besides those of
        the table.
    walls
        ``"mean"``: the wall's mean dose from its content, by Monte Carlo in voxels; nothing from
        alpha particles. ``"surface"``: the dose at the inner surface, of ICRP Publication 30:
        half that of the content by electrons, a hundredth of it by alpha particles.

    Raises
    ------
    InputError
        If the source is not in the table.
    UnsupportedError
        If an energy is beyond the table.
    """
    if walls not in ("mean", "surface"):
        raise InputError("unknown", field="walls", value=walls, allowed=("mean", "surface"))
    if table.complete and walls == "surface":
        raise InputError("the table has doses of walls of its own", field="walls", value=walls)
    name = region_name(source, dict.fromkeys((*table.sources, *BONE_SOURCES)), "source")
    base = name if name in table.sources else BONE_SOURCES.get(name, name)
    if base not in table.sources:
        raise InputError(
            "no such source in the table", field="source", value=source, allowed=table.sources
        )
    photon, electron, alpha = radiation.photons, radiation.electrons, radiation.alphas
    of_photons = saf_at(table, base, "photon", photon.energy)
    of_electrons = saf_at(table, base, "electron", electron.energy)
    of_alphas = _alpha_safs(table, base, alpha.energy)
    charged = {"electron": (of_electrons, electron), "alpha": (of_alphas, alpha)}
    for particle, (safs, lines) in charged.items() if not table.complete else ():
        _within_skeleton(table, name, particle, lines.energy, safs)
        if walls == "surface" and name in WALLS:
            _at_surface(table, name, particle, safs)
    photons = _UNIT * of_photons @ (photon.energy * photon.yields)
    electrons = _UNIT * of_electrons @ (electron.energy * electron.yields)
    alphas = _UNIT * of_alphas @ (alpha.energy * alpha.yields)
    return OrganSValues(
        phantom=table.phantom,
        source=name,
        source_mass=table.source_mass[base],
        target_mass=dict(table.target_mass),
        photons=photons,
        electrons=electrons,
        alphas=alphas,
        relative_uncertainty=_uncertainty(table, base, radiation, photons, electrons + alphas),
        walls=walls,
    )


def _alpha_safs(table: SafTable, source: str, energy: Array) -> Array:
    if "alpha" in table.saf:
        return saf_at(table, source, "alpha", energy)
    return np.repeat(local_saf(table, source)[:, None], energy.size, axis=1)


def _within_skeleton(
    table: SafTable, source: str, particle: str, energy: Array, safs: Array
) -> None:
    """Put published and modeled fractions in place of those that voxels cannot give."""
    if source not in (*BONE_SOURCES, "red_marrow"):
        return
    stays = np.ones(energy.size)
    if source == "red_marrow" and particle == "electron" and "spongiosa" in table.target_mass:
        place = table.targets.index("spongiosa")
        stays = safs[place] * table.target_mass["spongiosa"] * 1e-3
    marrow = table.target_mass.get("red_marrow", np.nan)
    for target in SKELETAL_TARGETS:
        if target in table.target_mass:
            found = skeletal_saf(source, target, particle, energy, table.phantom, marrow)
            safs[table.targets.index(target)] = stays * found


def _at_surface(table: SafTable, content: str, particle: str, safs: Array) -> None:
    """Put the dose at the inner surface in place of the wall's mean dose."""
    if WALLS[content] in table.target_mass:
        values = parameter_set("physics", "organ_s_values")
        share = values.value(f"wall_surface.{particle}")
        row = table.targets.index(WALLS[content])
        safs[row] = share * 1e3 / table.source_mass[content]


def _uncertainty(
    table: SafTable, source: str, radiation: Radiation, photons: Array, particles: Array
) -> Array:
    """Return the relative standard uncertainty of the sum of the parts."""
    model = parameter_set("physics", "organ_s_values")
    skeleton = parameter_set("physics", "skeleton")
    of_photons = np.full(len(table.targets), model.value("relative_uncertainty.photon"))
    of_particles = np.full(len(table.targets), model.value("relative_uncertainty.electron"))
    for target in SKELETAL_TARGETS:
        if target in table.target_mass:
            row = table.targets.index(target)
            of_photons[row] = skeleton.value("photon_relative_uncertainty")
            of_particles[row] = skeleton.value("relative_uncertainty")
    square = (of_photons * photons) ** 2 + (of_particles * particles) ** 2
    for particle, lines in (("photon", radiation.photons), ("electron", radiation.electrons)):
        weight = _UNIT * lines.energy * lines.yields
        square = square + saf_error(table, source, particle, lines.energy, weight) ** 2
    total = photons + particles
    unseen = (total == 0) & (radiation.photons.energy.size > 0)  # too far for what was followed
    relative = np.sqrt(square) / np.maximum(total, np.finfo(float).tiny)
    return np.where(unseen, 1.0, np.minimum(relative, 1.0))  # 100 %: hardly anything was scored
