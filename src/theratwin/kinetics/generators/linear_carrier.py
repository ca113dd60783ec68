"""Empirical carriers: a labeled ligand in blood, organs and cells, moved by rate constants."""

from __future__ import annotations

import math
from collections.abc import Mapping

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.units import inside
from theratwin.dynamics import Network, NetworkBuilder
from theratwin.kinetics.generators.site import Site
from theratwin.physics import nuclide as find_nuclide


def linear_carrier(
    nuclide: str,
    sites: Mapping[str, Site],
    rates: Mapping[tuple[str, str], float | str | Parameter],
    name: str = "carrier",
) -> Network:
    r"""Return the kinetics of a label that moves by rate constants.

    .. math:: \dot n_p = \sum_q (k_{qp} n_q - k_{pq} n_p) - \lambda n_p

    Parameters
    ----------
    nuclide
        The label.
    sites
        The places, each with what it is; the label is called ``PLACE.hot``.
    rates
        Pairs of places, from and to, with the rate (1/h; text with a unit, or a parameter with
        its source).
    name
        Of the network.

    Raises
    ------
    InputError
        If a place is unknown or a rate negative.

    Examples
    --------
    >>> linear_carrier(
    ...     "Ac-225",
    ...     {"blood": Site("blood", "blood"), "tumor": Site("tumor", "inside")},
    ...     {("blood", "tumor"): "0.01 1/h"},
    ... )
    <Network carrier: 2 states, 3 reactions, 2 parameters>
    """
    b = NetworkBuilder(name)
    found = find_nuclide(nuclide)
    half_life = b.parameter(
        Parameter("hot.half_life", "h", Fixed(found.half_life), "icrp_107", where=found.name)
    )
    hot = {}
    for place in sites:
        b.compartment(place)
        hot[place] = b.species(f"{place}.hot", place)
        b.reaction(f"decay.{place}", hot[place], None, math.log(2.0) / half_life * hot[place])
    for (source, target), rate in rates.items():
        for end in (source, target):
            if end not in hot:
                raise InputError("no such place", field="rates", value=end, allowed=sorted(hot))
        constant = b.parameter(_rate(f"{source}.to.{target}", rate))
        b.reaction(f"move.{source}.{target}", hot[source], hot[target], constant * hot[source])
    return b.freeze()


def _rate(name: str, rate: float | str | Parameter) -> Parameter:
    if isinstance(rate, Parameter):
        return Parameter(name, rate.unit, rate.distribution, rate.source, rate.where, rate.note)
    number = inside(rate, "1/h", field=name)
    if not number >= 0:
        raise InputError("a rate must not be negative", field=name, value=rate)
    return Parameter(name, "1/h", Fixed(number), ASSUMPTION, note="Given by the user.")
