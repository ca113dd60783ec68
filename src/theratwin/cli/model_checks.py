"""The checks of a model, each with its result in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dynamics import Network, System

# Rounding is 1e-16 of the terms of a rate, which may be thousands of times the rate itself; a term
# that was forgotten has its own size.
_CONSERVED = 1e-10
# The complex step has no truncation error: what is left is rounding in sums of rates.
_DERIVATIVE = 1e-9
_POINTS = 3


def run_checks(network: Network) -> dict[str, dict[str, Any]]:
    """Return each check's result: whether it passed, and what was found, in words.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> for name, result in run_checks(model("receptor-binding")).items():
    ...     print(name, result["passed"])
    dimensions True
    mass balance True
    flow balance True
    moieties True
    Jacobian True
    """
    checks: dict[str, Callable[[Network], str]] = {
        "dimensions": _dimensions,
        "mass balance": _mass,
        "flow balance": _flows,
        "moieties": _moieties,
        "Jacobian": _jacobian,
    }
    return {name: _result(check, network) for name, check in checks.items()}


def _result(check: Callable[[Network], str], network: Network) -> dict[str, Any]:
    try:
        return {"passed": True, "text": check(network)}
    except InputError as error:
        return {"passed": False, "text": str(error)}


def _dimensions(network: Network) -> str:
    from theratwin.dynamics.expressions.dimension import check_dimensions

    check_dimensions(network)
    return f"{sum(1 for _ in network.laws())} laws have the unit that they must have"


def _mass(network: Network) -> str:
    from theratwin.dynamics.networks.balance import check_reactions

    check_reactions(network)
    declared = sorted({moiety for s in network.species for moiety in s.contains})
    inner = [r for r in network.reactions if r.reactants and r.products]
    outside = len(network.reactions) - len(inner)
    kept = ", ".join(declared) or "none declared"
    return f"{len(inner)} reactions conserve what they must ({kept}), {outside} with the outside"


def _flows(network: Network) -> str:
    from theratwin.dynamics.networks.balance import check_flows

    check_flows(network)
    places = {end for flow in network.flows for end in (flow.source, flow.target) if end}
    return f"what flows into {len(places)} compartments flows out" if places else "no flows"


def _moieties(network: Network) -> str:
    """Check that the flat equations conserve what the stoichiometry conserves."""
    import numpy as np

    from theratwin.dynamics import right_hand_side
    from theratwin.dynamics.networks.moiety import conserved_moieties

    found = conserved_moieties(network)
    system = network.system(_bound(network))
    for time, states in _points(system):
        rates = dict(zip(system.names, right_hand_side(system, time, states), strict=True))
        for moiety in found:
            changes = np.array([number * rates[name] for name, number in moiety.items()])
            size = max(np.abs(changes).max(), np.finfo(float).tiny)
            if not abs(changes.sum()) <= _CONSERVED * size:
                raise InputError(
                    f"the sum changes by {changes.sum():.6g} nmol/h",
                    field=f"network {network.name}",
                    value=_sum_text(moiety),
                )
    return "; ".join(map(_sum_text, found)) + " constant" if found else "no sum is conserved"


def _sum_text(moiety: dict[str, int], most: int = 6) -> str:
    terms = [name if n == 1 else f"{n} {name}" for name, n in moiety.items()]
    more = [f"{len(terms) - most} more"] if len(terms) > most else []
    return " + ".join([*terms[:most], *more])


def _jacobian(network: Network) -> str:
    """Compare the symbolic Jacobian with complex steps, at some states."""
    import numpy as np

    from theratwin.dynamics import right_hand_side
    from theratwin.dynamics.expressions.evaluate import evaluate
    from theratwin.dynamics.solving.operations import operations

    system = network.system(_bound(network))
    found = operations(system)
    count = len(system.states)
    entries = [entry for entry in found.jacobian if max(entry) < count]
    for time, states in _points(system):
        values = {**system.parameters, **system.switches, "time": time}
        values |= dict(zip(system.names, states, strict=True))
        exact = np.zeros((count, count))
        for entry, value in zip(
            entries, evaluate([found.jacobian[e] for e in entries], values), strict=True
        ):
            exact[entry] = value
        step = 1e-30
        moved = states.astype(complex) + 1j * step * np.eye(count)
        numeric = np.imag(right_hand_side(system, time, moved)).T / step
        wrong = np.abs(exact - numeric) > _DERIVATIVE * np.abs(numeric).max(axis=1, keepdims=True)
        if np.any(wrong):
            row, column = np.argwhere(wrong)[0]
            raise InputError(
                f"the derivative by {system.names[column]} is {numeric[row, column]:.6g}, "
                f"not {exact[row, column]:.6g}",
                field=f"network {network.name}, state {system.names[row]}",
            )
    return f"{len(entries)} nonzeros of {count} x {count} agree with differences"


def _bound(network: Network) -> dict[str, float]:
    """Give open inputs some number, for checks that hold at any."""
    return dict.fromkeys((port.name for port in network.inputs), 1.0)


def _points(system: System) -> list[tuple[float, Any]]:
    import numpy as np

    generator = np.random.default_rng(0)
    count = len(system.names)
    return [(t, generator.uniform(0.1, 2.0, count)) for t in generator.uniform(0.1, 5.0, _POINTS)]
