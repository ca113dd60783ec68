"""Pharmacodynamics: from free concentrations to the inhibition of repair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from theratwin.core._arrays import as_float, namespace
from theratwin.core.errors import InputError
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.dynamics.expressions.expression import ZERO
from theratwin.response.drugs.drug import TARGETS, Drug

#: The outputs of `drug_effects`: an inhibition by target, and the trapping of PARP.
TRAPPING = "parp_trapping"
OUTPUTS = (*(f"{target}_inhibition" for target in TARGETS), TRAPPING)


def inhibition(concentrations: Any, half: Any) -> Any:
    r"""Return the inhibited fraction by drugs that compete for one site.

    .. math:: I = \frac{\sum_i c_i / K_i}{1 + \sum_i c_i / K_i}

    of one drug :math:`c/(c+K)`. Drugs of one target so add as doses do (Loewe).

    Parameters
    ----------
    concentrations
        Free concentrations (nmol/mL): an array, or a sequence of one for each drug.
    half
        Half-inhibitory concentrations (nmol/mL), likewise.

    Examples
    --------
    >>> float(inhibition(5e-3, 5e-3))
    0.5
    >>> float(inhibition([5e-3, 0.57e-3], [5e-3, 0.57e-3]))  # two drugs, each at its half
    0.6666666666666666
    """
    several = isinstance(concentrations, list | tuple)
    given = list(zip(concentrations, half, strict=True)) if several else [(concentrations, half)]
    load = sum(as_float(c) / as_float(k) for c, k in given)
    return load / (1.0 + load)


def trapping(concentrations: Any, half: Any, strength: Any) -> Any:
    r"""Return the strength of PARP trapping :math:`s\,c/(c+K)`; of several drugs that compete:

    .. math:: T = \frac{\sum_i s_i\, c_i / K_i}{1 + \sum_i c_i / K_i}

    Examples
    --------
    >>> float(trapping(0.1, 0.1, 10.0))
    5.0
    """
    several = isinstance(concentrations, list | tuple)
    given = [concentrations, half, strength]
    rows = list(zip(*given, strict=True)) if several else [tuple(given)]
    loads = [as_float(c) / as_float(k) for c, k, _ in rows]
    xp = namespace(*loads)
    bound = sum(as_float(s) * load for (_, _, s), load in zip(rows, loads, strict=True))
    return xp.asarray(bound) / (1.0 + sum(loads))


def drug_effects(drugs: Iterable[Drug], name: str = "drug-effects") -> Network:
    """Return what drugs do to repair: inputs ``drug.NAME``, outputs `OUTPUTS`.

    Inputs are free concentrations (nmol/mL); a target that no drug inhibits has output 0. The
    equations are those of `inhibition` and `trapping`.

    Raises
    ------
    InputError
        If no drug is given, or one is twice.

    Examples
    --------
    >>> from theratwin.response.drugs import drug
    >>> network = drug_effects([drug("olaparib"), drug("peposertib")])
    >>> [port.name for port in network.inputs]
    ['drug.olaparib', 'drug.peposertib']
    """
    given = list(drugs)
    check_drugs(given)
    b = NetworkBuilder(name)
    ports = {each.name: b.input(f"drug.{each.name}", "nmol/mL") for each in given}
    for target in TARGETS:
        own = [each for each in given if each.target == target]
        loads = [_load(b, each, "half_inhibition", ports[each.name]) for each in own]
        _put(b, f"{target}_inhibition", _share(loads, loads))
    trapping_drugs = [each for each in given if each.target == "parp"]
    loads = [_load(b, each, "half_trapping", ports[each.name]) for each in trapping_drugs]
    strengths = [_own(b, each, "trapping_strength") for each in trapping_drugs]
    weighted = [s * load for s, load in zip(strengths, loads, strict=True)]
    _put(b, TRAPPING, _share(weighted, loads))
    return b.freeze()


def check_drugs(drugs: list[Drug]) -> None:
    """Raise an `InputError` if there is no drug or one is twice."""
    names = [each.name for each in drugs]
    if not names:
        raise InputError("at least one drug is needed", field="drugs")
    for name in names:
        if names.count(name) > 1:
            raise InputError("the drug stands twice", field="drugs", value=name)


def _own(b: NetworkBuilder, drug: Drug, name: str) -> Expression:
    drug.value(name)  # the error says what is missing
    return b.parameter(replace(drug.parameters[name], name=f"{drug.name}.{name}"))


def _load(b: NetworkBuilder, drug: Drug, half: str, port: Expression) -> Expression:
    return port / _own(b, drug, half)


def _share(parts: list[Expression], loads: list[Expression]) -> Expression:
    if not parts:
        return ZERO
    return sum(parts[1:], parts[0]) / (1.0 + sum(loads[1:], loads[0]))


def _put(b: NetworkBuilder, name: str, value: Expression) -> None:
    b.output(name, value)
    b.observable(name, value)
