"""Symmetries: names that may be swapped without changing the equations."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.evaluate import right_hand_side
from theratwin.dynamics.system import System

# Rates of a swapped system are the same sums in another order: rounding of a few dozen terms.
_EQUAL = 1e-11


def check_symmetry(
    system: System,
    mapping: Mapping[str, str],
    parameters: Mapping[str, float] | None = None,
    *,
    seed: int = 0,
    points: int = 5,
) -> None:
    """Raise an `InputError` that names the state if swapping names changes the equations.

    The rates of change are compared at random states, and at random values of the parameters that
    are swapped: :math:`f(P x, P p) = P f(x, p)`.

    Parameters
    ----------
    system
        The system, from `Network.system`.
    mapping
        Name to the name that takes its place; both ways if only one is given.
    parameters
        Parameters at which the symmetry holds, such as a decay constant of zero.
    seed, points
        Of the random states.
    """
    swap = _both_ways(system, mapping)
    generator = np.random.default_rng(seed)
    names = system.names
    order = [names.index(swap.get(name, name)) for name in names]
    known = {**system.parameters, **system.switches, **(parameters or {})}
    for _ in range(points):
        # Amounts of the size of one, and parameters of their own size.
        states = generator.uniform(0.1, 2.0, len(names))
        values = dict(known)
        for name in sorted(swap):
            if name in known and name not in (parameters or {}):
                values[name] = known[name] * generator.uniform(0.5, 2.0)
        swapped = {name: values[swap.get(name, name)] for name in values}
        _compare(
            system,
            right_hand_side(system, 0.7, states, values)[order],
            right_hand_side(system, 0.7, states[order], swapped),
        )


def _both_ways(system: System, mapping: Mapping[str, str]) -> dict[str, str]:
    known = {*system.names, *system.parameters, *system.switches}
    swap = {**{new: old for old, new in mapping.items()}, **mapping}
    for name in swap:
        if name not in known:
            raise InputError("unknown name", field="mapping", value=name, allowed=sorted(known))
    if sorted(swap) != sorted(swap.values()):
        raise InputError("this is no exchange of names", field="mapping", value=dict(mapping))
    return swap


def _compare(system: System, expected: np.ndarray, found: np.ndarray) -> None:
    size = np.maximum(np.abs(expected), np.abs(found)).max()
    different = np.abs(found - expected) > _EQUAL * size
    if np.any(different):
        place = int(np.argmax(np.abs(found - expected)))
        raise InputError(
            f"after the exchange the rate is {found[place]:.6g}, it was {expected[place]:.6g}",
            field=f"state {system.names[place]}",
        )
