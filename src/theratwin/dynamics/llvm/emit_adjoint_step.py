"""One step of the discrete adjoint as IR, for all lanes at once: from what it reached to its start.

The step has just been made once more, so that its stages and the factors of its matrix are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from theratwin.dynamics.llvm.emit_program import ARRAYS
from theratwin.dynamics.llvm.emit_step import Rows, Stepper
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.adjoint_programs import AdjointPrograms
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.slope_tableau import slope_tableau
from theratwin.dynamics.solving.tableau import Tableau

#: Arguments of the programs of the adjoint.
ADJOINT_ARRAYS = (*ARRAYS, "weight", "increment", "reach", "gradient", "begin")

_CHANGING = "changing_states"


def call_program(code: Code, name: str, arrays: dict[str, str]) -> None:
    """Call a program of the adjoint; arrays that it does not use may be any."""
    given = ", ".join(f"ptr {arrays.get(array, '%scratch')}" for array in ADJOINT_ARRAYS)
    code.line(f"call void @{name}({given})")


class Backstep:
    """Writes ``step_back(scratch)``.

    It takes `cotangent`, of the state reached, to that of the state at the start, adds to
    `gradient`, and reads what the outputs within the step have left: `begin_cotangent`, and in
    `moments` the sums over outputs o at fractions theta of theta (1 - theta) theta^r o; both are
    left at zero. The coefficients are those by which derivatives go forward (`slope_tableau`).
    """

    def __init__(
        self, operations: Operations, method: Tableau, layout: Layout, made: AdjointPrograms
    ) -> None:
        self.method, self.layout, self.size = method, layout, operations.size
        self.slopes, self.changing = slope_tableau(method), made.changing
        self.width = Width(layout.lanes)
        self.stepper = Stepper(operations, method, layout, keeps_stages=True)

    @staticmethod
    def add_rows(
        layout: Layout, operations: Operations, method: Tableau, made: AdjointPrograms
    ) -> None:
        """Reserve the memory."""
        size, stages = operations.size, method.stages
        layout.add("stages", size * (stages - 1))
        for name in ("cotangent", "begin_cotangent"):
            layout.add(name, size)
        layout.add("shares", len(method.dense) + 2)
        layout.add("moments", size * len(method.dense))
        layout.add("weights", size * stages)
        layout.add("changes", len(made.changing) * stages)
        layout.add("reaches", size * stages)
        layout.add("gradient", made.gathered or 1)

    def functions(self) -> str:
        """Return its text, and the list of states that it reads."""
        code = Code(self.width)
        rows = Rows(code, self.layout)
        length = code.load(rows["length"], 0)
        inverse = code.operate("fdiv", code.number(1.0), length)
        for stage in reversed(range(self.method.stages)):
            self._stage(code, rows, stage, inverse, length)
        self._finish(code, rows, inverse)
        code.line("ret void")
        listed = ", ".join(f"i64 {state}" for state in self.changing)
        table = f"@{_CHANGING} = internal constant [{len(self.changing)} x i64] [{listed}]\n"
        return table + function("step_back", "ptr noalias %scratch", code)

    def _stage(self, code: Code, rows: Rows, stage: int, inverse: str, length: str) -> None:
        own = rows.part("weights", stage * self.size)
        self._combine(code, rows, stage, inverse)
        self._add_changes(code, rows, own, [row.stages[stage:] for row in self.slopes.begin])
        code.line(f"call void @solve_transposed(ptr {rows['matrix']}, ptr {own})")
        time = rows["time"]
        if stage:
            time, node = rows["stage_time"], code.number(self.method.nodes[stage])
            code.store(code.fma(node, length, code.load(rows["time"], 0)), time, 0)
        arrays = {
            **self._arrays(rows),
            "state": self.stepper.stage_state(rows, stage),
            "time": time,
            "extra": rows["time"],
            "out": rows.part("changes", stage * len(self.changing)),
            "weight": own,
            "begin": rows["state"],
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
        """Write the cotangent of where a stage ends, from what came after it, and u + k."""
        own, right = rows.part("weights", stage * self.size), self.slopes.right
        later = {i: right[i].stages[stage] for i in range(stage + 1, self.method.stages)}
        shares = [combination.stages[stage] for combination in self.slopes.dense]
        with code.loop(self.size) as i:
            value = self._moments(code, rows, shares, i)
            if stage == self.method.stages - 1:
                value = code.operate("fadd", value, code.load(rows["cotangent"], i))
            value = self._weighted(code, rows, later, inverse, i, value)
            code.store(value, own, i)
            state = code.load(self.stepper.stage_state(rows, stage), i)
            increment = code.load(rows.part("increments", stage * self.size), i)
            reached = code.operate("fadd", state, increment)
            code.store(reached, rows.part("reaches", stage * self.size), i)

    def _moments(self, code: Code, rows: Rows, shares: list[float], i: str) -> str:
        # Zero and what the outputs gave, so that none gives a zero of one sign.
        value = code.number(0.0)
        for r, share in enumerate(shares):
            moment = code.load(rows.part("moments", r * self.size), i)
            value = code.fma(code.number(share), moment, value)
        return value

    def _weighted(
        self,
        code: Code,
        rows: Rows,
        factors: Mapping[int, float],
        inverse: str,
        i: str,
        value: str,
    ) -> str:
        """Return a value with the weighted sum of what stages solved for, divided by h."""
        used = {stage: factor for stage, factor in factors.items() if factor != 0.0}
        if not used:
            return value
        total = code.number(0.0)
        for stage, factor in used.items():
            known = code.load(rows.part("weights", stage * self.size), i)
            total = code.fma(code.number(factor), known, total)
        return code.fma(inverse, total, value)

    def _add_changes(
        self, code: Code, rows: Rows, out: str, factors: Sequence[Sequence[float]]
    ) -> None:
        """Add what the later stages' change of the Jacobian gave, by the first factor of each.

        As a step begins, the Jacobian is what it is in the matrix: the first stage gives nothing.
        """
        firsts = [(stage, row[0]) for stage, row in enumerate(factors) if stage and row]
        used = [(stage, factor) for stage, factor in firsts if factor != 0.0]
        if not used or not self.changing:
            return
        with code.loop(len(self.changing)) as k:
            state = code.get("i64", f"@{_CHANGING}", k)
            value = code.load(out, state)
            for stage, factor in used:
                change = code.load(rows.part("changes", stage * len(self.changing)), k)
                value = code.fma(code.number(factor), change, value)
            code.store(value, out, state)

    def _finish(self, code: Code, rows: Rows, inverse: str) -> None:
        """Write the cotangent of the state at the start."""
        shares = [combination.start for combination in self.slopes.dense]
        starts = {i: row.start for i, row in enumerate(self.slopes.right)}
        with code.loop(self.size) as i:
            value = self._moments(code, rows, shares, i)
            value = code.operate("fadd", value, code.load(rows["begin_cotangent"], i))
            value = self._weighted(code, rows, starts, inverse, i, value)
            code.store(value, rows["cotangent"], i)
            code.store(code.number(0.0), rows["begin_cotangent"], i)
            for r in range(len(self.method.dense)):
                code.store(code.number(0.0), rows.part("moments", r * self.size), i)
        begin = [[row.start] for row in self.slopes.begin]
        self._add_changes(code, rows, rows["cotangent"], begin)
        call_program(code, "pull_step", {**self._arrays(rows), "out": rows["cotangent"]})
