"""The linear system of a step solved for the derivatives by several directions at once, as IR."""

from __future__ import annotations

from collections.abc import Sequence

from theratwin.dynamics.llvm.emit_program import BLOCK
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.solving.ordering import Elimination

#: Directions carried together: each factor of W is read once for all, and while one direction
#: waits for a product another goes on.
TOGETHER = 2


def solve_slopes_function(elimination: Elimination, width: Width, count: int) -> str:
    """Return ``solve_slopes_N(matrix, right, ...)``: W x = b for N right-hand sides, in place.

    The diagonal of the factors is kept inverted.
    """
    code = Code(width)
    solver = _Solver(code, elimination, [f"%right{k}" for k in range(count)])
    solver.forward()
    solver.backward()
    code.line("ret void")
    given = ", ".join(f"ptr noalias {name}" for name in ("%matrix", *solver.right))
    return function(f"solve_slopes_{count}", given, code)


class _Solver:
    def __init__(self, code: Code, elimination: Elimination, right: Sequence[str]) -> None:
        self.code, self.elimination, self.right = code, elimination, right
        self.held: dict[tuple[str, int], str] = {}
        self.count = 0

    def forward(self) -> None:
        before: dict[int, list[int]] = {pivot.index: [] for pivot in self.elimination.pivots}
        for pivot in self.elimination.pivots:
            for row in pivot.rows:
                before[row].append(pivot.index)
        for pivot in self.elimination.pivots:
            if columns := before[pivot.index]:
                self._put(pivot.index, self._subtracted(pivot.index, columns))

    def backward(self) -> None:
        for pivot in reversed(self.elimination.pivots):
            values = self._subtracted(pivot.index, pivot.columns)
            inverse = self._factor(pivot.index, pivot.index)
            self._put(pivot.index, [self.code.operate("fmul", v, inverse) for v in values])

    def _subtracted(self, row: int, columns: Sequence[int]) -> list[str]:
        """Return the right-hand sides of a row less the products with what is known."""
        self._rest()
        values = [self._get(right, row) for right in self.right]
        for column in columns:
            negative = self.code.operate("fneg", self._factor(row, column))
            values = [
                self.code.fma(negative, self._get(right, column), value)
                for right, value in zip(self.right, values, strict=True)
            ]
            self.count += len(values)
        return values

    def _factor(self, row: int, column: int) -> str:
        return self.code.load("%matrix", self.elimination.entries[row, column])

    def _get(self, right: str, row: int) -> str:
        if (right, row) not in self.held:
            self.held[right, row] = self.code.load(right, row)
        return self.held[right, row]

    def _put(self, row: int, values: list[str]) -> None:
        for right, value in zip(self.right, values, strict=True):
            self.code.store(value, right, row)
            self.held[right, row] = value

    def _rest(self) -> None:
        """Begin a new block if this one is long."""
        if self.count > BLOCK:
            self.code.fresh_block()
            self.count = 0
            self.held.clear()
