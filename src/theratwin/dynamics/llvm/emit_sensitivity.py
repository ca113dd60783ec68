"""Forward sensitivities as IR: what is differentiated by, and the functions the driver calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from theratwin.dynamics.llvm.emit_program import add_to_place, program_function
from theratwin.dynamics.llvm.emit_slope_groups import ALL, ARGUMENTS, LANE, Carried
from theratwin.dynamics.llvm.emit_slope_output import SlopeOutput
from theratwin.dynamics.llvm.emit_slope_start import SlopeStart
from theratwin.dynamics.llvm.emit_slope_step import SlopeStep
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Environment, Operations, Place, Program
from theratwin.dynamics.solving.slope_programs import SlopePrograms, slope_programs
from theratwin.dynamics.solving.tableau import Tableau
from theratwin.dynamics.system import System

_HOOKS = {
    "start_switches": ALL,
    "start_slopes": ALL,
    "step_slopes": ALL,
    "keep_slopes": f"{LANE}, i64 %place",
    "event_slope": f"{LANE}, i64 %event, i64 %target",
}


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
        for name, program in self.made.shared.items():
            store = None if name == "bend" else add_to_place
            text, spill = program_function(program, width, store=store, arrays=ARGUMENTS[name])
            texts.append(text)
            spills.append(spill)
        for name, programs in self.made.own.items():
            for program in programs:
                text, spill = program_function(
                    program, width, store=_add_where_masked, arrays=ARGUMENTS[name]
                )
                texts.append(text)
                spills.append(spill)
            texts.append(_dispatcher(name, programs))
        return texts, max(spills)

    def add_rows(self, layout: Layout, operations: Operations, method: Tableau) -> None:
        """Reserve the memory for derivatives."""
        for writer in self._writers(layout, operations, method):
            writer.add_rows(layout)

    def functions(self, operations: Operations, method: Tableau, layout: Layout) -> str:
        """Return the functions that the driver calls; without directions they do nothing."""
        if self.made is None:
            return "".join(_nothing(name, given) for name, given in _HOOKS.items())
        writers = self._writers(layout, operations, method)
        return "".join(writer.functions() for writer in writers)

    def _writers(
        self, layout: Layout, operations: Operations, method: Tableau
    ) -> list[SlopeStart | SlopeStep | SlopeOutput]:
        if self.made is None:
            return []
        carried = Carried(self.directions, self.made, operations, method, layout)
        return [SlopeStart(carried), SlopeStep(carried), SlopeOutput(carried)]


def _nothing(name: str, arguments: str) -> str:
    code = Code(Width(1))
    code.line("ret void")
    return function(name, arguments, code)


def _dispatcher(name: str, programs: Sequence[Program]) -> str:
    """Return the function that calls one direction's program, nothing if it has no output."""
    code = Code(Width(1))
    leave, labels = code.label("leave"), {}
    for d, program in enumerate(programs):
        if program.outputs:
            labels[d] = code.label("direction")
    cases = " ".join(f"i64 {d}, label %{label}" for d, label in labels.items())
    code.line(f"switch i64 %direction, label %{leave} [ {cases} ]")
    given = ", ".join(f"ptr %{array}" for array in ARGUMENTS[name])
    for d, label in labels.items():
        code.place(label)
        code.line(f"call void @{name}_{d}({given})")
        code.jump(leave)
    code.place(leave)
    code.line("ret void")
    return function(name, f"i64 %direction, {given}", code)


def _add_where_masked(code: Code, place: Place, value: str) -> None:
    """Add a value to what lies at its destination, in the lanes of the mask.

    In the others negative zero is added, which changes nothing: leaving them out would make a
    masked store, which is many times slower on some processors.
    """
    array = f"%{place.array}"
    chosen = code.compare("one", code.load("%mask", 0), code.number(0.0))
    added = code.choose(chosen, value, code.number(-0.0))
    known = code.load(array, place.slot)
    code.store(code.operate("fadd", known, added), array, place.slot)
