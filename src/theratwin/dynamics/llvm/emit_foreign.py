"""The engine as a foreign function of XLA, as IR: no Python between XLA and the driver.

All that is fixed comes with each call as one attribute, a list of whole numbers called the plan:
what would be an address in `Context` is a place in it, or in working memory that each call takes
and gives back. Calls share nothing, so that any thread may make any number of them at once.
"""

from __future__ import annotations

import ctypes

from theratwin.dynamics.llvm.foreign_frame import (
    ARRAY,
    BUFFER,
    EXECUTE,
    INVALID_ARGUMENT,
    METADATA,
    REAL,
    RESOURCE_EXHAUSTED,
    VERSION,
    WHOLE,
    Api,
    Args,
    Array,
    Attrs,
    Buffer,
    CallFrame,
    ErrorCreate,
    Extension,
    Metadata,
    Rets,
    full_size,
    offset,
)
from theratwin.dynamics.llvm.ir_text import Code, Width, function, literal
from theratwin.dynamics.llvm.layout import CONTEXT, IDLE

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
#: What the code calls: the driver, and Python's memory, which needs no lock of Python's.
LINKS = ("integrate", "calloc", "free")
EXPORTS = ("theratwin_foreign", "theratwin_links")

_MISFIT = "theratwin: XLA calls in a form that the engine does not know"
_NO_MEMORY = "theratwin: no memory to solve in"
_UNKNOWN = literal(float("nan"))


def foreign_module(identity: str, version: tuple[int, int] = VERSION) -> str:
    """Return the text.

    Parameters
    ----------
    identity
        Of the engine that it is linked to: each has a copy of the code.
    version
        Of the interface, to be reported.
    """
    texts = {"misfit": _MISFIT, "no_memory": _NO_MEMORY}
    parts = [f"; for {identity}", f"@theratwin_links = global [{len(LINKS)} x ptr] zeroinitializer"]
    for name, text in texts.items():
        parts.append(f'@{name} = private constant [{len(text) + 1} x i8] c"{text}\\00"')
    parts += [_prepare(), _gather(), _hand_over(), _solve(), _answer(version), _fail(), _handler()]
    return "\n".join(parts) + "\nattributes #0 = { nounwind }\n"


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

    # Structures of XLA.

    def member(self, base: str, structure: type[ctypes.Structure], *path: str) -> str:
        """Return the address of a field."""
        return self.value(f"getelementptr i8, ptr {base}, i64 {offset(structure, *path)}")

    def read(self, kind: str, base: str, structure: type[ctypes.Structure], *path: str) -> str:
        """Read a field."""
        return self.get(kind, self.member(base, structure, *path), 0)

    def whole(self, kind: str, base: str, structure: type[ctypes.Structure], *path: str) -> str:
        """Read a whole number of four or eight bytes."""
        at = self.member(base, structure, *path)
        found = self.value(f"load {kind}, ptr {at}, align 4")
        return found if kind == "i64" else self.value(f"zext {kind} {found} to i64")

    def must(self, how: str, found: str, expected: str | int, otherwise: str) -> None:
        """Go on in a new block if whole numbers compare, else elsewhere."""
        label = self.label("fits")
        self.branch(self.value(f"icmp {how} i64 {found}, {expected}"), label, otherwise)
        self.place(label)


def _prepare() -> str:
    """``prepare(plan, memory)``: the context, once a call."""
    code = PlanCode()
    table, words = code.planned("context"), code.memory("words")
    with code.loop(len(CONTEXT)) as i:
        kind, value = code.entry(table, i, 2)
        address = code.address(code.based(kind), value)
        place = code.value(f"ptrtoint ptr {address} to i64")
        itself = code.value(f"icmp eq i64 {kind}, {LITERAL}")
        code.put("i64", code.value(f"select i1 {itself}, i64 {value}, i64 {place}"), words, i)
    code.line("ret void")
    return function("prepare", "ptr %plan, ptr %memory", code)


