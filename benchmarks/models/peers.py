"""The same equations in other solvers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from theratwin.dynamics import System
from theratwin.dynamics.expressions.expression import Expression, walk
from theratwin.dynamics.solving.operations import operations

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_MATHML = {"add": "plus", "sub": "minus", "mul": "times", "div": "divide", "neg": "minus"}


def code(root: Expression, names: dict[str, str]) -> str:
    """Return an expression as Python."""
    shown: dict[int, str] = {}
    for node in walk(root):
        args = [shown[id(arg)] for arg in node.args]
        if node.op == "constant":
            text = repr(node.value)
        elif node.op == "symbol":
            text = names[str(node.value)]
        elif node.op == "neg":
            text = f"(-{args[0]})"
        else:
            text = f"({args[0]} {_INFIX[node.op]} {args[1]})"
        shown[id(node)] = text
    return shown[id(root)]


def mathml(root: Expression, names: dict[str, str]) -> str:
    """Return an expression as content MathML."""
    shown: dict[int, str] = {}
    for node in walk(root):
        if node.op == "constant":
            text = f"<cn>{node.value!r}</cn>"
        elif node.op == "symbol":
            text = f"<ci>{names[str(node.value)]}</ci>"
        else:
            args = "".join(shown[id(arg)] for arg in node.args)
            text = f"<apply><{_MATHML[node.op]}/>{args}</apply>"
        shown[id(node)] = text
    return shown[id(root)]


def coefficients(system: System) -> tuple[list[Expression], dict[Expression, int]]:
    """Return the slow values, so that a peer need not compute them in every step."""
    found = operations(system)
    hoisted = [node for nodes in found.environment.hoisted.values() for node in nodes]
    slow = [node for node in found.environment.places if node.op == "symbol"] + hoisted
    return slow, {node: i for i, node in enumerate(slow)}


class _Prepared:
    """The equations with slow values as numbers k0, k1, ..."""

    def __init__(self, system: System) -> None:
        from theratwin.dynamics.expressions.expression import substitute, symbol

        self.system, found = system, operations(system)
        self.slow, places = coefficients(system)
        short = {node: symbol(f"k{i}") for node, i in places.items()}

        def shortened(root: Expression) -> Expression:
            return substitute(root, short)

        self.rates = [shortened(rate) for rate in found.derivatives]
        self.jacobian = {entry: shortened(slope) for entry, slope in found.jacobian.items()}
        self.initial = [float(state.initial.value) for state in system.states]  # type: ignore[arg-type]
        names = {name: f"p[{i}]" for i, name in enumerate(system.parameters)}
        text = ", ".join(code(node, names) for node in self.slow)
        self._evaluate = eval(f"lambda p: [{text}]")

    def values(self, patient: dict[str, float]) -> np.ndarray:
        given = {**self.system.parameters, **patient}
        return np.array(self._evaluate([given[name] for name in self.system.parameters]))


class LsodaPeer:
    """SciPy's LSODA; right-hand side and dense Jacobian compiled by numba."""

    def __init__(self, system: System) -> None:
        import numba

        self.made = made = _Prepared(system)
        names = {name: f"y[{i}]" for i, name in enumerate(system.names)}
        names |= {f"k{i}": f"k[{i}]" for i in range(len(made.slow))}
        lines = [f"    out[{i}] = {code(rate, names)}" for i, rate in enumerate(made.rates)]
        slope = "def slope(t, y, k):\n    out = np.empty(y.size)\n"
        lines_j = [f"    out[{i}, {j}] = {code(s, names)}" for (i, j), s in made.jacobian.items()]
        matrix = "def matrix(t, y, k):\n    out = np.zeros((y.size, y.size))\n"
        space: dict[str, Any] = {"np": np}
        exec(slope + "\n".join(lines) + "\n    return out\n", space)
        exec(matrix + "\n".join(lines_j) + "\n    return out\n", space)
        self.slope, self.matrix = numba.njit(space["slope"]), numba.njit(space["matrix"])

    def solve(self, patient: dict[str, float], times: np.ndarray) -> np.ndarray:
        k = self.made.values(patient)
        found = solve_ivp(
            self.slope,
            (times[0], times[-1]),
            self.made.initial,
            method="LSODA",
            t_eval=times,
            jac=self.matrix,
            rtol=1e-6,
            atol=1e-9,
            args=(k,),
        )
        return found.y.T


class RoadrunnerPeer:
    """libroadrunner's CVODE, the model as SBML with rate rules."""

    def __init__(self, system: System) -> None:
        import roadrunner

        self.made = made = _Prepared(system)
        names = {name: f"s{i}" for i, name in enumerate(system.names)}
        names |= {f"k{i}": f"k{i}" for i in range(len(made.slow))}
        parameters = "".join(
            f'<parameter id="s{i}" value="{value!r}" constant="false"/>'
            for i, value in enumerate(made.initial)
        ) + "".join(
            f'<parameter id="k{i}" value="1" constant="true"/>' for i in range(len(made.slow))
        )
        space = "http://www.w3.org/1998/Math/MathML"
        rules = "".join(
            f'<rateRule variable="s{i}"><math xmlns="{space}">{mathml(rate, names)}</math>'
            "</rateRule>"
            for i, rate in enumerate(made.rates)
        )
        sbml = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
            f"<model><listOfParameters>{parameters}</listOfParameters>"
            f"<listOfRules>{rules}</listOfRules></model></sbml>"
        )
        self.runner = roadrunner.RoadRunner(sbml)
        integrator = self.runner.integrator
        integrator.setValue("relative_tolerance", 1e-6)
        integrator.setValue("absolute_tolerance", 1e-9)
        integrator.setValue("maximum_num_steps", 100_000)
        self.runner.selections = ["time", *(f"s{i}" for i in range(len(made.rates)))]
        known = list(self.runner.model.getGlobalParameterIds())
        self.places = np.array([known.index(f"k{i}") for i in range(len(made.slow))], np.int32)

    def solve(self, patient: dict[str, float], times: np.ndarray) -> np.ndarray:
        self.runner.reset()
        self.runner.model.setGlobalParameterValues(self.places, self.made.values(patient))
        return np.array(self.runner.simulate(times=list(times)))[:, 1:]
