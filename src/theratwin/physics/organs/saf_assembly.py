"""From the deposits of Monte Carlo cases to the table of specific absorbed fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.organs.contact_scores import CaseKey, with_contacts
from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.reciprocity import with_reverse
from theratwin.physics.organs.regions import PAIRS, SOURCES, mass_by_organ
from theratwin.physics.organs.saf_case import Deposits, groups
from theratwin.physics.organs.saf_table import LOCAL_ENERGY, SafTable
from theratwin.physics.organs.saf_weights import (
    TargetWeights,
    case_saf,
    local_fractions,
    target_masses,
    target_weights,
)

Array = NDArray[np.float64]


def assemble(phantom: VoxelPhantom, deposits: Sequence[Deposits], provenance: str = "") -> SafTable:
    """Return the table of a phantom from the results of its cases.

    Runs of one case are averaged by their number of particles. Doses of red marrow and bone
    surfaces by photons are kerma of marrow in the spongiosa of each bone, times what electrons
    from bone add (`cavity_enhancement`); by electrons they are the dose of the spongiosa. Where
    the Monte Carlo scored too few electrons, in a target that touches the source or holds a small
    part of it, what starts there and crosses its faces takes its place (`reach`), scaled to all
    that was scored. Photons between two organs are averaged with their reverse (`with_reverse`).

    Raises
    ------
    InputError
        If a case is of another phantom, or a source lacks an energy.
    """
    parts = groups(phantom)
    for one in deposits:
        if one.case.sex != phantom.sex or one.groups != parts:
            raise InputError("the case is of another phantom", field=one.case.name)
    target_mass = target_masses(phantom)
    weights = target_weights(phantom, parts, target_mass)
    runs = {key: _averaged(found) for key, found in _runs(deposits).items()}
    better = with_contacts(phantom, runs, parts)
    sources = [s for s in SOURCES if any(key[0] == s for key in runs)]
    local = np.array([local_fractions(phantom, source, parts, weights) for source in sources])
    energy, saf, error = {}, {}, {}
    for particle in sorted({key[1] for key in runs}):
        nodes = sorted({key[2] for key in runs if key[1] == particle})
        _check_complete(sources, particle, nodes, runs)
        cases = [[(source, particle, e) for e in nodes] for source in sources]
        scored, spread = _fractions(cases, better, weights)
        # of the whole body the scores add up; what takes their place need not
        whole = list(target_mass).index("whole_body")
        plain = _fractions(cases, runs, weights)
        scored[:, whole], spread[:, whole] = (part[:, whole] for part in plain)
        if particle == "photon":
            scored, spread = with_reverse(scored, spread, sources, list(target_mass))
        energy[particle] = np.array([LOCAL_ENERGY, *nodes])
        saf[particle] = np.concatenate([local[..., None], scored], axis=-1)
        absolute = np.concatenate([0 * local[..., None], spread], axis=-1)
        error[particle] = _relative(saf[particle], absolute)
    source_mass = {s: sum(mass_by_organ(phantom, s).values()) for s in sources}
    table = SafTable(phantom.sex, source_mass, target_mass, energy, saf, error, provenance)
    return _with_pairs(table)


def _fractions(
    cases: Sequence[Sequence[CaseKey]],
    deposits: Mapping[CaseKey, Deposits],
    weights: TargetWeights,
) -> tuple[Array, Array]:
    """Return fractions (1/kg) and their errors, each of shape (sources, targets, energies)."""
    pairs = np.array([[case_saf(deposits[key], weights) for key in row] for row in cases])
    table = np.moveaxis(pairs, 1, -1)  # (source, fraction or error, target, energy)
    return table[:, 0], table[:, 1]


def _runs(deposits: Iterable[Deposits]) -> dict[CaseKey, list[Deposits]]:
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


def _mean(share: Array, runs: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    values, errors = (np.array(part) for part in zip(*runs, strict=True))
    return share @ values, np.sqrt(share**2 @ errors**2)


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
