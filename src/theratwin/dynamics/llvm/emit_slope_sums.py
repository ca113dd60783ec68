"""Weighted sums of the derivatives where stages end, as IR."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from theratwin.dynamics.llvm.emit_slope_groups import Carried, some
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, function
from theratwin.dynamics.solving.slope_tableau import Combination

#: Table of the states whose stages' derivatives are needed by themselves.
_COLUMNS = "@slope_columns"
#: Of states, as numbers or as values of the code.
Indices = Sequence[str | int]


class SlopeSums:
    """Writes ``combine_slopes_I(scratch, own, stages)`` for each stage.

    It begins the stage's right-hand side, in its row of the stages, and writes `stage_tangent`.
    """

    def __init__(self, carried: Carried) -> None:
        self.carried, self.size = carried, carried.size
        self.made, self.method = carried.made, carried.method
        self.coefficients = carried.coefficients

    def functions(self) -> str:
        """Return the text."""
        return self._table() + "".join(map(self._combine, range(self.method.stages)))

    def _table(self) -> str:
        columns = self.made.columns
        numbers = ", ".join(f"i64 {column}" for column in columns)
        return f"{_COLUMNS} = internal constant [{len(columns)} x i64] [{numbers}]\n"

    def _combine(self, stage: int) -> str:
        """Return the function for one stage.

        The pass of the last stage that begins apart also begins the sums of those that follow:
        what lies before it is read once, not once a stage.
        """
        code, rows = self.carried.code()
        right, tail = self.coefficients.right, self.coefficients.tail
        inverse = code.load(rows["slope_inverse"], 0)
        later = range(stage + 1, self.method.stages) if stage == tail else ()
        for chosen in some(code, self.size):
            if stage > tail:
                begun = [[self._stage_row(code, stage, i) for i in chosen]]
                sums = self._add(code, [right[stage]], begun, chosen, range(tail, stage))
            else:
                sums = self._sum(code, [right[i] for i in (stage, *later)], chosen, stage)
            sums[0] = [code.operate("fmul", total, inverse) for total in sums[0]]
            for target, totals in zip((stage, *later), sums, strict=True):
                row = code.row("%stages", target * self.size)
                for i, total in zip(chosen, totals, strict=True):
                    code.store(total, row, i)
        self._combine_columns(code, rows, stage)
        code.line("ret void")
        given = "ptr noalias %scratch, ptr noalias %own, ptr noalias %stages"
        return function(f"combine_slopes_{stage}", given, code)

    def _combine_columns(self, code: Code, rows: Rows, stage: int) -> None:
        """Write what is needed of the derivative as the stage begins."""
        for chosen in some(code, len(self.made.columns)):
            states = [code.get("i64", _COLUMNS, k) for k in chosen]
            [totals] = self._sum(code, [self.coefficients.begin[stage]], states, stage)
            for k, total in zip(chosen, totals, strict=True):
                code.store(total, rows["stage_tangent"], k)

    def _sum(
        self, code: Code, weights: list[Combination], states: Indices, stage: int
    ) -> list[list[str]]:
        """Return weighted sums for some states over what lies before a stage, a row a sum."""
        start = [code.load("%own", i) for i in states] if any(w.start for w in weights) else []
        begun = [_scaled(code, w.start, start) for w in weights]
        return self._add(code, weights, begun, states, range(stage))

    def _add(
        self,
        code: Code,
        weights: list[Combination],
        sums: list[list[str]],
        states: Indices,
        stages: Iterable[int],
    ) -> list[list[str]]:
        """Add weighted stages, each read once for all sums, each weight once for all states."""
        for j in stages:
            if any(w.stages[j] for w in weights):
                known = [self._stage_row(code, j, i) for i in states]
                sums = [
                    _added(code, w.stages[j], known, s) for w, s in zip(weights, sums, strict=True)
                ]
        return sums

    def _stage_row(self, code: Code, stage: int, row: str | int) -> str:
        return code.load(code.row("%stages", stage * self.size), row)


def _scaled(code: Code, weight: float, values: list[str]) -> list[str]:
    """Return numbers times a weight; none if it is zero."""
    if weight == 1.0:
        return values
    return [code.operate("fmul", code.number(weight), value) for value in values if weight]


def _added(code: Code, weight: float, values: list[str], sums: list[str]) -> list[str]:
    """Return sums with weighted numbers added; sums that have not begun are empty."""
    if not weight:
        return sums
    if not sums:
        return _scaled(code, weight, values)
    factor = code.number(weight)
    return [code.fma(factor, value, total) for value, total in zip(values, sums, strict=True)]
