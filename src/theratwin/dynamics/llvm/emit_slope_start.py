"""Where derivatives begin and what doses do to them, as IR."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_slope_groups import ALL, LANE, Carried
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, function
from theratwin.dynamics.llvm.layout import LOADED, Layout


class SlopeStart:
    """Writes ``start_switches``, ``start_slopes`` and ``event_slope(..., lane, event, target)``.

    The first must come before the values of the segment, the second after them: derivatives of
    initial states may be made of both.
    """

    def __init__(self, carried: Carried) -> None:
        self.carried, self.size = carried, carried.size

    def add_rows(self, layout: Layout) -> None:
        """Reserve the memory for the derivatives, and for masks of lanes."""
        layout.add("slopes", self.size * self.carried.count)
        layout.add("slope_initial", self.size)
        layout.add("masks", layout.lanes + 1)

    def functions(self) -> str:
        """Return the text."""
        return self._switches() + self._start() + self._event()

    def _switches(self) -> str:
        """Set the derivatives of the switches of newly loaded lanes."""
        code, rows = self.carried.code()
        with code.loop(self.carried.lanes) as lane, code.when(self._loaded(code, rows, lane)):
            self._start_switches(code, rows, lane)
        code.line("ret void")
        return function("start_switches", ALL, code)

    def _start(self) -> str:
        """Set the derivatives of newly loaded lanes to those of the initial states."""
        code, rows = self.carried.code()
        self._masks(code, rows)
        initial = rows["slope_initial"]
        with code.loop(self.carried.groups(code)) as group:
            with code.loop(self.size) as i:
                code.store(code.number(0.0), initial, i)
            self.carried.source(code, rows, "source_initial", {"out": initial}, group)
            own = self.carried.own(code, rows, group)
            with code.loop(self.carried.lanes) as lane, code.when(self._loaded(code, rows, lane)):
                self._copy_lane(code, initial, own, lane)
        code.line("ret void")
        return function("start_slopes", ALL, code)

    def _loaded(self, code: Code, rows: Rows, lane: str) -> str:
        return code.value(f"icmp eq i64 {code.get('i64', rows['phase'], lane)}, {LOADED}")

    def _masks(self, code: Code, rows: Rows) -> None:
        """Write a mask of all lanes, then one of each."""
        code.store(code.number(1.0), rows["masks"], 0)
        for lane in range(self.carried.lanes):
            row = code.row(rows["masks"], lane + 1)
            code.store(code.number(0.0), row, 0)
            code.put("double", "1.0", row, lane)

    def _copy_lane(self, code: Code, source: str, target: str, lane: str) -> None:
        with code.loop(self.size) as i:
            first = code.value(f"mul i64 {i}, {self.carried.lanes}")
            at = code.value(f"add i64 {first}, {lane}")
            code.put("double", code.get("double", source, at), target, at)

    def _start_switches(self, code: Code, rows: Rows, lane: str) -> None:
        """Set the derivatives of switches: one of a switch by its own starting value, else zero."""
        names = self.carried.names
        with code.loop(self.carried.count) as direction:
            for j, switch in enumerate(self.carried.operations.switches):
                own = names.index(switch) if switch in names else -1
                mine = code.value(f"icmp eq i64 {direction}, {own}")
                value = code.value(f"select i1 {mine}, double 1.0, double 0.0")
                self.carried.put_switch(code, rows, direction, str(j), lane, value)

    def _event(self) -> str:
        """Change the derivatives as an event changes a state or a switch."""
        carried, code = self.carried, LaneCode(self.carried.layout)
        table = code.told.address("event_slopes")
        begin = code.value(f"mul i64 %event, {carried.count}")
        add, jump, leave = (code.label(s) for s in ("add", "jump", "leave"))
        code.branch(code.value(f"icmp slt i64 %target, {self.size}"), add, jump)
        code.place(add)
        with carried.directions(code, "%lane") as (group, direction):
            slope = code.get("double", table, code.value(f"add i64 {begin}, {direction}"))
            own, at = carried.own_lane(code, group), code.at("%target")
            total = code.operate("fadd", code.get("double", own, at), slope)
            code.put("double", total, own, at)
        code.jump(leave)
        code.place(jump)
        switch = code.value(f"sub i64 %target, {self.size}")
        with code.loop(carried.count) as direction:
            slope = code.get("double", table, code.value(f"add i64 {begin}, {direction}"))
            carried.put_switch(code, code.rows, direction, switch, "%lane", slope)
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("event_slope", f"{LANE}, i64 %event, i64 %target", code)
