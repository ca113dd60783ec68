"""Forward sensitivities as IR: the derivative of each step, after the step, for all directions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_program import ARRAYS, add_to_place, program_function
from theratwin.dynamics.llvm.emit_step import Rows, Stepper
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import LOADED, RUNNING, Layout
from theratwin.dynamics.solving.operations import Environment, Operations, Place, Program
from theratwin.dynamics.solving.slope_programs import SlopePrograms, slope_programs
from theratwin.dynamics.solving.tableau import Tableau
from theratwin.dynamics.system import System

#: Arguments of the programs of derivatives.
SLOPE_ARRAYS = (*ARRAYS, "tangent", "increment", "mask")

_ALL = "ptr %context, ptr %scratch"
_LANE = f"{_ALL}, i64 %lane"


@dataclass(frozen=True)
class Slopes:
    """What is differentiated by.

    Parameters
    ----------
    directions
        Names of parameters, states and doses.
    made
        Their programs, None if there is no direction.
    """

    directions: tuple[str, ...] = ()
    made: SlopePrograms | None = None

    @classmethod
    def of(cls, system: System, operations: Operations, directions: tuple[str, ...]) -> Slopes:
        """Return the programs for some directions."""
        made = slope_programs(system, operations, directions) if directions else None
        return cls(directions, made)

    def environment(self, operations: Operations) -> Environment:
        """Return the slots of slow values."""
        return self.made.environment if self.made else operations.environment

    def programs(self, width: Width) -> tuple[list[str], int]:
        """Return the text of the programs, and their scratch."""
        if self.made is None:
            return [], 0
        texts, spills = [], [0]
        scalar = (Width(1), width.lanes)
        for name, program in self.made.shared.items():
            lanes = scalar if name == "observe_tangent" else (width, 1)
            store = add_to_place if name == "tangent_second" else None
            text, spill = program_function(program, *lanes, store=store, arrays=SLOPE_ARRAYS)
            texts.append(text)
            spills.append(spill)
        for name, programs in self.made.own.items():
            lanes = scalar if name == "source_observe" else (width, 1)
            for program in programs:
                text, spill = program_function(
                    program, *lanes, store=_add_where_masked, arrays=SLOPE_ARRAYS
                )
                texts.append(text)
                spills.append(spill)
            texts.append(_dispatcher(name, programs))
        return texts, max(spills)

    def add_rows(self, layout: Layout, operations: Operations, method: Tableau) -> None:
        """Reserve the memory for states of stages and their derivatives."""
        if self.made is None:
            return
        size = operations.size
        layout.add("stages", size * (method.stages - 1))
        layout.add("slopes", size * len(self.directions))
        for name in ("stage_slope", "reached_slope", "output_slope"):
            layout.add(name, size)
        layout.add("slope_increments", size * method.stages)
        layout.add("weight")
        layout.add("masks", layout.lanes + 1)

    def functions(self, operations: Operations, method: Tableau, layout: Layout) -> str:
        """Return the functions that the driver calls; without directions they do nothing."""
        if self.made is None:
            return "".join(_nothing(name, given) for name, given in _HOOKS.items())
        emitter = _Emitter(self.directions, self.made, operations, method, layout)
        return emitter.functions()


_HOOKS = {
    "start_slopes": _ALL,
    "step_slopes": _ALL,
    "keep_slopes": f"{_LANE}, i64 %place",
    "event_slope": f"{_LANE}, i64 %event, i64 %target",
}


def _nothing(name: str, arguments: str) -> str:
    code = Code(Width(1))
    code.line("ret void")
    return function(name, arguments, code)


def _dispatcher(name: str, programs: Iterable[Program]) -> str:
    """Return the function that calls one direction's program, nothing if it has no output."""
    code = Code(Width(1))
    leave, labels = code.label("leave"), {}
    for d, program in enumerate(programs):
        if program.outputs:
            labels[d] = code.label("direction")
    cases = " ".join(f"i64 {d}, label %{label}" for d, label in labels.items())
    code.line(f"switch i64 %direction, label %{leave} [ {cases} ]")
    given = ", ".join(f"ptr %{array}" for array in SLOPE_ARRAYS)
    for d, label in labels.items():
        code.place(label)
        code.line(f"call void @{name}_{d}({given})")
        code.jump(leave)
    code.place(leave)
    code.line("ret void")
    return function(name, f"i64 %direction, {given}", code)


