"""Loading simple objects without LLVM: the same code, and a refusal of all that is not simple."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import numpy as np
import pytest

from theratwin.dynamics import Engine, model
from theratwin.dynamics.llvm import compile as compilation
from theratwin.dynamics.llvm import elf
from theratwin.dynamics.llvm.target import target

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="elsewhere LLVM loads all objects",
)

SIMPLE = """
@numbers = private constant [3 x double] [double 1.5, double 2.5, double 4.5]
define internal double @inner(i64 %i) noinline nounwind {
  %at = getelementptr double, ptr @numbers, i64 %i
  %x = load double, ptr %at
  ret double %x
}
define double @first(i64 %i) nounwind {
  %x = call double @inner(i64 %i)
  %y = fmul double %x, 3.25
  ret double %y
}
define double @second(i64 %i) nounwind {
  %x = call double @first(i64 %i)
  %y = fadd double %x, 0.1
  ret double %y
}
"""
_READING = "define i64 @f() nounwind {\n%x = load i64, ptr @v\nret i64 %x\n}"
NOT_SIMPLE = {
    "a way to unwind": "define i64 @f() {\nret i64 7\n}",
    "a variable": f"@v = global i64 7\n{_READING}",
    "zeros": f"@v = global i64 0\n{_READING}",
    "a function from elsewhere": (
        "declare double @exp(double) nounwind\n"
        "define double @f(double %x) nounwind {\n%y = call double @exp(double %x)\nret double %y\n}"
    ),
    "an address as a constant": (
        "@a = internal constant i64 7\n@v = constant ptr @a\n"
        "define i64 @f() nounwind {\n%p = load ptr, ptr @v\n%x = load i64, ptr %p\nret i64 %x\n}"
    ),
    "a variable of each thread": f"@v = thread_local global i64 7\n{_READING}",
}


def made(ir: str) -> bytes:
    return compilation._object(ir, target(), 1)


def test_code_runs_with_its_constants_and_calls() -> None:
    image = elf.load(made(SIMPLE), ("first", "second"))
    assert image is not None
    kind = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int64)
    first, second = (kind(image.addresses[name]) for name in ("first", "second"))
    assert [first(i) for i in range(3)] == [4.875, 8.125, 14.625]
    assert [second(i) for i in range(3)] == [x + 0.1 for x in (4.875, 8.125, 14.625)]


@pytest.mark.parametrize("ir", NOT_SIMPLE.values(), ids=NOT_SIMPLE)
def test_what_is_not_simple_is_left_to_llvm(ir: str) -> None:
    assert elf.load(made(ir + "\n"), ("f",)) is None


def test_another_format_or_name_is_left_to_llvm() -> None:
    data = made(SIMPLE)
    assert elf.load(b"\xcf\xfa\xed\xfe" + bytes(100), ("first",)) is None
    assert elf.load(data[:18] + b"\xb7\0" + data[20:], ("first",)) is None
    assert elf.load(data, ("third",)) is None
    assert elf.load(data, ("irst",)) is None


def test_code_cannot_be_written_and_constants_cannot_be_run() -> None:
    image = elf.load(made(SIMPLE), ("first",))
    assert image is not None
    with open("/proc/self/maps", encoding="utf-8") as lines:
        for line in lines:
            span, rights, *_ = line.split()
            low, high = (int(end, 16) for end in span.split("-"))
            if low <= image.addresses["first"] < high:
                assert rights.startswith("r-x")
                return
    pytest.fail("the code is nowhere")


def test_both_ways_of_loading_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    system = model("tumor-feedback").system()

    def solved() -> bytes:
        monkeypatch.setattr(compilation, "_LOADED", {})
        found = Engine(system).solve({}, np.linspace(0.0, 48.0, 7))
        return b"".join(found[name].tobytes() for name in (*system.names, *system.observables))

    own = solved()
    monkeypatch.setattr(elf, "load", lambda data, names: None)
    assert solved() == own


def test_a_start_from_the_cache_needs_no_llvm() -> None:
    program = (
        "import sys\n"
        "from theratwin.dynamics import Engine, model\n"
        "found = Engine(model('one-compartment').system()).solve({}, [24.0])\n"
        "assert found.good.all()\n"
        "print('llvmlite.binding' in sys.modules)\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[1].stdout.strip() == "False"
