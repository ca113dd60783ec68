"""One patient followed back by all lanes, as IR: steps are made anew side by side.

The tape tells where each step began, so that the lanes make several steps at once, the latest in
the first lane. Cotangents then go from lane to lane, in the order in which they would otherwise.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_adjoint_outputs import BackTold
from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.emit_tape import Tape
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations

_ALL = "ptr %context, ptr %scratch"


class Sharing:
    """Writes the functions by which lanes share one patient."""

    def __init__(self, operations: Operations, layout: Layout, gathered: int) -> None:
        self.layout, self.tape = layout, Tape(operations, layout)
        self.moved = {"cotangent": operations.size, "gradient": gathered}

    def functions(self) -> str:
        """Return their text."""
        return self._environment() + self._steps() + self._hand_over()

    def _environment(self) -> str:
        """``share_environment``: give all lanes the slow values of the first, if they share."""
        code = Code(Width(1))
        rows, told = Rows(code, self.layout), BackTold(code)
        environment = rows["environment"]
        with (
            code.when(code.value(f"icmp ne i64 {told.whole('spread')}, 0")),
            code.loop(self.layout.sizes["environment"]) as i,
        ):
            first = code.value(f"mul i64 {i}, {self.layout.lanes}")
            value = code.get("double", environment, first)
            for lane in range(1, self.layout.lanes):
                code.put("double", value, environment, code.value(f"add i64 {first}, {lane}"))
        code.line("ret void")
        return function("share_environment", _ALL, code)

    def _steps(self) -> str:
        """``share_steps``: give each lane a step, back to the segment's first; their number."""
        code = Code(Width(1))
        rows, told = Rows(code, self.layout), BackTold(code)
        leave = code.label("leave")
        code.line(f"call void @read_back({_ALL}, i64 0)")
        found = [(code.block, "1")]
        row = code.get("i64", rows["row"], 0)
        for lane in range(1, self.layout.lanes):
            row = code.get("i64", self.tape.row(code, told, row), 3)
            length = code.get("double", self.tape.row(code, told, row), 2)
            more = code.label("more")
            code.branch(code.compare("oeq", length, code.number(0.0)), leave, more)
            code.place(more)
            code.put("i64", row, rows["row"], lane)
            code.put("i64", code.get("i64", rows["patient"], 0), rows["patient"], lane)
            code.line(f"call void @read_back({_ALL}, i64 {lane})")
            found.append((more, str(lane + 1)))
        code.jump(leave)
        code.place(leave)
        listed = ", ".join(f"[{count}, %{block}]" for block, count in found)
        code.line(f"%count = phi i64 {listed}")
        code.line("ret i64 %count")
        return function("share_steps", _ALL, code, "i64")

    def _hand_over(self) -> str:
        """``hand_over(..., lane, target)``: what has been gathered goes on from another lane."""
        code = LaneCode(self.layout)
        for name, count in self.moved.items():
            with code.loop(count) as i:
                first = code.value(f"mul i64 {i}, {self.layout.lanes}")
                value = code.get("double", code.rows[name], code.at(i))
                target = code.value(f"add i64 {first}, %target")
                code.put("double", value, code.rows[name], target)
        index = code.own("i64", "output_index")
        code.put("i64", index, code.rows["output_index"], "%target")
        code.line("ret void")
        return function("hand_over", f"{_ALL}, i64 %lane, i64 %target", code)
