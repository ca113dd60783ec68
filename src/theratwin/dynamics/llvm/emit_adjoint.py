"""The discrete adjoint as IR: patients are followed back along their tapes, one a lane."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.dynamics.llvm.emit_adjoint_lane import BackLane
from theratwin.dynamics.llvm.emit_adjoint_outputs import BackOutputs, BackTold
from theratwin.dynamics.llvm.emit_adjoint_sharing import Sharing
from theratwin.dynamics.llvm.emit_adjoint_step import ADJOINT_ARRAYS, Backstep
from theratwin.dynamics.llvm.emit_integrate import Integrator
from theratwin.dynamics.llvm.emit_linear import solve_transposed_function
from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_program import program_function
from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.emit_tape import Tape
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import (
    BEGINNING,
    IDLE,
    LOADED,
    PULL_BACK,
    RUNNING,
    STARTING,
    Layout,
)
from theratwin.dynamics.solving.adjoint_programs import (
    NARROW,
    WIDE,
    AdjointPrograms,
    adjoint_programs,
)
from theratwin.dynamics.solving.operations import Operations, Place
from theratwin.dynamics.solving.ordering import Elimination
from theratwin.dynamics.solving.tableau import Tableau

_CALL = "ptr %context, ptr %scratch, i64 {lane}"


@dataclass(frozen=True)
class Adjoint:
    """What a module needs to follow patients back.

    Parameters
    ----------
    operations
        Of the system.
    method
        The Rosenbrock method.
    made
        The programs.
    """

    operations: Operations
    method: Tableau
    made: AdjointPrograms

    @classmethod
    def of(cls, operations: Operations, method: Tableau) -> Adjoint:
        """Return the programs for a system."""
        return cls(operations, method, adjoint_programs(operations, method))

    def programs(self, width: Width) -> tuple[list[str], int]:
        """Return the text of the programs, and their scratch."""
        stores = {"pull_stage": _store_stage, "pull_step": _store_sum}
        made = [
            program_function(
                self.made.programs[name], width, store=stores[name], arrays=ADJOINT_ARRAYS
            )
            for name in (WIDE[0], WIDE[1])
        ]
        narrow = _NarrowStore(width.lanes, self.operations.size, len(self.method.dense))
        made += [
            program_function(
                self.made.programs[name],
                Width(1),
                width.lanes,
                store=narrow.store,
                arrays=ADJOINT_ARRAYS,
            )
            for name in NARROW
        ]
        return [text for text, _ in made], max(spill for _, spill in made)

    def add_rows(self, layout: Layout) -> None:
        """Reserve the memory."""
        layout.add("row")
        Backstep.add_rows(layout, self.operations, self.method, self.made)

    def functions(self, elimination: Elimination, layout: Layout, x86: bool) -> str:
        """Return the text of all functions, the tape's among them."""
        operations, method = self.operations, self.method
        return "".join(
            (
                solve_transposed_function(elimination, Width(layout.lanes)),
                Tape(operations, layout).functions(),
                Backstep(operations, method, layout, self.made).functions(),
                BackOutputs(operations, method, layout).functions(),
                BackLane(operations, layout, self.made).functions(),
                Sharing(operations, layout, self.made.gathered).functions(),
                PullBack(operations, layout, x86).functions(),
            )
        )


def _store_sum(code: Code, place: Place, value: str) -> None:
    array = f"%{place.array}"
    code.store(code.operate("fadd", code.load(array, place.slot), value), array, place.slot)


def _store_stage(code: Code, place: Place, value: str) -> None:
    """Add to a slow value; write a state's."""
    if place.array == "gradient":
        _store_sum(code, place, value)
    else:
        code.store(value, "%out", place.slot)


@dataclass(frozen=True)
class _NarrowStore:
    """Adds one lane's value, where all lanes' numbers lie side by side."""

    lanes: int
    size: int
    moments: int

    def store(self, code: Code, place: Place, value: str) -> None:
        """Add to a slow value; give a state's cotangent on by the shares in ``%extra``."""
        if place.array == "gradient":
            _store_sum(code, Place("gradient", place.slot * self.lanes), value)
            return
        targets = [("out", place.slot), ("begin", place.slot)]
        targets += [("increment", r * self.size + place.slot) for r in range(self.moments)]
        for share, (array, row) in enumerate(targets):
            known = code.load(f"%{array}", row * self.lanes)
            total = code.fma(code.load("%extra", share), value, known)
            code.store(total, f"%{array}", row * self.lanes)


