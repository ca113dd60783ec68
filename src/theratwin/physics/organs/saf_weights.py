"""How deposits in groups of structures make the doses of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.regions import SKELETAL_TARGETS, TARGETS, mass_by_organ
from theratwin.physics.organs.saf_case import Deposits
from theratwin.physics.organs.skeleton import cavity_enhancement, endosteum_mass

Array = NDArray[np.float64]
PER_KG = 1e3  # 1/g in 1/kg


@dataclass(frozen=True, eq=False)
class TargetWeights:
    """How deposits in groups make the doses of targets, 1/g; each of shape (targets, groups).

    Parameters
    ----------
    energy, kerma
        Weights of energy fractions, and of marrow's kerma.
    skeletal
        Red marrow and bone surfaces, by row.
    """

    energy: Array
    kerma: Array
    skeletal: Mapping[int, str]


def target_masses(phantom: VoxelPhantom) -> dict[str, float]:
    """Return the masses (g) of the targets that the phantom has."""
    masses = {name: sum(mass_by_organ(phantom, name).values()) for name in TARGETS}
    masses["red_marrow"] = sum(mass_by_organ(phantom, "red_marrow").values())
    masses["bone_surfaces"] = endosteum_mass(phantom.sex)
    return {name: mass for name, mass in sorted(masses.items()) if mass > 0}


def target_weights(
    phantom: VoxelPhantom, parts: Sequence[Sequence[int]], target_mass: dict[str, float]
) -> TargetWeights:
    """Return the weights of a phantom's groups."""
    energy = np.zeros((len(target_mass), len(parts)))
    kerma = np.zeros_like(energy)
    for row, (name, mass) in enumerate(target_mass.items()):
        if name in SKELETAL_TARGETS:
            share = skeletal_shares(phantom, name, parts)
            kerma[row] = share
            energy[row] = share / [phantom.mass(numbers) for numbers in parts]
        else:
            inside = mass_by_organ(phantom, name)
            energy[row] = [all(n in inside for n in numbers) / mass for numbers in parts]
    skeletal = {row: n for row, n in enumerate(target_mass) if n in SKELETAL_TARGETS}
    return TargetWeights(energy, kerma, skeletal)


def skeletal_shares(phantom: VoxelPhantom, name: str, parts: Sequence[Sequence[int]]) -> Array:
    """Return how red marrow or bone surfaces are spread over the groups; they add up to 1.

    Bone surfaces are taken in proportion to the mass of trabecular bone.
    """
    tissue = "red_marrow" if name == "red_marrow" else "trabecular_bone"
    masses = mass_by_organ(phantom, tissue)
    by_group = np.array([sum(masses.get(n, 0.0) for n in numbers) for numbers in parts])
    return by_group / by_group.sum()


def case_saf(deposits: Deposits, weights: TargetWeights) -> tuple[Array, Array]:
    """Return the specific absorbed fractions (1/kg) of one case, and their standard errors."""
    energy, case = weights.energy.copy(), deposits.case
    if case.particle != "photon":
        absolute = _spread(energy, deposits.standard_error)
        return PER_KG * energy @ deposits.fraction, PER_KG * absolute
    kerma = weights.kerma.copy()
    for row, name in weights.skeletal.items():
        energy[row] = 0.0
        kerma[row] *= cavity_enhancement(name, case.energy)
    saf = energy @ deposits.fraction + kerma @ deposits.marrow
    soft, marrow = _spread(energy, deposits.standard_error), _spread(kerma, deposits.marrow_error)
    return PER_KG * saf, PER_KG * np.hypot(soft, marrow)


def local_fractions(
    phantom: VoxelPhantom, source: str, parts: Sequence[Sequence[int]], weights: TargetWeights
) -> Array:
    """Return the fractions (1/kg) of particles that stay where they start."""
    masses = mass_by_organ(phantom, source)
    start = np.array([sum(masses.get(n, 0.0) for n in numbers) for numbers in parts])
    return PER_KG * weights.energy @ (start / start.sum())


def _spread(weights: Array, error: Array) -> Array:
    """Return the error of a weighted sum; deposits in different groups count as independent."""
    return np.sqrt(weights**2 @ error**2)
