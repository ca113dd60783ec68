"""The driver as IR: lanes that take the next patient when theirs is done, segments, step control.

Each lane carries one patient. What is done to one lane never enters another lane's arithmetic, so
that a patient's bytes do not depend on who else is solved.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_step import Rows, larger_size
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import (
    BEGINNING,
    IDLE,
    LOADED,
    OPTIONS,
    RUNNING,
    STARTING,
    Layout,
)
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.status import Status
from theratwin.dynamics.solving.tableau import Tableau

#: Step control: the new length is h * min(6, max(0.2, 0.9 err^(-1/order))).
SAFETY, SMALLEST_FACTOR, LARGEST_FACTOR, FACTOR_AT_NAN = 0.9, 0.2, 6.0, 0.1
#: The first step moves the states by about this part of what they are.
FIRST_MOVE = 0.01
#: A step smaller than this part of the time cannot be told from none.
RESOLUTION = 4e-16
#: Rows that a short loop does at once.
UNROLLED = 4

_CALL = "ptr %context, ptr %scratch, i64 %lane"


class LaneCode(Code):
    """Code for one lane, with its rows and what it is told."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(Width(1))
        self.layout = layout
        self.rows, self.told = Rows(self, layout), Told(self)

    def own(self, kind: str, name: str) -> str:
        """Read this lane's number or whole number from a row."""
        return self.get(kind, self.rows[name], "%lane")

    def set_own(self, kind: str, value: str | int, name: str) -> None:
        """Write it."""
        self.put(kind, str(value), self.rows[name], "%lane")

    def at(self, row: str | int) -> str:
        """Return the offset of this lane in a row of an array."""
        first = self.value(f"mul i64 {row}, {self.layout.lanes}")
        return self.value(f"add i64 {first}, %lane")

    def count_up(self, name: str) -> str:
        """Add one to this lane's whole number; returns the sum."""
        total = self.value(f"add i64 {self.own('i64', name)}, 1")
        self.set_own("i64", total, name)
        return total