def _add_where_masked(code: Code, place: Place, value: str) -> None:
    """Add a value to what lies at its destination, in the lanes of the mask."""
    array = f"%{place.array}"
    known = code.load(array, place.slot)
    chosen = code.compare("one", code.load("%mask", 0), code.number(0.0))
    total = code.choose(chosen, code.operate("fadd", known, value), known)
    code.store(total, array, place.slot)


class _Emitter:
    def __init__(
        self,
        directions: tuple[str, ...],
        made: SlopePrograms,
        operations: Operations,
        method: Tableau,
        layout: Layout,
    ) -> None:
        self.count, self.names, self.made = len(directions), directions, made
        self.operations, self.method, self.layout = operations, method, layout
        self.size, self.width = operations.size, Width(layout.lanes)
        self.stepper = Stepper(operations, method, layout, keeps_stages=True)

    def functions(self) -> str:
        return "".join(
            (
                self._start(),
                self._event(),
                self._keep_one(),
                self._keep_now(),
                self._keep_within(),
                self._cut_slope() if self.operations.assignments else "",
                self._step(),
            )
        )

    def _own(self, code: Code, rows: Rows, direction: str) -> str:
        """Return the address of a direction's derivatives."""
        return code.row(rows["slopes"], code.value(f"mul i64 {direction}, {self.size}"))

    def _own_lane(self, code: LaneCode, rows: Rows, group: str) -> str:
        """Return the address of a group's derivatives, for code of one lane."""
        row = code.value(f"mul i64 {group}, {self.size * self.layout.lanes}")
        return code.address(rows["slopes"], row)

    def _call(self, code: Code, name: str, arrays: dict[str, str], direction: str = "") -> None:
        given = ", ".join(f"ptr {arrays[array]}" for array in SLOPE_ARRAYS)
        first = f"i64 {direction}, " if direction else ""
        code.line(f"call void @{name}({first}{given})")

    def _arrays(self, rows: Rows, **changed: str) -> dict[str, str]:
        base = {
            "state": rows["state"],
            "environment": rows["environment"],
            "time": rows["time"],
            "out": rows["slope"],
            "spill": rows["spill"],
            "extra": rows["weight"],
            "tangent": rows["stage_slope"],
            "increment": rows["increments"],
            "mask": rows["masks"],
        }
        return {**base, **changed}

    def _zero(self, code: Code, array: str) -> None:
        with code.loop(self.size) as i:
            code.store(code.number(0.0), array, i)

    def _source(
        self, code: Code, rows: Rows, name: str, arrays: dict[str, str], group: str
    ) -> None:
        """Add what a group's directions add: one direction, or if spread one for each lane."""
        spread, whole, done = (code.label(s) for s in ("spread", "whole", "done"))
        code.branch(self._is_spread(code), spread, whole)
        code.place(spread)
        first = code.value(f"mul i64 {group}, {self.layout.lanes}")
        with code.loop(self.layout.lanes) as lane:
            direction = code.value(f"add i64 {first}, {lane}")
            mask = code.row(rows["masks"], code.value(f"add i64 {lane}, 1"))
            self._call(code, name, {**arrays, "mask": mask}, direction)
        code.jump(done)
        code.place(whole)
        self._call(code, name, arrays, group)
        code.jump(done)
        code.place(done)

    def _is_spread(self, code: Code) -> str:
        return code.value(f"icmp ne i64 {Told(code).whole('spread')}, 0")

    def _groups(self, code: Code) -> str:
        """Return how many groups of directions are carried one after another."""
        groups = -(-self.count // self.layout.lanes)
        spread = self._is_spread(code)
        return code.value(f"select i1 {spread}, i64 {groups}, i64 {self.count}")

    def _direction(self, code: Code, group: str, lane: str) -> str:
        """Return the direction that a lane carries in a group; if spread, it may be none."""
        first = code.value(f"mul i64 {group}, {self.layout.lanes}")
        own = code.value(f"add i64 {first}, {lane}")
        return code.value(f"select i1 {self._is_spread(code)}, i64 {own}, i64 {group}")

    def _masks(self, code: Code, rows: Rows) -> None:
        """Write a mask of all lanes, then one of each."""
        code.store(code.number(1.0), rows["masks"], 0)
        for lane in range(self.layout.lanes):
            row = code.row(rows["masks"], lane + 1)
            code.store(code.number(0.0), row, 0)
            code.put("double", "1.0", row, lane)

    def _start(self) -> str:
        """Set the derivatives of newly loaded lanes: of initial states, of switches."""
        code = Code(self.width)
        rows = Rows(code, self.layout)
        self._masks(code, rows)
        with code.loop(self._groups(code)) as group:
            self._zero(code, rows["reached_slope"])
            arrays = self._arrays(rows, out=rows["reached_slope"])
            self._source(code, rows, "source_initial", arrays, group)
            own = self._own(code, rows, group)
            with code.loop(self.layout.lanes) as lane:
                phase = code.get("i64", rows["phase"], lane)
                with code.when(code.value(f"icmp eq i64 {phase}, {LOADED}")):
                    self._copy_lane(code, rows["reached_slope"], own, lane)
        with code.loop(self.layout.lanes) as lane, code.loop(self.count) as direction:
            phase = code.get("i64", rows["phase"], lane)
            with code.when(code.value(f"icmp eq i64 {phase}, {LOADED}")):
                self._start_switches(code, rows, direction, lane)
        code.line("ret void")
        return function("start_slopes", _ALL, code)

    def _copy_lane(self, code: Code, source: str, target: str, lane: str) -> None:
        with code.loop(self.size) as i:
            first = code.value(f"mul i64 {i}, {self.layout.lanes}")
            at = code.value(f"add i64 {first}, {lane}")
            code.put("double", code.get("double", source, at), target, at)

    def _start_switches(self, code: Code, rows: Rows, direction: str, lane: str) -> None:
        switches = self.operations.switches
        for j, switch in enumerate(switches):
            own = self.names.index(switch) if switch in self.names else -1
            mine = code.value(f"icmp eq i64 {direction}, {own}")
            one = "double 1.0, double 0.0"
            value = code.value(f"select i1 {mine}, {one}")
            self._put_switch(code, rows, direction, str(j), lane, value)

    def _put_switch(
        self, code: Code, rows: Rows, direction: str, switch: str, lane: str, value: str
    ) -> None:
        first = code.value(f"mul i64 {direction}, {len(self.operations.switches)}")
        slot = code.value(f"add i64 {first}, {switch}")
        row = code.value(f"add i64 {slot}, {self.made.first_switch_slope}")
        begin = code.value(f"mul i64 {row}, {self.layout.lanes}")
        at = code.value(f"add i64 {begin}, {lane}")
        code.put("double", value, rows["environment"], at)

    def _event(self) -> str:
        """Change the derivatives as an event changes a state or a switch."""
        code = LaneCode(self.layout)
        rows = code.rows
        add, jump = code.label("add"), code.label("jump")
        table = code.told.address("event_slopes")
        first = code.value(f"mul i64 %event, {self.count}")
        leave = code.label("leave")
        adds = code.value(f"icmp slt i64 %target, {self.size}")
        code.branch(adds, add, jump)
        code.place(add)
        with code.loop(self._groups(code)) as group:
            direction = self._direction(code, group, "%lane")
            with code.when(code.value(f"icmp slt i64 {direction}, {self.count}")):
                slope = code.get("double", table, code.value(f"add i64 {first}, {direction}"))
                own = self._own_lane(code, rows, group)
                at = code.at("%target")
                total = code.operate("fadd", code.get("double", own, at), slope)
                code.put("double", total, own, at)
        code.jump(leave)
        code.place(jump)
        switch = code.value(f"sub i64 %target, {self.size}")
        with code.loop(self.count) as direction:
            slope = code.get("double", table, code.value(f"add i64 {first}, {direction}"))
            self._put_switch(code, rows, direction, switch, "%lane", slope)
        code.jump(leave)
        code.place(leave)
        code.line("ret void")
        return function("event_slope", _HOOKS["event_slope"], code)

    def _keep_one(self) -> str:
        """``keep_slope(..., place, direction)``: from `output_slope`, the state in `output`."""
        code = LaneCode(self.layout)
        rows, told = code.rows, code.told
        at_place = code.value(f"mul i64 %place, {self.count}")
        row = code.value(f"add i64 {at_place}, %direction")
        count, chosen = told.whole("chosen_count"), told.address("chosen")
        out = code.address(told.address("out_state_slopes"), code.value(f"mul i64 {row}, {count}"))
        with code.loop(count) as k:
            value = code.get("double", rows["output_slope"], code.get("i64", chosen, k))
            code.put("double", value, out, k)
        observed = len(self.operations.observables)
        if observed:
            begin = code.value(f"mul i64 {row}, {observed}")
            out = code.address(told.address("out_observable_slopes"), begin)
            with code.loop(observed) as k:
                code.put("double", code.number(0.0), out, k)
            arrays = self._arrays(
                rows,
                state=rows["output"],
                environment=code.address(rows["environment"], "%lane"),
                time=rows["output_time"],
                out=out,
                tangent=rows["output_slope"],
            )
            self._call(code, "observe_tangent", arrays)
            self._call(code, "source_observe", arrays, "%direction")
        code.line("ret void")
        return function("keep_slope", f"{_LANE}, i64 %place, i64 %direction", code)

    def _keep_now(self) -> str:
        """Keep all derivatives as they are now."""
        code = LaneCode(self.layout)
        with code.loop(self._groups(code)) as group:
            direction = self._direction(code, group, "%lane")
            with code.when(code.value(f"icmp slt i64 {direction}, {self.count}")):
                own = self._own_lane(code, code.rows, group)
                with code.loop(self.size) as i:
                    value = code.get("double", own, code.at(i))
                    code.put("double", value, code.rows["output_slope"], i)
                code.line(f"call void @keep_slope({_LANE}, i64 %place, i64 {direction})")
        code.line("ret void")
        return function("keep_slopes", _HOOKS["keep_slopes"], code)

    def _keep_within(self) -> str:
        """``keep_slopes_within(..., direction, own)``: interpolated, before the time reached."""
        code = LaneCode(self.layout)
        rows, told, op = code.rows, code.told, code.operate
        begun, length = code.own("double", "time"), code.own("double", "length")
        reached = self._reached(code)
        patient, count = code.own("i64", "patient"), told.whole("times_count")
        offset = code.value(f"mul i64 {patient}, {told.whole('times_stride')}")
        times = code.address(told.address("times"), offset)
        first_place = code.value(f"mul i64 {patient}, {count}")
        begin = code.own("i64", "output_index")
        before, again, test, keep, leave = (
            code.label(s) for s in ("before", "again", "test", "keep", "leave")
        )
        code.jump(before)
        code.place(before)
        code.jump(again)
        code.place(again)
        code.line(f"%index = phi i64 [{begin}, %{before}], [%following, %{keep}]")
        code.branch(code.value(f"icmp slt i64 %index, {count}"), test, leave)
        code.place(test)
        time = code.get("double", times, "%index")
        code.branch(code.compare("olt", time, reached), keep, leave)
        code.place(keep)
        fraction = op("fdiv", op("fsub", time, begun), length)
        code.put("double", time, rows["output_time"], 0)
        slopes = ("%own", rows["reached_slope"], rows["slope_increments"], rows["output_slope"])
        states = (rows["state"], rows["reached_state"], rows["increments"], rows["output"])
        # Only observables need the state beside its slope.
        wanted = (states, slopes) if self.operations.observables else (slopes,)
        for state, moved, increments, out in wanted:
            code.line(
                f"call void @interpolate(i64 %lane, ptr {state}, ptr {moved}, ptr {increments}, "
                f"double {fraction}, ptr {out})"
            )
        place = code.value(f"add i64 {first_place}, %index")
        code.line(f"call void @keep_slope({_LANE}, i64 {place}, i64 %direction)")
        code.line("%following = add i64 %index, 1")
        code.jump(again)
        code.place(leave)
        code.line("ret void")
        return function("keep_slopes_within", f"{_LANE}, i64 %direction, ptr %own", code)

    def _reached(self, code: LaneCode) -> str:
        """Return where the step ends: with state events, where it is cut."""
        if self.operations.assignments:
            return code.own("double", "reached_time")
        last = code.value(f"icmp ne i64 {code.own('i64', 'last')}, 0")
        moved = code.operate("fadd", code.own("double", "time"), code.own("double", "length"))
        return code.choose(last, code.own("double", "segment_end"), moved)

    def _cut_slope(self) -> str:
        """``cut_slope(..., own)``: end the derivatives where a state event cuts the step."""
        code = LaneCode(self.layout)
        rows = code.rows
        with code.when(code.value(f"icmp sge i64 {code.own('i64', 'fired')}, 0")):
            code.line(
                f"call void @interpolate(i64 %lane, ptr %own, ptr {rows['reached_slope']}, "
                f"ptr {rows['slope_increments']}, double {code.own('double', 'fraction')}, "
                f"ptr {rows['output_slope']})"
            )
            with code.loop(self.size) as i:
                value = code.get("double", rows["output_slope"], i)
                code.put("double", value, rows["reached_slope"], code.at(i))
        code.line("ret void")
        return function("cut_slope", f"{_LANE}, ptr %own", code)

    def _step(self) -> str:
        """``step_slopes``: differentiate the step just made, keep results, accept."""
        code = Code(self.width)
        rows = Rows(code, self.layout)
        length = code.load(rows["length"], 0)
        inverse = code.operate("fdiv", code.number(1.0), length)
        with code.loop(self._groups(code)) as group:
            own = self._own(code, rows, group)
            for stage in range(self.method.stages):
                self._stage(code, rows, group, own, stage, inverse, length)
            last = code.row(rows["slope_increments"], (self.method.stages - 1) * self.size)
            with code.loop(self.size) as i:
                moved = code.operate("fadd", code.load(rows["stage_slope"], i), code.load(last, i))
                code.store(moved, rows["reached_slope"], i)
            self._keep_lanes(code, rows, group, own)
            taken = code.compare("one", code.load(rows["accepted"], 0), code.number(0.0))
            with code.loop(self.size) as i:
                moved, known = code.load(rows["reached_slope"], i), code.load(own, i)
                code.store(code.choose(taken, moved, known), own, i)
        code.line("ret void")
        return function("step_slopes", _ALL, code)

    def _stage(
        self,
        code: Code,
        rows: Rows,
        group: str,
        own: str,
        stage: int,
        inverse: str,
        length: str,
    ) -> None:
        self._combine_stage(code, rows, own, stage)
        weight = code.operate("fmul", code.number(self.method.slopes[stage]), length)
        code.store(weight, rows["weight"], 0)
        node = code.number(self.method.nodes[stage])
        code.store(code.fma(node, length, code.load(rows["time"], 0)), rows["stage_time"], 0)
        out = rows.part("slope_increments", stage * self.size)
        at_stage = self._arrays(
            rows, state=self.stepper.stage_state(rows, stage), time=rows["stage_time"], out=out
        )
        at_step = self._arrays(
            rows, out=out, tangent=own, increment=rows.part("increments", stage * self.size)
        )
        self._call(code, "tangent_first", at_stage)
        self._call(code, "tangent_second", at_step)
        self._source(code, rows, "source_first", at_stage, group)
        self._source(code, rows, "source_second", at_step, group)
        if stage:
            self._add_increments(code, rows, stage, inverse, out)
        code.line(f"call void @solve(ptr {rows['matrix']}, ptr {out})")

    def _combine_stage(self, code: Code, rows: Rows, own: str, stage: int) -> None:
        """Write du_i to `stage_slope`."""
        from_last = stage > 0 and self.method.adds_last(stage)
        weights = [(stage - 1, 1.0)] if from_last else list(enumerate(self.method.a[stage]))
        begin = rows["stage_slope"] if from_last else own
        with code.loop(self.size) as i:
            value = code.load(begin, i)
            for j, weight in weights:
                increment = code.load(code.row(rows["slope_increments"], j * self.size), i)
                value = code.fma(code.number(weight), increment, value)
            code.store(value, rows["stage_slope"], i)

    def _add_increments(self, code: Code, rows: Rows, stage: int, inverse: str, out: str) -> None:
        with code.loop(self.size) as i:
            value = ""
            for j, weight in enumerate(self.method.c[stage]):
                increment = code.load(code.row(rows["slope_increments"], j * self.size), i)
                factor = code.number(weight)
                value = (
                    code.fma(factor, increment, value)
                    if value
                    else code.operate("fmul", factor, increment)
                )
            code.store(code.fma(inverse, value, code.load(out, i)), out, i)

    def _keep_lanes(self, code: Code, rows: Rows, group: str, own: str) -> None:
        with code.loop(self.layout.lanes) as lane:
            accepted = code.get("double", rows["accepted"], lane)
            taken = code.value(f"fcmp one double {accepted}, 0.0")
            phase = code.get("i64", rows["phase"], lane)
            running = code.value(f"icmp eq i64 {phase}, {RUNNING}")
            direction = self._direction(code, group, lane)
            one = code.value(f"icmp slt i64 {direction}, {self.count}")
            here = code.value(f"and i1 {taken}, {running}")
            with code.when(code.value(f"and i1 {here}, {one}")):
                call = f"{_ALL}, i64 {lane}, i64 {direction}, ptr {own}"
                code.line(f"call void @keep_slopes_within({call})")
                if self.operations.assignments:
                    code.line(f"call void @cut_slope({_ALL}, i64 {lane}, ptr {own})")
