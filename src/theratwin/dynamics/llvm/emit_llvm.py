"""A system's whole engine as one module of LLVM IR."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.dynamics.expressions.expression import Binding
from theratwin.dynamics.llvm.angle_functions import angle_functions
from theratwin.dynamics.llvm.emit_adjoint import Adjoint
from theratwin.dynamics.llvm.emit_driver import Driver
from theratwin.dynamics.llvm.emit_event_slopes import EventSlopes
from theratwin.dynamics.llvm.emit_events import Events
from theratwin.dynamics.llvm.emit_integrate import Integrator
from theratwin.dynamics.llvm.emit_linear import factor_function, matrix_function, solve_function
from theratwin.dynamics.llvm.emit_output import Output
from theratwin.dynamics.llvm.emit_probe import PROBES, probes
from theratwin.dynamics.llvm.emit_program import program_function
from theratwin.dynamics.llvm.emit_sensitivity import Slopes
from theratwin.dynamics.llvm.emit_step import Stepper, stage_right_function
from theratwin.dynamics.llvm.functions import declarations, functions
from theratwin.dynamics.llvm.ir_text import Width
from theratwin.dynamics.llvm.layout import PULL_BACK, Layout
from theratwin.dynamics.solving.operations import Environment, Operations
from theratwin.dynamics.solving.ordering import Elimination, minimum_degree
from theratwin.dynamics.solving.tableau import Tableau, tableau

_VECTOR_PROGRAMS = ("initial", "slope", "time_slope")
_LANE_ROWS = (
    "time",
    "stage_time",
    "length",
    "next_length",
    "first_length",
    "inverse",
    "shift",
    "error",
    "accepted",
    "end",
    "segment_end",
    "output_time",
    "patient",
    "phase",
    "last",
    "event",
    "output_index",
    "steps",
    "rejections",
)


@dataclass(frozen=True)
class Module:
    """IR with what is needed to use it.

    Parameters
    ----------
    text
        The IR.
    layout
        Its scratch memory.
    elimination
        The order of the linear algebra.
    exports
        The functions that can be called.
    """

    text: str
    layout: Layout
    elimination: Elimination
    exports: tuple[str, ...]


def module(
    operations: Operations,
    lanes: int,
    x86: bool,
    slopes: Slopes,
    method: Tableau | None = None,
    adjoint: Adjoint | None = None,
) -> Module:
    """Return the module for a system and the directions of its sensitivities.

    With an adjoint it keeps a tape in place of curves, and follows it back.
    """
    method = method or tableau()
    width, size = Width(lanes), operations.size
    elimination = minimum_degree(size, operations.jacobian)
    environment = adjoint.made.environment if adjoint else slopes.environment(operations)
    texts, spill = _programs(operations, environment, elimination, width)
    slope_texts, slope_spill = (adjoint or slopes).programs(width)
    event_slopes = EventSlopes(slopes, operations)
    event_texts, event_spill = event_slopes.programs(lanes)
    layout = Layout(lanes)
    layout.add_all(_LANE_ROWS)
    for name in ("state", "reached_state", "slope", "output", "time_slope"):
        layout.add(name, size)
    layout.add("increments", size * method.stages)
    layout.add("matrix", len(elimination.entries))
    layout.add("environment", len(environment.places) or 1)
    layout.add("spill", max(spill, slope_spill, event_spill, 1))
    slopes.add_rows(layout, operations, method)
    event_slopes.add_rows(layout)
    if adjoint:
        adjoint.add_rows(layout)
    Events.add_rows(layout, operations)
    sloped = bool(slopes.directions)
    output = Output(operations, method, layout)
    parts = [
        *texts,
        *slope_texts,
        *event_texts,
        factor_function(operations, elimination, width),
        solve_function(elimination, width),
        Stepper(operations, method, layout, sloped or adjoint is not None).function(),
        output.functions(),
        adjoint.functions(elimination, layout, x86) if adjoint else output.records(),
        Driver(operations, method, layout, sloped).functions(),
        Events(operations, method, layout, sloped).functions(),
        slopes.functions(operations, method, layout),
        event_slopes.functions(layout),
        Integrator(operations, layout, x86).functions(),
        probes(layout),
    ]
    widths = {width, Width(1)}
    body = "".join(parts)
    head = "".join(
        declarations(w) + functions(w) + angle_functions(w, body)
        for w in sorted(widths, key=lambda w: w.lanes)
    )
    text = head + body + "attributes #0 = { nounwind }\n"
    exports = ("theratwin_integrate", "theratwin_observe", *PROBES)
    exports = (*exports, PULL_BACK) if adjoint else exports
    return Module(text, layout, elimination, exports)


def _programs(
    operations: Operations, environment: Environment, elimination: Elimination, width: Width
) -> tuple[list[str], int]:
    made = [program_function(operations.programs[name], width) for name in _VECTOR_PROGRAMS]
    for binding in (Binding.PATIENT, Binding.SEGMENT):
        made.append(program_function(environment.program(binding), width))
    made.append(stage_right_function(operations.programs["slope"], width))
    made.append(matrix_function(operations, elimination, width))
    made.append(program_function(operations.programs["observe"], Width(1), width.lanes))
    made += Events.programs(operations, width.lanes)
    return [text for text, _ in made], max(spill for _, spill in made)
