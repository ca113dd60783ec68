"""The right-hand side and its Jacobian as Python source, for Numba."""

from __future__ import annotations

from collections.abc import Iterable

from peers import workload
from theratwin.dynamics.expressions.expression import Expression
from theratwin.dynamics.solving.operations import Place, Program

_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


def assignments(program: Program, names: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return a line for each operation, and the text of each output.

    Parameters
    ----------
    program
        The program.
    names
        Array of the engine to the name of the array that stands for it.
    """
    known: dict[Expression, str] = {
        leaf: f"{names[place.array]}[{place.slot}]"
        for leaf, place in program.leaves.items()
        if place.array in names
    }

    def text(node: Expression) -> str:
        return repr(float(node.value)) if node.op == "constant" else known[node]

    lines = []
    for number, node in enumerate(program.operations()):
        known[node] = f"v{number}"
        lines.append(f"v{number} = {operation(node, [text(arg) for arg in node.args])}")
    return lines, [text(value) for _, value in program.outputs]


def operation(node: Expression, args: list[str]) -> str:
    """Return an operation as text that is the same in Python and C."""
    if node.op == "neg":
        return f"-{args[0]}"
    if node.op not in _SIGNS:
        raise ValueError(f"the workload has no {node.op}")
    return f"{args[0]} {_SIGNS[node.op]} {args[1]}"


def jacobian_program() -> Program:
    """Return the program of the Jacobian's nonzeros, in their order."""
    found = workload.programs()
    outputs = tuple((Place("out", i), value) for i, value in enumerate(found.jacobian.values()))
    return Program("jacobian", outputs, found.programs["slope"].leaves)


def function(name: str, arguments: str, lines: Iterable[str]) -> str:
    """Return the source of a function."""
    return "\n    ".join([f"def {name}({arguments}):", *lines]) + "\n"


ARRAYS = {"state": "y", "environment": "k"}


def slope_source() -> str:
    """Return ``slope(y, k, out)``, which writes the rates of change."""
    lines, outputs = assignments(workload.programs().programs["slope"], ARRAYS)
    stores = [f"out[{i}] = {value}" for i, value in enumerate(outputs)]
    return function("slope", "y, k, out", [*lines, *stores])


def jacobian_source() -> str:
    """Return ``jacobian(y, k, out)``, which writes the nonzeros of a dense matrix."""
    lines, outputs = assignments(jacobian_program(), ARRAYS)
    entries = workload.programs().jacobian
    stores = [f"out[{i}, {j}] = {v}" for (i, j), v in zip(entries, outputs, strict=True)]
    return function("jacobian", "y, k, out", [*lines, *stores])
