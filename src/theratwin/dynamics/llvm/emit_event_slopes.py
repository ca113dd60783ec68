r"""Sensitivities through state events as IR.

At a crossing :math:`g(t^*, y, p) = 0` the moment itself moves,
:math:`\tau = dt^*/dp = -(g_y s + g_p) / (g_y f + g_t)`. Derivatives are carried through the jumps
in a frame that moves with it, :math:`S = s + f_- \tau`, where an assignment :math:`h` gives
:math:`S_+ = h_y S + h_p + h_t \tau`, however many follow on each other; then
:math:`s_+ = S_+ - f_+ \tau` (Galan, Feehery and Barton 1999). What a dose makes true happens at
the time of the dose, :math:`\tau = 0`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_events import Events
from theratwin.dynamics.llvm.emit_program import ARRAYS, add_to_place, program_function
from theratwin.dynamics.llvm.emit_sensitivity import Slopes
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations, Program
from theratwin.dynamics.solving.status import Status

#: A crossing grazes if the trigger's rate would carry it over this part only of its way in a step.
GRAZING = 1e-4

_CALL = "ptr %context, ptr %scratch, i64 %lane"
_ARRAYS = (*ARRAYS, "tangent", "moment")


class EventSlopes:
    """Writes ``begin_moment``, ``jump_slopes`` and ``end_moment``; none without events or slopes.

    Parameters
    ----------
    slopes
        What is differentiated by, with its programs.
    """

    def __init__(self, slopes: Slopes, operations: Operations) -> None:
        self.made = slopes.made.events if slopes.made else None
        self.first_switch_slope = slopes.made.first_switch_slope if slopes.made else 0
        self.directions, self.operations = slopes.directions, operations
        self.size, self.switches = operations.size, len(operations.switches)

    def programs(self, lanes: int) -> tuple[list[str], int]:
        """Return the texts of the programs, for one lane, and their scratch."""
        if self.made is None:
            return [], 0
        rates = self.operations.programs["slope"]
        made = [program_function(Program("rates", rates.outputs, rates.leaves), Width(1), lanes)]
        for program in self.made.shared.values():
            made.append(program_function(program, Width(1), lanes, arrays=_ARRAYS))
        for name, programs in self.made.own.items():
            for program in programs:
                made.append(
                    program_function(program, Width(1), lanes, store=add_to_place, arrays=_ARRAYS)
                )
            made.append((_by_direction(name, programs), 0))
        return [text for text, _ in made], max(spill for _, spill in made)

    def add_rows(self, layout: Layout) -> None:
        """Reserve the memory; all but `moments` is for one lane at a time."""
        if self.made is None:
            return
        layout.add("moments", len(self.directions))
        layout.add("moment")
        layout.add("rates", self.size)
        layout.add("changes", len(self.operations.assignments))
        layout.add("before_slope", self.size)
        layout.add("after_slope", self.size)
        layout.add("switch_slopes", self.switches or 1)

    def functions(self, layout: Layout) -> str:
        """Return their text."""
        if self.made is None:
            return ""
        emitter = _Emitter(self, layout)
        return emitter.begin_moment() + emitter.jump_slopes() + emitter.end_moment()


def _by_direction(name: str, programs: tuple[Program, ...]) -> str:
    """Return the function that calls one direction's program."""
    code = Code(Width(1))
    leave = code.label("leave")
    labels = {d: code.label("direction") for d, made in enumerate(programs) if made.outputs}
    cases = " ".join(f"i64 {d}, label %{label}" for d, label in labels.items())
    code.line(f"switch i64 %direction, label %{leave} [ {cases} ]")
    given = ", ".join(f"ptr %{array}" for array in _ARRAYS)
    for d, label in labels.items():
        code.place(label)
        code.line(f"call void @{name}_{d}({given})")
        code.jump(leave)
    code.place(leave)
    code.line("ret void")
    return function(name, f"i64 %direction, {given}", code)


