"""All checks that need nothing but the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics import Engine, Solution
from theratwin.dynamics.expressions.dimension import check_dimensions
from theratwin.dynamics.networks.moiety import conserved_moieties
from theratwin.dynamics.networks.network import Network
from theratwin.testing.balance import check_balance
from theratwin.testing.permutation import check_permutation

#: Linear sums are kept by the solver but for rounding.
_KEPT = 1e-10
_TIMES = (0.0, 1.0, 24.0)
_FACTORS = np.array([0.8, 1.0, 1.25])


def check_model(network: Network) -> None:
    """Raise an `InputError` that names what is wrong with a model.

    Its laws have their dimensions; reactions and flows balance; three patients (each parameter
    varied by a quarter) are solved for a day with finite results, which keep every sum that the
    stoichiometry keeps and do not depend on the patients' order. Values are not checked. Open
    ports have to be bound first.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> check_model(model("receptor-binding"))
    """
    check_dimensions(network)
    check_balance(network)
    system = network.system()
    engine = Engine(system)
    varied = {part.name: part.value * _FACTORS for part in network.parameters}
    found = engine.solve(varied, _TIMES).require()
    for state in system.states:
        if not np.all(np.isfinite(found[state.name])):
            raise InputError(
                "the solution is not finite", field=f"model {network.name}", value=state.name
            )
    if not network.events:
        _check_sums(network, found)

    def simulate(parameters: Mapping[str, Any]) -> np.ndarray:
        solution = engine.solve(parameters, _TIMES).require()
        return np.stack([solution[state.name] for state in system.states], axis=1)

    if varied:
        check_permutation(simulate, varied)


def _check_sums(network: Network, found: Solution) -> None:
    """Compare the sums that no reaction changes at the end with those at the start."""
    for moiety in conserved_moieties(network):
        parts = np.array([number * found[name] for name, number in moiety.items()])
        total, size = parts.sum(axis=0), np.abs(parts).sum(axis=0)
        if np.any(np.abs(total - total[:, :1]) > _KEPT * size.max()):
            raise InputError(
                "the solution does not keep a sum that no reaction changes",
                field=f"model {network.name}",
                value=" + ".join(moiety),
            )
