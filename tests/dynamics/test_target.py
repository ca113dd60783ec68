"""The machine that is compiled for: known, and able to do what the code needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.llvm import target as targeting
from theratwin.dynamics.llvm.target import processor_flags, target


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    target.cache_clear()
    yield
    target.cache_clear()


def test_an_unknown_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targeting.platform, "machine", lambda: "vax")
    with pytest.raises(UnsupportedError, match="vax"):
        target()


def test_a_processor_without_fma_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targeting.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(targeting, "processor_flags", lambda: frozenset({"sse2"}))
    with pytest.raises(UnsupportedError, match="fma"):
        target()


def test_llvm_is_asked_where_the_system_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite.binding as llvm

    monkeypatch.setattr(targeting.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(targeting, "processor_flags", frozenset)
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: {"sse2": True, "fma": False})
    with pytest.raises(UnsupportedError, match="fma"):
        target()
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: {"sse2": True, "fma": True})
    assert target().is_x86


def test_flags_are_those_of_the_first_processor(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nflags\t\t: fpu fma avx2\nprocessor\t: 1\nflags\t\t: fpu\n")
    assert processor_flags(str(file)) == {"fpu", "fma", "avx2"}
    assert processor_flags(str(tmp_path / "absent")) == frozenset()


def test_the_system_and_llvm_agree_about_this_processor() -> None:
    import llvmlite.binding as llvm

    flags = processor_flags()
    if not flags:
        pytest.skip("this system does not say what its processor can do")
    assert ("fma" in flags) == llvm.get_host_cpu_features()["fma"]


def test_the_triple_is_that_of_llvm() -> None:
    import llvmlite.binding as llvm

    assert target().triple == llvm.get_process_triple()
