"""The outermost loop as IR: fill lanes, begin segments, step, until all patients are done."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import (
    BEGINNING,
    DONE,
    FULL,
    IDLE,
    LOADED,
    OPTIONS,
    RUNNING,
    STARTING,
    Layout,
)
from theratwin.dynamics.solving.operations import Operations

# Round to nearest, all exceptions masked, subnormal numbers to zero on both sides.
_X86_CONTROL = 0x9FC0
_ARM_CONTROL = 1 << 24

_CALL = "ptr %context, ptr %scratch, i64 {lane}"


class Integrator:
    """Writes ``theratwin_integrate(context)``."""

    def __init__(self, operations: Operations, layout: Layout, x86: bool) -> None:
        self.operations, self.layout, self.x86 = operations, layout, x86
        self.has_events = bool(operations.assignments)

    def functions(self) -> str:
        """Return the text of the exported function and its declarations."""
        code = Code(Width(1))
        code.line("%saved = alloca i32, align 4\n%wanted = alloca i32, align 4")
        told = Told(code)
        code.line("%scratch = getelementptr i8, ptr " + told.address("scratch") + ", i64 0")
        rows = Rows(code, self.layout)
        before = self._set_control(code)
        result = self._main(code, rows, told)
        self._restore_control(code, before)
        code.line(f"ret i64 {result}")
        return self._declarations() + function("theratwin_integrate", "ptr %context", code, "i64")

    def _main(self, code: Code, rows: Rows, told: Told) -> str:
        top, begin, filled, room, step, rest, leave = map(
            code.label, ("top", "begin", "filled", "room", "step", "rest", "leave")
        )
        code.jump(top)
        code.place(top)
        code.branch(self._has_room(code, told), begin, room)
        code.place(begin)
        with code.when(self._fill(code, rows, told)):
            self._initialize(code, rows)
        with code.when(self._any(code, rows, BEGINNING)):
            self._each(code, rows, BEGINNING, "apply_events")
            self._call(code, rows, "segment", "environment")
            self._each(code, rows, BEGINNING, "begin")
        if self.has_events:
            # A jump may bring about the next, and doses wait until none does.
            settled = code.label("settled")
            code.branch(self._any(code, rows, BEGINNING), top, settled)
            code.place(settled)
        with code.when(self._any(code, rows, STARTING)):
            self._start(code, rows, told)
        # A lane that came to its end takes the next patient before anything else.
        waiting = code.value(f"and i1 {self._any(code, rows, IDLE)}, {self._more(code, told)}")
        code.branch(waiting, top, filled)
        code.place(filled)
        code.branch(self._any(code, rows, RUNNING), step, leave)
        code.place(step)
        self._step(code, rows, told)
        code.jump(top)
        code.place(room)
        code.jump(leave)
        code.place(leave)
        result = code.value(f"phi i64 [{DONE}, %{filled}], [{FULL}, %{room}]")
        code.jump(rest)
        code.place(rest)
        return result

    def _more(self, code: Code, told: Told) -> str:
        following = code.get("i64", told.address("next"), 0)
        return code.value(f"icmp slt i64 {following}, {told.whole('stop')}")

    def _phase_is(self, code: Code, rows: Rows, lane: str, phase: int) -> str:
        return code.value(f"icmp eq i64 {code.get('i64', rows['phase'], lane)}, {phase}")

    def _any(self, code: Code, rows: Rows, phase: int) -> str:
        found = "false"
        for lane in range(self.layout.lanes):
            found = code.value(f"or i1 {found}, {self._phase_is(code, rows, str(lane), phase)}")
        return found

    def _fill(self, code: Code, rows: Rows, told: Told) -> str:
        """Give idle lanes a patient each; returns whether any was given.

        If directions are spread over the lanes, all lanes carry one patient in step.
        """
        counter = told.address("next")
        spread = code.value(f"icmp ne i64 {told.whole('spread')}, 0")
        last = self.layout.lanes - 1
        with code.loop(self.layout.lanes) as lane:
            idle = self._phase_is(code, rows, lane, IDLE)
            with code.when(code.value(f"and i1 {idle}, {self._more(code, told)}")):
                patient = code.get("i64", counter, 0)
                call = _CALL.format(lane=lane)
                code.line(f"call void @load_patient({call}, i64 {patient})")
                between = code.value(f"icmp ne i64 {lane}, {last}")
                stays = code.value(f"and i1 {spread}, {between}")
                step = code.value(f"select i1 {stays}, i64 0, i64 1")
                code.put("i64", code.value(f"add i64 {patient}, {step}"), counter, 0)
        return self._any(code, rows, LOADED)

    def _initialize(self, code: Code, rows: Rows) -> None:
        """Evaluate the prologue and the initial states of newly loaded lanes."""
        self._call(code, rows, "patient", "environment")
        code.line("call void @start_switches(ptr %context, ptr %scratch)")
        self._call(code, rows, "segment", "environment")
        self._call(code, rows, "initial", "reached_state")
        code.line("call void @start_slopes(ptr %context, ptr %scratch)")
        with (
            code.loop(self.layout.lanes) as lane,
            code.when(self._phase_is(code, rows, lane, LOADED)),
        ):
            with code.loop(self.operations.size) as i:
                row = code.value(f"mul i64 {i}, {self.layout.lanes}")
                at = code.value(f"add i64 {row}, {lane}")
                code.put("double", code.get("double", rows["reached_state"], at), rows["state"], at)
            code.put("i64", str(BEGINNING), rows["phase"], lane)

    def _each(self, code: Code, rows: Rows, phase: int, name: str) -> None:
        """Call a function for each lane in a phase."""
        with (
            code.loop(self.layout.lanes) as lane,
            code.when(self._phase_is(code, rows, lane, phase)),
        ):
            code.line(f"call void @{name}({_CALL.format(lane=lane)})")

    def _start(self, code: Code, rows: Rows, told: Told) -> None:
        """Set the first step of lanes in which a segment begins."""
        self._call(code, rows, "slope", "slope")
        options = told.address("options")
        least = code.get("double", options, OPTIONS.index("first_step"))
        tolerance = self._tolerance(code, told)
        code.line(f"call void @estimate(ptr %scratch, {tolerance}, double {least})")
        self._each(code, rows, STARTING, "first_length")

    def _step(self, code: Code, rows: Rows, told: Told) -> None:
        code.line(f"call void @step(ptr %scratch, {self._tolerance(code, told)})")
        code.line("call void @control(ptr %scratch)")
        if self.has_events:
            self._each(code, rows, RUNNING, "locate")
        code.line("call void @step_slopes(ptr %context, ptr %scratch)")
        self._each(code, rows, RUNNING, "advance")
        code.line("call void @accept(ptr %scratch)")

    def _tolerance(self, code: Code, told: Told) -> str:
        rtol = code.get("double", told.address("options"), OPTIONS.index("rtol"))
        return f"ptr {told.address('tolerance')}, double {rtol}"

    def _has_room(self, code: Code, told: Told) -> str:
        """Whether a beginning and a step of every lane can be recorded."""
        none = code.value(f"icmp eq i64 {told.whole('recorded_count')}, 0")
        used = code.get("i64", told.address("record_used"), 0)
        after = code.value(f"add i64 {used}, {2 * self.layout.lanes}")
        fits = code.value(f"icmp sle i64 {after}, {told.whole('record_capacity')}")
        return code.value(f"or i1 {none}, {fits}")

    def _call(self, code: Code, rows: Rows, name: str, out: str) -> None:
        given = ("state", "environment", "time", out, "spill", "shift")
        code.line(f"call void @{name}({', '.join('ptr ' + rows[g] for g in given)})")

    def _declarations(self) -> str:
        if self.x86:
            return (
                "declare void @llvm.x86.sse.stmxcsr(ptr)\ndeclare void @llvm.x86.sse.ldmxcsr(ptr)\n"
            )
        return "declare i64 @llvm.aarch64.get.fpcr()\ndeclare void @llvm.aarch64.set.fpcr(i64)\n"

    def _set_control(self, code: Code) -> str:
        """Round to nearest and flush subnormal numbers to zero, whatever the caller had."""
        if self.x86:
            code.line("call void @llvm.x86.sse.stmxcsr(ptr %saved)")
            code.line(f"store i32 {_X86_CONTROL}, ptr %wanted, align 4")
            code.line("call void @llvm.x86.sse.ldmxcsr(ptr %wanted)")
            return "%saved"
        before = code.value("call i64 @llvm.aarch64.get.fpcr()")
        code.line(f"call void @llvm.aarch64.set.fpcr(i64 {_ARM_CONTROL})")
        return before

    def _restore_control(self, code: Code, before: str) -> None:
        if self.x86:
            code.line("call void @llvm.x86.sse.ldmxcsr(ptr %saved)")
        else:
            code.line(f"call void @llvm.aarch64.set.fpcr(i64 {before})")
