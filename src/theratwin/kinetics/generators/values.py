"""The numbers of a generator: those of the shipped sets, and what the user gives instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from theratwin.core import ParameterSet, parameter_set
from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.units import inside
from theratwin.kinetics.generators.followed_chain import FollowedChain
from theratwin.kinetics.generators.free_element import SHIPPED, FreeElement, free_element

_MODES = {"alpha": "alpha", "beta-": "beta", "IT": "beta"}  # others capture electrons


def generator_values(
    chain: FollowedChain, given: Mapping[str, float | str]
) -> dict[str, Parameter]:
    """Return the parameters of the set ``kinetics/generators`` with what is given laid over.

    Raises
    ------
    InputError
        If a name is unknown or a value out of range.
    """
    known = dict(parameter_set("kinetics", "generators"))
    alpha = known["release.alpha"]
    for name in chain.chain.names[1:]:
        key = f"release.{plain(name)}"
        if key in given:
            known[key] = known.get(key, replace(alpha, name=key))
    for name, value in given.items():
        if name not in known:
            raise InputError("unknown parameter", field="given", value=name, allowed=sorted(known))
        known[name] = _given(known[name], value)
    return known


def release_of(
    chain: FollowedChain, step: tuple[str, str], values: Mapping[str, Parameter]
) -> Parameter:
    """Return the released fraction of a decay: the daughter's own, else that of the mode."""
    own = f"release.{plain(step[1])}"
    mode = _MODES.get(chain.mode(*step), "capture")
    return values.get(own, values[f"release.{mode}"])


def free_elements(
    chain: FollowedChain, elements: Mapping[str, ParameterSet] | None
) -> dict[str, FreeElement]:
    """Return the biokinetics of the chain's elements: the shipped ones, or those given."""
    present = {symbol_of(name) for name in chain.followed}
    if elements is None:
        return {symbol: free_element(symbol) for symbol in SHIPPED if symbol in present}
    for symbol in elements:
        if symbol not in present:
            raise InputError(
                "the chain has no such element",
                field="elements",
                value=symbol,
                allowed=sorted(present),
            )
    return {symbol: free_element(symbol, rates) for symbol, rates in elements.items()}


def plain(nuclide: str) -> str:
    """Return a nuclide's name as it stands in names of quantities.

    Examples
    --------
    >>> plain("Bi-213")
    'Bi213'
    """
    return nuclide.replace("-", "")


def symbol_of(nuclide: str) -> str:
    """Return the element's symbol."""
    return nuclide.partition("-")[0]


def _given(parameter: Parameter, value: float | str) -> Parameter:
    place = f"given.{parameter.name}"
    number = inside(value, parameter.unit, field=place)
    most = 1.0 if parameter.name.startswith("release.") else float("inf")
    if not 0 <= number <= most:
        raise InputError(
            "the value is out of range",
            field=place,
            value=value,
            allowed="0 to 1" if most == 1.0 else "0 or more",
        )
    return replace(
        parameter, distribution=Fixed(number), source=ASSUMPTION, note="Given by the user."
    )
