"""Single programs as callable functions, for the fallback and for checks."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_step import Rows
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.layout import Layout

#: Exported function to the programs that it runs, each with the array that it writes.
PROBES = {
    "theratwin_prepare": (
        ("patient", "environment"),
        ("segment", "environment"),
        ("initial", "reached_state"),
    ),
    "theratwin_segment": (("segment", "environment"),),
    "theratwin_slope": (("slope", "slope"),),
}


def probes(layout: Layout) -> str:
    """Return the text of the functions in `PROBES`, and of ``theratwin_observe``.

    They take the scratch memory and read and write its arrays, all lanes at once; the last reads
    the states of the first lane from `output` and writes to a place of its own.
    """
    return "".join(_probe(name, layout) for name in PROBES) + _observe(layout)


def _probe(name: str, layout: Layout) -> str:
    code = Code(Width(1))
    rows = Rows(code, layout)
    for program, out in PROBES[name]:
        given = ("state", "environment", "time", out, "spill", "shift")
        code.line(f"call void @{program}({', '.join('ptr ' + rows[g] for g in given)})")
    code.line("ret void")
    return function(name, "ptr %scratch", code)


def _observe(layout: Layout) -> str:
    code = Code(Width(1))
    rows = Rows(code, layout)
    given = (rows["output"], rows["environment"], rows["output_time"], "%out", rows["spill"])
    code.line(f"call void @observe({', '.join('ptr ' + g for g in given)}, ptr %out)")
    code.line("ret void")
    return function("theratwin_observe", "ptr %scratch, ptr %out", code)
