"""What the discrete adjoint does for one lane, as IR: rows of the tape, doses, results."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_adjoint_outputs import CALL, BackCode
from theratwin.dynamics.llvm.emit_adjoint_step import call_program
from theratwin.dynamics.llvm.emit_tape import Tape
from theratwin.dynamics.llvm.ir_text import function
from theratwin.dynamics.llvm.layout import BEGINNING, IDLE, RUNNING, STARTING, Layout
from theratwin.dynamics.solving.adjoint_programs import AdjointPrograms
from theratwin.dynamics.solving.operations import Operations


class BackLane:
    """Writes the functions of one lane."""

    def __init__(self, operations: Operations, layout: Layout, made: AdjointPrograms) -> None:
        self.operations, self.layout, self.made = operations, layout, made
        self.size, self.tape = operations.size, Tape(operations, layout)
        self.slow = len(operations.parameters) + len(operations.switches)

    def functions(self) -> str:
        """Return their text."""
        return "".join(
            (
                self._load(),
                self._boundary(),
                self._read(),
                self._retreat(),
                self._end(),
            )
        )

    def _load(self) -> str:
        """``load_back(..., patient)``: a new patient, at its last row."""
        code = BackCode(self.layout)
        told = code.told
        code.line(f"call void @load_patient({CALL}, i64 %patient)")
        after = code.value("add i64 %patient, 1")
        code.set_own("i64", code.get("i64", told.address("event_begin"), after), "event")
        code.set_own("i64", told.whole("times_count"), "output_index")
        place = code.value(f"sub i64 %patient, {told.whole('tape_base')}")
        code.set_own("i64", code.get("i64", told.address("tape_last"), place), "row")
        for name, count in (("cotangent", self.size), ("gradient", self.made.gathered)):
            with code.loop(count) as i:
                code.put("double", code.number(0.0), code.rows[name], code.at(i))
        self.tape.read_switches(code, code.row(self.tape))
        code.line("ret void")
        return function("load_back", f"{CALL}, i64 %patient", code)

    def _boundary(self) -> str:
        """``boundary_back(...)``: leave a segment by its beginning: outputs, prologue, doses."""
        code = BackCode(self.layout)
        code.line(f"call void @outputs_now_back({CALL})")
        time = code.get("double", code.row(self.tape), 1)
        self._pull_segment(code)
        self._doses(code, time)
        row = code.get("i64", code.row(self.tape), 3)
        code.set_own("i64", row, "row")
        start, step, leave = (code.label(s) for s in ("start", "step", "leave"))
        code.branch(code.value(f"icmp slt i64 {row}, 0"), start, step)
        code.place(start)
        first = code.value(f"mul i64 {code.own('i64', 'patient')}, {len(self.operations.switches)}")
        given = code.address(code.told.address("switches"), first)
        with code.loop(len(self.operations.switches)) as k:
            at = code.at(code.value(f"add i64 {k}, {len(self.operations.parameters)}"))
            code.put("double", code.get("double", given, k), code.rows["environment"], at)
        code.set_own("i64", STARTING, "phase")
        code.jump(leave)
        code.place(step)
        self.tape.read_switches(code, code.row(self.tape))
        code.set_own("i64", RUNNING, "phase")
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("boundary_back", CALL, code)

    def _pull_segment(self, code: BackCode) -> None:
        """Give cotangents of values that change by segment to what they are computed from."""
        if not self.made.by_segment:
            return
        call_program(code, "pull_segment", code.arrays("time"))
        for slot in self.made.by_segment:
            code.put("double", code.number(0.0), code.rows["gradient"], code.at(slot))

    def _doses(self, code: BackCode, time: str) -> None:
        """Take back the doses at a time, the last one first."""
        told = code.told
        begin = code.get("i64", told.address("event_begin"), code.own("i64", "patient"))
        again, check, undo, leave = map(code.label, ("again", "check", "undo", "leave"))
        code.jump(again)
        code.place(again)
        event = code.value(f"sub i64 {code.own('i64', 'event')}, 1")
        code.branch(code.value(f"icmp sge i64 {event}, {begin}"), check, leave)
        code.place(check)
        given = code.get("double", told.address("event_time"), event)
        code.branch(code.compare("oge", given, time), undo, leave)
        code.place(undo)
        code.set_own("i64", event, "event")
        # Doses after the end were never given.
        with code.when(code.compare("ole", given, time)):
            self._undo(code, event)
        code.jump(again)
        code.place(leave)

    def _undo(self, code: BackCode, event: str) -> None:
        target = code.get("i64", code.told.address("event_target"), event)
        out = code.told.address("out_events")
        add, jump, done = (code.label(s) for s in ("add", "jump", "done"))
        code.branch(code.value(f"icmp slt i64 {target}, {self.size}"), add, jump)
        code.place(add)
        value = code.get("double", code.rows["cotangent"], code.at(target))
        code.put("double", value, out, event)
        code.jump(done)
        code.place(jump)
        offset = len(self.operations.parameters) - self.size
        at = code.at(code.value(f"add i64 {target}, {offset}"))
        code.put("double", code.get("double", code.rows["gradient"], at), out, event)
        code.put("double", code.number(0.0), code.rows["gradient"], at)
        code.jump(done)
        code.place(done)

    def _read(self) -> str:
        """``read_back(...)``: the step of the present row."""
        code = BackCode(self.layout)
        self.tape.read_step(code, code.row(self.tape))
        code.line("ret void")
        return function("read_back", CALL, code)

    def _retreat(self) -> str:
        """``retreat(...)``: to the row before; it may be a segment's beginning."""
        code = BackCode(self.layout)
        code.set_own("i64", code.get("i64", code.row(self.tape), 3), "row")
        length = code.get("double", code.row(self.tape), 2)
        with code.when(code.compare("oeq", length, code.number(0.0))):
            code.set_own("i64", BEGINNING, "phase")
        code.line("ret void")
        return function("retreat", CALL, code)

    def _end(self) -> str:
        """``end_back(...)``: through initial states and prologue, and write the results."""
        code = BackCode(self.layout)
        rows, told, patient = code.rows, code.told, code.own("i64", "patient")
        first = code.value(f"mul i64 {patient}, {self.size}")
        initial = code.address(told.address("out_initial"), first)
        with code.loop(self.size) as i:
            code.put("double", code.get("double", rows["cotangent"], code.at(i)), initial, i)
        start = code.get("double", told.address("starts"), patient)
        code.put("double", start, rows["output_time"], 0)
        arrays = code.arrays("output_time")
        call_program(code, "pull_initial", {**arrays, "weight": initial})
        self._pull_segment(code)
        call_program(code, "pull_patient", arrays)
        first = code.value(f"mul i64 {patient}, {self.slow}")
        out = code.address(told.address("out_parameters"), first)
        with code.loop(self.slow) as i:
            code.put("double", code.get("double", rows["gradient"], code.at(i)), out, i)
        code.set_own("i64", IDLE, "phase")
        code.line("ret void")
        return function("end_back", CALL, code)
