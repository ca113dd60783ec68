"""In which order unknowns are eliminated, fixed before any number is known."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pivot:
    """One step of the elimination: the pivot, the rows below it, the columns right of it."""

    index: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Elimination:
    """A static LU factorization without pivoting.

    Parameters
    ----------
    entries
        Row and column of each nonzero of L + U, fill included, to its slot.
    pivots
        The steps, in order.
    """

    entries: dict[tuple[int, int], int]
    pivots: tuple[Pivot, ...]

    @property
    def multiplications(self) -> int:
        """Number of updates that a factorization takes."""
        return sum(len(p.rows) * len(p.columns) for p in self.pivots)


def minimum_degree(size: int, pattern: Iterable[tuple[int, int]]) -> Elimination:
    """Order the unknowns so that each step makes the least fill (Markowitz 1957).

    Of unknowns that are as good, the one that waits for the fewest others goes first: the steps of
    a processor that do not wait for one another run side by side.

    The diagonal is eliminated, always in the same order for the same pattern. Compartment systems
    with a step in them are diagonally dominant by columns, so that no pivoting is needed.

    Examples
    --------
    >>> chain = minimum_degree(3, [(1, 0), (2, 1)])
    >>> len(chain.entries), chain.multiplications
    (5, 0)
    """
    rows: list[set[int]] = [{i} for i in range(size)]
    columns: list[set[int]] = [{i} for i in range(size)]
    for i, j in pattern:
        rows[i].add(j)
        columns[j].add(i)
    entries = {(i, j) for i in range(size) for j in rows[i]}

    depths = [0] * size

    def cost(index: int) -> tuple[int, int]:
        return (len(rows[index]) - 1) * (len(columns[index]) - 1), depths[index]

    waiting = [(cost(i), i) for i in range(size)]
    heapq.heapify(waiting)
    left, pivots = set(range(size)), []
    while left:
        known, index = heapq.heappop(waiting)
        # Stale entries are left in the heap and skipped here.
        if index not in left or known != cost(index):
            continue
        left.discard(index)
        pivot = Pivot(
            index,
            tuple(sorted(columns[index] - {index})),
            tuple(sorted(rows[index] - {index})),
        )
        pivots.append(pivot)
        entries |= {(i, j) for i in pivot.rows for j in pivot.columns}
        _eliminate(pivot, rows, columns)
        for changed in {*pivot.rows, *pivot.columns}:
            depths[changed] = max(depths[changed], depths[index] + 1)
            heapq.heappush(waiting, (cost(changed), changed))
    return Elimination({entry: slot for slot, entry in enumerate(sorted(entries))}, tuple(pivots))


def _eliminate(pivot: Pivot, rows: list[set[int]], columns: list[set[int]]) -> None:
    for i in pivot.rows:
        rows[i].discard(pivot.index)
        rows[i].update(pivot.columns)
    for j in pivot.columns:
        columns[j].discard(pivot.index)
        columns[j].update(pivot.rows)
