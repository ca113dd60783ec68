"""One step of a Rosenbrock method as IR, for all lanes at once."""

from __future__ import annotations

from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.tableau import Tableau


class Rows:
    """The scratch memory as seen from one function: names to addresses."""

    def __init__(self, code: Code, layout: Layout, base: str = "%scratch") -> None:
        self.code, self.layout = code, layout
        self._known = {
            name: code.value(f"getelementptr double, ptr {base}, i64 {row * layout.lanes}")
            for name, row in layout.rows.items()
        }

    def __getitem__(self, name: str) -> str:
        return self._known[name]

    def part(self, name: str, row: int) -> str:
        """Return the address of a row within an array."""
        return self.code.row(self[name], row)


class Stepper:
    """Writes the step of one system."""

    def __init__(
        self, operations: Operations, tableau: Tableau, layout: Layout, keeps_stages: bool
    ) -> None:
        self.operations, self.tableau, self.layout = operations, tableau, layout
        self.keeps_stages = keeps_stages
        self.size = operations.size
        self.width = Width(layout.lanes)

    def function(self) -> str:
        """Return the text of ``step(scratch)``.

        It takes `state`, `time` and `length` to `reached_state`, the stages' `increments` and the
        sum of squares of the error in units of the tolerance, `error`.
        """
        code = Code(self.width)
        rows = Rows(code, self.layout)
        length = code.load(rows["length"], 0)
        inverse = code.operate("fdiv", code.number(1.0), length)
        shift = code.operate("fmul", inverse, code.number(1.0 / self.tableau.gamma))
        code.store(shift, rows["shift"], 0)
        now = rows["state"], rows["time"]
        self._call(code, rows, "matrix", *now, rows["matrix"], rows["shift"])
        code.line(f"call void @factor(ptr {rows['matrix']}, ptr {rows['shift']})")
        if self.operations.by_time:
            self._call(code, rows, "time_slope", *now, rows["time_slope"])
        for stage in range(self.tableau.stages):
            self._stage(code, rows, stage, inverse, length)
        self._finish(code, rows)
        code.line("ret void")
        return function("step", "ptr noalias %scratch, ptr %tolerance, double %rtol", code)

    def _call(
        self, code: Code, rows: Rows, name: str, state: str, time: str, out: str, extra: str = ""
    ) -> None:
        given = (state, rows["environment"], time, out, rows["spill"], extra or rows["shift"])
        code.line(f"call void @{name}({', '.join('ptr ' + g for g in given)})")

    def stage_state(self, rows: Rows, stage: int) -> str:
        """Return where a stage's state lies."""
        if stage == 0:
            return rows["state"]
        if self.keeps_stages:
            return rows.part("stages", (stage - 1) * self.size)
        return rows["reached_state"]

    def _stage(self, code: Code, rows: Rows, stage: int, inverse: str, length: str) -> None:
        own = rows.part("increments", stage * self.size)
        state, time = self.stage_state(rows, stage), rows["time"]
        if stage == 0:
            self._call(code, rows, "slope", state, time, own)
        else:
            self._combine_states(code, rows, stage)
            node = code.number(self.tableau.nodes[stage])
            code.store(code.fma(node, length, code.load(time, 0)), rows["stage_time"], 0)
            self._call(code, rows, "slope", state, rows["stage_time"], rows["slope"])
            self._combine_slopes(code, rows, stage, inverse)
        self._add_time_slope(code, rows, stage, length)
        code.line(f"call void @solve(ptr {rows['matrix']}, ptr {own})")

    def _combine_states(self, code: Code, rows: Rows, stage: int) -> None:
        state, row = self.stage_state(rows, stage), self.tableau.a[stage]
        from_last = self.tableau.adds_last(stage)
        begin = self.stage_state(rows, stage - 1) if from_last else rows["state"]
        weights = [(stage - 1, 1.0)] if from_last else list(enumerate(row))
        with code.loop(self.size) as i:
            value = code.load(begin, i)
            for j, weight in weights:
                value = self._add_scaled(code, value, weight, self._increment(code, rows, j, i))
            code.store(value, state, i)

    def _combine_slopes(self, code: Code, rows: Rows, stage: int, inverse: str) -> None:
        own = rows.part("increments", stage * self.size)
        with code.loop(self.size) as i:
            first, *others = self.tableau.c[stage]
            value = code.operate("fmul", code.number(first), self._increment(code, rows, 0, i))
            for j, weight in enumerate(others, 1):
                value = self._add_scaled(code, value, weight, self._increment(code, rows, j, i))
            code.store(code.fma(inverse, value, code.load(rows["slope"], i)), own, i)

    def _add_time_slope(self, code: Code, rows: Rows, stage: int, length: str) -> None:
        own = rows.part("increments", stage * self.size)
        weight = code.operate("fmul", code.number(self.tableau.slopes[stage]), length)
        for row in self.operations.by_time:
            slope = code.load(rows["time_slope"], row)
            code.store(code.fma(weight, slope, code.load(own, row)), own, row)

    def _increment(self, code: Code, rows: Rows, stage: int, i: str) -> str:
        return code.load(code.row(rows["increments"], stage * self.size), i)

    def _add_scaled(self, code: Code, value: str, weight: float, increment: str) -> str:
        if weight == 0.0:
            return value
        if weight == 1.0:
            return code.operate("fadd", value, increment)
        return code.fma(code.number(weight), increment, value)

    def _finish(self, code: Code, rows: Rows) -> None:
        """Write the state reached and the squared error, summed over the states in order."""
        last = self.tableau.stages - 1
        relative = code.spread("%rtol")

        def add(i: str, total: str) -> str:
            error = self._increment(code, rows, last, i)
            reached = code.operate("fadd", code.load(self.stage_state(rows, last), i), error)
            code.store(reached, rows["reached_state"], i)
            scale = larger_size(code, code.load(rows["state"], i), reached)
            absolute = code.spread(code.get("double", "%tolerance", i))
            ratio = code.operate("fdiv", error, code.fma(relative, scale, absolute))
            return code.fma(ratio, ratio, total)

        code.store(code.total(self.size, add), rows["error"], 0)


def larger_size(code: Code, a: str, b: str) -> str:
    """Return the larger of two absolute values; a NaN in the second goes through."""
    fabs = f"llvm.fabs.{code.width.suffix}"
    a, b = code.call(fabs, a), code.call(fabs, b)
    return code.choose(code.compare("ogt", a, b), a, b)
