"""What the discrete adjoint does for one lane, as IR: rows of the tape, outputs, doses, results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theratwin.dynamics.llvm.emit_adjoint_step import call_program
from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_tape import Tape
from theratwin.dynamics.llvm.ir_text import function
from theratwin.dynamics.llvm.layout import BEGINNING, CONTEXT, IDLE, RUNNING, STARTING, Layout
from theratwin.dynamics.solving.adjoint_programs import AdjointPrograms
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.tableau import Tableau

#: What the adjoint is told besides.
ADJOINT_CONTEXT = (
    *CONTEXT,
    "todo",
    "tape",
    "tape_base",
    "tape_last",
    "state_cotangents",
    "observable_cotangents",
    "out_parameters",
    "out_initial",
    "out_events",
)

_CALL = "ptr %context, ptr %scratch, i64 %lane"


class BackTold(Told):
    """What the adjoint is told, read when it is needed."""

    names = ADJOINT_CONTEXT


class BackLane:
    """Writes the functions of one lane."""

    def __init__(
        self, operations: Operations, method: Tableau, layout: Layout, made: AdjointPrograms
    ) -> None:
        self.operations, self.method, self.layout, self.made = operations, method, layout, made
        self.size, self.tape = operations.size, Tape(operations, layout)
        self.slow = len(operations.parameters) + len(operations.switches)

    def functions(self) -> str:
        """Return their text."""
        return "".join(
            (
                self._load(),
                self._select(),
                self._counts(),
                self._take_state(),
                self._take_observed(),
                self._outputs_now(),
                self._outputs_within(),
                self._boundary(),
                self._read(),
                self._retreat(),
                self._end(),
            )
        )

    def _code(self) -> LaneCode:
        code = LaneCode(self.layout)
        code.told = BackTold(code)
        return code

    def _row(self, code: LaneCode) -> str:
        return self.tape.row(code, code.told, code.own("i64", "row"))

    def _load(self) -> str:
        """``load_back(..., patient)``: a new patient, at its last row."""
        code = self._code()
        told = code.told
        code.line(f"call void @load_patient({_CALL}, i64 %patient)")
        after = code.value("add i64 %patient, 1")
        code.set_own("i64", code.get("i64", told.address("event_begin"), after), "event")
        code.set_own("i64", told.whole("times_count"), "output_index")
        place = code.value(f"sub i64 %patient, {told.whole('tape_base')}")
        code.set_own("i64", code.get("i64", told.address("tape_last"), place), "row")
        for name, count in (("cotangent", self.size), ("gradient", self.made.gathered)):
            with code.loop(count) as i:
                code.put("double", code.number(0.0), code.rows[name], code.at(i))
        self.tape.read_switches(code, self._row(code))
        code.line("ret void")
        return function("load_back", f"{_CALL}, i64 %patient", code)

    def _select(self) -> str:
        """``next_back(..., least)``: the next output back, or -1 if it lies before a time."""
        code = self._code()
        told, patient = code.told, code.own("i64", "patient")
        index = code.value(f"sub i64 {code.own('i64', 'output_index')}, 1")
        more = code.value(f"icmp sge i64 {index}, 0")
        with code.when(more):
            first = code.value(f"mul i64 {patient}, {told.whole('times_stride')}")
            time = code.get("double", told.address("times"), code.value(f"add i64 {first}, {index}"))
            with code.when(code.compare("oge", time, "%least")):
                code.set_own("i64", index, "output_index")
                code.put("double", time, code.rows["output_time"], 0)
                begin = code.value(f"mul i64 {patient}, {told.whole('times_count')}")
                code.line(f"ret i64 {code.value(f'add i64 {begin}, {index}')}")
                code.place(code.label("unreached"))
        code.line("ret i64 -1")
        return function("next_back", f"{_CALL}, double %least", code, "i64")

    def _any(self, code: LaneCode, name: str, count: str) -> str:
        """Return whether one of an output's cotangents is not zero."""
        given = code.address(code.told.address(name), code.value(f"mul i64 %place, {count}"))
        code.set_own("i64", 0, "counts")
        with code.loop(count) as k:
            value = code.get("double", given, k)
            with code.when(code.compare("une", value, code.number(0.0))):
                code.set_own("i64", 1, "counts")
        return code.value(f"icmp ne i64 {code.own('i64', 'counts')}, 0")

    def _take_state(self) -> str:
        """``take_state(..., place)``: give the cotangents of states on by the `shares`."""
        code = self._code()
        told, rows = code.told, code.rows
        count, chosen = told.whole("chosen_count"), told.address("chosen")
        begin = code.value(f"mul i64 %place, {count}")
        given = code.address(told.address("state_cotangents"), begin)
        with code.loop(count) as k:
            value = code.get("double", given, k)
            with code.when(code.compare("une", value, code.number(0.0))):
                state = code.get("i64", chosen, k)
                for share, (name, offset) in enumerate(self._receivers()):
                    at = code.at(code.value(f"add i64 {state}, {offset}"))
                    factor, known = (
                        code.get("double", rows["shares"], share),
                        code.get("double", rows[name], at),
                    )
                    code.put("double", code.fma(factor, value, known), rows[name], at)
        code.line("ret void")
        return function("take_state", f"{_CALL}, i64 %place", code)

    def _receivers(self) -> list[tuple[str, int]]:
        """Return the arrays that take shares of an output's cotangent, with their first rows."""
        moments = [("moments", r * self.size) for r in range(len(self.method.dense))]
        return [("cotangent", 0), ("begin_cotangent", 0), *moments]

    def _take_observed(self) -> str:
        """``take_observed(..., place, state)``: likewise of observables, at a state."""
        code = self._code()
        rows, observed = code.rows, len(self.operations.observables)
        begin = code.value(f"mul i64 %place, {observed}")
        arrays = {
            **self._arrays(code, "output_time"),
            "state": "%state",
            "weight": code.address(code.told.address("observable_cotangents"), begin),
            "extra": rows["shares"],
            "out": code.address(rows["cotangent"], "%lane"),
            "begin": code.address(rows["begin_cotangent"], "%lane"),
            "increment": code.address(rows["moments"], "%lane"),
        }
        call_program(code, "pull_observed", arrays)
        code.line("ret void")
        return function("take_observed", f"{_CALL}, i64 %place, ptr %state", code)

    def _arrays(self, code: LaneCode, time: str) -> dict[str, str]:
        rows = code.rows
        return {
            "environment": code.address(rows["environment"], "%lane"),
            "gradient": code.address(rows["gradient"], "%lane"),
            "time": rows[time],
            "spill": rows["spill"],
            "extra": rows["length"],
        }

    def _outputs(
        self, code: LaneCode, least: str, shares: Callable[[], Sequence[str]], state: str
    ) -> None:
        """Give on the cotangents of each output from the last one back to a time."""
        again, one, leave = (code.label(s) for s in ("again", "one", "leave"))
        code.jump(again)
        code.place(again)
        place = code.value(f"call i64 @next_back({_CALL}, double {least})")
        code.branch(code.value(f"icmp sge i64 {place}, 0"), one, leave)
        code.place(one)
        for k, share in enumerate(shares()):
            code.put("double", share, code.rows["shares"], k)
        code.line(f"call void @take_state({_CALL}, i64 {place})")
        if self.operations.observables:
            counts = code.value(f"call i1 @counts({_CALL}, i64 {place})")
            with code.when(counts):
                self._interpolated(code, state)
                code.line(f"call void @take_observed({_CALL}, i64 {place}, ptr {state})")
        code.jump(again)
        code.place(leave)

    def _interpolated(self, code: LaneCode, state: str) -> None:
        """Write the state at the output's time where it is wanted, unless it is there."""
        rows = code.rows
        if state == rows["output"]:
            fraction = code.get("double", rows["shares"], 0)
            pointers = (rows["state"], rows["reached_state"], rows["increments"])
            given = ", ".join(f"ptr {pointer}" for pointer in pointers)
            code.line(
                f"call void @interpolate(i64 %lane, {given}, double {fraction}, ptr {state})"
            )

    def _counts(self) -> str:
        """``counts(..., place)``: whether a cotangent of an observable is not zero."""
        code = self._code()
        count = str(len(self.operations.observables))
        code.line(f"ret i1 {self._any(code, 'observable_cotangents', count)}")
        return function("counts", f"{_CALL}, i64 %place", code, "i1")

    def _outputs_now(self) -> str:
        """``outputs_now_back(...)``: outputs of the state that a segment began with."""
        code = self._code()
        row = self._row(code)
        whole = [code.number(1.0), *[code.number(0.0)] * (len(self.method.dense) + 1)]
        state = self.tape.states(code, row)
        self._outputs(code, code.get("double", row, 1), lambda: whole, state)
        code.line("ret void")
        return function("outputs_now_back", _CALL, code)

    def _outputs_within(self) -> str:
        """``outputs_within_back(...)``: give interpolated outputs to both ends and to the stages."""
        code = self._code()
        op = code.operate
        begun, length = code.own("double", "time"), code.own("double", "length")

        def shares() -> list[str]:
            time = code.get("double", code.rows["output_time"], 0)
            fraction = op("fdiv", op("fsub", time, begun), length)
            rest = op("fsub", code.number(1.0), fraction)
            powers = [op("fmul", fraction, rest)]
            for _ in self.method.dense[1:]:
                powers.append(op("fmul", powers[-1], fraction))
            return [fraction, rest, *powers]

        self._outputs(code, begun, shares, code.rows["output"])
        code.line("ret void")
        return function("outputs_within_back", _CALL, code)

    def _boundary(self) -> str:
        """``boundary_back(...)``: leave a segment by its beginning: outputs, prologue, doses."""
        code = self._code()
        code.line(f"call void @outputs_now_back({_CALL})")
        time = code.get("double", self._row(code), 1)
        self._pull_segment(code)
        self._doses(code, time)
        row = code.get("i64", self._row(code), 3)
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
        self.tape.read_switches(code, self._row(code))
        code.set_own("i64", RUNNING, "phase")
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("boundary_back", _CALL, code)

    def _pull_segment(self, code: LaneCode) -> None:
        """Give cotangents of values that change by segment to what they are computed from."""
        if not self.made.by_segment:
            return
        call_program(code, "pull_segment", self._arrays(code, "time"))
        for slot in self.made.by_segment:
            code.put("double", code.number(0.0), code.rows["gradient"], code.at(slot))

    def _doses(self, code: LaneCode, time: str) -> None:
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

    def _undo(self, code: LaneCode, event: str) -> None:
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
        code = self._code()
        self.tape.read_step(code, self._row(code))
        code.line("ret void")
        return function("read_back", _CALL, code)

    def _retreat(self) -> str:
        """``retreat(...)``: to the row before; it may be a segment's beginning."""
        code = self._code()
        code.set_own("i64", code.get("i64", self._row(code), 3), "row")
        length = code.get("double", self._row(code), 2)
        with code.when(code.compare("oeq", length, code.number(0.0))):
            code.set_own("i64", BEGINNING, "phase")
        code.line("ret void")
        return function("retreat", _CALL, code)

    def _end(self) -> str:
        """``end_back(...)``: through initial states and prologue, and write the results."""
        code = self._code()
        rows, told, patient = code.rows, code.told, code.own("i64", "patient")
        first = code.value(f"mul i64 {patient}, {self.size}")
        initial = code.address(told.address("out_initial"), first)
        with code.loop(self.size) as i:
            code.put("double", code.get("double", rows["cotangent"], code.at(i)), initial, i)
        start = code.get("double", told.address("starts"), patient)
        code.put("double", start, rows["output_time"], 0)
        arrays = self._arrays(code, "output_time")
        call_program(code, "pull_initial", {**arrays, "weight": initial})
        self._pull_segment(code)
        call_program(code, "pull_patient", arrays)
        first = code.value(f"mul i64 {patient}, {self.slow}")
        out = code.address(told.address("out_parameters"), first)
        with code.loop(self.slow) as i:
            code.put("double", code.get("double", rows["gradient"], code.at(i)), out, i)
        code.set_own("i64", IDLE, "phase")
        code.line("ret void")
        return function("end_back", _CALL, code)
