"""Weighted sums of the derivatives where stages end, as IR."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from theratwin.dynamics.llvm.emit_slope_groups import Carried
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, function
from theratwin.dynamics.solving.slope_tableau import Combination

#: Table of the states whose stages' derivatives are needed by themselves.
_COLUMNS = "@slope_columns"


#: Indices of states, and sums by stage and state.
Indices = Sequence[str | int]
Sums = dict[tuple[int, str | int], str]


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
        tail = self.coefficients.tail
        inverse = code.load(rows["slope_inverse"], 0)
        targets = range(stage, self.method.stages) if stage == tail else [stage]
        for some in self.carried.some_rows(code):
            if stage > tail:
                totals = {(stage, i): self._stage_row(code, stage, i) for i in some}
                self._add(code, totals, range(tail, stage), some)
            else:
                totals = self._begun(code, targets, some)
                self._add(code, totals, range(stage), some)
            for (target, i), total in totals.items():
                value = code.operate("fmul", total, inverse) if target == stage else total
                code.store(value, code.row("%stages", target * self.size), i)
        self._combine_columns(code, rows, stage)
        code.line("ret void")
        given = "ptr noalias %scratch, ptr noalias %own, ptr noalias %stages"
        return function(f"combine_slopes_{stage}", given, code)

    def _begun(self, code: Code, targets: Iterable[int], some: Indices) -> Sums:
        starts = {i: code.load("%own", i) for i in some}
        return {
            (target, i): code.operate("fmul", code.number(self._right(target).start), start)
            for target in targets
            for i, start in starts.items()
        }

    def _add(self, code: Code, totals: Sums, stages: Iterable[int], some: Indices) -> None:
        """Add weighted stages, each read once for all sums, each weight once for all rows."""
        for j in stages:
            known = {i: self._stage_row(code, j, i) for i in some}
            for target, i in totals:
                weight = self._right(target).stages[j]
                if weight:
                    total = totals[target, i]
                    totals[target, i] = code.fma(code.number(weight), known[i], total)

    def _right(self, stage: int) -> Combination:
        return self.coefficients.right[stage]

    def _combine_columns(self, code: Code, rows: Rows, stage: int) -> None:
        """Write what is needed of the derivative as the stage begins."""
        if not self.made.columns:
            return
        with code.loop(len(self.made.columns)) as k:
            i = code.get("i64", _COLUMNS, k)
            weights = self.coefficients.begin[stage]
            known = [self._stage_row(code, j, i) if w else "" for j, w in enumerate(weights.stages)]
            start = code.load("%own", i) if weights.start else ""
            code.store(self._sum(code, weights, start, known), rows["stage_tangent"], k)

    def _stage_row(self, code: Code, stage: int, row: str | int) -> str:
        return code.load(code.row("%stages", stage * self.size), row)

    def _sum(self, code: Code, weights: Combination, start: str, known: list[str]) -> str:
        value = ""
        if weights.start == 1.0:
            value = start
        elif weights.start:
            value = code.operate("fmul", code.number(weights.start), start)
        return _added(code, value, weights.stages, known)


def _added(code: Code, value: str, weights: tuple[float, ...], known: list[str]) -> str:
    """Return a sum with weighted numbers added; none if it is empty and stays so."""
    for weight, number in zip(weights, known, strict=False):
        if weight == 0.0:
            continue
        if weight == 1.0:
            value = code.operate("fadd", value, number) if value else number
        elif value:
            value = code.fma(code.number(weight), number, value)
        else:
            value = code.operate("fmul", code.number(weight), number)
    return value
