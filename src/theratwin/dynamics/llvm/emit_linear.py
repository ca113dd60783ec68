"""The linear system of a step as IR: its matrix, its factors, its solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from theratwin.dynamics.llvm.emit_program import BLOCK, program_function
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.solving.operations import Operations, Place, Program
from theratwin.dynamics.solving.ordering import Elimination


def matrix_function(
    operations: Operations, elimination: Elimination, width: Width
) -> tuple[str, int]:
    r"""Return the function that writes what varies in :math:`W = g I - J`, and its scratch.

    The shift g lies in ``%extra``. What `slow_entries` tells is left to the factorization.
    """
    entries = elimination.entries
    slow = slow_entries(operations)
    outputs = [
        (Place("diagonal" if row == column else "out", entries[row, column]), value)
        for (row, column), value in operations.jacobian.items()
        if (row, column) not in slow
    ]
    program = Program("matrix", tuple(outputs), operations.programs["slope"].leaves)

    def store(code: Code, place: Place, value: str) -> None:
        if place.array == "diagonal":
            negative = code.operate("fsub", code.load("%extra", 0), value)
        else:
            negative = code.operate("fneg", value)
        code.store(negative, "%out", place.slot)

    return program_function(program, width, store=store)


def slow_entries(operations: Operations) -> dict[tuple[int, int], Place]:
    """Return the entries of J that lie in the environment: they do not change from step to step."""
    leaves = operations.programs["slope"].leaves
    places = {entry: leaves.get(value) for entry, value in operations.jacobian.items()}
    return {
        entry: place
        for entry, place in places.items()
        if place is not None and place.array == "environment"
    }


class _Blocks:
    """Rows of an array in memory, each read once a block and written at once.

    Parameters
    ----------
    code
        Where to write.
    first
        What is there before the first writing, where that is not in the array.
    """

    def __init__(self, code: Code, first: Mapping[int, Callable[[], str]] | None = None) -> None:
        self.code, self.count = code, 0
        self.held: dict[tuple[str, int], str] = {}
        self.first = dict(first or {})

    def get(self, array: str, slot: int) -> str:
        if (array, slot) not in self.held:
            read = self.first.get(slot)
            self.held[array, slot] = read() if read else self.code.load(array, slot)
        return self.held[array, slot]

    def put(self, array: str, slot: int, value: str) -> None:
        self.code.store(value, array, slot)
        self.first.pop(slot, None)
        self.held[array, slot] = value

    def subtract_product(self, a: str, b: str, c: str) -> str:
        """Return c - a b."""
        self.count += 1
        return self.code.fma(self.code.operate("fneg", a), b, c)

    @property
    def is_long(self) -> bool:
        """Whether a new block should begin."""
        return self.count > BLOCK

    def rest(self) -> None:
        """Begin a new block if this one is long."""
        if self.is_long:
            self.code.fresh_block()
            self.count = 0
            self.held.clear()


def _first_values(
    code: Code, operations: Operations, elimination: Elimination
) -> dict[int, Callable[[], str]]:
    """Return how to read, by slot, the entries of W that `matrix_function` does not write."""
    slow = slow_entries(operations)

    def read(entry: tuple[int, int]) -> str:
        on_diagonal = entry[0] == entry[1]
        if entry not in slow:
            return code.load("%shift", 0) if on_diagonal else code.number(0.0)
        value = code.load("%environment", slow[entry].slot)
        if on_diagonal:
            return code.operate("fsub", code.load("%shift", 0), value)
        return code.operate("fneg", value)

    return {
        slot: partial(read, entry)
        for entry, slot in elimination.entries.items()
        if entry in slow or entry not in operations.jacobian
    }


def factor_function(operations: Operations, elimination: Elimination, width: Width) -> str:
    """Return the function that factors W in place: W = L U, with ones on the diagonal of L.

    The diagonal of U is kept inverted.
    """
    code = Code(width)
    blocks = _Blocks(code, _first_values(code, operations, elimination))
    lower = rows_of_lower(elimination)
    upper = {pivot.index: pivot.columns for pivot in elimination.pivots}
    for row in upper:
        _factor_row(blocks, row, lower, upper, elimination.entries)
    code.line("ret void")
    return function("factor", "ptr noalias %matrix, ptr %shift, ptr %environment", code)


def _factor_row(
    blocks: _Blocks,
    row: int,
    lower: Mapping[int, Sequence[int]],
    upper: Mapping[int, Sequence[int]],
    slots: Mapping[tuple[int, int], int],
) -> None:
    """Write one row of the factors from those before it; each entry is stored once."""
    code, current = blocks.code, dict[int, str]()

    def known(column: int) -> str:
        return current.get(column) or blocks.get("%matrix", slots[row, column])

    for pivot in lower[row]:
        if blocks.is_long:
            for column, value in current.items():
                blocks.put("%matrix", slots[row, column], value)
            current.clear()
            blocks.rest()
        inverse = blocks.get("%matrix", slots[pivot, pivot])
        below = code.operate("fmul", known(pivot), inverse)
        blocks.put("%matrix", slots[row, pivot], below)
        current.pop(pivot, None)
        for column in upper[pivot]:
            right = blocks.get("%matrix", slots[pivot, column])
            current[column] = blocks.subtract_product(below, right, known(column))
    inverse = code.operate("fdiv", code.number(1.0), known(row))
    blocks.put("%matrix", slots[row, row], inverse)
    for column in upper[row]:
        slot = slots[row, column]
        if column in current or slot in blocks.first:
            blocks.put("%matrix", slot, known(column))
    blocks.rest()


def rows_of_lower(elimination: Elimination) -> dict[int, list[int]]:
    """Return, for each row in the order of elimination, the columns of L in that order."""
    lower: dict[int, list[int]] = {pivot.index: [] for pivot in elimination.pivots}
    for pivot in elimination.pivots:
        for row in pivot.rows:
            lower[row].append(pivot.index)
    return lower


def solve_function(elimination: Elimination, width: Width) -> str:
    """Return the function that solves W x = b, b in place.

    Sums run over what is known first, so that they wait least for one another.
    """
    lower = rows_of_lower(elimination)
    upper = {pivot.index: pivot.columns for pivot in elimination.pivots}
    forward, slots = list(lower), elimination.entries
    passes = ((forward, lower, False), (forward[::-1], upper, True))
    return _substitutions("solve", passes, lambda row, column: slots[row, column], width)


def solve_transposed_function(elimination: Elimination, width: Width) -> str:
    """Return the function that solves W^T x = b by the factors of W, b in place."""
    below = {pivot.index: pivot.rows for pivot in elimination.pivots}
    above: dict[int, list[int]] = {index: [] for index in below}
    for pivot in elimination.pivots:
        for column in pivot.columns:
            above[column].append(pivot.index)
    forward, slots = list(below), elimination.entries
    passes = ((forward, above, True), (forward[::-1], below, False))
    return _substitutions("solve_transposed", passes, lambda row, col: slots[col, row], width)


def _substitutions(
    name: str,
    passes: Sequence[tuple[Sequence[int], Mapping[int, Sequence[int]], bool]],
    slot: Callable[[int, int], int],
    width: Width,
) -> str:
    """Return the function that solves two triangular systems one after the other.

    A pass has the rows in order, the columns of each row, and whether the diagonal (kept inverted)
    is not one.
    """
    code = Code(width)
    blocks = _Blocks(code)
    for order, others, scales in passes:
        known_after: dict[int, int] = {}
        for row in order:
            blocks.rest()
            value = blocks.get("%right", row)
            after = 0
            for column in sorted(others[row], key=known_after.__getitem__):
                entry = blocks.get("%matrix", slot(row, column))
                value = blocks.subtract_product(entry, blocks.get("%right", column), value)
                after = max(after, known_after[column]) + 1
            known_after[row] = after + scales
            if scales:
                value = code.operate("fmul", value, blocks.get("%matrix", slot(row, row)))
            if scales or others[row]:
                blocks.put("%right", row, value)
    code.line("ret void")
    return function(name, "ptr noalias %matrix, ptr noalias %right", code)
