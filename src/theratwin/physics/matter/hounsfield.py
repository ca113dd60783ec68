"""From CT numbers to material and density, after Schneider et al. 2000."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.physics.matter.material import Material
from theratwin.physics.matter.tables import elements, read_rows

SYMBOLS = (
    "H", "C", "N", "O", "Na", "Mg", "P", "S", "Cl", "Ar", "K", "Ca", "Ti", "Cu", "Zn", "Ag", "Sn",
)  # fmt: skip
# Hounsfield unit and density (g/mL) at the ends of the straight pieces
DENSITY = np.array(
    [
        (-1000, 1.21e-3), (-98, 0.93), (-97, 0.930486), (14, 1.03), (23, 1.031),
        (100, 1.1199), (101, 1.0762), (1600, 1.9642), (3000, 2.8),
    ]
).T  # fmt: skip


def density_of_hounsfield(hu: ArrayLike) -> NDArray[np.float64]:
    """Return the density at CT numbers, g/mL, any shape; the ends hold beyond -1000 and 3000 HU.

    Examples
    --------
    >>> density_of_hounsfield([-1000, 14, 1600])
    array([1.2100e-03, 1.0300e+00, 1.9642e+00])
    """
    return np.interp(np.asarray(hu, dtype=float), *DENSITY)


@cache
def _bins() -> tuple[NDArray[np.float64], tuple[Material, ...]]:
    numbers = {e.symbol: e.z for e in elements().values()}
    lowest, found = [], []
    for low, name, *percent in read_rows("schneider_2000.csv"):
        fractions = {numbers[s]: float(p) / 100 for s, p in zip(SYMBOLS, percent, strict=True)}
        # the density of the bin's middle is for information: a voxel has its own
        density = float(density_of_hounsfield(float(low) + 50))
        title = f"{name}, from {low} HU"
        found.append(Material(name, density, fractions, title=title, source="schneider_2000"))
        lowest.append(float(low))
    return np.array(lowest), tuple(found)


def schneider_materials() -> tuple[Material, ...]:
    """Return the materials of the bins in rising order of CT number.

    Examples
    --------
    >>> [m.name for m in schneider_materials()][:2], len(schneider_materials())
    (['air', 'lung'], 26)
    """
    return _bins()[1]


def lowest_hounsfield() -> NDArray[np.float64]:
    """Return the lowest CT number of each of `schneider_materials`.

    Examples
    --------
    >>> lowest_hounsfield()[:2]
    array([-1050.,  -950.])
    """
    return _bins()[0]


def material_index_of_hounsfield(hu: ArrayLike) -> NDArray[np.int64]:
    """Return the index into `schneider_materials` at CT numbers, any shape.

    Examples
    --------
    >>> int(material_index_of_hounsfield(-2000)), int(material_index_of_hounsfield(-950))
    (0, 1)
    """
    place = np.searchsorted(_bins()[0], np.asarray(hu, dtype=float), side="right") - 1
    return np.maximum(place, 0)
