"""Outputs of the discrete adjoint for one lane, as IR: where their cotangents go.

An output between the ends of a step is a sum of both and of the stages; its cotangent goes to each
by its share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theratwin.dynamics.llvm.emit_adjoint_step import call_program
from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_tape import Tape
from theratwin.dynamics.llvm.ir_text import function
from theratwin.dynamics.llvm.layout import ADJOINT_CONTEXT, Layout
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.tableau import Tableau

CALL = "ptr %context, ptr %scratch, i64 %lane"


class BackTold(Told):
    """What the adjoint is told, read when it is needed."""

    names = ADJOINT_CONTEXT


class BackCode(LaneCode):
    """Code for one lane that is followed back."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.told = BackTold(self)

    def row(self, tape: Tape) -> str:
        """Return the address of the lane's row of the tape."""
        return tape.row(self, self.told, self.own("i64", "row"))

    def arrays(self, time: str) -> dict[str, str]:
        """Return what the programs of one lane are given."""
        rows = self.rows
        return {
            "environment": self.address(rows["environment"], "%lane"),
            "gradient": self.address(rows["gradient"], "%lane"),
            "time": rows[time],
            "spill": rows["spill"],
            "extra": rows["length"],
        }


class BackOutputs:
    """Writes the functions that take up the outputs' cotangents."""

    def __init__(self, operations: Operations, method: Tableau, layout: Layout) -> None:
        self.operations, self.method, self.layout = operations, method, layout
        self.size, self.tape = operations.size, Tape(operations, layout)

    def functions(self) -> str:
        """Return their text."""
        return "".join(
            (
                self._next(),
                self._counts(),
                self._take_state(),
                self._take_observed(),
                self._outputs_now(),
                self._outputs_within(),
            )
        )

    def _next(self) -> str:
        """``next_back(..., least)``: the next output back, or -1 if it lies before a time."""
        code = BackCode(self.layout)
        told, patient = code.told, code.own("i64", "patient")
        index = code.value(f"sub i64 {code.own('i64', 'output_index')}, 1")
        more = code.value(f"icmp sge i64 {index}, 0")
        with code.when(more):
            first = code.value(f"mul i64 {patient}, {told.whole('times_stride')}")
            time = code.get(
                "double", told.address("times"), code.value(f"add i64 {first}, {index}")
            )
            with code.when(code.compare("oge", time, "%least")):
                code.set_own("i64", index, "output_index")
                code.put("double", time, code.rows["output_time"], 0)
                begin = code.value(f"mul i64 {patient}, {told.whole('times_count')}")
                code.line(f"ret i64 {code.value(f'add i64 {begin}, {index}')}")
                code.place(code.label("unreached"))
        code.line("ret i64 -1")
        return function("next_back", f"{CALL}, double %least", code, "i64")

    def _take_state(self) -> str:
        """``take_state(..., place)``: give the cotangents of states on by the `shares`."""
        code = BackCode(self.layout)
        told, rows = code.told, code.rows
        count, chosen = told.whole("chosen_count"), told.address("chosen")
        begin = code.value(f"mul i64 %place, {count}")
        given = code.address(told.address("state_cotangents"), begin)
        with code.loop(count) as k:
            value = code.get("double", given, k)
            with code.when(code.compare("une", value, code.number(0.0))):
                state = code.get("i64", chosen, k)
                for share, (name, offset) in enumerate(self._receivers()):
                    at = code.at(code.value(f"add i64 {state}, {offset}"))
                    factor, known = (
                        code.get("double", rows["shares"], share),
                        code.get("double", rows[name], at),
                    )
                    code.put("double", code.fma(factor, value, known), rows[name], at)
        code.line("ret void")
        return function("take_state", f"{CALL}, i64 %place", code)

    def _receivers(self) -> list[tuple[str, int]]:
        """Return the arrays that take shares of an output's cotangent, with their first rows."""
        moments = [("moments", r * self.size) for r in range(len(self.method.dense))]
        return [("cotangent", 0), ("begin_cotangent", 0), *moments]

    def _take_observed(self) -> str:
        """``take_observed(..., place, state)``: likewise of observables, at a state."""
        code = BackCode(self.layout)
        rows, observed = code.rows, len(self.operations.observables)
        begin = code.value(f"mul i64 %place, {observed}")
        arrays = {
            **code.arrays("output_time"),
            "state": "%state",
            "weight": code.address(code.told.address("observable_cotangents"), begin),
            "extra": rows["shares"],
            "out": code.address(rows["cotangent"], "%lane"),
            "begin": code.address(rows["begin_cotangent"], "%lane"),
            "increment": code.address(rows["moments"], "%lane"),
        }
        call_program(code, "pull_observed", arrays)
        code.line("ret void")
        return function("take_observed", f"{CALL}, i64 %place, ptr %state", code)

    def _outputs(
        self, code: BackCode, least: str, shares: Callable[[], Sequence[str]], state: str
    ) -> None:
        """Give on the cotangents of each output from the last one back to a time."""
        again, one, leave = (code.label(s) for s in ("again", "one", "leave"))
        code.jump(again)
        code.place(again)
        place = code.value(f"call i64 @next_back({CALL}, double {least})")
        code.branch(code.value(f"icmp sge i64 {place}, 0"), one, leave)
        code.place(one)
        for k, share in enumerate(shares()):
            code.put("double", share, code.rows["shares"], k)
        code.line(f"call void @take_state({CALL}, i64 {place})")
        if self.operations.observables:
            counts = code.value(f"call i1 @counts({CALL}, i64 {place})")
            with code.when(counts):
                self._interpolated(code, state)
                code.line(f"call void @take_observed({CALL}, i64 {place}, ptr {state})")
        code.jump(again)
        code.place(leave)

    def _interpolated(self, code: BackCode, state: str) -> None:
        """Write the state at the output's time where it is wanted, unless it is there."""
        rows = code.rows
        if state == rows["output"]:
            fraction = code.get("double", rows["shares"], 0)
            pointers = (rows["state"], rows["reached_state"], rows["increments"])
            given = ", ".join(f"ptr {pointer}" for pointer in pointers)
            code.line(f"call void @interpolate(i64 %lane, {given}, double {fraction}, ptr {state})")

    def _counts(self) -> str:
        """``counts(..., place)``: whether a cotangent of an observable is not zero."""
        code = BackCode(self.layout)
        count = len(self.operations.observables)
        first = code.value(f"mul i64 %place, {count}")
        given = code.address(code.told.address("observable_cotangents"), first)
        found = "false"
        for k in range(count):
            value = code.get("double", given, k)
            found = code.value(f"or i1 {found}, {code.compare('une', value, code.number(0.0))}")
        code.line(f"ret i1 {found}")
        return function("counts", f"{CALL}, i64 %place", code, "i1")

    def _outputs_now(self) -> str:
        """``outputs_now_back(...)``: outputs of the state that a segment began with."""
        code = BackCode(self.layout)
        row = code.row(self.tape)
        whole = [code.number(1.0), *[code.number(0.0)] * (len(self.method.dense) + 1)]
        state = self.tape.states(code, row)
        self._outputs(code, code.get("double", row, 1), lambda: whole, state)
        code.line("ret void")
        return function("outputs_now_back", CALL, code)

    def _outputs_within(self) -> str:
        """``outputs_within_back(...)``: outputs within a step, to its ends and its stages."""
        code = BackCode(self.layout)
        op = code.operate
        begun, length = code.own("double", "time"), code.own("double", "length")

        def shares() -> list[str]:
            time = code.get("double", code.rows["output_time"], 0)
            fraction = op("fdiv", op("fsub", time, begun), length)
            rest = op("fsub", code.number(1.0), fraction)
            powers = [op("fmul", fraction, rest)]
            for _ in self.method.dense[1:]:
                powers.append(op("fmul", powers[-1], fraction))
            return [fraction, rest, *powers]

        self._outputs(code, begun, shares, code.rows["output"])
        code.line("ret void")
        return function("outputs_within_back", CALL, code)
