"""What a foreign call does, as IR: gather inputs, run the driver, hand over results."""

from __future__ import annotations

from theratwin.dynamics.llvm.foreign_plan_code import LITERAL, PlanCode
from theratwin.dynamics.llvm.ir_text import function, literal
from theratwin.dynamics.llvm.layout import CONTEXT, IDLE

#: What the code calls: the driver, and Python's memory, which needs no lock of Python's.
LINKS = ("integrate", "calloc", "free")
_UNKNOWN = literal(float("nan"))


def foreign_solve() -> str:
    """Return the text of ``solve_all(plan, given, patients, values, slopes)`` and its parts."""
    links = f"@theratwin_links = global [{len(LINKS)} x ptr] zeroinitializer\n"
    return links + _prepare() + _gather() + _hand_over() + _solve()


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