class Driver:
    """Writes the functions that drive the step."""

    def __init__(
        self, operations: Operations, tableau: Tableau, layout: Layout, sloped: bool
    ) -> None:
        self.operations, self.tableau, self.layout = operations, tableau, layout
        self.size, self.sloped = operations.size, sloped
        self.width = Width(layout.lanes)
        self.has_events = bool(operations.assignments)

    def functions(self) -> str:
        """Return their text."""
        return "".join(
            (
                self._load(),
                self._finish(),
                self._outputs_now(),
                self._apply_events(),
                self._begin(),
                self._outputs_within(),
                self._advance(),
                self._first_length(),
                self._control(),
                self._accept(),
                self._estimate(),
            )
        )

    def _load(self) -> str:
        """``load(context, scratch, lane, patient)``: parameters and counters of a new patient."""
        code = LaneCode(self.layout)
        rows, told = code.rows, code.told
        n, m = len(self.operations.parameters), len(self.operations.switches)
        for name, count, offset in (("parameters", n, 0), ("switches", m, n)):
            source = told.address(name)
            first = code.value(f"mul i64 %patient, {count}")
            with code.loop(count) as k:
                value = code.get("double", source, code.value(f"add i64 {first}, {k}"))
                at = code.at(code.value(f"add i64 {k}, {offset}"))
                code.put("double", value, rows["environment"], at)
        code.set_own("double", code.get("double", told.address("starts"), "%patient"), "time")
        code.set_own("double", code.get("double", told.address("ends"), "%patient"), "end")
        begin = code.get("i64", told.address("event_begin"), "%patient")
        code.set_own("i64", begin, "event")
        for counter in ("output_index", "steps", "rejections", "last"):
            code.set_own("i64", 0, counter)
        if self.has_events:
            for name, value in (("armed", 0), ("settled", 1), ("rounds", 0)):
                code.set_own("i64", value, name)
            code.set_own("double", code.number(-float("inf")), "last_round")
        code.set_own("i64", "%patient", "patient")
        code.set_own("i64", LOADED, "phase")
        code.line("ret void")
        return function("load_patient", f"{_CALL}, i64 %patient", code)

    def _finish(self) -> str:
        """``finish(context, scratch, lane, status)``: report, and leave the lane idle."""
        code = LaneCode(self.layout)
        patient, told = code.own("i64", "patient"), code.told
        self._leave_unknown(code, patient)
        code.put("i64", "%status", told.address("status"), patient)
        first = code.value(f"mul i64 {patient}, 2")
        counts = code.address(told.address("counts"), first, "i64")
        code.put("i64", code.own("i64", "steps"), counts, 0)
        code.put("i64", code.own("i64", "rejections"), counts, 1)
        code.put("double", code.own("double", "time"), told.address("reached"), patient)
        code.set_own("i64", IDLE, "phase")
        code.line("ret void")
        return function("finish", f"{_CALL}, i64 %status", code)

    def _leave_unknown(self, code: LaneCode, patient: str) -> None:
        """Write NaN for the times that were not reached, in the memory that nobody has filled."""
        told = code.told
        count = told.whole("times_count")
        begin = code.value(f"mul i64 {patient}, {count}")
        place = code.value(f"add i64 {begin}, {code.own('i64', 'output_index')}")
        stop = code.value(f"add i64 {begin}, {count}")
        unknown = code.number(float("nan"))
        observed = str(len(self.operations.observables))
        widths = {"out_states": told.whole("chosen_count"), "out_observables": observed}
        for name, width in widths.items():
            first = code.value(f"mul i64 {place}, {width}")
            rest = code.value(f"sub i64 {code.value(f'mul i64 {stop}, {width}')}, {first}")
            out = code.address(told.address(name), first)
            with code.loop(rest) as i:
                code.put("double", unknown, out, i)

    def _next_output(self, code: LaneCode) -> tuple[str, str, str]:
        """Return whether there is another time asked for, the time, and its place."""
        index, patient = code.own("i64", "output_index"), code.own("i64", "patient")
        stride, count = code.told.whole("times_stride"), code.told.whole("times_count")
        more = code.value(f"icmp slt i64 {index}, {count}")
        # Beyond the last time the first is read, and not used.
        safe = code.value(f"select i1 {more}, i64 {index}, i64 0")
        first = code.value(f"mul i64 {patient}, {stride}")
        time = code.get(
            "double", code.told.address("times"), code.value(f"add i64 {first}, {safe}")
        )
        begin = code.value(f"mul i64 {patient}, {count}")
        return more, time, code.value(f"add i64 {begin}, {index}")

    def _outputs_now(self) -> str:
        """``outputs_now(...)``: keep the present state for all times up to the present."""
        code = LaneCode(self.layout)
        with code.loop(self.size) as i:
            value = code.get("double", code.rows["state"], code.at(i))
            code.put("double", value, code.rows["output"], i)
        again, keep, leave = (code.label(s) for s in ("again", "keep", "leave"))
        code.jump(again)
        code.place(again)
        more, time, place = self._next_output(code)
        past = code.compare("ole", time, code.own("double", "time"))
        code.branch(code.value(f"and i1 {more}, {past}"), keep, leave)
        code.place(keep)
        code.put("double", time, code.rows["output_time"], 0)
        code.line(f"call void @keep({_CALL}, i64 {place})")
        code.line(f"call void @keep_slopes({_CALL}, i64 {place})")
        code.count_up("output_index")
        code.jump(again)
        code.place(leave)
        code.line("ret void")
        return function("outputs_now", _CALL, code)

    def _apply_events(self) -> str:
        """``apply_events(...)``: do all that is due, in the order given; sets the segment's end."""
        code = LaneCode(self.layout)
        told, patient = code.told, code.own("i64", "patient")
        if self.has_events:
            self._wait_for_events(code)
        stop = code.get("i64", told.address("event_begin"), code.value(f"add i64 {patient}, 1"))
        again, check, due, add, jump, done, leave = map(
            code.label, ("again", "check", "due", "add", "jump", "done", "leave")
        )
        code.jump(again)
        code.place(again)
        event = code.own("i64", "event")
        more = code.value(f"icmp slt i64 {event}, {stop}")
        never = code.number(float("inf"))
        code.branch(more, check, leave)
        code.place(check)
        time = code.get("double", told.address("event_time"), event)
        code.branch(code.compare("ole", time, code.own("double", "time")), due, leave)
        code.place(due)
        if self.has_events:
            # What is given before all time is no dose but where the patient starts.
            self._arm(code, code.compare("ogt", time, code.number(-float("inf"))))
        target = code.get("i64", told.address("event_target"), event)
        amount = code.get("double", told.address("event_amount"), event)
        code.branch(code.value(f"icmp slt i64 {target}, {self.size}"), add, jump)
        code.place(add)
        at = code.at(target)
        known = code.get("double", code.rows["state"], at)
        code.put("double", code.operate("fadd", known, amount), code.rows["state"], at)
        code.jump(done)
        code.place(jump)
        slot = code.value(f"add i64 {target}, {len(self.operations.parameters) - self.size}")
        code.put("double", amount, code.rows["environment"], code.at(slot))
        code.jump(done)
        code.place(done)
        code.line(
            f"call void @event_slope(ptr %context, ptr %scratch, i64 %lane, i64 {event}, "
            f"i64 {target})"
        )
        code.count_up("event")
        code.jump(again)
        code.place(leave)
        code.line(f"%after = phi double [{never}, %{again}], [{time}, %{check}]")
        end = code.own("double", "end")
        before = code.compare("olt", "%after", end)
        code.set_own("double", code.choose(before, "%after", end), "segment_end")
        if self.has_events:
            self._arm(code, "true")
        code.line("ret void")
        return function("apply_events", _CALL, code)

    def _wait_for_events(self, code: LaneCode) -> None:
        """Leave doses alone while jumps may follow on a jump."""
        wait, go = code.label("wait"), code.label("go")
        code.branch(code.value(f"icmp eq i64 {code.own('i64', 'settled')}, 0"), wait, go)
        code.place(wait)
        code.line("ret void")
        code.place(go)

    def _arm(self, code: LaneCode, condition: str) -> None:
        """Arm the triggers if they are not and the condition holds."""
        unarmed = code.value(f"icmp eq i64 {code.own('i64', 'armed')}, 0")
        with code.when(code.value(f"and i1 {unarmed}, {condition}")):
            code.line(f"call void @arm({_CALL})")

    def _begin(self) -> str:
        """``begin(...)``: a segment begins, its events are done; or the patient is done."""
        code = LaneCode(self.layout)
        done, more, leave = (code.label(s) for s in ("done", "more", "leave"))
        if self.has_events:
            self._fire(code, leave)
        code.line(f"call void @outputs_now({_CALL})")
        code.line(f"call void @mark({_CALL})")
        end = code.own("double", "end")
        code.branch(code.compare("oge", code.own("double", "time"), end), done, more)
        code.place(done)
        code.line(f"call void @finish({_CALL}, i64 {int(Status.DONE)})")
        code.jump(leave)
        code.place(more)
        code.set_own("i64", STARTING, "phase")
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("begin", _CALL, code)

    def _fire(self, code: LaneCode, leave: str) -> None:
        """Make the jumps that are due; begin once more until there are none."""
        none, again, settled = (code.label(s) for s in ("none", "again", "settled"))
        fired = code.value(f"call i64 @fire({_CALL})")
        code.branch(code.value(f"icmp ne i64 {fired}, 0"), leave, none)
        code.place(none)
        waiting = code.value(f"icmp eq i64 {code.own('i64', 'settled')}, 0")
        code.branch(waiting, again, settled)
        code.place(again)
        if self.sloped:
            code.line(f"call void @end_moment({_CALL})")
        # Doses of this time come next.
        code.set_own("i64", 1, "settled")
        code.jump(leave)
        code.place(settled)

    def _outputs_within(self) -> str:
        """``outputs_within(..., reached)``: keep interpolated states before the time reached."""
        code = LaneCode(self.layout)
        rows, op = code.rows, code.operate
        again, keep, leave = (code.label(s) for s in ("again", "keep", "leave"))
        code.jump(again)
        code.place(again)
        more, time, place = self._next_output(code)
        before = code.compare("olt", time, "%reached")
        code.branch(code.value(f"and i1 {more}, {before}"), keep, leave)
        code.place(keep)
        begun, length = code.own("double", "time"), code.own("double", "length")
        fraction = op("fdiv", op("fsub", time, begun), length)
        code.put("double", time, rows["output_time"], 0)
        code.line(
            f"call void @interpolate(i64 %lane, ptr {rows['state']}, ptr {rows['reached_state']}, "
            f"ptr {rows['increments']}, double {fraction}, ptr {rows['output']})"
        )
        code.line(f"call void @keep({_CALL}, i64 {place})")
        code.count_up("output_index")
        code.jump(again)
        code.place(leave)
        code.line("ret void")
        return function("outputs_within", f"{_CALL}, double %reached", code)

    def _advance(self) -> str:
        """``advance(...)``: after a step of this lane: keep results, move time, or reject."""
        code = LaneCode(self.layout)
        taken, rejected, checked = (code.label(s) for s in ("taken", "rejected", "checked"))
        accepted = code.compare("one", code.own("double", "accepted"), code.number(0.0))
        code.branch(accepted, taken, rejected)
        code.place(taken)
        last = code.value(f"icmp ne i64 {code.own('i64', 'last')}, 0")
        moved = code.operate("fadd", code.own("double", "time"), code.own("double", "length"))
        reached = code.choose(last, code.own("double", "segment_end"), moved)
        if self.has_events:
            reached = code.own("double", "reached_time")
        code.line(f"call void @outputs_within({_CALL}, double {reached})")
        wanted = code.value(f"icmp ne i64 {code.told.whole('recorded_count')}, 0")
        with code.when(wanted):
            patient = code.own("i64", "patient")
            code.line(f"call void @record({_CALL}, i64 {patient})")
        code.count_up("steps")
        phase = code.value(f"select i1 {last}, i64 {BEGINNING}, i64 {RUNNING}")
        code.set_own("i64", phase, "phase")
        code.set_own("double", reached, "time")
        if self.has_events:
            crossed = code.value(f"icmp sge i64 {code.own('i64', 'fired')}, 0")
            with code.when(crossed):
                code.line(f"call void @cut({_CALL})")
        code.jump(checked)
        code.place(rejected)
        code.count_up("rejections")
        code.jump(checked)
        code.place(checked)
        self._plan_next(code)
        code.line("ret void")
        return function("advance", _CALL, code)

    def _plan_next(self, code: LaneCode) -> None:
        """Set the next length so that it ends with the segment; stop what cannot go on."""
        length = code.own("double", "next_length")
        self._clip(code, length)
        many = code.value(f"add i64 {code.own('i64', 'steps')}, {code.own('i64', 'rejections')}")
        too_many = code.value(f"icmp sge i64 {many}, {code.told.whole('most_steps')}")
        size = code.call("llvm.fabs.f64", code.own("double", "time"))
        least = code.operate("fmul", size, code.number(RESOLUTION))
        floor = code.operate("fadd", least, code.number(1e-300))
        too_small = code.compare("ult", length, floor)
        running = code.value(f"icmp eq i64 {code.own('i64', 'phase')}, {RUNNING}")
        for wrong, status in (
            (too_small, Status.STEP_TOO_SMALL),
            (too_many, Status.TOO_MANY_STEPS),
        ):
            with code.when(code.value(f"and i1 {running}, {wrong}")):
                still = code.value(f"icmp eq i64 {code.own('i64', 'phase')}, {RUNNING}")
                with code.when(still):
                    code.line(f"call void @finish({_CALL}, i64 {int(status)})")

    def _clip(self, code: LaneCode, length: str) -> None:
        """Write `length` and `last`: the rest of the segment if it is nearly reached."""
        longest = code.get("double", code.told.address("options"), OPTIONS.index("largest_step"))
        length = code.choose(code.compare("olt", longest, length), longest, length)
        rest = code.operate("fsub", code.own("double", "segment_end"), code.own("double", "time"))
        stretched = code.operate("fmul", length, code.number(1.0 + 1e-6))
        last = code.compare("oge", stretched, rest)
        code.set_own("double", code.choose(last, rest, length), "length")
        code.set_own("i64", code.value(f"zext i1 {last} to i64"), "last")

    def _first_length(self) -> str:
        """``first_length(...)``: the first step of a segment; the end if rates are no numbers."""
        code = LaneCode(self.layout)
        begun, leave = code.label("begun"), code.label("leave")
        first = code.own("double", "first_length")
        finite = code.compare("olt", first, code.number(float("inf")))
        wrong = code.label("wrong")
        code.branch(finite, begun, wrong)
        code.place(wrong)
        code.line(f"call void @finish({_CALL}, i64 {int(Status.NOT_FINITE)})")
        code.jump(leave)
        code.place(begun)
        self._clip(code, first)
        code.set_own("i64", RUNNING, "phase")
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("first_length", _CALL, code)

    def _control(self) -> str:
        """``control(scratch)``: in all lanes, whether to accept, and the next length."""
        code = Code(self.width)
        rows, op, number = Rows(code, self.layout), code.operate, code.number
        squared = op("fmul", code.load(rows["error"], 0), number(1.0 / self.size))
        accepted = code.compare("ole", squared, number(1.0))
        code.store(code.choose(accepted, number(1.0), number(0.0)), rows["accepted"], 0)
        kept = op("fadd", squared, number(1e-30))
        power = op(
            "fmul", code.call(f"log.{self.width.suffix}", kept), number(-0.5 / self.tableau.order)
        )
        factor = op("fmul", code.call(f"exp.{self.width.suffix}", power), number(SAFETY))
        least, most = number(SMALLEST_FACTOR), number(LARGEST_FACTOR)
        factor = code.choose(code.compare("olt", factor, least), least, factor)
        factor = code.choose(code.compare("ogt", factor, most), most, factor)
        growing = code.compare("ogt", factor, number(1.0))
        capped = code.choose(growing, number(1.0), factor)
        factor = code.choose(accepted, factor, capped)
        broken = code.compare("uno", squared, squared)
        factor = code.choose(broken, number(FACTOR_AT_NAN), factor)
        code.store(op("fmul", code.load(rows["length"], 0), factor), rows["next_length"], 0)
        code.line("ret void")
        return function("control", "ptr noalias %scratch", code)

    def _accept(self) -> str:
        """``accept(scratch)``: the states of the lanes whose step was accepted."""
        code = Code(self.width)
        rows = Rows(code, self.layout)
        taken = code.compare("one", code.load(rows["accepted"], 0), code.number(0.0))
        kind, ones = self.width.integer, self.width.whole(-1)
        # By bits: of a choice between numbers the code generator makes a masked store, which is
        # many times slower on some processors.
        kept = code.value(f"sext {self.width.truth} {taken} to {kind}")
        masks = {"reached_state": kept, "state": code.value(f"xor {kind} {kept}, {ones}")}

        def move(i: str | int) -> None:
            pair = []
            for name, mask in masks.items():
                bits = code.value(f"bitcast {self.width.real} {code.load(rows[name], i)} to {kind}")
                pair.append(code.value(f"and {kind} {bits}, {mask}"))
            chosen = code.value(f"or {kind} {pair[0]}, {pair[1]}")
            chosen = code.value(f"bitcast {kind} {chosen} to {self.width.real}")
            code.store(chosen, rows["state"], i)

        # So short a loop would take as long to go round as to work.
        with code.loop(self.size // UNROLLED) as part:
            first = code.value(f"mul i64 {part}, {UNROLLED}")
            for offset in range(UNROLLED):
                move(code.value(f"add i64 {first}, {offset}"))
        for i in range(self.size - self.size % UNROLLED, self.size):
            move(i)
        code.line("ret void")
        return function("accept", "ptr noalias %scratch", code)

    def _estimate(self) -> str:
        """``estimate(...)``: h = 0.01 |y| / |f| in units of the tolerance; NaN if not finite."""
        code = Code(self.width)
        rows, op, number = Rows(code, self.layout), code.operate, code.number
        relative, sums = code.spread("%rtol"), []
        for name in ("state", "slope"):

            def add(i: str, total: str, name: str = name) -> str:
                state = code.load(rows["state"], i)
                absolute = code.spread(code.get("double", "%tolerance", i))
                scale = code.fma(relative, larger_size(code, state, state), absolute)
                ratio = op("fdiv", code.load(rows[name], i), scale)
                return code.fma(ratio, ratio, total)

            sums.append(code.total(self.size, add))
        ratio = op("fdiv", sums[0], sums[1])
        root = code.call(f"llvm.sqrt.{self.width.suffix}", ratio)
        first = op("fmul", root, number(FIRST_MOVE))
        least = code.spread("%least")
        # Nothing there yet, or nothing moves: begin small, steps grow sixfold.
        idle = code.value(
            f"or {self.width.truth} {code.compare('ole', sums[0], number(1e-10))}, "
            f"{code.compare('ole', sums[1], number(1e-10))}"
        )
        first = code.choose(idle, least, first)
        first = code.choose(code.compare("olt", first, least), least, first)
        broken = op("fsub", op("fadd", sums[0], sums[1]), op("fadd", sums[0], sums[1]))
        code.store(op("fadd", first, broken), rows["first_length"], 0)
        code.line("ret void")
        arguments = "ptr noalias %scratch, ptr %tolerance, double %rtol, double %least"
        return function("estimate", arguments, code)
