"""One step of the discrete adjoint as IR, for all lanes at once: from what it reached to its start.

The step has just been made once more, so that its stages and the factors of its matrix are there.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_program import ARRAYS
from theratwin.dynamics.llvm.emit_step import Rows, Stepper
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.tableau import Tableau

#: Arguments of the programs of the adjoint.
ADJOINT_ARRAYS = (*ARRAYS, "weight", "increment", "reach", "gradient", "begin")


def call_program(code: Code, name: str, arrays: dict[str, str]) -> None:
    """Call a program of the adjoint; arrays that it does not use may be any."""
    given = ", ".join(f"ptr {arrays.get(array, '%scratch')}" for array in ADJOINT_ARRAYS)
    code.line(f"call void @{name}({given})")


class Backstep:
    """Writes ``step_back(scratch)``.

    It takes `cotangent`, of the state reached, to that of the state at the start, adds to
    `gradient`, and reads what the outputs within the step have left: `begin_cotangent`, and in
    `moments` the sums over outputs o at fractions theta of theta (1 - theta) theta^r o; both are
    left at zero.
    """

    def __init__(self, operations: Operations, method: Tableau, layout: Layout) -> None:
        self.method, self.layout, self.size = method, layout, operations.size
        self.width = Width(layout.lanes)
        self.stepper = Stepper(operations, method, layout, keeps_stages=True)

    @staticmethod
    def add_rows(layout: Layout, operations: Operations, method: Tableau, gathered: int) -> None:
        """Reserve the memory."""
        size, stages = operations.size, method.stages
        layout.add("stages", size * (stages - 1))
        for name in ("cotangent", "begin_cotangent", "zeros"):
            layout.add(name, size)
        layout.add("shares", len(method.dense) + 2)
        layout.add("moments", size * len(method.dense))
        layout.add("weights", size * stages)
        layout.add("stage_cotangents", size * stages)
        layout.add("reaches", size * stages)
        layout.add("gradient", gathered or 1)

    def function(self) -> str:
        """Return its text."""
        code = Code(self.width)
        rows = Rows(code, self.layout)
        length = code.load(rows["length"], 0)
        inverse = code.operate("fdiv", code.number(1.0), length)
        for stage in reversed(range(self.method.stages)):
            self._stage(code, rows, stage, inverse, length)
        self._finish(code, rows)
        code.line("ret void")
        return function("step_back", "ptr noalias %scratch", code)

    def _passes_on(self, stage: int) -> bool:
        """Whether the next stage began where this one ended."""
        return stage + 1 < self.method.stages and self.method.adds_last(stage + 1)

    def _stage(self, code: Code, rows: Rows, stage: int, inverse: str, length: str) -> None:
        own = rows.part("weights", stage * self.size)
        self._combine(code, rows, stage, inverse)
        code.line(f"call void @solve_transposed(ptr {rows['matrix']}, ptr {own})")
        time = rows["time"]
        if stage:
            time, node = rows["stage_time"], code.number(self.method.nodes[stage])
            code.store(code.fma(node, length, code.load(rows["time"], 0)), time, 0)
        begin = rows["zeros"]
        if stage == self.method.stages - 1:
            begin = rows["cotangent"]
        elif self._passes_on(stage):
            begin = rows.part("stage_cotangents", (stage + 1) * self.size)
        arrays = {
            **self._arrays(rows),
            "state": self.stepper.stage_state(rows, stage),
            "time": time,
            "out": rows.part("stage_cotangents", stage * self.size),
            "weight": own,
            "begin": begin,
        }
        call_program(code, "pull_stage", arrays)

    def _arrays(self, rows: Rows) -> dict[str, str]:
        return {
            "state": rows["state"],
            "environment": rows["environment"],
            "time": rows["time"],
            "spill": rows["spill"],
            "extra": rows["length"],
            "weight": rows["weights"],
            "increment": rows["increments"],
            "reach": rows["reaches"],
            "gradient": rows["gradient"],
        }

    def _combine(self, code: Code, rows: Rows, stage: int, inverse: str) -> None:
        """Write the cotangent of a stage's increment, from what came after it, and u + k."""
        method, last = self.method, self.method.stages - 1
        later = range(stage + 1, method.stages)
        own = rows.part("weights", stage * self.size)
        with code.loop(self.size) as i:

            def read(name: str, other: int, i: str = i) -> str:
                return code.load(rows.part(name, other * self.size), i)

            # Zero and what the outputs gave, so that none gives a zero of one sign.
            value = code.number(0.0)
            for r, power in enumerate(method.dense):
                value = code.fma(code.number(power[stage]), read("moments", r), value)
            if stage == last:
                value = code.operate("fadd", value, code.load(rows["cotangent"], i))
            else:
                total = code.number(0.0)
                for other in later:
                    weight = code.number(method.c[other][stage])
                    total = code.fma(weight, read("weights", other), total)
                value = code.fma(inverse, total, value)
            if self._passes_on(stage):
                value = code.operate("fadd", value, read("stage_cotangents", stage + 1))
            for other in later:
                weight = method.a[other][stage]
                if weight != 0.0 and not method.adds_last(other):
                    known = read("stage_cotangents", other)
                    value = code.fma(code.number(weight), known, value)
            code.store(value, own, i)
            state = code.load(self.stepper.stage_state(rows, stage), i)
            reached = code.operate("fadd", state, read("increments", stage))
            code.store(reached, rows.part("reaches", stage * self.size), i)

    def _finish(self, code: Code, rows: Rows) -> None:
        """Write the cotangent of the state at the start."""
        firsts = [s for s in range(self.method.stages) if not (s and self.method.adds_last(s))]
        with code.loop(self.size) as i:
            value = code.load(rows["begin_cotangent"], i)
            for stage in firsts:
                known = code.load(rows.part("stage_cotangents", stage * self.size), i)
                value = code.operate("fadd", value, known)
            code.store(value, rows["cotangent"], i)
            code.store(code.number(0.0), rows["begin_cotangent"], i)
            for r in range(len(self.method.dense)):
                code.store(code.number(0.0), rows.part("moments", r * self.size), i)
        call_program(code, "pull_step", {**self._arrays(rows), "out": rows["cotangent"]})
