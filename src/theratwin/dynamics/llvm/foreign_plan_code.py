"""The plan of a foreign call: what stands where, and code that reads it.

What would be an address in `Context` is a place in the plan, or in working memory that each call
takes and gives back.
"""

from __future__ import annotations

from theratwin.dynamics.llvm.ir_text import Code, Width

#: The first numbers of the plan. Places are counted in numbers of eight bytes, from the beginning
#: of the plan or of the working memory.
PLAN = (
    "size",  # numbers in the plan
    "directions",
    "times",
    "given",  # columns of the argument
    "capacity",  # patients solved at once
    "memory",  # numbers of working memory
    "lanes",
    "phase",  # place of the lanes' phases in the memory
    "next",  # place of the number of the next patient in the memory
    "words",  # place of `Context` in the memory
    "context",  # of pairs (kind, value), one a word of the context
    "row",  # place of one patient's values in the memory
    "defaults",
    "defaults_count",
    "columns",  # of pairs (column of the argument, place in the row)
    "columns_count",
    "copies",  # of quadruples (kind, from, to, numbers a patient)
    "copies_count",
    "terms",  # of triples (event, place in the row, divisor)
    "terms_count",
    "amounts",  # place of the events' amounts in the memory
    "events",
    "begins",  # place of each patient's first event in the memory
    "unknown",  # place of what is NaN until it is found
    "unknown_count",
    "outputs",  # of triples (place in the memory, numbers a row, column)
    "outputs_count",
    "output_slopes",
)
#: Kinds of a word of the context and of a copy: itself, a place in the memory, one in the plan.
LITERAL, MEMORY, GIVEN = 0, 1, 2


class PlanCode(Code):
    """Code that reads the plan."""

    def __init__(self) -> None:
        super().__init__(Width(1))

    def field(self, name: str) -> str:
        """Read one of the first numbers of the plan."""
        return self.get("i64", "%plan", PLAN.index(name))

    def planned(self, name: str) -> str:
        """Return the address of what lies in the plan at a place of that name."""
        return self.address("%plan", self.field(name))

    def memory(self, name: str) -> str:
        """Return the address of what lies in the memory."""
        return self.address("%memory", self.field(name))

    def entry(self, table: str, index: str, width: int) -> list[str]:
        """Read a row of a table."""
        first = self.value(f"mul i64 {index}, {width}")
        return [self.get("i64", table, self.value(f"add i64 {first}, {i}")) for i in range(width)]

    def based(self, kind: str) -> str:
        """Return the address that a kind of place is counted from."""
        planned = self.value(f"icmp eq i64 {kind}, {GIVEN}")
        return self.value(f"select i1 {planned}, ptr %plan, ptr %memory")

    def sum(self, a: str, b: str | int) -> str:
        """Add whole numbers."""
        return self.value(f"add i64 {a}, {b}")

    def product(self, a: str, b: str | int) -> str:
        """Multiply whole numbers."""
        return self.value(f"mul i64 {a}, {b}")

    def copied(self, count: str, source: str, target: str) -> None:
        """Copy numbers, bit by bit."""
        with self.loop(count) as i:
            self.put("i64", self.get("i64", source, i), target, i)
