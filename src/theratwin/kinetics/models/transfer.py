r"""Compartmental models: activity that moves between compartments at constant rates.

.. math::

    \dot n_i = \sum_j k_{ji}\,n_j - \Big(\sum_j k_{ij} + \lambda\Big) n_i, \qquad
    A_R = \lambda N_A \Big(\sum_{i \in R} n_i + f_R\,n_b\Big)

with the rate :math:`k_{ij}` (1/h) from compartment i to j, the decay constant :math:`\lambda`, and
the share :math:`f_R` of the blood that is in a region's vessels. A tracer: nothing saturates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.units import inside
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.physics import nuclide as find_nuclide

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

#: How the rates are named: ``transfer.FROM.TO``.
TRANSFER = "transfer"
ADMINISTERED = "administered_activity"
#: The share of the blood's activity that a region's vessels hold: ``REGION.blood_share``.
BLOOD_SHARE = "blood_share"
#: The region that holds all that was not excreted.
WHOLE_BODY = "whole_body"


def transfer_network(
    name: str,
    parameters: Mapping[str, Parameter],
    nuclide: str,
    *,
    enters: str,
    regions: Mapping[str, Iterable[str]],
    excreted: Iterable[str] = (),
    blood: str = "",
) -> Network:
    """Return the network of a compartmental model.

    Parameters
    ----------
    name
        Of the network.
    parameters
        Rates ``transfer.FROM.TO`` (1/h), ``administered_activity`` (MBq) and perhaps
        ``REGION.blood_share``, by name.
    nuclide
        The label.
    enters
        The compartment that holds the activity administered at the start. Boluses (nmol) into
        any compartment and infusions by the switch ``infusion`` come on top.
    regions
        Region to the compartments that make it up.
    excreted
        Compartments that the whole body does not count.
    blood
        The compartment of which blood shares are taken.

    Returns
    -------
    Network
        Observables ``activity.REGION`` (MBq) and quadratures
        ``time_integrated_activity.REGION`` (MBq h), for ``whole_body`` as well.

    Raises
    ------
    InputError
        If a region names a compartment that has no transfer, or a parameter is of no use.

    Examples
    --------
    >>> rates = {
    ...     name: Parameter(name, unit, Fixed(value), "assumption", note="example")
    ...     for name, unit, value in (
    ...         ("administered_activity", "MBq", 1.0),
    ...         ("transfer.blood.urine", "1/h", 0.1),
    ...     )
    ... }
    >>> transfer_network(
    ...     "washout",
    ...     rates,
    ...     "I-131",
    ...     enters="blood",
    ...     regions={"blood": ["blood"]},
    ...     excreted=["urine"],
    ... )
    <Network washout: 2 states, 4 reactions, 4 parameters>
    """
    links = _links(parameters)
    places = list(dict.fromkeys(place for link in links for place in link))
    shares = _shares(name, parameters, regions, blood)
    held = {region: tuple(parts) for region, parts in regions.items()}
    _check_known(name, places, {**held, "enters": (enters,), "excreted": tuple(excreted)})
    b = NetworkBuilder(name)
    decay, specific = _label(b, nuclide)
    start = b.parameter(parameters[ADMINISTERED]) / specific
    amounts = {
        place: b.species(
            place, b.compartment(place), start if place == enters else 0.0, contains=("nuclide",)
        )
        for place in places
    }
    b.reaction("infusion", None, amounts[enters], b.switch("infusion", 0.0, "nmol/h"))
    for source, target in links:
        rate = b.parameter(parameters[f"{TRANSFER}.{source}.{target}"]) * amounts[source]
        b.reaction(f"{source}_to_{target}", amounts[source], amounts[target], rate)
    for place, amount in amounts.items():
        b.reaction(f"decay.{place}", amount, None, decay * amount)
    held[WHOLE_BODY] = tuple(place for place in places if place not in set(excreted))
    for region, parts in held.items():
        total = sum((amounts[part] for part in parts[1:]), start=amounts[parts[0]])
        if region in shares:
            total = total + b.parameter(shares[region]) * amounts[blood]
        b.observable(f"activity.{region}", specific * total, "MBq")
        b.quadrature(f"time_integrated_activity.{region}", specific * total, "MBq h")
    return b.freeze()


def _label(b: NetworkBuilder, nuclide: str) -> tuple[Expression, Expression]:
    """Add the label; returns its decay constant (1/h) and activity (MBq/nmol)."""
    found = find_nuclide(nuclide)
    half_life = b.parameter(
        Parameter("half_life", "h", Fixed(found.half_life), "icrp_107", where=found.name)
    )
    factor = b.parameter(
        Parameter(
            "activity_per_decay_rate",
            "MBq h/nmol",
            Fixed(MBQ_HOURS_PER_NMOL),
            "si_2019",
            where="Avogadro constant",
        )
    )
    decay = b.rule("decay_constant", math.log(2.0) / half_life, "1/h")
    return decay, factor * decay


def _links(parameters: Mapping[str, Parameter]) -> list[tuple[str, str]]:
    """Return what goes where, from the names of the rates."""
    links = []
    for name in parameters:
        kind, _, path = name.partition(".")
        if kind != TRANSFER:
            continue
        source, _, target = path.partition(".")
        if not target or "." in target or source == target:
            raise InputError(
                "this names no transfer", field=name, allowed=f"{TRANSFER}.FROM.TO, FROM not TO"
            )
        links.append((source, target))
    return links


def _shares(
    name: str, parameters: Mapping[str, Parameter], regions: Mapping[str, object], blood: str
) -> dict[str, Parameter]:
    """Return the blood shares by region."""
    ending = f".{BLOOD_SHARE}"
    found = {n.removesuffix(ending): p for n, p in parameters.items() if n.endswith(ending)}
    for each in parameters:
        used = each == ADMINISTERED or each.startswith(f"{TRANSFER}.") or each.endswith(ending)
        if not used or (each.endswith(ending) and not blood):
            raise InputError("the network has no such parameter", field=f"model {name}", value=each)
    for region in found:
        if region not in regions:
            raise InputError(
                "a blood share of no region",
                field=f"model {name}",
                value=region,
                allowed=list(regions),
            )
    return found


def _check_known(name: str, places: list[str], named: Mapping[str, tuple[str, ...]]) -> None:
    for what, parts in named.items():
        for part in parts:
            if part not in places:
                raise InputError(
                    "no transfer leads to or from the compartment",
                    field=f"model {name}, {what}",
                    value=part,
                    allowed=places,
                )


def require_element(nuclide: str, element: str) -> None:
    """Raise an `InputError` unless the label is an isotope of the element that the model follows.

    Examples
    --------
    >>> require_element("I-123", "I")
    """
    if find_nuclide(nuclide).element != element:
        raise InputError(
            "another element goes other ways",
            field="nuclide",
            value=nuclide,
            allowed=f"an isotope of {element}",
        )


def laid_over(
    sets: Iterable[Mapping[str, Parameter]], given: Mapping[str, float | str] | None = None
) -> dict[str, Parameter]:
    """Return parameters by name: a later set over the earlier ones, given values over all.

    Raises
    ------
    InputError
        If a given name is in no set, or a value is negative or has a wrong unit.
    """
    known: dict[str, Parameter] = {}
    for each in sets:
        known |= dict(each)
    for name, value in (given or {}).items():
        if name not in known:
            raise InputError("unknown parameter", field="given", value=name, allowed=sorted(known))
        place = f"given.{name}"
        unit = known[name].unit
        number = inside(value, unit, field=place)
        if not 0.0 <= number < math.inf:
            raise InputError("must be 0 or more", field=place, value=value)
        known[name] = replace(
            known[name], distribution=Fixed(number), source=ASSUMPTION, note="Given by the user."
        )
    return known


def transfer_matrix(
    parameters: Mapping[str, Parameter],
) -> tuple[list[str], Float[np.ndarray, "place place"]]:
    r"""Return compartments and the matrix :math:`M` of :math:`\dot n = M n`, without decay (1/h).

    Every column sums to zero: what leaves one compartment comes into another.
    """
    import numpy as np

    links = _links(parameters)
    places = list(dict.fromkeys(place for link in links for place in link))
    matrix = np.zeros((len(places), len(places)))
    for source, target in links:
        rate = parameters[f"{TRANSFER}.{source}.{target}"].value
        matrix[places.index(target), places.index(source)] += rate
        matrix[places.index(source), places.index(source)] -= rate
    return places, matrix