def _gather() -> str:
    """``gather(plan, memory, given, patients)``: inputs of some patients, outputs not known yet."""
    code = PlanCode()
    with code.loop("%patients") as patient:
        row, begin = code.memory("row"), code.product(patient, code.field("given"))
        code.copied(code.field("defaults_count"), code.planned("defaults"), row)
        values, columns = code.address("%given", begin), code.planned("columns")
        with code.loop(code.field("columns_count")) as i:
            column, place = code.entry(columns, i, 2)
            code.put("i64", code.get("i64", values, column), row, place)
        copies = code.planned("copies")
        with code.loop(code.field("copies_count")) as i:
            kind, source, target, count = code.entry(copies, i, 4)
            there = code.address("%memory", code.sum(target, code.product(patient, count)))
            code.copied(count, code.address(code.based(kind), source), there)
        _amounts(code, row, patient)
    events, begins = code.field("events"), code.memory("begins")
    with code.loop(code.sum("%patients", 1)) as patient:
        code.put("i64", code.product(patient, events), begins, patient)
    unknown = code.memory("unknown")
    with code.loop(code.field("unknown_count")) as i:
        code.put("double", _UNKNOWN, unknown, i)
    phases = code.memory("phase")
    with code.loop(code.field("lanes")) as lane:
        code.put("i64", str(IDLE), phases, lane)
    code.put("i64", "0", code.memory("next"), 0)
    words = code.memory("words")
    code.put("i64", "%patients", words, CONTEXT.index("stop"))
    code.line("ret void")
    return function("gather", "ptr %plan, ptr %memory, ptr %given, i64 %patients", code)


def _amounts(code: PlanCode, row: str, patient: str) -> None:
    """Add the terms of each event's amount, a value of the row divided by a number, in order."""
    begin = code.product(patient, code.field("events"))
    amounts, terms = code.address(code.memory("amounts"), begin), code.planned("terms")
    with code.loop(code.field("terms_count")) as i:
        event, place, divisor = code.entry(terms, i, 3)
        number = code.value(f"bitcast i64 {divisor} to double")
        term = code.operate("fdiv", code.get("double", row, place), number)
        total = code.operate("fadd", code.get("double", amounts, event), term)
        code.put("double", total, amounts, event)


def _hand_over() -> str:
    """``hand_over(memory, table, outputs, rows, directions, out)``: results as XLA wants them."""
    code = PlanCode()
    with code.loop("%rows") as row, code.loop("%outputs") as output:
        place, width, column = code.entry("%table", output, 3)
        source = code.address("%memory", code.sum(place, column))
        first = code.product(row, "%directions")
        before = code.sum(code.product(row, "%outputs"), output)
        target = code.address("%out", code.product(before, "%directions"))
        with code.loop("%directions") as i:
            value = code.get("i64", source, code.product(code.sum(first, i), width))
            code.put("i64", value, target, i)
    code.line("ret void")
    arguments = "ptr %memory, ptr %table, i64 %outputs, i64 %rows, i64 %directions, ptr %out"
    return function("hand_over", arguments, code)


def _solve() -> str:
    """``solve_all(...)``: all patients, some at a time; 1 where there is no memory."""
    code = PlanCode()
    calloc = code.get("ptr", "@theratwin_links", LINKS.index("calloc"))
    size = code.sum(code.product(code.field("memory"), 8), 64)
    raw = code.value(f"call ptr {calloc}(i64 1, i64 {size})")
    none, some = code.label("none"), code.label("some")
    code.branch(code.value(f"icmp eq ptr {raw}, null"), none, some)
    code.place(none)
    code.line("ret i64 1")
    code.place(some)
    number = code.sum(code.value(f"ptrtoint ptr {raw} to i64"), 63)
    code.line(f"%memory = inttoptr i64 {code.value(f'and i64 {number}, -64')} to ptr")
    code.line("call void @prepare(ptr %plan, ptr %memory)")
    capacity = code.field("capacity")
    rounds = code.value(f"sdiv i64 {code.sum(code.sum('%patients', capacity), -1)}, {capacity}")
    with code.loop(rounds) as i:
        first = code.product(i, capacity)
        left = code.value(f"sub i64 %patients, {first}")
        fewer = code.value(f"icmp slt i64 {left}, {capacity}")
        _solve_some(code, first, code.value(f"select i1 {fewer}, i64 {left}, i64 {capacity}"))
    free = code.get("ptr", "@theratwin_links", LINKS.index("free"))
    code.line(f"call void {free}(ptr {raw})")
    code.line("ret i64 0")
    arguments = "ptr %plan, ptr %given, i64 %patients, ptr %values, ptr %slopes"
    return function("solve_all", arguments, code, "i64")


