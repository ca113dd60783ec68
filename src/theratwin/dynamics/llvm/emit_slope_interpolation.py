"""Derivatives and states within a step, as IR: in each lane at its own time."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_slope_groups import Carried
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, function


class SlopeInterpolation:
    """Writes ``interpolate_slopes`` and, if observables need it, ``interpolate_states``.

    The parts of the step that have passed lie in `slope_fraction`.
    """

    def __init__(self, carried: Carried) -> None:
        self.carried, self.size = carried, carried.size

    def functions(self) -> str:
        """Return the text."""
        states = self._interpolate_states() if self.carried.made.observes_states else ""
        return self._interpolate() + states

    def _weights(self, code: Code, rows: Rows, powers: list[tuple[float, ...]]) -> list[str]:
        """Return theta (1 - theta) times polynomials of theta, one a column of the coefficients."""
        fraction = code.load(rows["slope_fraction"], 0)
        rest = code.operate("fsub", code.number(1.0), fraction)
        bend = code.operate("fmul", fraction, rest)
        found = [fraction, rest]
        for coefficients in zip(*powers, strict=True):
            value = code.number(coefficients[-1])
            for coefficient in reversed(coefficients[:-1]):
                value = code.fma(fraction, value, code.number(coefficient))
            found.append(code.operate("fmul", bend, value))
        return found

    def _interpolate(self) -> str:
        """``interpolate_slopes(scratch, own, stages)``: to `output_slopes`."""
        code, rows = self.carried.code()
        dense = self.carried.coefficients.dense
        fraction, rest, start, *stages = self._weights(
            code, rows, [(row.start, *row.stages) for row in dense]
        )
        start = code.operate("fadd", rest, start)
        stages[-1] = code.operate("fadd", fraction, stages[-1])
        with code.loop(self.size) as i:
            value = code.operate("fmul", start, code.load("%own", i))
            for stage, weight in enumerate(stages):
                row = code.row("%stages", stage * self.size)
                value = code.fma(weight, code.load(row, i), value)
            code.store(value, rows["output_slopes"], i)
        code.line("ret void")
        given = "ptr noalias %scratch, ptr noalias %own, ptr noalias %stages"
        return function("interpolate_slopes", given, code)

    def _interpolate_states(self) -> str:
        """``interpolate_states(scratch)``: to `output_states`."""
        code, rows = self.carried.code()
        fraction, rest, *stages = self._weights(code, rows, list(self.carried.method.dense))
        with code.loop(self.size) as i:
            value = code.operate("fmul", rest, code.load(rows["state"], i))
            value = code.fma(fraction, code.load(rows["reached_state"], i), value)
            for stage, weight in enumerate(stages):
                row = rows.part("increments", stage * self.size)
                value = code.fma(weight, code.load(row, i), value)
            code.store(value, rows["output_states"], i)
        code.line("ret void")
        return function("interpolate_states", "ptr %scratch", code)
