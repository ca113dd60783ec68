"""Crossings as IR: the first moment within a step at which a trigger becomes true.

A trigger is true where it is positive. It is looked at several times within a step, on the dense
output, and around its highest value if that is nearly zero, so that a trigger that rises and falls
within one step is seen. The moment is found by halving, to the last digit of the step.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_output import DenseOutput
from theratwin.dynamics.llvm.emit_program import ARRAYS
from theratwin.dynamics.llvm.ir_text import function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations, Program
from theratwin.dynamics.solving.tableau import Tableau

#: Looks within a step, a power of two; halvings of a stretch; thirds taken off around a summit.
LOOKS, HALVINGS, THIRDS = 8, 52, 44

_CALL = "ptr %context, ptr %scratch, i64 %lane"


class Crossings:
    """Writes ``locate``, and what it needs."""

    def __init__(self, operations: Operations, tableau: Tableau, layout: Layout) -> None:
        self.operations, self.tableau, self.layout = operations, tableau, layout
        self.count = len(operations.assignments)

    @staticmethod
    def add_rows(layout: Layout, operations: Operations) -> None:
        """Reserve the memory; `truth` tells for each trigger whether it was true."""
        events = len(operations.assignments)
        layout.add_all(("fired", "fraction", "before_fraction", "reached_time", "span"))
        layout.add("truth", events)
        # For one lane at a time: numbers side by side.
        for name in ("trigger_now", "trigger_tried", "trigger_first", "highest", "summit", "slant"):
            layout.add(name, events)
        layout.add_all(("low", "high"))

    def functions(self) -> str:
        """Return their text."""
        return self._look() + self._bisect() + self._climb() + self._locate()

    def _look(self) -> str:
        """``look(..., fraction, out)``: the triggers at a fraction of the step."""
        code = LaneCode(self.layout)
        rows, size = code.rows, self.operations.size
        dense = DenseOutput(code, self.tableau, "%fraction")
        for i in states_read(self.operations.programs["trigger"]):
            at = code.at(i)
            stages = [
                code.get("double", rows["increments"], code.at(stage * size + i))
                for stage in range(self.tableau.stages)
            ]
            before, after = (code.get("double", rows[n], at) for n in ("state", "reached_state"))
            code.put("double", dense.value(before, after, stages), rows["output"], i)
        time = code.fma("%fraction", code.own("double", "length"), code.own("double", "time"))
        inside = code.compare("olt", "%fraction", code.number(1.0))
        time = code.choose(inside, time, code.own("double", "reached_time"))
        code.put("double", time, rows["output_time"], 0)
        call_lane(code, "trigger", "%out")
        code.line("ret void")
        return function("look", f"{_CALL}, double %fraction, ptr %out", code)

    def _bisect(self) -> str:
        """``bisect(..., event, from, to)``: when a trigger becomes true; kept if it is first."""
        code = LaneCode(self.layout)
        rows, op = code.rows, code.operate
        code.set_own("double", "%from", "low")
        code.set_own("double", "%to", "high")
        with code.loop(HALVINGS):
            low, high = code.own("double", "low"), code.own("double", "high")
            middle = op("fmul", op("fadd", low, high), code.number(0.5))
            look(code, middle, rows["trigger_tried"])
            above = is_true(code, code.get("double", rows["trigger_tried"], "%event"))
            code.set_own("double", code.choose(above, low, middle), "low")
            code.set_own("double", code.choose(above, middle, high), "high")
        high = code.own("double", "high")
        with code.when(code.compare("olt", high, code.own("double", "fraction"))):
            code.set_own("double", high, "fraction")
            code.set_own("double", code.own("double", "low"), "before_fraction")
            code.set_own("i64", "%event", "fired")
        code.line("ret void")
        return function("bisect", f"{_CALL}, i64 %event, double %from, double %to", code)

    def _climb(self) -> str:
        """``climb(..., event)``: look for a summit above zero next to the highest look."""
        code = LaneCode(self.layout)
        rows, op, number = code.rows, code.operate, code.number
        highest = code.get("double", rows["highest"], "%event")
        at = code.get("double", rows["summit"], "%event")
        reach = op("fadd", highest, code.get("double", rows["slant"], "%event"))
        with code.when(is_true(code, reach)):
            left, right = (op("fadd", at, number(s / LOOKS)) for s in (-1.0, 1.0))
            left = code.choose(code.compare("olt", left, number(0.0)), number(0.0), left)
            right = code.choose(code.compare("ogt", right, number(1.0)), number(1.0), right)
            code.set_own("double", left, "low")
            code.set_own("double", right, "high")
            with code.loop(THIRDS):
                self._drop_third(code)
            top = code.own("double", "low")
            look(code, top, rows["trigger_tried"])
            above = is_true(code, code.get("double", rows["trigger_tried"], "%event"))
            with code.when(above):
                code.line(f"call void @bisect({_CALL}, i64 %event, double {left}, double {top})")
        code.line("ret void")
        return function("climb", f"{_CALL}, i64 %event", code)

    def _drop_third(self, code: LaneCode) -> None:
        """Take off the outer third of the stretch on the lower side."""
        op, tried = code.operate, code.rows["trigger_tried"]
        low, high = code.own("double", "low"), code.own("double", "high")
        third = op("fmul", op("fsub", high, low), code.number(1.0 / 3.0))
        inner = op("fadd", low, third), op("fsub", high, third)
        values = []
        for place in inner:
            look(code, place, tried)
            values.append(code.get("double", tried, "%event"))
        rising = code.compare("olt", *values)
        code.set_own("double", code.choose(rising, inner[0], low), "low")
        code.set_own("double", code.choose(rising, high, inner[1]), "high")

    def _locate(self) -> str:
        """``locate(...)``: after a step: what becomes true first in it, when, and its end.

        Writes `fired` (the event, or -1), `fraction`, `reached_time`, and `truth` as it was just
        before.
        """
        code = LaneCode(self.layout)
        rows = code.rows
        code.set_own("i64", -1, "fired")
        code.set_own("double", code.number(2.0), "fraction")
        with code.when(code.compare("one", code.own("double", "accepted"), code.number(0.0))):
            last = code.value(f"icmp ne i64 {code.own('i64', 'last')}, 0")
            moved = code.operate("fadd", code.own("double", "time"), code.own("double", "length"))
            stepped = code.choose(last, code.own("double", "segment_end"), moved)
            code.set_own("double", stepped, "reached_time")
            self._scan(code)
            with code.when(self._open(code)), code.loop(self.count) as event:
                code.line(f"call void @climb({_CALL}, i64 {event})")
            found = code.value(f"icmp sge i64 {code.own('i64', 'fired')}, 0")
            with code.when(found):
                self._settle(code, rows["trigger_now"])
        code.line("ret void")
        return function("locate", _CALL, code)

    def _open(self, code: LaneCode) -> str:
        return code.value(f"icmp slt i64 {code.own('i64', 'fired')}, 0")

    def _scan(self, code: LaneCode) -> None:
        """Look at the triggers along the step up to the first stretch with a crossing."""
        rows, number = code.rows, code.number
        look(code, number(0.0), rows["trigger_first"])
        with code.loop(self.count) as event:
            first = code.get("double", rows["trigger_first"], event)
            known = self._known(code, event)
            code.put("double", first, rows["trigger_now"], event)
            code.put("double", number(0.0), rows["summit"], event)
            code.put("double", number(0.0), rows["slant"], event)
            highest = code.choose(known, number(-float("inf")), first)
            code.put("double", highest, rows["highest"], event)
        with code.loop(LOOKS) as k, code.when(self._open(code)):
            begin = code.operate("fmul", code.value(f"sitofp i64 {k} to double"), number(1 / LOOKS))
            end = code.operate("fadd", begin, number(1.0 / LOOKS))
            look(code, end, rows["trigger_tried"])
            with code.loop(self.count) as event:
                value = code.get("double", rows["trigger_tried"], event)
                self._follow(code, event, value, end)
            with code.loop(self.count) as event:
                self._compare(code, event, begin, end)
            with code.when(self._open(code)):
                self._remember(code, rows["trigger_now"])

    def _known(self, code: LaneCode, event: str) -> str:
        truth = code.get("double", code.rows["truth"], code.at(event))
        return code.compare("one", truth, code.number(0.0))

    def _follow(self, code: LaneCode, event: str, value: str, end: str) -> None:
        """Keep the highest value of a trigger that is not true, and its steepest change."""
        rows = code.rows
        before = code.get("double", rows["trigger_now"], event)
        change = code.call("llvm.fabs.f64", code.operate("fsub", value, before))
        slant = code.get("double", rows["slant"], event)
        larger = code.compare("ogt", change, slant)
        code.put("double", code.choose(larger, change, slant), rows["slant"], event)
        code.put("double", value, rows["trigger_now"], event)
        higher = code.compare("ogt", value, code.get("double", rows["highest"], event))
        known = self._known(code, event)
        with code.when(code.value(f"select i1 {known}, i1 false, i1 {higher}")):
            code.put("double", value, rows["highest"], event)
            code.put("double", end, rows["summit"], event)

    def _compare(self, code: LaneCode, event: str, begin: str, end: str) -> None:
        """Find the crossing of a trigger that has become true since the look before."""
        now = is_true(code, code.get("double", code.rows["trigger_now"], event))
        known = self._known(code, event)
        with code.when(code.value(f"select i1 {known}, i1 false, i1 {now}")):
            code.line(f"call void @bisect({_CALL}, i64 {event}, double {begin}, double {end})")

    def _remember(self, code: LaneCode, values: str) -> None:
        """Write `truth` from the triggers' values."""
        with code.loop(self.count) as event:
            now = is_true(code, code.get("double", values, event))
            truth = code.choose(now, code.number(1.0), code.number(0.0))
            code.put("double", truth, code.rows["truth"], code.at(event))

    def _settle(self, code: LaneCode, values: str) -> None:
        """Write what was true just before the crossing, its time, and how far the trigger went."""
        rows, event = code.rows, code.own("i64", "fired")
        look(code, code.number(1.0), values)
        ends = (code.get("double", array, event) for array in (rows["trigger_first"], values))
        sizes = (code.call("llvm.fabs.f64", end) for end in ends)
        code.set_own("double", code.operate("fadd", *sizes), "span")
        look(code, code.own("double", "before_fraction"), values)
        self._remember(code, values)
        fraction = code.own("double", "fraction")
        inside = code.compare("olt", fraction, code.number(1.0))
        time = code.fma(fraction, code.own("double", "length"), code.own("double", "time"))
        reached = code.choose(inside, time, code.own("double", "reached_time"))
        code.set_own("double", reached, "reached_time")


def is_true(code: LaneCode, value: str) -> str:
    """Whether a trigger of this value is true."""
    return code.compare("ogt", value, code.number(0.0))


def look(code: LaneCode, fraction: str, out: str) -> None:
    """Write the triggers at a fraction of the step."""
    code.line(f"call void @look({_CALL}, double {fraction}, ptr {out})")


def call_lane(code: LaneCode, name: str, out: str, extra: str = "") -> None:
    """Call a program for one lane: the state is in `output`, its time in `output_time`."""
    rows = code.rows
    arrays = {
        "state": rows["output"],
        "environment": code.address(rows["environment"], "%lane"),
        "time": rows["output_time"],
        "out": out,
        "spill": rows["spill"],
        "extra": extra or rows["shift"],
    }
    code.line(f"call void @{name}({', '.join('ptr ' + arrays[a] for a in ARRAYS)})")


def states_read(program: Program) -> list[int]:
    """Return the places of the states that a program reads."""
    found: set[int] = set()
    seen: set[int] = set()
    stack = [value for _, value in program.outputs]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        place = program.leaves.get(node)
        if place is None:
            stack.extend(node.args)
        elif place.array == "state":
            found.add(place.slot)
    return sorted(found)