def _solve_some(code: PlanCode, first: str, count: str) -> None:
    given = code.address("%given", code.product(first, code.field("given")))
    code.line(f"call void @gather(ptr %plan, ptr %memory, ptr {given}, i64 {count})")
    integrate = code.get("ptr", "@theratwin_links", LINKS.index("integrate"))
    code.value(f"call i64 {integrate}(ptr {code.memory('words')})")
    times, outputs = code.field("times"), code.field("outputs_count")
    rows = code.product(count, times)
    begin = code.product(code.product(first, times), outputs)
    values, directions = code.address("%values", begin), code.field("directions")
    slopes = code.address("%slopes", code.product(begin, directions))
    for table, many, out in (("outputs", "1", values), ("output_slopes", directions, slopes)):
        given = f"ptr %memory, ptr {code.planned(table)}, i64 {outputs}, i64 {rows}"
        code.line(f"call void @hand_over({given}, i64 {many}, ptr {out})")


def _answer(version: tuple[int, int]) -> str:
    """``answer(frame)``: 1 if the version was asked for, which is then given."""
    code = PlanCode()
    first = code.read("ptr", "%frame", CallFrame, "extension_start")
    again, look, tell, follow, leave = map(code.label, ("again", "look", "tell", "follow", "leave"))
    before = code.block
    code.jump(again)
    code.place(again)
    code.line(f"%extension = phi ptr [{first}, %{before}], [%following, %{follow}]")
    code.branch(code.value("icmp eq ptr %extension, null"), leave, look)
    code.place(look)
    kind = code.whole("i32", "%extension", Extension, "type")
    code.branch(code.value(f"icmp eq i64 {kind}, {METADATA}"), tell, follow)
    code.place(follow)
    at = code.member("%extension", Extension, "next")
    code.line(f"%following = load ptr, ptr {at}, align 8")
    code.jump(again)
    code.place(tell)
    metadata = code.read("ptr", "%extension", Extension, "metadata")
    for name, number in zip(("major_version", "minor_version"), version, strict=True):
        there = code.member(metadata, Metadata, "api_version", name)
        code.line(f"store i32 {number}, ptr {there}, align 4")
    code.line("store i32 0, ptr " + code.member(metadata, Metadata, "traits") + ", align 4")
    code.line("ret i64 1")
    code.place(leave)
    code.line("ret i64 0")
    return function("answer", "ptr %frame", code, "i64")


def _fail() -> str:
    """``fail(frame, message, errc)``: an error of XLA's."""
    code = PlanCode()
    size = full_size(ErrorCreate)
    code.line(f"%told = alloca [{size + 8} x i8], align 8")
    for field, kind, value in (
        ("struct_size", "i64", str(size)),
        ("extension_start", "ptr", "null"),
        ("message", "ptr", "%message"),
        ("errc", "i32", "%errc"),
    ):
        code.line(f"store {kind} {value}, ptr {code.member('%told', ErrorCreate, field)}, align 4")
    api = code.read("ptr", "%frame", CallFrame, "api")
    create = code.read("ptr", api, Api, "XLA_FFI_Error_Create")
    code.line(f"ret ptr {code.value(f'call ptr {create}(ptr %told)')}")
    return function("fail", "ptr %frame, ptr %message, i32 %errc", code, "ptr")


