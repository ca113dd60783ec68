"""What changes of the Jacobian within a step, entry by entry, for all directions at once.

Of a stage that begins at u and moves by k, with y where the step begins and w = h tau_i: the
entries of J(u) - J(y), which the derivative of u is multiplied by, and those of
H = d[J(y) k + w f_t(y)] / dy, which the derivative of y is multiplied by. A linear system has none.
"""

from __future__ import annotations

from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    rebuilt,
    substitute,
    symbol,
)
from theratwin.dynamics.solving.normal_form import NormalForm
from theratwin.dynamics.solving.operations import Operations, Place, state_leaves

#: Row and value.
Rows = list[tuple[int, Expression]]

_WEIGHT = symbol("weight of the partial derivative by time", Binding.STATE)
_STAGE_TIME = symbol("time of the stage", Binding.TIME)


class StageSymbols:
    """The states as a step begins, those of a stage, and the derivatives of both.

    Parameters
    ----------
    names
        The states.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        def each(prefix: str) -> list[Expression]:
            return [symbol(prefix + name, Binding.STATE) for name in names]

        self.names, self.states = names, each("")
        self.stages, self.increments = each("stage of "), each("increment of ")
        self.tangents, self.stage_tangents = each("slope of "), each("slope of the stage of ")

    def products(self, operations: Operations, least: Binding) -> dict[int, Expression]:
        """Return J k + w f_t by row, of those entries of J that are at least so fast."""
        rows: dict[int, Expression] = {}
        for (row, column), slope in operations.jacobian.items():
            if slope.binding >= least:
                rows[row] = rows.get(row, ZERO) + slope * self.increments[column]
        for row, slope in operations.by_time.items():
            if slope.binding >= least:
                rows[row] = rows.get(row, ZERO) + slope * _WEIGHT
        return rows

    def at_stage(self, value: Expression) -> Expression:
        """Return what an expression of states and time is at a stage."""
        moved = dict(zip(self.states, self.stages, strict=True))
        return substitute(value, {**moved, TIME: _STAGE_TIME})

    def leaves(self) -> dict[Expression, Place]:
        """Return where all of them lie."""
        arrays = {
            "stage_state": self.stages,
            "increment": self.increments,
            "tangent": self.tangents,
        }
        return {
            **state_leaves(self.names, "state"),
            **{n: Place(array, i) for array, nodes in arrays.items() for i, n in enumerate(nodes)},
            TIME: Place("time", 0),
            _STAGE_TIME: Place("stage_time", 0),
            _WEIGHT: Place("extra", 0),
        }


class Curvature:
    """The entries of both matrices, and the rows that their products are added to.

    Attributes
    ----------
    values
        The entries; equal and opposite ones stand once.
    columns
        The states whose stages' derivatives are multiplied, in order.
    leaves
        Where entries and derivatives lie.
    """

    def __init__(self, operations: Operations) -> None:
        self.operations, self.form = operations, NormalForm()
        self.symbols = StageSymbols(operations.names)
        self.values: list[Expression] = []
        self._known: dict[frozenset[_Term], tuple[bool, Expression]] = {}
        self._terms: dict[int, list[tuple[int, bool, Expression]]] = {}
        self.columns = self._add_differences()
        self._add_second_derivatives()
        stages = [self.symbols.stage_tangents[column] for column in self.columns]
        entries = [_entry(i) for i in range(len(self.values))]
        self.leaves = {
            **self.symbols.leaves(),
            **{node: Place("stage_tangent", i) for i, node in enumerate(stages)},
            **{node: Place("entries", i) for i, node in enumerate(entries)},
        }

    def rows(self) -> Rows:
        """Return the products by row; where they are opposite, rows have their sum in common."""
        found = []
        for row, terms in self._terms.items():
            ordered = sorted(terms, key=lambda term: term[0])
            turned, total = ordered[0][1], ZERO
            for _, negative, product in ordered:
                total = total + product if negative == turned else total - product
            found.append((row, -total if turned else total))
        return found

    def _add_differences(self) -> tuple[int, ...]:
        columns = set()
        for (row, column), slope in self.operations.jacobian.items():
            if slope.binding > Binding.SEGMENT:
                difference = self.form.of(self.symbols.at_stage(slope) - slope)
                self._add(row, difference, self.symbols.stage_tangents, column)
                columns.add(column)
        return tuple(sorted(columns))

    def _add_second_derivatives(self) -> None:
        products = self.symbols.products(self.operations, Binding.STATE)
        for row, value in products.items():
            slopes = self.form.slopes(value)
            for column, name in enumerate(self.symbols.names):
                if name in slopes:
                    self._add(row, slopes[name], self.symbols.tangents, column)

    def _add(self, row: int, value: Expression, factors: list[Expression], column: int) -> None:
        terms = [(*_signed(t.coefficient), t.product) for t in self.form.terms(value)]
        if not terms:
            return
        key, opposite = (
            frozenset((negative != turned, size, product) for negative, size, product in terms)
            for turned in (False, True)
        )
        if key not in self._known:
            entry = _entry(len(self.values))
            self.values.append(_total(terms))
            self._known[opposite] = True, entry
            self._known[key] = False, entry
        negative, entry = self._known[key]
        place = column + len(factors) * (factors is self.symbols.tangents)
        self._terms.setdefault(row, []).append((place, negative, entry * factors[column]))


#: Whether a term is subtracted, its coefficient but for the sign, its product of states.
_Term = tuple[bool, Expression, Expression]


def _entry(index: int) -> Expression:
    return symbol(f"entry {index}", Binding.STATE)


def _total(terms: list[_Term]) -> Expression:
    value = ZERO
    for negative, size, product in sorted(terms, key=lambda term: term[0]):
        value = value - size * product if negative else value + size * product
    return value


def _signed(value: Expression) -> tuple[bool, Expression]:
    """Return whether a product is negative as it is written, and the rest of it."""
    if value.op == "neg":
        negative, rest = _signed(value.args[0])
        return not negative, rest
    if value.op in ("mul", "div"):
        (first, a), (second, b) = map(_signed, value.args)
        return first != second, rebuilt(value, (a, b))
    if value.op == "constant" and float(value.value or 0.0) < 0.0:
        return True, -value
    return False, value
