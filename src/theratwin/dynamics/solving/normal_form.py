"""Sums of coefficient times state product, so that all that is slow leaves the inner loop.

A rate such as ``F * (y1 / V1 - y2 / V2)`` becomes ``(F / V1) * y1 - (F / V2) * y2``: the
coefficients change by patient only and are computed once. Equal products are collected, which
leaves one multiplication for each nonzero of a linear Jacobian.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from theratwin.dynamics.expressions.expression import (
    ONE,
    ZERO,
    Binding,
    Expression,
    differentiate,
    is_constant,
    rebuilt,
    symbols,
)

_SUMS = ("add", "sub", "neg")


@dataclass(frozen=True)
class Term:
    """A coefficient (slow) times a product of states (fast); `ONE` if there is none."""

    coefficient: Expression
    product: Expression

    @property
    def value(self) -> Expression:
        """The term as an expression."""
        return self.coefficient * self.product


@dataclass
class NormalForm:
    """Rewrites expressions, remembering what it has done.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import symbol
    >>> y, k, v = symbol("y", Binding.STATE), symbol("k"), symbol("v")
    >>> print(NormalForm().of(k * (y / v) + y))
    (k / v + 1) * y
    """

    _terms: dict[Expression, tuple[Term, ...]] = field(default_factory=dict)

    def of(self, root: Expression) -> Expression:
        """Return the normal form of an expression."""
        return total(self.terms(root))

    def terms(self, root: Expression) -> tuple[Term, ...]:
        """Return the terms whose sum is the expression, equal products collected."""
        if root not in self._terms:
            self._terms[root] = _collected(self._split(root))
        return self._terms[root]

    def _split(self, node: Expression) -> list[Term]:
        if node.binding < Binding.STATE:
            return [Term(node, ONE)]
        if node.op in _SUMS:
            return self._split_sum(node)
        if node.op in ("mul", "div"):
            return self._split_product(node)
        inner = tuple(self.of(arg) for arg in node.args)
        return [Term(ONE, rebuilt(node, inner))]

    def _split_sum(self, node: Expression) -> list[Term]:
        last = [
            Term(-t.coefficient, t.product) if node.op != "add" else t
            for t in self.terms(node.args[-1])
        ]
        return last if node.op == "neg" else [*self.terms(node.args[0]), *last]

    def _split_product(self, node: Expression) -> list[Term]:
        slow, above, below = ONE, [], []
        for factor, inverted in _factors(node):
            if factor.binding < Binding.STATE:
                slow = slow / factor if inverted else slow * factor
                continue
            parts = self.terms(factor)
            if len(parts) == 1:
                alone = parts[0]
                slow = slow / alone.coefficient if inverted else slow * alone.coefficient
                factor = alone.product
            else:
                factor = total(parts)
            (below if inverted else above).append(factor)
        if len(above) == 1 and not below and above[0].op in _SUMS:
            # One sum times a coefficient: each of its terms takes the coefficient.
            return [Term(slow * t.coefficient, t.product) for t in self.terms(above[0])]
        product = _product(above)
        return [Term(slow, product / _product(below) if below else product)]

    def slope(self, root: Expression, by: Expression) -> Expression:
        """Return the derivative by any symbol, in normal form."""
        terms = self.terms(root)
        slopes = (differentiate(t.value, by) for t in terms)
        changing = [slope for slope in slopes if not is_constant(slope, 0.0)]
        return total(_collected([t for slope in changing for t in self.terms(slope)]))

    def slopes(self, root: Expression) -> dict[str, Expression]:
        """Return the derivatives by every state symbol below, by its name; zeros left out."""
        found: dict[str, list[Term]] = {}
        for term in self.terms(root):
            for name, symbol in symbols(term.product).items():
                if symbol.binding is Binding.STATE:
                    slope = term.coefficient * differentiate(term.product, symbol)
                    found.setdefault(name, []).extend(self.terms(slope))
        totals = {name: total(_collected(terms)) for name, terms in found.items()}
        return {name: slope for name, slope in totals.items() if not is_constant(slope, 0.0)}


def _factors(node: Expression, inverted: bool = False) -> list[tuple[Expression, bool]]:
    """Return the factors of nested products and quotients, and whether each divides."""
    if node.op == "mul":
        return [*_factors(node.args[0], inverted), *_factors(node.args[1], inverted)]
    if node.op == "div":
        return [*_factors(node.args[0], inverted), *_factors(node.args[1], not inverted)]
    if node.op == "neg":
        return [(-ONE, False), *_factors(node.args[0], inverted)]
    return [(node, inverted)]


def _product(factors: list[Expression]) -> Expression:
    product = ONE
    for factor in factors:
        product = product * factor
    return product


def _collected(terms: list[Term]) -> tuple[Term, ...]:
    sums: dict[Expression, Expression] = {}
    for term in terms:
        sums[term.product] = sums.get(term.product, ZERO) + term.coefficient
    return tuple(Term(c, product) for product, c in sums.items() if not is_constant(c, 0.0))


def total(terms: tuple[Term, ...]) -> Expression:
    """Return the sum of terms; negative ones are subtracted, a positive one comes first."""
    positive = [t for t in terms if not _negative(t.coefficient)]
    value = ZERO
    for term in (*positive[:1], *(t for t in terms if t not in positive[:1])):
        if _negative(term.coefficient):
            value = value - (-term.coefficient) * term.product
        else:
            value = value + term.value
    return value


def _negative(coefficient: Expression) -> bool:
    constant = coefficient.op == "constant" and float(coefficient.value or 0.0) < 0.0
    return coefficient.op == "neg" or constant