def _handler() -> str:
    """``theratwin_foreign(frame)``: check what XLA gives, and solve."""
    code = PlanCode()
    misfit, done, solve = code.label("misfit"), code.label("done"), code.label("solve")
    code.must("eq", code.value("call i64 @answer(ptr %frame)"), 0, done)
    size = code.whole("i64", "%frame", CallFrame, "struct_size")
    code.must("uge", size, full_size(CallFrame), misfit)
    code.must("eq", code.whole("i32", "%frame", CallFrame, "stage"), EXECUTE, done)
    _plan_of(code, misfit)
    code.must("eq", code.read("i64", "%frame", CallFrame, "args", "size"), 1, misfit)
    given = _buffer(code, "args", 0, 2, misfit)
    dims = code.read("ptr", given, Buffer, "dims")
    code.must("eq", code.get("i64", dims, 1), code.field("given"), misfit)
    patients = code.get("i64", dims, 0)
    count = code.read("i64", "%frame", CallFrame, "rets", "size")
    code.must("eq", count, 2, misfit)
    values, slopes = _buffer(code, "rets", 0, 3, misfit), _buffer(code, "rets", 1, 4, misfit)
    for found, rank in ((values, 3), (slopes, 4)):
        names = ("times", "outputs_count", "directions")[: rank - 1]
        expected = [patients, *map(code.field, names)]
        dims = code.read("ptr", found, Buffer, "dims")
        for i, length in enumerate(expected):
            code.must("eq", code.get("i64", dims, i), length, misfit)
    data = [code.read("ptr", found, Buffer, "data") for found in (given, values, slopes)]
    code.jump(solve)
    code.place(solve)
    arguments = f"ptr %plan, ptr {data[0]}, i64 {patients}, ptr {data[1]}, ptr {data[2]}"
    failed = code.value(f"call i64 @solve_all({arguments})")
    full = code.label("full")
    code.must("ne", failed, 0, done)
    code.jump(full)
    for label, message, errc in (
        (full, "@no_memory", RESOURCE_EXHAUSTED),
        (misfit, "@misfit", INVALID_ARGUMENT),
    ):
        code.place(label)
        code.line(f"ret ptr {code.value(f'call ptr @fail(ptr %frame, ptr {message}, i32 {errc})')}")
    code.place(done)
    code.line("ret ptr null")
    return function("theratwin_foreign", "ptr %frame", code, "ptr")


def _plan_of(code: PlanCode, misfit: str) -> None:
    """Name the plan: the only attribute, a list of whole numbers that states its length."""
    size = code.read("i64", "%frame", CallFrame, "attrs", "struct_size")
    code.must("uge", size, full_size(Attrs), misfit)
    code.must("eq", code.read("i64", "%frame", CallFrame, "attrs", "size"), 1, misfit)
    types = code.read("ptr", "%frame", CallFrame, "attrs", "types")
    kind = code.value(f"zext i32 {code.value(f'load i32, ptr {types}, align 4')} to i64")
    code.must("eq", kind, ARRAY, misfit)
    array = code.get("ptr", code.read("ptr", "%frame", CallFrame, "attrs", "attrs"), 0)
    code.must("eq", code.whole("i32", array, Array, "dtype"), WHOLE, misfit)
    length = code.read("i64", array, Array, "size")
    code.must("uge", length, len(PLAN), misfit)
    code.line(f"%plan = load ptr, ptr {code.member(array, Array, 'data')}, align 8")
    code.must("eq", length, code.field("size"), misfit)


def _buffer(code: PlanCode, group: str, index: int, rank: int, misfit: str) -> str:
    """Return the address of an argument or result, checked."""
    listing, least = {"args": (Args, BUFFER), "rets": (Rets, BUFFER)}[group]
    size = code.read("i64", "%frame", CallFrame, group, "struct_size")
    code.must("uge", size, full_size(listing), misfit)
    types = code.read("ptr", "%frame", CallFrame, group, "types")
    at = code.address(types, index, "i32")
    kind = code.value(f"zext i32 {code.value(f'load i32, ptr {at}, align 4')} to i64")
    code.must("eq", kind, least, misfit)
    found = code.get("ptr", code.read("ptr", "%frame", CallFrame, group, group), index)
    size = code.read("i64", found, Buffer, "struct_size")
    code.must("uge", size, full_size(Buffer), misfit)
    code.must("eq", code.whole("i32", found, Buffer, "dtype"), REAL, misfit)
    code.must("eq", code.read("i64", found, Buffer, "rank"), rank, misfit)
    return found
