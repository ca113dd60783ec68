"""State events as IR: jumps when triggers become true, round after round until none does.

What becomes true within a step cuts the step there; what a dose or another event makes true is seen
as the segment begins. All events of one moment take their new values from the state before it; then
the triggers are looked at again. Events come before doses of the same time.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_crossings import Crossings, call_lane, is_true
from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_program import program_function
from theratwin.dynamics.llvm.ir_text import Width, function
from theratwin.dynamics.llvm.layout import BEGINNING, Layout
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.status import Status
from theratwin.dynamics.solving.tableau import Tableau

#: Rounds in a row, each within so many hours of the one before, after which a patient is given up.
MOST_ROUNDS, NO_TIME = 100, 1e-9
#: The same, as a part of the time that has passed.
NO_PART = 1e-14

_CALL = "ptr %context, ptr %scratch, i64 %lane"


class Events:
    """Writes the functions that find crossings and make jumps; none for a system without events.

    Parameters
    ----------
    sloped
        Whether derivatives are carried along.
    """

    def __init__(
        self, operations: Operations, tableau: Tableau, layout: Layout, sloped: bool
    ) -> None:
        self.operations, self.tableau, self.layout = operations, tableau, layout
        self.sloped = sloped
        self.count = len(operations.assignments)

    @staticmethod
    def add_rows(layout: Layout, operations: Operations) -> None:
        """Reserve the memory."""
        if not operations.assignments:
            return
        Crossings.add_rows(layout, operations)
        layout.add_all(("armed", "settled", "rounds", "last_round"))
        layout.add("due", len(operations.assignments))
        layout.add("after", operations.size)
        layout.add("switch_values", len(operations.switches) or 1)

    @staticmethod
    def programs(operations: Operations, lanes: int) -> list[tuple[str, int]]:
        """Return the texts of triggers and assignments, for one lane, and their scratch."""
        if not operations.assignments:
            return []
        names = ["trigger", *(f"assign_{e}" for e in range(len(operations.assignments)))]
        return [program_function(operations.programs[n], Width(1), lanes) for n in names]

    def functions(self) -> str:
        """Return their text."""
        if not self.count:
            return ""
        crossings = Crossings(self.operations, self.tableau, self.layout).functions()
        return crossings + self._look_now() + self._arm() + self._cut() + self._fire()

    def _copy_lane(self, code: LaneCode, array: str) -> None:
        """Copy this lane's state from an array to `output`, with its time."""
        with code.loop(self.operations.size) as i:
            value = code.get("double", code.rows[array], code.at(i))
            code.put("double", value, code.rows["output"], i)
        code.put("double", code.own("double", "time"), code.rows["output_time"], 0)

    def _look_now(self) -> str:
        """``look_now(...)``: the triggers at the present state, which is put into `output`."""
        code = LaneCode(self.layout)
        self._copy_lane(code, "state")
        call_lane(code, "trigger", code.rows["trigger_now"])
        code.line("ret void")
        return function("look_now", _CALL, code)

    def _arm(self) -> str:
        """``arm(...)``: what the triggers count as before the start."""
        code = LaneCode(self.layout)
        code.line(f"call void @look_now({_CALL})")
        for event, known in enumerate(self.operations.initially):
            now = is_true(code, code.get("double", code.rows["trigger_now"], event))
            truth = code.choose(now, code.number(float(known)), code.number(0.0))
            code.put("double", truth, code.rows["truth"], code.at(event))
        code.set_own("i64", 1, "armed")
        if self.sloped:
            # A patient who was given up may have left some.
            with code.loop(self.layout.sizes["moments"]) as row:
                code.put("double", code.number(0.0), code.rows["moments"], code.at(row))
        code.line("ret void")
        return function("arm", _CALL, code)

    def _cut(self) -> str:
        """``cut(...)``: end the step, whose results are kept, where a trigger becomes true."""
        code = LaneCode(self.layout)
        rows = code.rows
        fraction = code.own("double", "fraction")
        code.line(
            f"call void @interpolate(i64 %lane, ptr {rows['state']}, ptr {rows['reached_state']}, "
            f"ptr {rows['increments']}, double {fraction}, ptr {rows['output']})"
        )
        with code.loop(self.operations.size) as i:
            value = code.get("double", rows["output"], i)
            code.put("double", value, rows["reached_state"], code.at(i))
        code.put("double", code.own("double", "time"), rows["output_time"], 0)
        code.set_own("i64", BEGINNING, "phase")
        code.set_own("i64", 0, "settled")
        if self.sloped:
            code.line(f"call void @begin_moment({_CALL})")
        code.line("ret void")
        return function("cut", _CALL, code)

    def _fire(self) -> str:
        """``fire(...)``: make the jumps that are due now; returns whether there were any."""
        code = LaneCode(self.layout)
        rows = code.rows
        code.line(f"call void @look_now({_CALL})")
        found = self._due(code)
        some, none = code.label("some"), code.label("none")
        code.branch(code.value(f"icmp ne i64 {found}, 0"), some, none)
        code.place(some)
        if self.sloped:
            code.line(f"call void @jump_slopes({_CALL})")
        with code.loop(self.operations.size) as i:
            code.put("double", code.get("double", rows["output"], i), rows["after"], i)
        for event in range(self.count):
            with code.when(self.is_due(code, event)):
                call_lane(code, f"assign_{event}", rows["after"], rows["switch_values"])
        for event in range(self.count):
            with code.when(self.is_due(code, event)):
                self._set_switches(code, event)
                if self.operations.final[event]:
                    code.set_own("double", code.own("double", "time"), "end")
        with code.loop(self.operations.size) as i:
            code.put("double", code.get("double", rows["after"], i), rows["state"], code.at(i))
        code.set_own("i64", 0, "settled")
        self._count_round(code)
        code.line("ret i64 1")
        code.place(none)
        code.line("ret i64 0")
        return function("fire", _CALL, code, "i64")

    @staticmethod
    def is_due(code: LaneCode, event: int) -> str:
        """Whether an event is due now."""
        return code.value(f"icmp ne i64 {code.get('i64', code.rows['due'], event)}, 0")

    def _due(self, code: LaneCode) -> str:
        """Write `due` and `truth`; return how many are due."""
        rows, found = code.rows, "0"
        for event in range(self.count):
            at = code.at(event)
            now = is_true(code, code.get("double", rows["trigger_now"], event))
            known = code.compare("oeq", code.get("double", rows["truth"], at), code.number(0.0))
            due = code.value(f"zext i1 {code.value(f'and i1 {now}, {known}')} to i64")
            code.put("i64", due, rows["due"], event)
            truth = code.choose(now, code.number(1.0), code.number(0.0))
            code.put("double", truth, rows["truth"], at)
            found = code.value(f"add i64 {found}, {due}")
        return found

    def _set_switches(self, code: LaneCode, event: int) -> None:
        first = len(self.operations.parameters)
        for switch in self.operations.assignments[event]:
            place = self.operations.switches.index(switch)
            value = code.get("double", code.rows["switch_values"], place)
            code.put("double", value, code.rows["environment"], code.at(first + place))

    def _count_round(self, code: LaneCode) -> None:
        """Give the patient up where jumps follow on jumps and time stands still, or steps end."""
        time = code.own("double", "time")
        since = code.operate("fsub", time, code.own("double", "last_round"))
        size = code.call("llvm.fabs.f64", time)
        least = code.fma(code.number(NO_PART), size, code.number(NO_TIME))
        at_once = code.compare("olt", since, least)
        more = code.value(f"add i64 {code.own('i64', 'rounds')}, 1")
        rounds = code.value(f"select i1 {at_once}, i64 {more}, i64 1")
        code.set_own("i64", rounds, "rounds")
        code.set_own("double", time, "last_round")
        steps = code.value(f"add i64 {code.own('i64', 'steps')}, {code.own('i64', 'rejections')}")
        spent = code.value(f"icmp sge i64 {steps}, {code.told.whole('most_steps')}")
        stuck = code.value(f"icmp sgt i64 {rounds}, {MOST_ROUNDS}")
        for wrong, status in ((spent, Status.TOO_MANY_STEPS), (stuck, Status.CHATTERING)):
            still = code.value(f"icmp eq i64 {code.own('i64', 'phase')}, {BEGINNING}")
            with code.when(code.value(f"and i1 {wrong}, {still}")):
                code.line(f"call void @finish({_CALL}, i64 {int(status)})")
