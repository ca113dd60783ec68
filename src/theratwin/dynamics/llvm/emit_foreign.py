"""The engine as a foreign function of XLA, as IR: no Python between XLA and the driver.

All that is fixed comes with each call as one attribute, a list of whole numbers called the plan.
Calls share nothing, so that any thread may make any number of them at once.
"""

from __future__ import annotations

import ctypes

from theratwin.dynamics.llvm.emit_foreign_solve import foreign_solve
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
from theratwin.dynamics.llvm.foreign_plan_code import PLAN, PlanCode
from theratwin.dynamics.llvm.ir_text import function

EXPORTS = ("theratwin_foreign", "theratwin_links")

_MISFIT = "theratwin: XLA calls in a form that the engine does not know"
_NO_MEMORY = "theratwin: no memory to solve in"


def foreign_module(identity: str, version: tuple[int, int] = VERSION) -> str:
    """Return the text.

    Parameters
    ----------
    identity
        Of the engine that it is linked to: each has a copy of the code.
    version
        Of the interface, to be reported.
    """
    parts = [f"; for {identity}"]
    for name, text in {"misfit": _MISFIT, "no_memory": _NO_MEMORY}.items():
        parts.append(f'@{name} = private constant [{len(text) + 1} x i8] c"{text}\\00"')
    parts += [foreign_solve(), _answer(version), _fail(), _handler()]
    return "\n".join(parts) + "\nattributes #0 = { nounwind }\n"


class FrameCode(PlanCode):
    """Code that reads structures of XLA."""

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


def _answer(version: tuple[int, int]) -> str:
    """``answer(frame)``: 1 if the version was asked for, which is then given."""
    code = FrameCode()
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
    code = FrameCode()
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
    code = FrameCode()
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


def _plan_of(code: FrameCode, misfit: str) -> None:
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


def _buffer(code: FrameCode, group: str, index: int, rank: int, misfit: str) -> str:
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
