"""Expressions as text in the infix of SBML level 3, which libSBML turns into MathML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Expression, is_constant, walk
from theratwin.io.sbml.document import libsbml

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
_RELATION = {"less": "<", "less_equal": "<=", "and": "&&", "or": "||"}
_CALLED = {
    **{name: name for name in ("exp", "min", "max", "sin", "cos", "floor")},
    "log": "ln",
    "atan": "arctan",
}
#: What has operands of one unit.
_ALIKE = frozenset({"add", "sub", "min", "max", "less", "less_equal", "select"})
_TRUTHS = ("less", "less_equal", "and", "or", "not")
#: Words that mean something in the infix; an id that is one gets an underscore.
_WORDS = frozenset(
    {
        *("time", "t", "avogadro", "pi", "e", "exponentiale", "true", "false"),
        *("infinity", "inf", "nan", "notanumber", "delay", "rateof", "lambda", "piecewise"),
        *("and", "or", "not", "xor", "implies", "plus", "minus", "times", "divide"),
        *("abs", "ceil", "ceiling", "exp", "factorial", "floor", "ln", "log", "log10"),
        *("max", "min", "pow", "power", "quotient", "rem", "root", "sqr", "sqrt"),
        *("eq", "neq", "gt", "lt", "geq", "leq"),
        *(
            f"{arc}{name}{hyperbolic}"
            for arc in ("", "arc", "a")
            for name in ("sin", "cos", "tan", "sec", "csc", "cot")
            for hyperbolic in ("", "h")
        ),
    }
)


def identifiers(names: list[str], taken: set[str] | None = None) -> dict[str, str]:
    """Return an SBML id for each name: dots become two underscores, double ones get a number.

    Examples
    --------
    >>> identifiers(["organ.flow", "organ__flow", "e"])
    {'organ.flow': 'organ__flow', 'organ__flow': 'organ__flow_2', 'e': 'e_'}
    """
    used = set() if taken is None else taken
    found = {}
    for name in names:
        stem = re.sub(r"\W", "_", name.replace(".", "__"), flags=re.ASCII)
        stem = f"_{stem}" if stem[:1].isdigit() else stem
        if stem.lower() in _WORDS:
            stem += "_"
        chosen, count = stem, 1
        while chosen in used:
            count += 1
            chosen = f"{stem}_{count}"
        used.add(chosen)
        found[name] = chosen
    return found


def formula(
    root: Expression, ids: Mapping[str, str], unit_of: Callable[[Expression], str] | None = None
) -> str:
    """Return an expression as infix text with the ids of its symbols.

    Parameters
    ----------
    root
        The expression.
    ids
        Symbol to id.
    unit_of
        Returns the id of an expression's unit: a zero gets that of what it stands beside.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import symbol
    >>> formula(2.0 * symbol("a.k") - 1.0, {"a.k": "a__k"})
    '((2.0 dimensionless * a__k) - 1.0 dimensionless)'
    """
    shown: dict[int, str] = {}
    for node in walk(root):
        args = [shown[id(arg)] for arg in node.args]
        shown[id(node)] = _shown(node, _measured(node, args, unit_of) if unit_of else args, ids)
    return shown[id(root)]


def _measured(node: Expression, args: list[str], unit_of: Callable[[Expression], str]) -> list[str]:
    """Return the operands of a node, zeros with the unit that all of them have."""
    if node.op not in _ALIKE:
        return args
    operands = [*node.args] if node.op != "select" else [*node.args[1:]]
    others = [each for each in operands if not is_constant(each, 0.0)]
    if not others or len(others) == len(operands):
        return args
    zero = f"0 {unit_of(others[0])}".rstrip()
    pairs = zip(node.args, args, strict=True)
    return [zero if is_constant(arg, 0.0) and arg in operands else text for arg, text in pairs]


def _shown(node: Expression, args: list[str], ids: Mapping[str, str]) -> str:
    if node.op == "constant":
        return _number(float(node.value or 0.0))
    if node.op == "symbol":
        return "time" if node.value == "time" else ids[str(node.value)]
    if node.op == "neg":
        return f"(-{args[0]})"
    if node.op in _INFIX:
        return f"({args[0]} {_INFIX[node.op]} {args[1]})"
    if node.op in _CALLED:
        return f"{_CALLED[node.op]}({', '.join(args)})"
    if node.op in ("less", "less_equal"):
        return f"({args[0]} {_RELATION[node.op]} {args[1]})"
    truths = [_truth(arg, text) for arg, text in zip(node.args, args, strict=True)]
    if node.op == "select":
        return f"piecewise({args[1]}, {truths[0]}, {args[2]})"
    if node.op == "not":
        return f"(!{truths[0]})"
    return f"({truths[0]} {_RELATION[node.op]} {truths[1]})"


def _truth(node: Expression, text: str) -> str:
    """Return what is true where a number is not zero."""
    return text if node.op in _TRUTHS else f"({text} != 0)"


def _number(value: float) -> str:
    if value != value:
        return "notanumber"
    if value in (float("inf"), float("-inf")):
        return "infinity" if value > 0 else "(-infinity)"
    if value == 0.0:
        return "0"  # of any unit
    return f"{value!r} dimensionless" if value >= 0.0 else f"(-{-value!r} dimensionless)"


def mathematics(text: str) -> Any:
    """Return the tree of a formula.

    Raises
    ------
    InputError
        If libSBML cannot read it.
    """
    tree = libsbml().parseL3Formula(text)
    if tree is None:
        reason = libsbml().getLastParseL3Error()
        raise InputError(f"no formula of SBML: {reason}", field="formula", value=text[:200])
    return tree