class _Emitter:
    def __init__(self, owner: EventSlopes, layout: Layout) -> None:
        self.owner, self.layout = owner, layout
        self.size, self.count = owner.size, len(owner.directions)

    @contextmanager
    def _directions(self, code: LaneCode) -> Iterator[tuple[str, str, str]]:
        """Repeat for what the lane carries: the direction, its derivatives, where tau lies."""
        lanes = self.layout.lanes
        spread = code.value(f"icmp ne i64 {code.told.whole('spread')}, 0")
        groups = code.value(f"select i1 {spread}, i64 {-(-self.count // lanes)}, i64 {self.count}")
        with code.loop(groups) as group:
            shared = code.value(f"add i64 {code.value(f'mul i64 {group}, {lanes}')}, %lane")
            direction = code.value(f"select i1 {spread}, i64 {shared}, i64 {group}")
            with code.when(code.value(f"icmp slt i64 {direction}, {self.count}")):
                row = code.value(f"mul i64 {group}, {self.size * lanes}")
                yield direction, code.address(code.rows["slopes"], row), code.at(group)

    def _call(
        self, code: LaneCode, name: str, out: str, extra: str, tangent: str, direction: str = ""
    ) -> None:
        rows = code.rows
        arrays = {
            "state": rows["output"],
            "environment": code.address(rows["environment"], "%lane"),
            "time": rows["output_time"],
            "out": out,
            "spill": rows["spill"],
            "extra": extra,
            "tangent": tangent,
            "moment": rows["moment"],
        }
        names = _ARRAYS if name != "rates" else ARRAYS
        given = ", ".join(f"ptr {arrays[a]}" for a in names)
        first = f"i64 {direction}, " if direction else ""
        code.line(f"call void @{name}({first}{given})")

    def _move(self, code: LaneCode, own: str, tau: str) -> None:
        """Add the rates times tau to a direction's derivatives."""
        with code.loop(self.size) as i:
            at = code.at(i)
            rate = code.get("double", code.rows["rates"], i)
            code.put("double", code.fma(rate, tau, code.get("double", own, at)), own, at)

    def begin_moment(self) -> str:
        """``begin_moment(...)``: the state at the crossing is in `output`; s becomes S."""
        code = LaneCode(self.layout)
        rows, event = code.rows, code.own("i64", "fired")
        self._call(code, "rates", rows["rates"], rows["shift"], rows["rates"])
        code.put("double", code.number(1.0), rows["moment"], 0)
        changes = rows["changes"], rows["after_slope"]
        self._call(code, "change_of_trigger", *changes, rows["rates"])
        speed = code.get("double", rows["changes"], event)
        covered = code.operate("fmul", speed, code.own("double", "length"))
        least = code.operate("fmul", code.own("double", "span"), code.number(GRAZING))
        crossing, grazing = code.label("crossing"), code.label("grazing")
        code.branch(code.compare("ogt", covered, least), crossing, grazing)
        code.place(grazing)
        code.line(f"call void @finish({_CALL}, i64 {int(Status.TANGENTIAL)})")
        code.line("ret void")
        code.place(crossing)
        code.put("double", code.number(0.0), rows["moment"], 0)
        with self._directions(code) as (direction, own, at):
            self._take(code, own)
            self._call(code, "change_of_trigger", *changes, rows["before_slope"])
            self._call(code, "source_of_trigger", *changes, rows["before_slope"], direction)
            change = code.get("double", rows["changes"], event)
            tau = code.operate("fneg", code.operate("fdiv", change, speed))
            code.put("double", tau, rows["moments"], at)
            self._move(code, own, tau)
        code.line("ret void")
        return function("begin_moment", _CALL, code)

    def _take(self, code: LaneCode, own: str) -> None:
        """Copy a direction's derivatives to `before_slope` and `after_slope`."""
        with code.loop(self.size) as i:
            value = code.get("double", own, code.at(i))
            code.put("double", value, code.rows["before_slope"], i)
            code.put("double", value, code.rows["after_slope"], i)

    def jump_slopes(self) -> str:
        """``jump_slopes(...)``: S over the jumps in `due`; the state before is in `output`."""
        code = LaneCode(self.layout)
        rows = code.rows
        events = range(len(self.owner.operations.assignments))
        out = rows["after_slope"], rows["switch_slopes"], rows["before_slope"]
        with self._directions(code) as (direction, own, at):
            self._take(code, own)
            code.put("double", code.get("double", rows["moments"], at), rows["moment"], 0)
            for event in events:
                with code.when(Events.is_due(code, event)):
                    self._call(code, f"change_of_assign_{event}", *out)
                    self._call(code, f"source_of_assign_{event}", *out, direction)
            for event in events:
                with code.when(Events.is_due(code, event)):
                    self._set_switches(code, event, direction)
            with code.loop(self.size) as i:
                code.put("double", code.get("double", rows["after_slope"], i), own, code.at(i))
        code.line("ret void")
        return function("jump_slopes", _CALL, code)

    def _set_switches(self, code: LaneCode, event: int, direction: str) -> None:
        operations = self.owner.operations
        first = code.value(f"mul i64 {direction}, {self.owner.switches}")
        for switch in operations.assignments[event]:
            place = operations.switches.index(switch)
            slope = code.get("double", code.rows["switch_slopes"], place)
            row = code.value(f"add i64 {first}, {self.owner.first_switch_slope + place}")
            code.put("double", slope, code.rows["environment"], code.at(row))

    def end_moment(self) -> str:
        """``end_moment(...)``: all jumps of a moment are made: S becomes s; tau is used up."""
        code = LaneCode(self.layout)
        rows = code.rows
        self._call(code, "rates", rows["rates"], rows["shift"], rows["rates"])
        with self._directions(code) as (_, own, at):
            tau = code.get("double", rows["moments"], at)
            moves = code.compare("une", tau, code.number(0.0))
            with code.when(moves):
                self._move(code, own, code.operate("fneg", tau))
            code.put("double", code.number(0.0), rows["moments"], at)
        code.line("ret void")
        return function("end_moment", _CALL, code)
