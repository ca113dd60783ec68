"""Text of the intermediate representation (IR) of LLVM, written line by line."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


def literal(value: float) -> str:
    """Return a double as LLVM reads it without rounding: its bits."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', value))[0]:016X}"


@dataclass(frozen=True)
class Width:
    """How many lanes a value has.

    Parameters
    ----------
    lanes
        One is a scalar.
    """

    lanes: int

    @property
    def real(self) -> str:
        """The type of a number."""
        return "double" if self.lanes == 1 else f"<{self.lanes} x double>"

    @property
    def integer(self) -> str:
        """The type of a 64-bit integer."""
        return "i64" if self.lanes == 1 else f"<{self.lanes} x i64>"

    @property
    def truth(self) -> str:
        """The type of a comparison."""
        return "i1" if self.lanes == 1 else f"<{self.lanes} x i1>"

    @property
    def suffix(self) -> str:
        """The end of an intrinsic's name."""
        return "f64" if self.lanes == 1 else f"v{self.lanes}f64"

    @property
    def align(self) -> int:
        """Alignment (bytes)."""
        return 8 * self.lanes

    def constant(self, value: float) -> str:
        """Return a number in every lane."""
        text = literal(value)
        return text if self.lanes == 1 else self._each("double", text)

    def whole(self, value: int) -> str:
        """Return an integer in every lane."""
        return str(value) if self.lanes == 1 else self._each("i64", str(value))

    def _each(self, kind: str, text: str) -> str:
        return "<" + ", ".join([f"{kind} {text}"] * self.lanes) + ">"


@dataclass
class Code:
    """The body of one function, in order.

    Parameters
    ----------
    width
        Lanes of its numbers.
    """

    width: Width
    lines: list[str] = field(default_factory=list)
    block: str = "entry"
    _count: int = 0

    def line(self, text: str) -> None:
        """Add an instruction without a value."""
        self.lines.append(text)

    def value(self, text: str) -> str:
        """Add an instruction and return the name of its value."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"{name} = {text}")
        return name

    def label(self, stem: str) -> str:
        """Return an unused label."""
        self._count += 1
        return f"{stem}{self._count}"

    def place(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.block = label

    def jump(self, label: str) -> None:
        """End a block by going to another."""
        self.lines.append(f"br label %{label}")

    def fresh_block(self) -> None:
        """Go on in a block of its own: the code generator works block by block."""
        label = self.label("block")
        self.jump(label)
        self.place(label)

    @contextmanager
    def loop(self, count: str | int) -> Iterator[str]:
        """Repeat for 0, 1, ... below a count; gives the index."""
        head, body, follow, leave = (self.label(s) for s in ("head", "body", "next", "leave"))
        before = self.block
        self.jump(head)
        self.place(head)
        index, following = f"%i{head}", f"%n{head}"
        self.line(f"{index} = phi i64 [0, %{before}], [{following}, %{follow}]")
        self.branch(self.value(f"icmp slt i64 {index}, {count}"), body, leave)
        self.place(body)
        yield index
        self.jump(follow)
        self.place(follow)
        self.line(f"{following} = add i64 {index}, 1")
        self.jump(head)
        self.place(leave)

    def total(self, count: int, term: Callable[[str, str], str]) -> str:
        """Fold over 0, 1, ... below a count (at least one), from zero; kept in a register."""
        body, leave = self.label("body"), self.label("leave")
        before, real = self.block, self.width.real
        self.jump(body)
        self.place(body)
        index, sum_ = f"%i{body}", f"%s{body}"
        self.line(f"{index} = phi i64 [0, %{before}], [%n{body}, %{body}]")
        self.line("")
        place = len(self.lines) - 1
        found = term(index, sum_)
        zero = self.number(0.0)
        self.lines[place] = f"{sum_} = phi {real} [{zero}, %{before}], [{found}, %{body}]"
        self.line(f"%n{body} = add i64 {index}, 1")
        self.branch(self.value(f"icmp slt i64 %n{body}, {count}"), body, leave)
        self.place(leave)
        return found

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Do only if a condition holds."""
        then, leave = self.label("then"), self.label("leave")
        self.branch(condition, then, leave)
        self.place(then)
        yield
        self.jump(leave)
        self.place(leave)

    def branch(self, condition: str, then: str, otherwise: str) -> None:
        """End a block by going one of two ways."""
        self.line(f"br i1 {condition}, label %{then}, label %{otherwise}")

    # Numbers, one value a lane.

    def operate(self, op: str, *args: str) -> str:
        """Apply an instruction such as ``fadd`` to numbers."""
        return self.value(f"{op} {self.width.real} {', '.join(args)}")

    def call(self, name: str, *args: str) -> str:
        """Call a function of numbers."""
        real = self.width.real
        given = ", ".join(f"{real} {arg}" for arg in args)
        return self.value(f"call {real} @{name}({given})")

    def fma(self, a: str, b: str, c: str) -> str:
        """Return a * b + c, rounded once."""
        return self.call(f"llvm.fma.{self.width.suffix}", a, b, c)

    def compare(self, how: str, a: str, b: str) -> str:
        """Compare numbers by ``olt``, ``ole``, ``uno``..."""
        return self.value(f"fcmp {how} {self.width.real} {a}, {b}")

    def choose(self, condition: str, then: str, otherwise: str) -> str:
        """Return one of two numbers in each lane."""
        width = self.width
        return self.value(
            f"select {width.truth} {condition}, {width.real} {then}, {width.real} {otherwise}"
        )

    def number(self, value: float) -> str:
        """Return a constant."""
        return self.width.constant(value)

    def spread(self, scalar: str) -> str:
        """Return a scalar in every lane."""
        width = self.width
        if width.lanes == 1:
            return scalar
        first = self.value(f"insertelement {width.real} poison, double {scalar}, i32 0")
        lanes = f"<{width.lanes} x i32> zeroinitializer"
        return self.value(f"shufflevector {width.real} {first}, {width.real} poison, {lanes}")

    # Memory.

    def address(self, base: str, offset: str | int, kind: str = "double") -> str:
        """Return the address of an element."""
        if offset == 0:
            return base
        return self.value(f"getelementptr {kind}, ptr {base}, i64 {offset}")

    def row(self, base: str, index: str | int) -> str:
        """Return the address of a row of lanes."""
        return self.address(base, index, self.width.real)

    def load(self, base: str, index: str | int) -> str:
        """Read a row of lanes."""
        address = self.row(base, index)
        return self.value(f"load {self.width.real}, ptr {address}, align {self.width.align}")

    def store(self, value: str, base: str, index: str | int) -> None:
        """Write a row of lanes."""
        address = self.row(base, index)
        self.line(f"store {self.width.real} {value}, ptr {address}, align {self.width.align}")

    def get(self, kind: str, base: str, offset: str | int) -> str:
        """Read one element of type ``double``, ``i64`` or ``ptr``."""
        return self.value(f"load {kind}, ptr {self.address(base, offset, kind)}, align 8")

    def put(self, kind: str, value: str, base: str, offset: str | int) -> None:
        """Write one element."""
        self.line(f"store {kind} {value}, ptr {self.address(base, offset, kind)}, align 8")


def function(name: str, arguments: str, code: Code, result: str = "void") -> str:
    """Return the text of a function; the last line of its code returns."""
    body = "\n".join(code.lines)
    linkage = "" if name.startswith("theratwin") else "internal "
    return f"define {linkage}{result} @{name}({arguments}) #0 {{\nentry:\n{body}\n}}\n"
