"""What every method of voxel dosimetry starts from: activity, matter and nuclide on one grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel.maps import (
    AIR_BELOW,
    checked_density,
    checked_map,
    checked_size,
)
from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.emissions import Emissions
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, chain_weights


@dataclass(frozen=True, eq=False)
class VoxelProblem:
    """Time-integrated activity of a nuclide in matter, by voxel.

    Parameters
    ----------
    activity
        Time-integrated activity of each voxel, MBq h, shape ``(i, j, k)``.
    voxel_size
        Edge lengths, mm.
    nuclide
        The nuclide, or its name.
    density
        g/mL, a map or one number; where None it follows from ``hounsfield``, if given.
    hounsfield
        CT numbers (HU) of the voxels, of which material follows, and density unless it is given
        (Schneider et al. 2000).
    apart_below
        g/mL; less dense voxels get no dose and are counted.
    workers
        Threads.
    progeny
        As for `chain_weights`: ``none``, ``all`` or names of descendants that decay in the voxel
        of their parent. Without it, the nuclide alone, if its progeny hardly counts.

    Raises
    ------
    InputError
        If maps disagree in shape or hold what they cannot, or a name is no descendant.
    UnsupportedError
        If ``progeny`` is not given and adds more than 1 % to the nuclide's energy.

    Examples
    --------
    >>> water = np.zeros((2, 2, 2))
    >>> problem = VoxelProblem(water + 1, (4, 4, 4), "Lu-177", hounsfield=water)
    >>> round(float(problem.mass_density[0, 0, 0]), 3)
    1.017
    """

    activity: NDArray[Any]
    voxel_size: tuple[float, float, float]
    nuclide: Nuclide
    density: ArrayLike | None = None
    hounsfield: ArrayLike | None = None
    apart_below: float = AIR_BELOW
    workers: int = 1
    progeny: Progeny | None = None

    def __post_init__(self) -> None:
        given = self.nuclide
        fields = {
            "activity": checked_map(self.activity, "activity", "MBq h"),
            "voxel_size": checked_size(self.voxel_size),
            "nuclide": given if isinstance(given, Nuclide) else nuclide(given),
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        if self.hounsfield is not None:
            numbers = _checked_hounsfield(self.hounsfield, self.activity.shape)
            object.__setattr__(self, "hounsfield", numbers)
        if self.density is not None:
            rho = checked_density(self.density, self.activity.shape)
            object.__setattr__(self, "density", rho)

        chain_weights(self.nuclide, self.progeny)

    @property
    def emitted(self) -> Emissions:
        """What a decay emits, the progeny that counts included."""
        return weighted_emissions(chain_weights(self.nuclide, self.progeny))

    @cached_property
    def mass_density(self) -> NDArray[Any] | None:
        """Density of every voxel, g/mL; None where nothing says it."""
        from theratwin.physics.matter import density_of_hounsfield

        if self.density is not None or self.hounsfield is None:
            return self.density  # pyright: ignore[reportReturnType] (checked: a map)
        return density_of_hounsfield(self.hounsfield)

    def required_density(self, method: str) -> NDArray[Any]:
        """Return the density of every voxel, g/mL.

        Raises
        ------
        InputError
            If it was not given.
        """
        if self.mass_density is None:
            raise InputError(
                f"the method {method} needs it",
                field="density",
                remedy="Give a density in g/mL, a map or one number, or a CT in Hounsfield units",
            )
        return self.mass_density


def _checked_hounsfield(given: ArrayLike, shape: tuple[int, ...]) -> NDArray[Any]:
    numbers = np.asarray(given)
    if numbers.shape != shape:
        raise InputError(
            "not on the grid of the activity",
            field="hounsfield",
            value=f"shape {numbers.shape}",
            allowed=f"shape {shape}",
        )
    least, most = float(numbers.min()), float(numbers.max())
    if not np.isfinite(least + most):
        raise InputError("not finite somewhere", field="hounsfield", allowed="finite numbers, HU")
    if least >= 0 and most > 0 and _looks_like_density(most):
        raise InputError(
            "these are no CT numbers: they reach from 0 to less than 10",
            field="hounsfield",
            value=f"{least:g} to {most:g} HU",
            remedy="Give a map of density as density",
        )
    return numbers


def _looks_like_density(most: float) -> bool:
    """Say whether the largest number is a density: metal has up to 8 g/mL, and a CT has noise."""
    return most < 10.0
