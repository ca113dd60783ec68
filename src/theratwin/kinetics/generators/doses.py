"""Doses of a chain to regions: each member where it decays, its radiations apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.kinetics.generators.generator import Generator
from theratwin.physics import sphere_s_value

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MemberDose:
    """Absorbed dose (Gy) of one member to a region, unweighted.

    Parameters
    ----------
    member
        The member.
    electrons, photons, alphas
        The parts of the dose, in the shape of the time-integrated activity; alpha particles with
        recoils.
    """

    member: str
    electrons: Array
    photons: Array
    alphas: Array

    @property
    def total(self) -> Array:
        """The sum of the parts."""
        return self.electrons + self.photons + self.alphas


def region_doses(
    model: Generator,
    integrals: Mapping[str, ArrayLike],
    region: str,
    mass: float,
    *,
    traveled: bool = False,
) -> dict[str, MemberDose]:
    r"""Return what each member's decays in a region give to it as a sphere of its mass.

    .. math:: D_i = \tilde A_i S_i(m)

    with :math:`S_i` of the member alone (`sphere_s_value`): its own radiations, none of what it
    becomes. Decays elsewhere give nothing: of alpha particles that is exact beyond 0.1 mm.

    Parameters
    ----------
    model
        The chain's model.
    integrals
        Its quadratures, such as ``solution.integrals`` or those at a time (MBq h).
    region, mass
        The region, and its mass (g).
    traveled
        Count only decays of what came as a free element with blood.

    Raises
    ------
    InputError
        If the region is unknown, or the quadratures are not there.

    Examples
    --------
    >>> from theratwin.kinetics.generators import Site, generator, linear_carrier
    >>> sites = {"tumor": Site("tumor", "inside")}
    >>> model = generator(linear_carrier("Bi-213", sites, {}), "Bi-213", sites, elements={})
    >>> tia = {model.time_integrated_activity("tumor", m): 1.0 for m in model.present("tumor")}
    >>> doses = region_doses(model, tia, "tumor", 20.0)
    >>> {m: round(float(d.total), 4) for m, d in doses.items()}
    {'Bi-213': 0.0159, 'Po-213': 0.2457, 'Tl-209': 0.0203, 'Pb-209': 0.0056}
    """
    if region not in model.regions:
        raise InputError("never there", field="region", value=region, allowed=model.regions)
    found: dict[str, MemberDose] = {}
    for member in model.present(region, traveled=traveled):
        name = model.time_integrated_activity(region, member, traveled=traveled)
        if name not in integrals:
            raise InputError("the integral is missing", field="integrals", value=name)
        decays = np.asarray(integrals[name], float)
        s = sphere_s_value(member, mass, progeny="none")
        parts = (decays * getattr(s, part) for part in ("electrons", "photons", "alphas"))
        found[member] = MemberDose(member, *parts)
    return found
