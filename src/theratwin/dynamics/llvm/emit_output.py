"""What a solution leaves behind as IR: values at the times asked for, and polynomial pieces."""

from __future__ import annotations

from itertools import pairwise

from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import CONTEXT, HEADER, POWERS, Layout
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.tableau import Tableau


class Told:
    """What the driver is told, read when it is needed."""

    names = CONTEXT

    def __init__(self, code: Code, base: str = "%context") -> None:
        self.code, self.base = code, base

    def address(self, name: str) -> str:
        """Read an address."""
        return self.code.get("ptr", self.base, self.names.index(name))

    def whole(self, name: str) -> str:
        """Read a whole number."""
        return self.code.get("i64", self.base, self.names.index(name))


class DenseOutput:
    """Values within a step: (1 - theta) y + theta y1 + sum_j b_j(theta) k_j.

    Parameters
    ----------
    fraction
        The fraction theta of the step.
    """

    def __init__(self, code: Code, tableau: Tableau, fraction: str) -> None:
        self.code, self.fraction = code, fraction
        self.rest = code.operate("fsub", code.number(1.0), fraction)
        bend = code.operate("fmul", fraction, self.rest)
        self.weights = []
        for stage in range(tableau.stages):
            value = code.number(tableau.dense[-1][stage])
            for power in reversed(tableau.dense[:-1]):
                value = code.fma(fraction, value, code.number(power[stage]))
            self.weights.append(code.operate("fmul", bend, value))

    def value(self, before: str, after: str, increments: list[str]) -> str:
        """Return one state's value from those at both ends and its increments."""
        code = self.code
        value = code.operate("fmul", self.rest, before)
        value = code.fma(self.fraction, after, value)
        for weight, increment in zip(self.weights, increments, strict=True):
            value = code.fma(weight, increment, value)
        return value


class Output:
    """Writes the functions that keep results of one lane."""

    def __init__(self, operations: Operations, tableau: Tableau, layout: Layout) -> None:
        self.operations, self.tableau, self.layout = operations, tableau, layout

    def functions(self) -> str:
        """Return their text."""
        return self._interpolate() + self._keep()

    def records(self) -> str:
        """Return the text of ``record``, which keeps curves, and of ``mark``: nothing."""
        code = Code(Width(1))
        code.line("ret void")
        return self._record() + function("mark", "ptr %context, ptr %scratch, i64 %lane", code)

    def _lane(self, code: Code, rows: Rows, name: str, row: str | int) -> str:
        """Read one lane's number from a row of an array."""
        at = code.value(f"mul i64 {row}, {self.layout.lanes}")
        return code.get("double", rows[name], code.value(f"add i64 {at}, %lane"))

    def _interpolate(self) -> str:
        """``interpolate(scratch, lane, state, reached, increments, fraction, row)``."""
        code = Code(Width(1))
        dense = DenseOutput(code, self.tableau, "%fraction")
        with code.loop(self.operations.size) as i:
            at = code.value(f"add i64 {code.value(f'mul i64 {i}, {self.layout.lanes}')}, %lane")
            ends = code.get("double", "%state", at), code.get("double", "%reached", at)
            stages = []
            for stage in range(self.tableau.stages):
                offset = stage * self.operations.size * self.layout.lanes
                stages.append(code.get("double", code.address("%increments", offset), at))
            value = dense.value(*ends, stages)
            code.put("double", value, "%row", i)
        code.line("ret void")
        pointers = "ptr %state, ptr %reached, ptr %increments"
        return function("interpolate", f"i64 %lane, {pointers}, double %fraction, ptr %row", code)

    def _keep(self) -> str:
        """``keep(context, scratch, lane, place)``: the chosen states and the observables.

        The place counts times over all patients; the time itself lies in `output_time`.
        """
        code = Code(Width(1))
        rows, told = Rows(code, self.layout), Told(code)
        count, chosen = told.whole("chosen_count"), told.address("chosen")
        begin = code.value(f"mul i64 %place, {count}")
        out = code.address(told.address("out_states"), begin)
        with code.loop(count) as k:
            value = code.get("double", rows["output"], code.get("i64", chosen, k))
            code.put("double", value, out, k)
        observed = len(self.operations.observables)
        if observed:
            begin = code.value(f"mul i64 %place, {observed}")
            out = code.address(told.address("out_observables"), begin)
            environment = code.address(rows["environment"], "%lane")
            given = (rows["output"], environment, rows["output_time"], out, rows["spill"], out)
            code.line(f"call void @observe({', '.join('ptr ' + g for g in given)})")
        code.line("ret void")
        return function("keep", "ptr %context, ptr %scratch, i64 %lane, i64 %place", code)

    def _record(self) -> str:
        r"""``record(context, scratch, lane, patient)``: the step's polynomials, by theta.

        With :math:`D_r = \sum_j d_{rj} k_j`: 1, theta, ... theta^4 take y, y1 - y + D0, D1 - D0,
        D2 - D1, -D2.
        """
        code = Code(Width(1))
        rows, told, op = Rows(code, self.layout), Told(code), code.operate
        count, chosen = told.whole("recorded_count"), told.address("recorded")
        used = code.get("i64", told.address("record_used"), 0)
        width = code.value(f"add i64 {HEADER}, {code.value(f'mul i64 {POWERS}, {count}')}")
        out = code.address(told.address("record"), code.value(f"mul i64 {used}, {width}"))
        code.put("double", code.value("sitofp i64 %patient to double"), out, 0)
        code.put("double", self._lane(code, rows, "time", 0), out, 1)
        code.put("double", self._lane(code, rows, "length", 0), out, 2)
        with code.loop(count) as k:
            i = code.get("i64", chosen, k)
            before, after = (self._lane(code, rows, n, i) for n in ("state", "reached_state"))
            stages = [
                self._lane(code, rows, "increments", code.value(f"add i64 {i}, {offset}"))
                for offset in range(
                    0, self.tableau.stages * self.operations.size, self.operations.size
                )
            ]
            bends = [self._weighted(code, row, stages) for row in self.tableau.dense]
            powers = [before, op("fadd", op("fsub", after, before), bends[0])]
            powers += [op("fsub", b, a) for a, b in pairwise(bends)]
            powers.append(op("fneg", bends[-1]))
            # A method with a dense output of lower order has fewer.
            powers += [code.number(0.0)] * (POWERS - len(powers))
            first = code.value(f"mul i64 {k}, {POWERS}")
            for power, value in enumerate(powers):
                at = code.value(f"add i64 {first}, {HEADER + power}")
                code.put("double", value, out, at)
        code.put("i64", code.value(f"add i64 {used}, 1"), told.address("record_used"), 0)
        code.line("ret void")
        return function("record", "ptr %context, ptr %scratch, i64 %lane, i64 %patient", code)

    def _weighted(self, code: Code, weights: tuple[float, ...], values: list[str]) -> str:
        total = code.operate("fmul", code.number(weights[0]), values[0])
        for weight, value in zip(weights[1:], values[1:], strict=True):
            total = code.fma(code.number(weight), value, total)
        return total
