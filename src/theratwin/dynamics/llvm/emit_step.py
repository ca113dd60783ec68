"""One step of a Rosenbrock method as IR, for all lanes at once."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_program import program_function
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations, Place, Program
from theratwin.dynamics.solving.tableau import Tableau

#: The function that adds a stage's slope to the sum of the increments before it.
STAGE_RIGHT = "stage_right"


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
        code.store(inverse, rows["inverse"], 0)
        code.store(shift, rows["shift"], 0)
        now = rows["state"], rows["time"]
        self._call(code, rows, "matrix", *now, rows["matrix"], rows["shift"])
        given = (rows["matrix"], rows["shift"], rows["environment"])
        code.line(f"call void @factor({', '.join('ptr ' + g for g in given)})")
        if self.operations.by_time:
            self._call(code, rows, "time_slope", *now, rows["time_slope"])
        for stage in range(self.tableau.stages):
            self._stage(code, rows, stage, length)
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

    def _stage(self, code: Code, rows: Rows, stage: int, length: str) -> None:
        own = rows.part("increments", stage * self.size)
        state, time = self.stage_state(rows, stage), rows["time"]
        if stage == 0:
            self._call(code, rows, "slope", state, time, own)
        else:
            self._combine(code, rows, stage)
            node = code.number(self.tableau.nodes[stage])
            code.store(code.fma(node, length, code.load(time, 0)), rows["stage_time"], 0)
            self._call(code, rows, STAGE_RIGHT, state, rows["stage_time"], own, rows["inverse"])
        self._add_time_slope(code, rows, stage, length)
        code.line(f"call void @solve(ptr {rows['matrix']}, ptr {own})")

    def _combine(self, code: Code, rows: Rows, stage: int) -> None:
        """Write a stage's state, and the sum that its slope is added to, in one pass.

        The pass of the last stage with a row of its own in `a` also begins the sums of those that
        follow: their increments so far are read once, not once a stage.
        """
        state, tail = self.stage_state(rows, stage), self._tail()
        from_last = self.tableau.adds_last(stage)
        begin = self.stage_state(rows, stage - 1) if from_last else rows["state"]
        weights = [0.0] * (stage - 1) + [1.0] if from_last else self.tableau.a[stage]
        begun = tail if stage > tail else 0
        sums = range(stage, self.tableau.stages) if stage == tail else [stage]
        with code.loop(self.size) as i:
            known = {j: self._increment(code, rows, j, i) for j in range(begun, stage)}
            value = code.load(begin, i)
            for j, increment in known.items():
                value = self._add_scaled(code, value, weights[j], increment)
            code.store(value, state, i)
            for later in sums:
                own = rows.part("increments", later * self.size)
                value = code.load(own, i) if begun else None
                for j, increment in known.items():
                    weight = self.tableau.c[later][j]
                    if value is None:
                        value = code.operate("fmul", code.number(weight), increment)
                    else:
                        value = self._add_scaled(code, value, weight, increment)
                code.store(value or code.number(0.0), own, i)

    def _tail(self) -> int:
        """Return the last stage whose state is not the one before with its increment added."""
        return max(s for s in range(1, self.tableau.stages) if not self.tableau.adds_last(s))

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


def stage_right_function(slope: Program, width: Width) -> tuple[str, int]:
    r"""Return the function that turns a sum s into the right-hand side f + s / h, and its scratch.

    It writes over the sum, so that slopes need no memory of their own; 1/h lies in ``%extra``.
    """

    def store(code: Code, place: Place, value: str) -> None:
        inverse, known = code.load("%extra", 0), code.load("%out", place.slot)
        code.store(code.fma(inverse, known, value), "%out", place.slot)

    program = Program(STAGE_RIGHT, slope.outputs, slope.leaves)
    return program_function(program, width, store=store)


def larger_size(code: Code, a: str, b: str) -> str:
    """Return the larger of two absolute values; a NaN in the second goes through."""
    fabs = f"llvm.fabs.{code.width.suffix}"
    a, b = code.call(fabs, a), code.call(fabs, b)
    return code.choose(code.compare("ogt", a, b), a, b)
