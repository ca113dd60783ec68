"""Derivatives at the times asked for, as IR: found in all lanes at once, kept lane by lane."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_slope_groups import ALL, LANE, Carried
from theratwin.dynamics.llvm.emit_slope_interpolation import SlopeInterpolation
from theratwin.dynamics.llvm.ir_text import function
from theratwin.dynamics.llvm.layout import RUNNING, Layout

_NOWHERE = -1


class SlopeOutput:
    """Writes ``keep_slopes(..., lane, place)`` and ``keep_slopes_within(..., group, own, stages)``.

    Places count times over all patients.
    """

    def __init__(self, carried: Carried) -> None:
        self.carried, self.made = carried, carried.made
        self.size, self.observed = carried.size, len(carried.operations.observables)

    def add_rows(self, layout: Layout) -> None:
        """Reserve the memory for what is kept, by lane: its time, its place, its numbers."""
        for name in ("slope_fraction", "slope_time", "slope_place"):
            layout.add(name)
        layout.add("output_slopes", self.size)
        layout.add("output_states", self.size * self.made.observes_states)
        layout.add("observed_slopes", self.observed)

    def functions(self) -> str:
        """Return the text."""
        return "".join(
            (
                SlopeInterpolation(self.carried).functions(),
                self._observe(),
                self._put(),
                self._now(),
                self._due(),
                self._within(),
            )
        )

    def _observe(self) -> str:
        """``observe_slopes(context, scratch, group, state, tangent)``: to `observed_slopes`."""
        code, rows = self.carried.code()
        arrays = {
            "state": "%state",
            "time": rows["slope_time"],
            "out": rows["observed_slopes"],
            "tangent": "%tangent",
        }
        if self.observed:
            with code.loop(self.observed) as k:
                code.store(code.number(0.0), rows["observed_slopes"], k)
            self.carried.call(code, rows, "observe_slope", arrays)
            self.carried.source(code, rows, "source_observe", arrays, "%group")
        code.line("ret void")
        return function("observe_slopes", f"{ALL}, i64 %group, ptr %state, ptr %tangent", code)

    def _put(self) -> str:
        """``put_slopes(..., lane, place, direction, slopes)``: one lane's numbers where they go."""
        code = LaneCode(self.carried.layout)
        told = code.told
        at_place = code.value(f"mul i64 %place, {self.carried.count}")
        row = code.value(f"add i64 {at_place}, %direction")
        count, chosen = told.whole("chosen_count"), told.address("chosen")
        out = code.address(told.address("out_state_slopes"), code.value(f"mul i64 {row}, {count}"))
        with code.loop(count) as k:
            at = code.at(code.get("i64", chosen, k))
            code.put("double", code.get("double", "%slopes", at), out, k)
        if self.observed:
            begin = code.value(f"mul i64 {row}, {self.observed}")
            out = code.address(told.address("out_observable_slopes"), begin)
            with code.loop(self.observed) as k:
                code.put(
                    "double", code.get("double", code.rows["observed_slopes"], code.at(k)), out, k
                )
        code.line("ret void")
        return function("put_slopes", f"{LANE}, i64 %place, i64 %direction, ptr %slopes", code)

    def _now(self) -> str:
        """Keep all derivatives of a lane as they are now; the time lies in `output_time`."""
        carried, code = self.carried, LaneCode(self.carried.layout)
        code.set_own("double", code.get("double", code.rows["output_time"], 0), "slope_time")
        with carried.directions(code, "%lane") as (group, direction):
            own = carried.own_lane(code, group)
            state = code.rows["state"]
            code.line(f"call void @observe_slopes({ALL}, i64 {group}, ptr {state}, ptr {own})")
            code.line(f"call void @put_slopes({LANE}, i64 %place, i64 {direction}, ptr {own})")
        code.line("ret void")
        return function("keep_slopes", f"{LANE}, i64 %place", code)

    def _due(self) -> str:
        """``slope_due(..., lane, round)``: find a lane's next time within the step just made.

        It returns whether there is one, and writes where in the step and at which place.
        """
        code = LaneCode(self.carried.layout)
        told, op = code.told, code.operate
        found, none = code.label("found"), code.label("none")
        test, check = code.label("test"), code.label("check")
        taken = code.compare("one", code.own("double", "accepted"), code.number(0.0))
        running = code.value(f"icmp eq i64 {code.own('i64', 'phase')}, {RUNNING}")
        code.branch(code.value(f"and i1 {taken}, {running}"), check, none)
        code.place(check)
        patient, count = code.own("i64", "patient"), told.whole("times_count")
        index = code.value(f"add i64 {code.own('i64', 'output_index')}, %round")
        code.branch(code.value(f"icmp slt i64 {index}, {count}"), test, none)
        code.place(test)
        begun, length = code.own("double", "time"), code.own("double", "length")
        reached = self._reached(code)
        first = code.value(f"mul i64 {patient}, {told.whole('times_stride')}")
        time = code.get("double", told.address("times"), code.value(f"add i64 {first}, {index}"))
        code.branch(code.compare("olt", time, reached), found, none)
        code.place(found)
        code.set_own("double", op("fdiv", op("fsub", time, begun), length), "slope_fraction")
        code.set_own("double", time, "slope_time")
        begin = code.value(f"mul i64 {patient}, {count}")
        code.set_own("i64", code.value(f"add i64 {begin}, {index}"), "slope_place")
        code.line("ret i64 1")
        code.place(none)
        code.set_own("double", code.number(0.0), "slope_fraction")
        code.set_own("i64", _NOWHERE, "slope_place")
        code.line("ret i64 0")
        return function("slope_due", f"{LANE}, i64 %round", code, "i64")

    def _reached(self, code: LaneCode) -> str:
        """Return where the step ends: with state events, where it may be cut."""
        if self.carried.operations.assignments:
            return code.own("double", "reached_time")
        last = code.value(f"icmp ne i64 {code.own('i64', 'last')}, 0")
        moved = code.operate("fadd", code.own("double", "time"), code.own("double", "length"))
        return code.choose(last, code.own("double", "segment_end"), moved)

    def _within(self) -> str:
        """Keep interpolated derivatives of all lanes, before the times that they reached."""
        code, rows = self.carried.code()
        before, again, keep, leave = map(code.label, ("before", "again", "keep", "leave"))
        code.jump(before)
        code.place(before)
        code.jump(again)
        code.place(again)
        code.line(f"%round = phi i64 [0, %{before}], [%following, %{keep}end]")
        found = "0"
        for lane in range(self.carried.lanes):
            due = code.value(f"call i64 @slope_due({ALL}, i64 {lane}, i64 %round)")
            found = code.value(f"or i64 {found}, {due}")
        code.branch(code.value(f"icmp ne i64 {found}, 0"), keep, leave)
        code.place(keep)
        code.line("call void @interpolate_slopes(ptr %scratch, ptr %own, ptr %stages)")
        state, slopes = rows["state"], rows["output_slopes"]
        if self.made.observes_states:
            code.line("call void @interpolate_states(ptr %scratch)")
            state = rows["output_states"]
        code.line(f"call void @observe_slopes({ALL}, i64 %group, ptr {state}, ptr {slopes})")
        with code.loop(self.carried.lanes) as lane:
            place = code.get("i64", rows["slope_place"], lane)
            direction = self.carried.direction(code, "%group", lane)
            due = code.value(f"icmp sge i64 {place}, 0")
            one = code.value(f"icmp slt i64 {direction}, {self.carried.count}")
            with code.when(code.value(f"and i1 {due}, {one}")):
                given = f"i64 {lane}, i64 {place}, i64 {direction}, ptr {slopes}"
                code.line(f"call void @put_slopes({ALL}, {given})")
        code.jump(f"{keep}end")
        code.place(f"{keep}end")
        code.line("%following = add i64 %round, 1")
        code.jump(again)
        code.place(leave)
        code.line("ret void")
        return function("keep_slopes_within", f"{ALL}, i64 %group, ptr %own, ptr %stages", code)
