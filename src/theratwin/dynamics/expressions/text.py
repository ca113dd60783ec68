"""Expressions as text that a person reads."""

from __future__ import annotations

from theratwin.dynamics.expressions.expression import Expression, walk

_INFIX = {
    "or": (" or ", 1),
    "and": (" and ", 2),
    "less": (" < ", 3),
    "less_equal": (" <= ", 3),
    "add": (" + ", 4),
    "sub": (" - ", 4),
    "mul": (" * ", 5),
    "div": (" / ", 5),
    "pow": ("^", 7),
}
_NEGATION = 6
_ATOM = 9


def to_text(root: Expression) -> str:
    """Return an expression as infix text, with as few brackets as its meaning allows."""
    shown: dict[int, tuple[str, int]] = {}
    for node in walk(root):
        shown[id(node)] = _shown(node, [shown[id(arg)] for arg in node.args])
    return shown[id(root)][0]


def _shown(node: Expression, args: list[tuple[str, int]]) -> tuple[str, int]:
    if node.op == "constant":
        number = float(node.value or 0.0)
        return repr(number).removesuffix(".0"), _ATOM if number >= 0 else _NEGATION
    if node.op == "symbol":
        return str(node.value), _ATOM
    if node.op == "neg":
        return "-" + _bracketed(args[0], _NEGATION), _NEGATION
    if node.op in _INFIX:
        sign, strength = _INFIX[node.op]
        associative = node.op in {"add", "mul", "and", "or"}
        comparison = node.op in {"less", "less_equal"}
        left_first = node.op != "pow"
        left = _bracketed(args[0], strength + (comparison or not left_first))
        right = _bracketed(args[1], strength + (left_first and not associative))
        return f"{left}{sign}{right}", strength
    return f"{node.op}({', '.join(text for text, _ in args)})", _ATOM


def _bracketed(shown: tuple[str, int], strength: int) -> str:
    text, own = shown
    return text if own >= strength else f"({text})"