class PullBack(Integrator):
    """Writes ``theratwin_pull_back(context)``."""

    def functions(self) -> str:
        """Return the text of the exported function."""
        code = Code(Width(1))
        code.line("%saved = alloca i32, align 4\n%wanted = alloca i32, align 4")
        told = BackTold(code)
        code.line("%scratch = getelementptr i8, ptr " + told.address("scratch") + ", i64 0")
        rows = Rows(code, self.layout)
        before = self._set_control(code)
        self._back(code, rows, told)
        self._restore_control(code, before)
        code.line("ret i64 0")
        return function(PULL_BACK, "ptr %context", code, "i64")

    def _back(self, code: Code, rows: Rows, told: Told) -> None:
        top, filled, step, alone, together, leave = map(
            code.label, ("top", "filled", "step", "alone", "together", "leave")
        )
        code.jump(top)
        code.place(top)
        self._take_patients(code, rows, told)
        with code.when(self._any(code, rows, LOADED)):
            self._call(code, rows, "patient", "environment")
            self._call(code, rows, "segment", "environment")
            self._move(code, rows, LOADED, BEGINNING)
        with code.when(self._any(code, rows, BEGINNING)):
            self._each(code, rows, BEGINNING, "boundary_back")
            self._call(code, rows, "segment", "environment")
            code.line("call void @share_environment(ptr %context, ptr %scratch)")
        self._each(code, rows, STARTING, "end_back")
        waiting = code.value(f"and i1 {self._any(code, rows, IDLE)}, {self._more(code, told)}")
        code.branch(waiting, top, filled)
        code.place(filled)
        code.branch(self._any(code, rows, RUNNING), step, leave)
        code.place(step)
        code.branch(code.value(f"icmp ne i64 {told.whole('spread')}, 0"), alone, together)
        code.place(alone)
        self._steps_of_one(code, rows, told)
        code.jump(top)
        code.place(together)
        self._each(code, rows, RUNNING, "read_back")
        code.line(f"call void @step(ptr %scratch, {self._tolerance(code, told)})")
        self._each(code, rows, RUNNING, "outputs_within_back")
        code.line("call void @step_back(ptr %scratch)")
        self._each(code, rows, RUNNING, "retreat")
        code.jump(top)
        code.place(leave)

    def _steps_of_one(self, code: Code, rows: Rows, told: Told) -> None:
        """Follow one patient back by as many steps as there are lanes: each is made in a lane."""
        count = code.value("call i64 @share_steps(ptr %context, ptr %scratch)")
        code.line(f"call void @step(ptr %scratch, {self._tolerance(code, told)})")
        last = code.value(f"sub i64 {count}, 1")
        with code.loop(count) as lane:
            code.line(f"call void @outputs_within_back({_CALL.format(lane=lane)})")
            code.line("call void @step_back(ptr %scratch)")
            final = code.value(f"icmp eq i64 {lane}, {last}")
            following = code.value(f"add i64 {lane}, 1")
            target = code.value(f"select i1 {final}, i64 0, i64 {following}")
            code.line(f"call void @hand_over({_CALL.format(lane=lane)}, i64 {target})")
        code.put("i64", code.get("i64", rows["row"], last), rows["row"], 0)
        code.line(f"call void @retreat({_CALL.format(lane=0)})")

    def _take_patients(self, code: Code, rows: Rows, told: Told) -> None:
        """Give idle lanes a patient each from the list."""
        counter = told.address("next")
        with code.loop(self.layout.lanes) as lane:
            idle = self._phase_is(code, rows, lane, IDLE)
            with code.when(code.value(f"and i1 {idle}, {self._more(code, told)}")):
                place = code.get("i64", counter, 0)
                patient = code.get("i64", told.address("todo"), place)
                code.line(f"call void @load_back({_CALL.format(lane=lane)}, i64 {patient})")
                code.put("i64", code.value(f"add i64 {place}, 1"), counter, 0)

    def _move(self, code: Code, rows: Rows, before: int, after: int) -> None:
        with (
            code.loop(self.layout.lanes) as lane,
            code.when(self._phase_is(code, rows, lane, before)),
        ):
            code.put("i64", str(after), rows["phase"], lane)
