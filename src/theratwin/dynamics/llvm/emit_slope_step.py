"""The derivative of a step as IR, after the step: one group of directions after another."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_slope_groups import ALL, Carried, some
from theratwin.dynamics.llvm.emit_slope_sums import SlopeSums
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, function
from theratwin.dynamics.llvm.layout import RUNNING, Layout


class SlopeStep:
    """Writes ``step_slopes(context, scratch)``."""

    def __init__(self, carried: Carried) -> None:
        self.carried, self.made, self.method = carried, carried.made, carried.method
        self.size = carried.size

    def add_rows(self, layout: Layout) -> None:
        """Reserve the memory for stages, their entries and their derivatives."""
        stages = self.method.stages
        layout.add("stages", self.size * (stages - 1))
        layout.add("slope_stages", self.size * stages)
        layout.add("slope_entries", stages * self.made.entries)
        layout.add("stage_tangent", len(self.made.columns))
        layout.add("slope_inverse")
        layout.add("slope_weights", stages)
        layout.add("slope_times", stages)

    def functions(self) -> str:
        """Return the text."""
        sums = SlopeSums(self.carried).functions()
        return sums + self._prepare() + self._accept() + self._all()

    def _all(self) -> str:
        """``step_slopes``: differentiate the step just made, keep results, accept."""
        code, rows = self.carried.code()
        go, leave = code.label("go"), code.label("leave")
        code.branch(self._any_taken(code, rows), go, leave)
        code.place(go)
        code.line(f"call void @prepare_slopes({ALL})")
        with code.loop(self.carried.groups(code)) as group:
            own, stages = self.carried.own(code, rows, group), rows["slope_stages"]
            for stage in range(self.method.stages):
                self._stage(code, rows, stage, group, own)
            given = f"i64 {group}, ptr {own}, ptr {stages}"
            code.line(f"call void @keep_slopes_within({ALL}, {given})")
            reached = code.row(stages, (self.method.stages - 1) * self.size)
            code.line(f"call void @accept_slopes(ptr %scratch, ptr {own}, ptr {reached})")
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("step_slopes", ALL, code)

    def _any_taken(self, code: Code, rows: Rows) -> str:
        """Return whether the step of any lane counts."""
        found = "false"
        for lane in range(self.carried.lanes):
            accepted = code.get("double", rows["accepted"], lane)
            taken = code.value(f"fcmp one double {accepted}, 0.0")
            running = code.value(f"icmp eq i64 {code.get('i64', rows['phase'], lane)}, {RUNNING}")
            here = code.value(f"and i1 {taken}, {running}")
            found = code.value(f"or i1 {found}, {here}")
        return found

    def _prepare(self) -> str:
        """``prepare_slopes``: what all directions share, stage by stage."""
        code, rows = self.carried.code()
        length = code.load(rows["length"], 0)
        inverse = code.operate("fdiv", code.number(1.0), length)
        code.store(inverse, rows["slope_inverse"], 0)
        for stage in range(self.method.stages):
            weight = code.operate("fmul", code.number(self.method.slopes[stage]), length)
            code.store(weight, rows["slope_weights"], stage)
            node = code.number(self.method.nodes[stage])
            time = code.fma(node, length, code.load(rows["time"], 0))
            code.store(time, rows["slope_times"], stage)
            if self.made.entries:
                out = rows.part("slope_entries", stage * self.made.entries)
                arrays = {**self._at_stage(rows, stage), "out": out}
                self.carried.call(code, rows, "bend", arrays)
        code.line("ret void")
        return function("prepare_slopes", ALL, code)

    def _at_stage(self, rows: Rows, stage: int) -> dict[str, str]:
        return {
            "stage_state": self.carried.stage_state(rows, stage),
            "stage_time": rows.part("slope_times", stage),
            "increment": rows.part("increments", stage * self.size),
            "extra": rows.part("slope_weights", stage),
        }

    def _stage(self, code: Code, rows: Rows, stage: int, group: str, own: str) -> None:
        """Find the derivative where a stage ends.

        One group at a time: to solve for two or three at once, each factor read once for all, was
        measured and gains nothing.
        """
        stages = rows["slope_stages"]
        out = code.row(stages, stage * self.size)
        code.line(f"call void @combine_slopes_{stage}(ptr %scratch, ptr {own}, ptr {stages})")
        arrays = {**self._at_stage(rows, stage), "out": out}
        if self.made.entries:
            more = {
                "tangent": own,
                "entries": rows.part("slope_entries", stage * self.made.entries),
                "stage_tangent": rows["stage_tangent"],
            }
            self.carried.call(code, rows, "correct", {**arrays, **more})
        self.carried.source(code, rows, "source_step", arrays, group)
        code.line(f"call void @solve(ptr {rows['matrix']}, ptr {out})")

    def _accept(self) -> str:
        """``accept_slopes(scratch, own, reached)``: move on in the lanes whose step counts.

        By bits: of a choice between numbers the code generator makes a masked store, which is many
        times slower on some processors.
        """
        code, rows = self.carried.code()
        width = self.carried.width
        kind, real = width.integer, width.real
        taken = code.compare("one", code.load(rows["accepted"], 0), code.number(0.0))
        moves = code.value(f"sext {width.truth} {taken} to {kind}")
        stays = code.value(f"xor {kind} {moves}, {width.whole(-1)}")
        for i in (i for chosen in some(code, self.size) for i in chosen):
            parts = []
            for array, mask in (("%reached", moves), ("%own", stays)):
                bits = code.value(f"bitcast {real} {code.load(array, i)} to {kind}")
                parts.append(code.value(f"and {kind} {bits}, {mask}"))
            bits = code.value(f"or {kind} {', '.join(parts)}")
            code.store(code.value(f"bitcast {kind} {bits} to {real}"), "%own", i)
        code.line("ret void")
        given = "ptr noalias %scratch, ptr noalias %own, ptr noalias %reached"
        return function("accept_slopes", given, code)
