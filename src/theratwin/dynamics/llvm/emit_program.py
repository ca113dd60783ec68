"""Straight-line programs as IR, in blocks of about a hundred operations.

Values pass from block to block through memory: long blocks cost the code generator time that
grows faster than their length, and gain nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from theratwin.dynamics.expressions.expression import Expression
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.solving.operations import Place, Program

BLOCK = 100
#: Whole powers up to this are products.
LARGEST_POWER = 32

_DIRECT = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "neg": "fneg"}
_CALLED = ("exp", "log", "pow", "sin", "cos", "atan")
_COMPARED = {"less": "olt", "less_equal": "ole"}
_TRUTH = {"and": "and", "or": "or"}

#: The arguments of a program: where it reads states, slow values and time, where it writes, where
#: it keeps values between blocks, and one more array for those that need it.
ARRAYS = ("state", "environment", "time", "out", "spill", "extra")

#: The arrays that have a number for each lane where a program runs on one lane.
STRIDED = ("environment", "gradient")

#: What to do with a value at its destination; gets the code, the place and the value.
Store = Callable[[Code, Place, str], None]


def program_function(
    program: Program,
    width: Width,
    stride: int = 1,
    store: Store | None = None,
    arrays: tuple[str, ...] = ARRAYS,
) -> tuple[str, int]:
    """Return a program as an IR function, and how many rows of scratch it takes.

    Its arguments are the arrays. With one lane, those of `STRIDED` are read every ``stride``
    elements.
    """
    writer = _Writer(program, Code(width), stride)
    writer.write(store or writer.store_plain)
    arguments = ", ".join(f"ptr noalias %{array}" for array in arrays)
    return function(program.name, arguments, writer.code), len(writer.spilled)


@dataclass
class _Use:
    """Where a value is computed, and where and how often it is used."""

    block: int
    count: int = 0
    last_block: int = 0


def add_to_place(code: Code, place: Place, value: str) -> None:
    """Add a value to what lies at its destination."""
    array = f"%{place.array}"
    code.store(code.operate("fadd", code.load(array, place.slot), value), array, place.slot)


class _Writer:
    def __init__(self, program: Program, code: Code, stride: int) -> None:
        self.program, self.code, self.stride = program, code, stride
        self.nodes = program.operations()
        self.fused: set[Expression] = set()
        self.uses = self._count_uses()
        self.spilled: dict[Expression, int] = {}
        self.held: dict[Expression, str] = {}
        self.fresh: set[Expression] = set()
        self.block = 0

    def _count_uses(self) -> Mapping[Expression, _Use]:
        uses = {node: _Use(i // BLOCK) for i, node in enumerate(self.nodes)}
        for node in self.nodes:
            for arg in node.args:
                if arg in uses:
                    uses[arg].count += 1
                    uses[arg].last_block = max(uses[arg].last_block, uses[node].block)
        for _, value in self.program.outputs:
            if value in uses:
                uses[value].count += 1
                uses[value].last_block = max(uses[value].last_block, uses[value].block)
        self._fuse(uses)
        return uses

    def _fuse(self, uses: dict[Expression, _Use]) -> None:
        """Mark products that are used once, in a sum, for one fused operation."""
        roots = {value for _, value in self.program.outputs}
        for node in self.nodes:
            if node.op not in ("add", "sub"):
                continue
            for arg in reversed(node.args):
                if arg.op == "mul" and arg in uses and arg not in roots and uses[arg].count == 1:
                    self.fused.add(arg)
                    for factor in arg.args:
                        if factor in uses:
                            use = uses[factor]
                            use.last_block = max(use.last_block, uses[node].block)
                    break

    def write(self, store: Store) -> None:
        waiting: dict[Expression, list[Place]] = {}
        for place, value in self.program.outputs:
            waiting.setdefault(value, []).append(place)
        for i, node in enumerate(self.nodes):
            self._enter(i // BLOCK)
            if node in self.fused:
                continue
            self.held[node] = name = self._compute(node)
            self.fresh.add(node)
            if self.uses[node].last_block > self.block:
                self.spilled[node] = slot = len(self.spilled)
                self.code.store(name, "%spill", slot)
            for place in waiting.pop(node, ()):
                store(self.code, place, name)
        for i, (value, places) in enumerate(waiting.items()):
            self._enter(self.block + (i % BLOCK == BLOCK - 1))
            for place in places:
                store(self.code, place, self._operand(value))
        self.code.line("ret void")

    def store_plain(self, code: Code, place: Place, value: str) -> None:
        code.store(value, f"%{place.array}", place.slot)

    def _enter(self, block: int) -> None:
        if block != self.block:
            self.block = block
            self.held.clear()
            self.fresh.clear()
            self.code.fresh_block()

    def _operand(self, node: Expression) -> str:
        if node.op == "constant":
            return self.code.number(float(node.value))  # type: ignore[arg-type]
        if node not in self.held:
            self.held[node] = self._read(node)
        return self.held[node]

    def _read(self, node: Expression) -> str:
        if node in self.spilled:
            return self.code.load("%spill", self.spilled[node])
        place = self.program.leaves[node]
        strided = self.stride if place.array in STRIDED else 1
        return self.code.load(f"%{place.array}", place.slot * strided)

    def _compute(self, node: Expression) -> str:
        code = self.code
        if node.op in ("add", "sub"):
            return self._sum(node)
        if node.op == "select":
            return self._select(node)
        if node.op == "pow" and node.args[1].op == "constant":
            return self._power(node.args[0], float(node.args[1].value))  # type: ignore[arg-type]
        args = [self._operand(arg) for arg in node.args]
        if node.op in _DIRECT:
            return code.operate(_DIRECT[node.op], *args)
        if node.op in _CALLED:
            return code.call(f"{node.op}.{code.width.suffix}", *args)
        if node.op == "floor":
            return code.call(f"llvm.floor.{code.width.suffix}", *args)
        if node.op in ("min", "max"):
            return self._extreme(node.op, *args)
        return code.choose(self._comparison(node), code.number(1.0), code.number(0.0))

    def _sum(self, node: Expression) -> str:
        code, (a, b) = self.code, node.args
        if b in self.fused:
            x, y = map(self._operand, b.args)
            x = code.operate("fneg", x) if node.op == "sub" else x
            return code.fma(x, y, self._operand(a))
        if a in self.fused:
            x, y = map(self._operand, a.args)
            other = self._operand(b)
            return code.fma(x, y, code.operate("fneg", other) if node.op == "sub" else other)
        return code.operate(_DIRECT[node.op], self._operand(a), self._operand(b))

    def _power(self, base: Expression, exponent: float) -> str:
        """Return a constant power: by squaring, with one root if half, else by logarithm."""
        code, x = self.code, self._operand(base)
        whole, half = divmod(abs(exponent), 1.0)
        if half not in (0.0, 0.5) or whole > LARGEST_POWER:
            return code.call(f"pow.{code.width.suffix}", x, code.number(exponent))
        value = code.call(f"llvm.sqrt.{code.width.suffix}", x) if half else None
        count, square = int(whole), x
        while count:
            if count & 1:
                value = square if value is None else code.operate("fmul", value, square)
            count >>= 1
            if count:
                square = code.operate("fmul", square, square)
        value = value or code.number(1.0)
        return code.operate("fdiv", code.number(1.0), value) if exponent < 0 else value

    def _select(self, node: Expression) -> str:
        condition, then, otherwise = node.args
        truth = self._condition(condition)
        return self.code.choose(truth, self._operand(then), self._operand(otherwise))

    def _condition(self, node: Expression) -> str:
        """Return the truth of a node; a comparison made in this block is made once more."""
        if node in self.fresh and node.op in (*_COMPARED, *_TRUTH, "not"):
            return self._comparison(node)
        return self.code.compare("une", self._operand(node), self.code.number(0.0))

    def _comparison(self, node: Expression) -> str:
        code = self.code
        if node.op in _COMPARED:
            return code.compare(_COMPARED[node.op], *map(self._operand, node.args))
        if node.op == "not":
            return code.compare("oeq", self._operand(node.args[0]), code.number(0.0))
        a, b = map(self._condition, node.args)
        return code.value(f"{_TRUTH[node.op]} {code.width.truth} {a}, {b}")

    def _extreme(self, op: str, a: str, b: str) -> str:
        """Return the smaller or larger; a NaN goes through."""
        code = self.code
        first = code.compare("ult" if op == "min" else "ugt", a, b)
        chosen = code.choose(first, a, b)
        return code.choose(code.compare("uno", b, b), b, chosen)
