"""From the deposits of Monte Carlo cases to the table of specific absorbed fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.organs.contact import contact, crossing, face_areas
from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.reciprocity import with_reverse
from theratwin.physics.organs.regions import (
    PAIRS,
    SKELETAL_TARGETS,
    SOURCES,
    TARGETS,
    mass_by_organ,
)
from theratwin.physics.organs.saf_case import Deposits, groups
from theratwin.physics.organs.saf_table import LOCAL_ENERGY, SafTable
from theratwin.physics.organs.skeleton import cavity_enhancement, endosteum_mass

Array = NDArray[np.float64]
_Key = tuple[str, str, float]  # source, particle, energy
PER_KG = 1e3  # 1/g in 1/kg
CONTACT_UP_TO = 0.4  # MeV: electrons that reach the next voxel at most
CONTACT_ERROR = 0.1  # relative: steps of surfaces and matter differ from pair to pair


@dataclass(frozen=True, eq=False)
class _Weights:
    """How the deposits in groups make the dose of targets, 1/g: shape (targets, groups)."""

    energy: Array  # times energy fractions
    kerma: Array  # times marrow kerma
    skeletal: Mapping[int, str]  # red marrow and bone surfaces by row


def assemble(phantom: VoxelPhantom, deposits: Sequence[Deposits], provenance: str = "") -> SafTable:
    """Return the table of a phantom from the results of its cases.

    Runs of one case are averaged by their number of particles. Doses of red marrow and bone
    surfaces by photons are kerma of marrow in the spongiosa of each bone, times what electrons
    from bone add (`cavity_enhancement`); by electrons they are the dose of the spongiosa. Soft
    electrons hardly leave their source; where the Monte Carlo scored too few of them in a target
    that touches it, `crossing` takes its place, scaled to all that it scored. Photons between two
    organs are averaged with their reverse (`with_reverse`).

    Raises
    ------
    InputError
        If a case is of another phantom, or a source lacks an energy.
    """
    parts = groups(phantom)
    for one in deposits:
        if one.case.sex != phantom.sex or one.groups != parts:
            raise InputError("the case is of another phantom", field=one.case.name)
    target_mass = _target_masses(phantom)
    weights = _weights(phantom, parts, target_mass)
    runs = {key: _averaged(found) for key, found in _runs(deposits).items()}
    _use_contacts(phantom, runs, parts)
    sources = [s for s in SOURCES if any(key[0] == s for key in runs)]
    local = np.array([_local(phantom, source, parts, weights) for source in sources])
    energy, saf, error = {}, {}, {}
    for particle in sorted({key[1] for key in runs}):
        nodes = sorted({key[2] for key in runs if key[1] == particle})
        _check_complete(sources, particle, nodes, runs)
        pairs = [
            [_case_saf(runs[source, particle, e], weights) for e in nodes] for source in sources
        ]
        table = np.moveaxis(np.array(pairs), 1, -1)  # (source, saf or error, target, energy)
        scored, spread = table[:, 0], table[:, 1]
        if particle == "photon":
            scored, spread = with_reverse(scored, spread, sources, list(target_mass))
        energy[particle] = np.array([LOCAL_ENERGY, *nodes])
        saf[particle] = np.concatenate([local[..., None], scored], axis=-1)
        absolute = np.concatenate([0 * local[..., None], spread], axis=-1)
        error[particle] = _relative(saf[particle], absolute)
    source_mass = {s: sum(mass_by_organ(phantom, s).values()) for s in sources}
    table = SafTable(phantom.sex, source_mass, target_mass, energy, saf, error, provenance)
    return _with_pairs(table)


def _target_masses(phantom: VoxelPhantom) -> dict[str, float]:
    masses = {name: sum(mass_by_organ(phantom, name).values()) for name in TARGETS}
    masses["red_marrow"] = sum(mass_by_organ(phantom, "red_marrow").values())
    masses["bone_surfaces"] = endosteum_mass(phantom.sex)
    return {name: mass for name, mass in sorted(masses.items()) if mass > 0}


def _weights(
    phantom: VoxelPhantom, parts: Sequence[Sequence[int]], target_mass: dict[str, float]
) -> _Weights:
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
    return _Weights(energy, kerma, skeletal)


def skeletal_shares(phantom: VoxelPhantom, name: str, parts: Sequence[Sequence[int]]) -> Array:
    """Return how red marrow or bone surfaces are spread over the groups; they add up to 1.

    Bone surfaces are taken in proportion to the mass of trabecular bone.
    """
    tissue = "red_marrow" if name == "red_marrow" else "trabecular_bone"
    masses = mass_by_organ(phantom, tissue)
    by_group = np.array([sum(masses.get(n, 0.0) for n in numbers) for numbers in parts])
    return by_group / by_group.sum()


def _runs(deposits: Iterable[Deposits]) -> dict[_Key, list[Deposits]]:
    found = defaultdict(dict)
    for one in deposits:
        key = one.case.source, one.case.particle, one.case.energy
        found[key][one.case.seed, one.case.run] = one  # the same run twice counts once
    return {key: list(runs.values()) for key, runs in found.items()}


def _check_complete(sources, particle, nodes, runs) -> None:
    for source in sources:
        missing = [f"{e:g}" for e in nodes if (source, particle, e) not in runs]
        if missing:
            raise InputError(
                f"the source lacks {particle}s of {', '.join(missing)} MeV", field=source
            )


def _averaged(runs: Sequence[Deposits]) -> Deposits:
    """Return the mean of runs of one case, weighted by their particles."""
    share = np.array([one.case.histories for one in runs], dtype=float)
    share /= share.sum()
    fraction, fraction_error = _mean(share, [(r.fraction, r.standard_error) for r in runs])
    marrow, marrow_error = _mean(share, [(r.marrow, r.marrow_error) for r in runs])
    case, parts = runs[0].case, runs[0].groups
    return Deposits(case, parts, fraction, fraction_error, marrow, marrow_error)


def _use_contacts(
    phantom: VoxelPhantom, runs: dict[_Key, Deposits], parts: Sequence[Sequence[int]]
) -> None:
    """Put what crosses shared faces in place of poor scores of soft electrons."""
    areas = face_areas(phantom)
    touching = {source: contact(phantom, source, parts, areas) for source, _, _ in runs}
    for energy in {key[2] for key in runs if key[1] == "electron" and key[2] <= CONTACT_UP_TO}:
        keys = [key for key in runs if key[1:] == ("electron", energy)]
        straight = {key: crossing(touching[key[0]], energy) for key in keys}
        scored = sum(runs[key].fraction[straight[key] > 0].sum() for key in keys)
        scale = scored / max(sum(each.sum() for each in straight.values()), np.finfo(float).tiny)
        for key in keys:
            one, expected = runs[key], scale * straight[key]
            # no score at all has no error either
            poor = (one.fraction == 0) | (one.standard_error > CONTACT_ERROR * one.fraction)
            use = (expected > 0) & poor
            fraction = np.where(use, expected, one.fraction)
            error = np.where(use, CONTACT_ERROR * expected, one.standard_error)
            runs[key] = replace(one, fraction=fraction, standard_error=error)


def _case_saf(deposits: Deposits, weights: _Weights) -> tuple[Array, Array]:
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


def _mean(share: Array, runs: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    values, errors = (np.array(part) for part in zip(*runs, strict=True))
    return share @ values, np.sqrt(share**2 @ errors**2)


def _spread(weights: Array, error: Array) -> Array:
    """Return the error of a weighted sum; deposits in different groups count as independent."""
    return np.sqrt(weights**2 @ error**2)


def _local(
    phantom: VoxelPhantom, source: str, parts: Sequence[Sequence[int]], weights: _Weights
) -> Array:
    """Return the fractions (1/kg) of particles that stay where they start."""
    masses = mass_by_organ(phantom, source)
    start = np.array([sum(masses.get(n, 0.0) for n in numbers) for numbers in parts])
    return PER_KG * weights.energy @ (start / start.sum())


def _relative(value: Array, error: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(value > 0, np.minimum(error / value, 1.0), np.where(error > 0, 1.0, 0.0))


def _with_pairs(table: SafTable) -> SafTable:
    """Add the sources that are pairs: both sides with the same activity a gram."""
    masses = dict(table.source_mass)
    saf = {p: list(values) for p, values in table.saf.items()}
    error = {p: list(values) for p, values in table.relative_uncertainty.items()}
    for pair, sides in PAIRS.items():
        if not set(sides) <= set(masses):
            continue
        places = [table.sources.index(side) for side in sides]
        share = np.array([masses[side] for side in sides])
        masses[pair] = float(share.sum())
        share = share / share.sum()
        for particle, values in table.saf.items():
            absolute = values * table.relative_uncertainty[particle]
            mean = np.tensordot(share, values[places], axes=1)
            spread = np.sqrt(np.tensordot(share**2, absolute[places] ** 2, axes=1))
            saf[particle].append(mean)
            error[particle].append(_relative(mean, spread))
    return SafTable(
        table.phantom,
        masses,
        table.target_mass,
        table.energy,
        {p: np.array(v) for p, v in saf.items()},
        {p: np.array(v) for p, v in error.items()},
        table.provenance,
    )
