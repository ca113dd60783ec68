"""Local deposition: every voxel absorbs the charged particles that are emitted in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel.maps import (
    AIR_BELOW,
    VoxelDose,
    checked_density,
    checked_map,
    checked_size,
    divide_by_density,
    total_where_thin,
)
from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM


def local_energy(
    name: str | Nuclide, *, photons: bool = False, progeny: Progeny | None = None
) -> float:
    """Return the energy (MeV a decay) of electrons, alphas and recoils: what stays in a voxel.

    Parameters
    ----------
    name
        Nuclide.
    photons
        Add the energy of all photons: an upper bound, as most of it leaves the voxel.
    progeny
        As for `chain_weights`: ``none``, ``all`` or names; descendants that count decay in the
        voxel of their parent, within a year. Without it, the nuclide alone, if its progeny
        hardly counts.

    Raises
    ------
    UnsupportedError
        If ``progeny`` is not given and adds more than 1 % to the nuclide's energy.

    Examples
    --------
    >>> f"{local_energy('Lu-177'):.4f} {local_energy('Lu-177', photons=True):.4f}"
    '0.1479 0.1830'
    >>> f"{local_energy('Ac-225', progeny='all'):.1f}"
    '28.7'
    """
    emitted = weighted_emissions(chain_weights(name, progeny))
    parts = [emitted.electrons, emitted.alphas, *([emitted.photons] if photons else [])]
    return sum(part.energy_per_decay for part in parts)


def local_dose(
    activity: ArrayLike,
    density: ArrayLike,
    voxel_size: ArrayLike,
    energy: float,
    *,
    apart_below: float = AIR_BELOW,
) -> VoxelDose:
    r"""Return the dose if every decay deposits its energy in its own voxel.

    .. math:: D_i = \frac{\tilde A_i E}{\rho_i V}

    Good for alphas in voxels of a millimeter (their range is below 0.1 mm), and for the betas
    of Lu-177 in SPECT voxels, whose blur is wider than their range; photons are left out unless
    their energy is part of ``energy``.

    Parameters
    ----------
    activity
        Time-integrated activity of each voxel, MBq h, shape ``(i, j, k)``.
    density
        g/mL, a map of that shape or one number.
    voxel_size
        Edge lengths, mm.
    energy
        Deposited locally, MeV a decay, as by `local_energy`; of a chain, the sum over it.
    apart_below
        g/mL; less dense voxels get no dose and are counted.

    Raises
    ------
    InputError
        If maps disagree in shape, or hold negative numbers.

    Examples
    --------
    >>> found = local_dose(np.full((2, 2, 2), 0.5), 1.0, (10, 10, 10), local_energy("Lu-177"))
    >>> round(float(found.dose[0, 0, 0]), 4)  # half of 0.0853 Gy g/(MBq h)
    0.0427
    """
    maps = checked_map(activity, "activity", "MBq h")
    rho = checked_density(density, maps.shape)
    size = checked_size(voxel_size)
    if not (np.isfinite(energy) and energy >= 0):
        raise InputError("not an energy", field="energy", value=energy, allowed=">= 0 MeV")
    volume = float(np.prod(size)) * 1e-3
    dose = maps * maps.dtype.type(energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / volume)
    return VoxelDose(
        dose=dose,
        apart=divide_by_density(dose, rho, 1.0, apart_below),
        voxel_size=size,
        method=f"local deposition of {energy:.5g} MeV a decay",
        apart_below=apart_below,
        activity_apart=total_where_thin(maps, rho, apart_below),
    )
