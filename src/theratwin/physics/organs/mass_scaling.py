"""From a phantom's masses to a patient's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from theratwin.core.errors import InputError
from theratwin.physics.organs.regions import PAIRS, WALLS, region_name
from theratwin.physics.organs.s_value import OrganSValues


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
    new = dict(values.target_mass) | given
    photons, electrons, alphas = (
        part.copy() for part in (values.photons, values.electrons, values.alphas)
    )
    if values.source in given:
        ratio = values.target_mass[values.source] / given[values.source]
        for name in (values.source, *PAIRS.get(values.source, ())):
            place = values.targets.index(name)
            photons[place] *= ratio ** (2 / 3)
            electrons[place] *= ratio
            alphas[place] *= ratio
        if values.walls == "surface" and values.source in WALLS:
            place = values.targets.index(WALLS[values.source])
            electrons[place] *= ratio
            alphas[place] *= ratio
    return replace(
        values,
        source_mass=given.get(values.source, values.source_mass),
        target_mass=new,
        photons=photons,
        electrons=electrons,
        alphas=alphas,
    )
