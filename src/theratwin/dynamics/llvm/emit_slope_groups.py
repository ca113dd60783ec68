"""What the functions that carry derivatives have in common: where they lie, who carries which.

Directions are carried in groups. If each lane has a patient of its own, a group is one direction;
if the lanes share out the directions of one patient, a group is one direction a lane.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from theratwin.dynamics.llvm.emit_driver import LaneCode
from theratwin.dynamics.llvm.emit_output import Told
from theratwin.dynamics.llvm.emit_program import ARRAYS
from theratwin.dynamics.llvm.emit_step import Rows, Stepper
from theratwin.dynamics.llvm.ir_text import Code, Width
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.solving.operations import Operations
from theratwin.dynamics.solving.slope_programs import SlopePrograms
from theratwin.dynamics.solving.slope_tableau import SlopeTableau, slope_tableau
from theratwin.dynamics.solving.tableau import Tableau

#: Arguments of the programs of derivatives.
ARGUMENTS = {
    "bend": (*ARRAYS, "stage_state", "stage_time", "increment"),
    "correct": ("out", "spill", "entries", "tangent", "stage_tangent"),
    "observe_slope": (*ARRAYS, "tangent"),
    "source_step": (*ARRAYS, "stage_state", "stage_time", "increment", "mask"),
    "source_initial": (*ARRAYS, "mask"),
    "source_observe": (*ARRAYS, "mask"),
}
#: Arguments of what the driver calls, for all lanes and for one.
ALL = "ptr %context, ptr %scratch"
LANE = f"{ALL}, i64 %lane"

_UNROLLED = 4


@dataclass(frozen=True)
class Carried:
    """What is carried, and by what.

    Parameters
    ----------
    names
        The directions.
    made
        Their programs.
    """

    names: tuple[str, ...]
    made: SlopePrograms
    operations: Operations
    method: Tableau
    layout: Layout

    @property
    def count(self) -> int:
        """How many directions."""
        return len(self.names)

    @property
    def size(self) -> int:
        """How many states."""
        return self.operations.size

    @property
    def lanes(self) -> int:
        """How many lanes."""
        return self.layout.lanes

    @property
    def width(self) -> Width:
        """All lanes."""
        return Width(self.layout.lanes)

    @property
    def coefficients(self) -> SlopeTableau:
        """Those of the method."""
        return slope_tableau(self.method)

    def code(self) -> tuple[Code, Rows]:
        """Return an empty function for all lanes, and its scratch."""
        code = Code(self.width)
        return code, Rows(code, self.layout)

    def stage_state(self, rows: Rows, stage: int) -> str:
        """Return where a stage's state lies."""
        stepper = Stepper(self.operations, self.method, self.layout, keeps_stages=True)
        return stepper.stage_state(rows, stage)

    def own(self, code: Code, rows: Rows, group: str) -> str:
        """Return the address of a group's derivatives."""
        return code.row(rows["slopes"], code.value(f"mul i64 {group}, {self.size}"))

    def own_lane(self, code: LaneCode, group: str) -> str:
        """Return the address of a group's derivatives, for code of one lane."""
        row = code.value(f"mul i64 {group}, {self.size * self.lanes}")
        return code.address(code.rows["slopes"], row)

    def is_spread(self, code: Code) -> str:
        """Return whether the lanes share out the directions of one patient."""
        return code.value(f"icmp ne i64 {Told(code).whole('spread')}, 0")

    def groups(self, code: Code) -> str:
        """Return how many groups there are."""
        spread = -(-self.count // self.lanes)
        return code.value(f"select i1 {self.is_spread(code)}, i64 {spread}, i64 {self.count}")

    def direction(self, code: Code, group: str, lane: str) -> str:
        """Return the direction that a lane carries in a group; if spread, it may be none."""
        first = code.value(f"mul i64 {group}, {self.lanes}")
        own = code.value(f"add i64 {first}, {lane}")
        return code.value(f"select i1 {self.is_spread(code)}, i64 {own}, i64 {group}")

    @contextmanager
    def directions(self, code: Code, lane: str) -> Iterator[tuple[str, str]]:
        """Do for each group in which a lane carries a direction; gives both."""
        with code.loop(self.groups(code)) as group:
            direction = self.direction(code, group, lane)
            with code.when(code.value(f"icmp slt i64 {direction}, {self.count}")):
                yield group, direction

    def call(
        self, code: Code, rows: Rows, name: str, arrays: dict[str, str], direction: str = ""
    ) -> None:
        """Call a program; arrays that are not given are those of the step's begin."""
        usual = {
            "state": "state",
            "environment": "environment",
            "time": "time",
            "spill": "spill",
            "extra": "slope_weights",
            "mask": "masks",
        }
        found = {**{array: rows[row] for array, row in usual.items()}, **arrays}
        given = ", ".join(f"ptr {found[array]}" for array in ARGUMENTS[name])
        first = f"i64 {direction}, " if direction else ""
        code.line(f"call void @{name}({first}{given})")

    def source(self, code: Code, rows: Rows, name: str, arrays: dict[str, str], group: str) -> None:
        """Add what a group's directions add: one direction, or if spread one for each lane."""
        spread, whole, done = (code.label(s) for s in ("spread", "whole", "done"))
        code.branch(self.is_spread(code), spread, whole)
        code.place(spread)
        first = code.value(f"mul i64 {group}, {self.lanes}")
        with code.loop(self.lanes) as lane:
            direction = code.value(f"add i64 {first}, {lane}")
            mask = code.row(rows["masks"], code.value(f"add i64 {lane}, 1"))
            self.call(code, rows, name, {**arrays, "mask": mask}, direction)
        code.jump(done)
        code.place(whole)
        self.call(code, rows, name, arrays, group)
        code.jump(done)
        code.place(done)

    def put_switch(
        self, code: Code, rows: Rows, direction: str, switch: str, lane: str, value: str
    ) -> None:
        """Write the derivative of a switch by a direction, for one lane."""
        first = code.value(f"mul i64 {direction}, {len(self.operations.switches)}")
        slot = code.value(f"add i64 {first}, {switch}")
        row = code.value(f"add i64 {slot}, {self.made.first_switch_slope}")
        begin = code.value(f"mul i64 {row}, {self.lanes}")
        at = code.value(f"add i64 {begin}, {lane}")
        code.put("double", value, rows["environment"], at)


def some(code: Code, count: int) -> Iterator[list[str | int]]:
    """Give the indices below a count, a few at a time: a constant is then read once for these.

    To be used as the one loop of its block: what is written for some stands in the loop.
    """
    whole = count // _UNROLLED
    if whole:
        with code.loop(whole) as chunk:
            first = code.value(f"mul i64 {chunk}, {_UNROLLED}")
            yield [code.value(f"add i64 {first}, {offset}") for offset in range(_UNROLLED)]
    if whole * _UNROLLED < count:
        yield list(range(whole * _UNROLLED, count))
