"""The linear system of a step as IR: its matrix, its factors, its solution."""

from __future__ import annotations

from theratwin.dynamics.llvm.emit_program import BLOCK, program_function
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.solving.operations import Operations, Place, Program
from theratwin.dynamics.solving.ordering import Elimination


def matrix_function(
    operations: Operations, elimination: Elimination, width: Width
) -> tuple[str, int]:
    r"""Return the function that writes :math:`W = g I - J`, g in ``%extra``, and its scratch."""
    entries = elimination.entries
    outputs = [
        (Place("diagonal" if row == column else "out", entries[row, column]), value)
        for (row, column), value in operations.jacobian.items()
    ]
    program = Program("matrix", tuple(outputs), operations.programs["slope"].leaves)

    def store(code: Code, place: Place, value: str) -> None:
        if place.array == "diagonal":
            negative = code.operate("fsub", code.load("%extra", 0), value)
        else:
            negative = code.operate("fneg", value)
        code.store(negative, "%out", place.slot)

    return program_function(program, width, store=store)


def unfilled(operations: Operations, elimination: Elimination) -> tuple[list[int], list[int]]:
    """Return the slots of W that J does not write: on the diagonal, and fill."""
    rest = [entry for entry in elimination.entries if entry not in operations.jacobian]
    on = [elimination.entries[i, j] for i, j in rest if i == j]
    off = [elimination.entries[i, j] for i, j in rest if i != j]
    return on, off


class _Blocks:
    """Rows of an array in memory, each read once a block and written at once."""

    def __init__(self, code: Code) -> None:
        self.code, self.count = code, 0
        self.held: dict[tuple[str, int], str] = {}

    def get(self, array: str, slot: int) -> str:
        if (array, slot) not in self.held:
            self.held[array, slot] = self.code.load(array, slot)
        return self.held[array, slot]

    def put(self, array: str, slot: int, value: str) -> None:
        self.code.store(value, array, slot)
        self.held[array, slot] = value

    def subtract_product(self, a: str, b: str, c: str) -> str:
        """Return c - a b."""
        self.count += 1
        return self.code.fma(self.code.operate("fneg", a), b, c)

    def rest(self) -> None:
        """Begin a new block if this one is long."""
        if self.count > BLOCK:
            self.code.fresh_block()
            self.count = 0
            self.held.clear()


def factor_function(operations: Operations, elimination: Elimination, width: Width) -> str:
    """Return the function that factors W in place; the diagonal is kept inverted."""
    code = Code(width)
    blocks, slots = _Blocks(code), elimination.entries
    diagonal, fill = unfilled(operations, elimination)
    shift = code.load("%shift", 0)
    for slot in diagonal:
        code.store(shift, "%matrix", slot)
    for slot in fill:
        code.store("zeroinitializer" if width.lanes > 1 else code.number(0.0), "%matrix", slot)
    for pivot in elimination.pivots:
        blocks.rest()
        own = slots[pivot.index, pivot.index]
        inverse = code.operate("fdiv", code.number(1.0), blocks.get("%matrix", own))
        blocks.put("%matrix", own, inverse)
        for row in pivot.rows:
            blocks.rest()
            below = slots[row, pivot.index]
            inverse = blocks.get("%matrix", own)
            scaled = code.operate("fmul", blocks.get("%matrix", below), inverse)
            blocks.put("%matrix", below, scaled)
            for column in pivot.columns:
                right = blocks.get("%matrix", slots[pivot.index, column])
                target = slots[row, column]
                known = blocks.get("%matrix", target)
                blocks.put("%matrix", target, blocks.subtract_product(scaled, right, known))
    code.line("ret void")
    return function("factor", "ptr noalias %matrix, ptr noalias %shift", code)


def solve_function(elimination: Elimination, width: Width) -> str:
    """Return the function that solves W x = b, b in place."""
    code = Code(width)
    blocks, slots = _Blocks(code), elimination.entries
    for pivot in elimination.pivots:
        blocks.rest()
        for row in pivot.rows:
            below = blocks.get("%matrix", slots[row, pivot.index])
            value = blocks.get("%right", pivot.index)
            known = blocks.get("%right", row)
            blocks.put("%right", row, blocks.subtract_product(below, value, known))
    for pivot in reversed(elimination.pivots):
        blocks.rest()
        value = blocks.get("%right", pivot.index)
        for column in pivot.columns:
            right = blocks.get("%matrix", slots[pivot.index, column])
            value = blocks.subtract_product(right, blocks.get("%right", column), value)
        inverse = blocks.get("%matrix", slots[pivot.index, pivot.index])
        blocks.put("%right", pivot.index, code.operate("fmul", value, inverse))
    code.line("ret void")
    return function("solve", "ptr noalias %matrix, ptr noalias %right", code)


def solve_transposed_function(elimination: Elimination, width: Width) -> str:
    """Return the function that solves W^T x = b by the factors of W, b in place."""
    code = Code(width)
    blocks, slots = _Blocks(code), elimination.entries
    for pivot in elimination.pivots:
        blocks.rest()
        inverse = blocks.get("%matrix", slots[pivot.index, pivot.index])
        value = code.operate("fmul", blocks.get("%right", pivot.index), inverse)
        blocks.put("%right", pivot.index, value)
        for column in pivot.columns:
            right = blocks.get("%matrix", slots[pivot.index, column])
            known = blocks.get("%right", column)
            blocks.put("%right", column, blocks.subtract_product(right, value, known))
    for pivot in reversed(elimination.pivots):
        blocks.rest()
        value = blocks.get("%right", pivot.index)
        for row in pivot.rows:
            below = blocks.get("%matrix", slots[row, pivot.index])
            value = blocks.subtract_product(below, blocks.get("%right", row), value)
        blocks.put("%right", pivot.index, value)
    code.line("ret void")
    return function("solve_transposed", "ptr noalias %matrix, ptr noalias %right", code)
