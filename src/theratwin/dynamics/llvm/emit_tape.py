"""The tape of the discrete adjoint as IR: what a patient's steps were, to be made once more.

A row holds patient, time, length and the place of the patient's row before it, the switches, then
the states that the step began with. Where a segment begins stands a row of length zero, with the
states after its doses; the last row of a patient is the one at the end. Stages are not kept: making
a step again costs about as much as moving nine times the memory.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.ir_text import Code, function
from theratwin.dynamics.llvm.layout import TAPE_HEADER, Layout
from theratwin.dynamics.solving.operations import Operations

_CALL = "ptr %context, ptr %scratch, i64 %lane"


class Tape:
    """Writes and reads the rows of a tape."""

    def __init__(self, operations: Operations, layout: Layout) -> None:
        self.layout = layout
        self.parameters, self.switches = len(operations.parameters), len(operations.switches)
        self.size = operations.size
        self.width = TAPE_HEADER + self.switches + self.size

    def functions(self) -> str:
        """Return the text of ``record`` and ``mark``, which the driver calls."""
        return self._record() + self._mark()

    def _record(self) -> str:
        """``record(context, scratch, lane, patient)``: a step that was accepted."""
        code = LaneCode(self.layout)
        self._write(code, "%patient", code.own("double", "length"), code.own("i64", "row"))
        code.line("ret void")
        return function("record", f"{_CALL}, i64 %patient", code)

    def _mark(self) -> str:
        """``mark(context, scratch, lane)``: a segment that begins, or the end."""
        code = LaneCode(self.layout)
        # Before any step a patient has no row yet.
        fresh = code.value(f"icmp eq i64 {code.own('i64', 'steps')}, 0")
        before = code.value(f"select i1 {fresh}, i64 -1, i64 {code.own('i64', 'row')}")
        self._write(code, code.own("i64", "patient"), code.number(0.0), before)
        code.line("ret void")
        return function("mark", _CALL, code)

    def _write(self, code: LaneCode, patient: str, length: str, before: str) -> None:
        used = code.get("i64", code.told.address("record_used"), 0)
        first = code.value(f"mul i64 {used}, {self.width}")
        row = code.address(code.told.address("record"), first)
        code.put("double", code.value(f"sitofp i64 {patient} to double"), row, 0)
        code.put("double", code.own("double", "time"), row, 1)
        code.put("double", length, row, 2)
        code.put("i64", before, row, 3)
        code.set_own("i64", used, "row")
        self._copy_switches(code, row, read=False)
        states = code.address(row, TAPE_HEADER + self.switches)
        with code.loop(self.size) as i:
            code.put("double", code.get("double", code.rows["state"], code.at(i)), states, i)
        following = code.value(f"add i64 {used}, 1")
        code.put("i64", following, code.told.address("record_used"), 0)

    def _copy_switches(self, code: LaneCode, row: str, read: bool) -> None:
        kept, environment = code.address(row, TAPE_HEADER), code.rows["environment"]
        with code.loop(self.switches) as k:
            at = code.at(code.value(f"add i64 {k}, {self.parameters}"))
            if read:
                code.put("double", code.get("double", kept, k), environment, at)
            else:
                code.put("double", code.get("double", environment, at), kept, k)

    def row(self, code: Code, told: Told, index: str) -> str:
        """Return the address of a row."""
        first = code.value(f"mul i64 {index}, {self.width}")
        return code.address(told.address("tape"), first)

    def states(self, code: Code, row: str) -> str:
        """Return the address of a row's states."""
        return code.address(row, TAPE_HEADER + self.switches)

    def read_switches(self, code: LaneCode, row: str) -> None:
        """Give the lane the switches of a row."""
        self._copy_switches(code, row, read=True)

    def read_step(self, code: LaneCode, row: str) -> None:
        """Give the lane the time, the length and the states of a row."""
        code.set_own("double", code.get("double", row, 1), "time")
        code.set_own("double", code.get("double", row, 2), "length")
        states = self.states(code, row)
        with code.loop(self.size) as i:
            code.put("double", code.get("double", states, i), code.rows["state"], code.at(i))
