"""From a phantom's masses to a patient's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from theratwin.core.errors import InputError
from theratwin.physics.organs.organ_values import OrganSValues
from theratwin.physics.organs.regions import PAIRS, WALLS, region_name


def scaled_to_masses(values: OrganSValues, masses: Mapping[str, float]) -> OrganSValues:
    r"""Return S values of a patient whose regions have other masses.

    Of a region's own dose, charged particles go as :math:`m^{-1}` and photons as
    :math:`m^{-2/3}` (MIRD Pamphlet No. 11; their absorbed fraction goes as the organ's width,
    :math:`m^{1/3}`). Both sides of a pair go with it. The dose from other regions is the mean
    over the target and is left as it is: positions and distances stay the phantom's. A wall's
    dose at the surface goes as the inverse of its content's mass.

    Parameters
    ----------
    values
        S values of a phantom.
    masses
        Patient's masses (g) by region; the others keep the phantom's.

    Raises
    ------
    InputError
        If a region is unknown or a mass is not positive.
    """
    given = {region_name(n, values.targets, "mass"): m for n, m in masses.items()}
    for name, mass in given.items():
        if not 0 < mass < np.inf:
            raise InputError("a mass must be positive", field=f"mass of {name}", value=mass)
    new = _with_pairs(dict(values.target_mass), given)
    photons, electrons, alphas = (
        part.copy() for part in (values.photons, values.electrons, values.alphas)
    )
    if new.get(values.source) != values.target_mass.get(values.source):
        ratio = values.target_mass[values.source] / new[values.source]
        for name in (values.source, *PAIRS.get(values.source, ())):
            place = values.targets.index(name)
            photons[place] *= ratio ** (2 / 3)
            electrons[place] *= ratio
            alphas[place] *= ratio
        if values.walls == "surface" and values.source in WALLS:
            place = values.targets.index(WALLS[values.source])
            electrons[place] *= ratio
            alphas[place] *= ratio
    for pair, sides in PAIRS.items():
        if pair in new and values.source in sides:  # the energy of both sides over their mass
            rows = [values.targets.index(side) for side in sides]
            share = np.array([new[side] for side in sides]) / new[pair]
            for part in (photons, electrons, alphas):
                part[values.targets.index(pair)] = share @ part[rows]
    return replace(
        values,
        source_mass=new.get(values.source, values.source_mass),
        target_mass=new,
        photons=photons,
        electrons=electrons,
        alphas=alphas,
    )


def _with_pairs(masses: dict[str, float], given: Mapping[str, float]) -> dict[str, float]:
    """Return the masses with those given; a pair is the sum of its sides, and they go with it."""
    for pair, sides in PAIRS.items():
        if pair in given and pair in masses:
            ratio = given[pair] / masses[pair]
            masses |= {side: masses[side] * ratio for side in sides if side in masses}
    masses |= given
    for pair, sides in PAIRS.items():
        if pair in masses and pair not in given and set(sides) <= set(masses):
            masses[pair] = sum(masses[side] for side in sides)
    return masses
