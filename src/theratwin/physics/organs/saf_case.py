"""One Monte Carlo case of the table of absorbed fractions: a source, a particle, an energy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.core.files import write_text
from theratwin.core.seed import stream
from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.regions import AIR, TARGETS, mass_by_organ, members

Array = NDArray[np.float64]
FORMAT = 1


@dataclass(frozen=True)
class SafCase:
    """What one Monte Carlo run follows.

    Parameters
    ----------
    sex, source, particle
        Phantom, source region, ``"photon"`` or ``"electron"``.
    energy
        MeV.
    histories
        Particles followed.
    seed, run
        Seed of all cases, and number of the run: runs of one case are independent and add up.
    """

    sex: str
    source: str
    particle: str
    energy: float
    histories: int
    seed: int = 1
    run: int = 1

    @property
    def name(self) -> str:
        """Name of its file, without the suffix."""
        return f"{self.sex}-{self.source}-{self.particle}-{self.energy:g}-run{self.run}"

    @property
    def own_seed(self) -> int:
        """Seed of its random stream, from its name: no two cases share one."""
        return int(stream(self.seed, "organ_safs", self.name).integers(2**31 - 1))


@dataclass(frozen=True, eq=False)
class Deposits:
    """What a case deposited.

    Parameters
    ----------
    case
        The case.
    groups
        The groups of structures, by number, that nothing tells apart.
    fraction, standard_error
        Energy deposited in each group, a unit of energy emitted. Shape (groups,).
    marrow, marrow_error
        Kerma of red marrow (1/g) in each group, a unit of energy emitted; empty for electrons.
    """

    case: SafCase
    groups: tuple[tuple[int, ...], ...]
    fraction: Array
    standard_error: Array
    marrow: Array
    marrow_error: Array


@lru_cache(maxsize=4)
def groups(phantom: VoxelPhantom) -> tuple[tuple[int, ...], ...]:
    """Return the structures in groups that every target holds whole or not at all.

    Media that differ in their share of marrow are kept apart. Air belongs to no group.
    """
    holds = {name: frozenset(members(phantom, name)) for name in TARGETS}
    found: dict[Any, list[int]] = {}
    for number, organ in sorted(phantom.organs.items()):
        if number in AIR or not phantom.voxels[number]:
            continue
        marrow = organ.medium if organ.medium in phantom.marrow else 0
        inside = frozenset(name for name, numbers in holds.items() if number in numbers)
        found.setdefault((inside, marrow), []).append(number)
    return tuple(tuple(numbers) for numbers in found.values())


def group_index(parts: Sequence[Sequence[int]]) -> NDArray[np.int16]:
    """Return the group of each structure by its number, -1 for none; shape (256,)."""
    index = np.full(256, -1, dtype=np.int16)
    for place, numbers in enumerate(parts):
        index[list(numbers)] = place
    return index


@lru_cache(maxsize=2)
def source_voxels(phantom: VoxelPhantom, source: str) -> tuple[NDArray[np.int64], Array | None]:
    """Return the flat indices (C order) of a source's voxels and their weights.

    Activity is in proportion to mass; None stands for equal weights.

    Raises
    ------
    InputError
        If the phantom has no such region.
    """
    masses = mass_by_organ(phantom, source)
    if not masses:
        raise InputError(
            f"the phantom {phantom.sex} has no such region", field="source", value=source
        )
    table = phantom.by_organ({n: mass / phantom.voxels[n] for n, mass in masses.items()})
    flat = phantom.organ.ravel()
    where = np.flatnonzero(table[flat] > 0)
    weights = table[flat[where]]
    return where, None if np.ptp(weights) < 1e-9 * weights[0] else weights / weights.sum()


def write_deposits(deposits: Deposits, path: Path | str) -> Path:
    """Write a case's result as JSON, whole or not at all."""
    arrays = {
        name: [float(f"{v:.6g}") for v in getattr(deposits, name)]
        for name in ("fraction", "standard_error", "marrow", "marrow_error")
    }
    content = {"format": FORMAT, "case": asdict(deposits.case), "groups": deposits.groups}
    return write_text(path, json.dumps(content | arrays) + "\n")


def read_deposits(paths: Iterable[Path]) -> list[Deposits]:
    """Read the results of cases.

    Raises
    ------
    InputError
        If a file is none that `write_deposits` wrote.
    """
    found = []
    for path in paths:
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            arrays = (
                np.array(content[name], dtype=float)
                for name in ("fraction", "standard_error", "marrow", "marrow_error")
            )
            parts = tuple(tuple(numbers) for numbers in content["groups"])
            found.append(Deposits(SafCase(**content["case"]), parts, *arrays))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"this is no result of a case ({error})", field=str(path)) from error
    return found
