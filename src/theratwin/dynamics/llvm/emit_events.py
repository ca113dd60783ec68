"""State events as IR: where a trigger crosses zero from below, a jump, and a new segment."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_program import ARRAYS, program_function
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import BEGINNING, Layout
from theratwin.dynamics.solving.operations import Operations

#: Halvings of a step to find a crossing: to the last digit of the step.
HALVINGS = 52

_CALL = "ptr %context, ptr %scratch, i64 %lane"


class Events:
    """Writes the functions that find crossings and make jumps."""

    def __init__(self, operations: Operations, layout: Layout) -> None:
        self.operations, self.layout = operations, layout
        self.count = len(operations.assignments)

    @staticmethod
    def add_rows(layout: Layout, operations: Operations) -> None:
        """Reserve the memory."""
        layout.add("fired")
        layout.add("fraction")
        if operations.assignments:
            for name in ("trigger_before", "trigger_now", "trigger_tried"):
                layout.add(name, len(operations.assignments))
            layout.add("after", operations.size)
            layout.add("switch_values", len(operations.switches) or 1)
            layout.add_all(("low", "high"))

    @staticmethod
    def programs(operations: Operations, lanes: int) -> list[tuple[str, int]]:
        """Return the texts of triggers and assignments, for one lane, and their scratch."""
        if not operations.assignments:
            return []
        names = ["trigger", *(f"assign_{e}" for e in range(len(operations.assignments)))]
        return [program_function(operations.programs[n], Width(1), lanes) for n in names]

    def functions(self) -> str:
        """Return the text of ``locate``, ``fire`` and ``rearm``."""
        if self.count:
            return self._locate() + self._fire() + self._rearm()
        return _same() + _nothing("fire") + _nothing("rearm")

    def _call(self, code: LaneCode, name: str, state: str, out: str, extra: str) -> None:
        environment = code.address(code.rows["environment"], "%lane")
        arrays = {
            "state": state,
            "environment": environment,
            "time": code.rows["output_time"],
            "out": out,
            "spill": code.rows["spill"],
            "extra": extra,
        }
        code.line(f"call void @{name}({', '.join('ptr ' + arrays[a] for a in ARRAYS)})")

    def _triggers(self, code: LaneCode, out: str) -> None:
        rows = code.rows
        self._call(code, "trigger", rows["output"], rows[out], rows["after"])

    def _interpolate(self, code: LaneCode, fraction: str) -> None:
        """Write the state at a fraction of the step to `output`, with its time."""
        rows = code.rows
        code.line(
            f"call void @interpolate(i64 %lane, ptr {rows['state']}, ptr {rows['reached_state']}, "
            f"ptr {rows['increments']}, double {fraction}, ptr {rows['output']})"
        )
        time = code.fma(fraction, code.own("double", "length"), code.own("double", "time"))
        code.put("double", time, rows["output_time"], 0)

    def _locate(self) -> str:
        """``locate(..., reached)``: note the first crossing in the step; returns its time."""
        code = LaneCode(self.layout)
        rows = code.rows
        self._interpolate(code, code.number(1.0))
        self._triggers(code, "trigger_now")
        code.set_own("i64", -1, "fired")
        code.set_own("double", code.number(2.0), "fraction")
        zero = code.number(0.0)
        with code.loop(self.count) as event:
            before = code.get("double", rows["trigger_before"], code.at(event))
            after = code.get("double", rows["trigger_now"], event)
            below, above = code.compare("ole", before, zero), code.compare("ogt", after, zero)
            with code.when(code.value(f"and i1 {below}, {above}")):
                self._bisect(code, event)
            code.put("double", after, rows["trigger_before"], code.at(event))
        fraction = code.own("double", "fraction")
        inside = code.compare("olt", fraction, code.number(1.0))
        time = code.fma(fraction, code.own("double", "length"), code.own("double", "time"))
        code.line(f"ret double {code.choose(inside, time, '%reached')}")
        return function("locate", f"{_CALL}, double %reached", code, "double")

    def _bisect(self, code: LaneCode, event: str) -> None:
        """Find where an event's trigger turns positive; keep it if it is the first."""
        rows, op = code.rows, code.operate
        code.set_own("double", code.number(0.0), "low")
        code.set_own("double", code.number(1.0), "high")
        with code.loop(HALVINGS):
            low, high = code.own("double", "low"), code.own("double", "high")
            middle = op("fmul", op("fadd", low, high), code.number(0.5))
            self._interpolate(code, middle)
            self._triggers(code, "trigger_tried")
            found = code.get("double", rows["trigger_tried"], event)
            above = code.compare("ogt", found, code.number(0.0))
            code.set_own("double", code.choose(above, low, middle), "low")
            code.set_own("double", code.choose(above, middle, high), "high")
        high = code.own("double", "high")
        with code.when(code.compare("olt", high, code.own("double", "fraction"))):
            code.set_own("double", high, "fraction")
            code.set_own("i64", event, "fired")

    def _fire(self) -> str:
        """``fire(...)``: make the jump that was found; a segment begins."""
        code = LaneCode(self.layout)
        rows = code.rows
        fired = code.own("i64", "fired")
        leave = code.label("leave")
        labels = {e: code.label("event") for e in range(self.count)}
        begin = code.label("begin")
        code.branch(code.value(f"icmp sge i64 {fired}, 0"), begin, leave)
        code.place(begin)
        self._interpolate(code, code.own("double", "fraction"))
        with code.loop(self.operations.size) as i:
            code.put("double", code.get("double", rows["output"], i), rows["after"], i)
        cases = " ".join(f"i64 {e}, label %{label}" for e, label in labels.items())
        code.line(f"switch i64 {fired}, label %{leave} [ {cases} ]")
        done = code.label("done")
        for event, label in labels.items():
            code.place(label)
            self._assign(code, event)
            code.jump(done)
        code.place(done)
        with code.loop(self.operations.size) as i:
            value = code.get("double", rows["after"], i)
            code.put("double", value, rows["reached_state"], code.at(i))
        code.set_own("i64", BEGINNING, "phase")
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("fire", _CALL, code)

    def _assign(self, code: LaneCode, event: int) -> None:
        """Evaluate an event's new values, all from the state before it, and write them."""
        rows = code.rows
        values = rows["switch_values"]
        self._call(code, f"assign_{event}", rows["output"], rows["after"], values)
        first = len(self.operations.parameters)
        for switch in self.operations.assignments[event]:
            slot = first + self.operations.switches.index(switch)
            value = code.get("double", values, self.operations.switches.index(switch))
            code.put("double", value, rows["environment"], code.at(slot))

    def _rearm(self) -> str:
        """``rearm(...)``: remember the triggers as a segment begins; the state is in `output`."""
        code = LaneCode(self.layout)
        code.put("double", code.own("double", "time"), code.rows["output_time"], 0)
        self._triggers(code, "trigger_now")
        with code.loop(self.count) as event:
            value = code.get("double", code.rows["trigger_now"], event)
            code.put("double", value, code.rows["trigger_before"], code.at(event))
        code.line("ret void")
        return function("rearm", _CALL, code)


def _same() -> str:
    code = Code(Width(1))
    code.line("ret double %reached")
    return function("locate", f"{_CALL}, double %reached", code, "double")


def _nothing(name: str) -> str:
    code = Code(Width(1))
    code.line("ret void")
    return function(name, _CALL, code)
