"""The ICRP-110 adult reference voxel phantoms: organs, matter and marrow by voxel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.matter import Material
from theratwin.physics.organs.phantom_files import (
    phantom_texts,
    read_media,
    read_organs,
    read_shares,
    read_voxels,
)

#: Columns, rows and slices, and the voxel's size (mm): ICRP Publication 110, Table 5.1.
GRIDS = {
    "AM": ((254, 127, 222), (2.137, 2.137, 8.0)),
    "AF": ((299, 137, 348), (1.775, 1.775, 4.84)),
}
SKIN_AT_ENDS = 141  # skin above the vertex and below the soles, kept apart from the skin


@dataclass(frozen=True)
class Organ:
    """One segmented structure: its number, name, medium, and density in g/mL."""

    number: int
    name: str
    medium: int
    density: float


@dataclass(frozen=True, eq=False)
class VoxelPhantom:
    """A reference phantom on its grid.

    Parameters
    ----------
    sex
        ``"AM"`` (adult male) or ``"AF"`` (adult female).
    organ
        Organ number of each voxel, shape (i, j, k): i from the body's right to its left, j from
        front to back, k from the soles to the vertex; 0 is the air outside.
    voxel_size
        mm along i, j, k.
    organs
        The segmented structures by number.
    media
        The materials by number of the medium.
    marrow
        Mass shares of red marrow, yellow marrow and bone, by medium.
    blood
        Mass share of blood by medium.
    """

    sex: str
    organ: NDArray[np.uint8]
    voxel_size: tuple[float, float, float]
    organs: Mapping[int, Organ]
    media: Mapping[int, Material]
    marrow: Mapping[int, tuple[float, float, float]]
    blood: Mapping[int, float]

    @cached_property
    def voxels(self) -> NDArray[np.int64]:
        """Number of voxels by organ number, shape (256,)."""
        return np.bincount(self.organ.ravel(), minlength=256)

    @property
    def voxel_volume(self) -> float:
        """Volume of a voxel, mL."""
        return float(np.prod(self.voxel_size)) * 1e-3

    def mass(self, numbers: Iterable[int]) -> float:
        """Return the mass of structures together, g; blood in them is included."""
        each = (self.voxels[n] * self.organs[n].density for n in numbers)
        return float(sum(each)) * self.voxel_volume

    def by_organ(self, values: Mapping[int, float], otherwise: float = 0.0) -> NDArray[np.float64]:
        """Return a table of values by organ number, shape (256,)."""
        table = np.full(256, otherwise)
        for number, value in values.items():
            table[number] = value
        return table


def read_phantom(path: Path | str, sex: str) -> VoxelPhantom:
    """Read an ICRP-110 phantom from a folder or a tar archive.

    Parameters
    ----------
    path
        Folder (searched with its subfolders) or archive that holds the files.
    sex
        ``"AM"`` or ``"AF"``.

    Raises
    ------
    InputError
        If the sex is none of the two, or a file is missing or wrong; where the files come from
        is said.
    UnsupportedError
        If the path is a file but no tar archive.
    """
    if sex not in GRIDS:
        raise InputError("unknown phantom", field="sex", value=sex, allowed=GRIDS)
    shape, size = GRIDS[sex]
    texts = phantom_texts(path, sex)
    organs = _organs(texts[f"{sex}_organs.dat"])
    densities = {organ.medium: organ.density for organ in organs.values()}
    media = read_media(texts[f"{sex}_media.dat"], lambda number: densities.get(number, 1.0))
    marrow = read_shares(texts[f"{sex}_spongiosa.dat"])
    blood = read_shares(texts[f"{sex}_blood.dat"])
    return VoxelPhantom(
        sex=sex,
        organ=read_voxels(texts, sex, shape),
        voxel_size=size,
        organs=organs,
        media=media,
        marrow={n: (s[0], s[1], s[2]) for n, s in marrow.items()},
        blood={n: s[0] for n, s in blood.items()},
    )


def _organs(text: str) -> dict[int, Organ]:
    found = {n: Organ(n, *rest) for n, rest in read_organs(text).items()}
    air, skin = found[140], found[125]
    found[0] = Organ(0, "Air outside", air.medium, air.density)
    found[SKIN_AT_ENDS] = Organ(
        SKIN_AT_ENDS, "Skin at top and bottom", skin.medium, skin.density
    )  # the table stops short of it
    return found
