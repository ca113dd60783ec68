"""An empirical antibody as the carrier of generators."""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.dynamics import Network
from theratwin.kinetics.generators.linear_carrier import linear_carrier
from theratwin.kinetics.generators.site import Site

#: The places of the antibody, with what each is to a freed atom.
ANTIBODY_SITES = {
    "blood": Site("blood", "blood"),
    "tissue": Site("soft_tissue", "surface"),
    "liver": Site("liver", "inside"),
    "tumor.bound": Site("tumor", "surface"),
    "tumor.internalized": Site("tumor", "inside"),
    "excreta": Site("excreta", "outside"),
}
_TO = ".to."


def antibody_carrier(nuclide: str, given: Mapping[str, float | str] | None = None) -> Network:
    """Return the kinetics of a labeled antibody, given into ``blood.hot``.

    Parameters
    ----------
    nuclide
        The label.
    given
        Rates (1/h, or text with a unit) that differ from the set ``kinetics/generator_antibody``,
        such as ``{"tumor.bound.to.tumor.internalized": 1.0}``.

    Raises
    ------
    InputError
        If a rate is unknown or negative.

    Examples
    --------
    >>> antibody_carrier("Ac-225")
    <Network antibody: 6 states, 15 reactions, 10 parameters>
    """
    known = parameter_set("kinetics", "generator_antibody")
    for name in given or {}:
        if name not in known:
            raise InputError("unknown rate", field="given", value=name, allowed=sorted(known))
    rates = {}
    for name, parameter in known.items():
        source, _, target = name.partition(_TO)
        rates[source, target] = (given or {}).get(name, parameter)
    return linear_carrier(nuclide, ANTIBODY_SITES, rates, "antibody")
