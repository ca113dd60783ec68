"""Expressions and networks as LaTeX, for pages and papers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from theratwin.dynamics.expressions.expression import Expression, walk

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network

_GREEK = frozenset(
    {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"}
    | {"lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"}
    | {"omega"}
)

# How strongly an operation binds, as in text.
_STRENGTH = {"or": 1, "and": 2, "less": 3, "less_equal": 3, "add": 4, "sub": 4, "mul": 5, "neg": 6}
_POWER, _ATOM = 7, 9
_SIGN = {
    "or": r" \vee ",
    "and": r" \wedge ",
    "less": " < ",
    "less_equal": r" \le ",
    "add": " + ",
    "sub": " - ",
    "mul": r" \cdot ",
}


def to_latex(root: Expression, names: Callable[[str], str] | None = None) -> str:
    r"""Return an expression as LaTeX, for use in mathematics.

    Parameters
    ----------
    root
        The expression.
    names
        A symbol's name to its LaTeX; `symbol_latex` if none is given.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import exp, symbol
    >>> print(to_latex(symbol("k_on") / symbol("volume") * exp(-symbol("lambda"))))
    \frac{k_{\text{on}}}{\text{volume}} \cdot e^{-\lambda}
    """
    shown: dict[int, tuple[str, int]] = {}
    for node in walk(root):
        args = [shown[id(arg)] for arg in node.args]
        shown[id(node)] = _shown(node, args, names or symbol_latex)
    return shown[id(root)][0]


def symbol_latex(name: str) -> str:
    r"""Return a dotted name as LaTeX: a letter with an index, or words, with the path as index.

    Examples
    --------
    >>> print(symbol_latex("kidneys.k_on"), symbol_latex("plasma_flow"))
    k_{\text{on},\,\text{kidneys}} \text{plasma flow}
    """
    *path, last = name.split(".")
    first, *words = last.split("_")
    if first in _GREEK or len(first) == 1:
        head, index = (f"\\{first}" if first in _GREEK else first), [" ".join(words)]
    else:
        head, index = rf"\text{{{last.replace('_', ' ')}}}", []
    index.append(" ".join(path).replace("_", " "))
    below = r",\,".join(rf"\text{{{part}}}" for part in index if part)
    return f"{head}_{{{below}}}" if below else head


def _shown(
    node: Expression, args: list[tuple[str, int]], names: Callable[[str], str]
) -> tuple[str, int]:
    if node.op == "constant":
        return _number(float(node.value or 0.0))
    if node.op == "symbol":
        name = str(node.value)
        return ("t" if name == "time" else names(name)), _ATOM
    if node.op == "div":
        return rf"\frac{{{args[0][0]}}}{{{args[1][0]}}}", _STRENGTH["mul"]
    if node.op == "neg":
        return "-" + _bracketed(args[0], _STRENGTH["mul"]), _STRENGTH["add"]
    if node.op == "pow":
        # A symbol with an index stands in braces, so that the power does not meet the index.
        return f"{{{_bracketed(args[0], _ATOM)}}}^{{{args[1][0]}}}", _POWER
    if node.op in _SIGN:
        return _infix(node, args)
    return _function(node.op, [text for text, _ in args]), _ATOM


def _infix(node: Expression, args: list[tuple[str, int]]) -> tuple[str, int]:
    op, own = node.op, _STRENGTH[node.op]
    if op == "mul" and node.args[0].op == "neg":  # a sign before a product needs no brackets
        return f"{args[0][0]}{_SIGN[op]}{_bracketed(args[1], own)}", _STRENGTH["add"]
    comparison = op in {"less", "less_equal"}
    left = _bracketed(args[0], own + comparison)
    # A sign does not follow another sign or a factor without brackets.
    stronger = op == "sub" or comparison or args[1][0].startswith("-")
    right = _bracketed(args[1], own + stronger)
    return f"{left}{_SIGN[op]}{right}", own


def _function(op: str, args: list[str]) -> str:
    inside = ", ".join(args)
    if op == "exp":
        short = len(re.sub(r"\\[a-z]+|[{}]", "", inside)) <= 24 and r"\frac" not in inside
        return f"e^{{{inside}}}" if short else rf"\exp\left({inside}\right)"
    if op == "select":
        condition, then, otherwise = args
        rows = rf"{then} & \text{{if }} {condition} \\ {otherwise} & \text{{otherwise}}"
        return rf"\begin{{cases}} {rows} \end{{cases}}"
    if op == "not":
        return rf"\neg \left({inside}\right)"
    if op == "floor":
        return rf"\left\lfloor {inside} \right\rfloor"
    sign = {
        "sin": r"\sin",
        "cos": r"\cos",
        "atan": r"\arctan",
        "log": r"\ln",
        "min": r"\min",
        "max": r"\max",
    }[op]
    return rf"{sign}\left({inside}\right)"


def _number(value: float) -> tuple[str, int]:
    if value == math.log(2.0):
        return r"\ln(2)", _ATOM
    text = f"{value:.6g}"
    mantissa, _, power = text.partition("e")
    if power:
        times = "" if mantissa in {"1", "-1"} else rf"{mantissa} \times "
        sign = "-" if mantissa == "-1" else ""
        text = f"{sign}{times}10^{{{int(power)}}}"
        return text, _STRENGTH["add"] if value < 0 else _STRENGTH["mul"]
    return text, _STRENGTH["add"] if value < 0 else _ATOM


def _bracketed(shown: tuple[str, int], strength: int) -> str:
    text, own = shown
    return text if own >= strength else rf"\left({text}\right)"


def equations(network: Network) -> list[tuple[str, str]]:
    """Return a network's equations as pairs of LaTeX: rates, balances, rules.

    The amount of a species is *n*, the rate of a reaction *v*, each with its name as an index.
    """
    species = {s.name for s in network.species}

    def names(name: str) -> str:
        return _indexed("n", name) if name in species else symbol_latex(name)

    rows = [(_indexed("v", r.name), to_latex(r.rate, names)) for r in network.reactions]
    rows += [(_slope(names(name)), terms) for name, terms in _balances(network).items()]
    rows += [(_slope(names(v.name)), to_latex(v.rate, names)) for v in network.variables]
    rows += [(names(r.name), to_latex(r.value, names)) for r in network.rules]
    return rows


def network_latex(network: Network) -> str:
    r"""Return a network's equations as one LaTeX environment, ``align*``.

    Examples
    --------
    >>> from theratwin.dynamics.models import model
    >>> print(network_latex(model("linear-chain")).splitlines()[1])
    v_{\text{decay 1}} &= \frac{\ln(2)}{\text{half life 1}} \cdot n_{\text{member 1}} \\
    """
    rows = [f"{left} &= {right}" for left, right in equations(network)]
    return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"])


def _balances(network: Network) -> dict[str, str]:
    """Return the sum of rates that changes each species."""
    sums = {species.name: "" for species in network.species}
    for reaction in network.reactions:
        for name, number in reaction.net.items():
            factor = "" if abs(number) == 1 else rf"{abs(number):g} \, "
            sign = "-" if number < 0 else "+" if sums[name] else ""
            sums[name] += f" {sign} {factor}{_indexed('v', reaction.name)}"
    return {name: terms.strip() or "0" for name, terms in sums.items()}


def _slope(quantity: str) -> str:
    return rf"\frac{{d {quantity}}}{{dt}}"


def _indexed(letter: str, name: str) -> str:
    words = name.replace(".", " ").replace("_", " ")
    return rf"{letter}_{{\text{{{words}}}}}"
