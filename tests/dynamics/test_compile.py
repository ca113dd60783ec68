"""The cache of compiled code: private, whole or not at all, and never in the way."""

from __future__ import annotations

import ctypes
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Engine, model
from theratwin.dynamics.llvm import compile as compilation
from theratwin.dynamics.llvm.cache_files import cache_folder, read
from theratwin.dynamics.llvm.compile import compiled, target


def text(number: int) -> str:
    return f"define i64 @theratwin_number() {{\n  ret i64 {number}\n}}\n"


def run(made: compilation.Compiled) -> int:
    return ctypes.CFUNCTYPE(ctypes.c_int64)(made.addresses["theratwin_number"])()


def forget() -> None:
    compilation._LOADED.clear()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compilation, "_LOADED", {})
    return tmp_path / "theratwin" / "engine"


def make(number: int) -> compilation.Compiled:
    return compiled(text(number), ("theratwin_number",))


def test_code_is_kept_and_found_again(folder: Path) -> None:
    first = make(7)
    assert (run(first), first.cached) == (7, False)
    assert make(7) is first
    forget()
    # A second library of the same name in one process is another matter: in another process.
    program = (
        "from theratwin.dynamics.llvm.compile import compiled\n"
        f"print(compiled({text(7)!r}, ('theratwin_number',)).cached)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


@pytest.mark.skipif(os.name == "nt", reason="rights are otherwise on Windows")
def test_only_the_owner_may_read_or_write(folder: Path) -> None:
    make(8)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert files
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


@pytest.mark.skipif(os.name == "nt", reason="rights are otherwise on Windows")
def test_a_folder_that_others_can_write_is_not_used(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert cache_folder() is None
    assert run(make(9)) == 9
    assert not list(folder.iterdir())


def test_damaged_short_and_foreign_files_are_not_read(folder: Path) -> None:
    make(10)
    (kept,) = folder.iterdir()
    content = kept.read_bytes()
    foreign = kept.with_name("0" * 64 + ".o")
    foreign.write_bytes(content)
    assert read(kept.name) == content[32:]
    assert read(foreign.name) is None
    for damaged in (b"", content[: len(content) // 2], content[:-1] + bytes([content[-1] ^ 1])):
        kept.write_bytes(damaged)
        assert read(kept.name) is None


def test_a_home_that_cannot_be_written_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(compilation, "_LOADED", {})
    assert cache_folder() is None
    assert run(make(11)) == 11


def test_an_empty_home_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    monkeypatch.setattr(compilation, "_LOADED", {})
    assert run(make(12)) == 12


def test_two_processes_at_once_agree(folder: Path) -> None:
    program = (
        "from theratwin.dynamics import Engine, State, System\n"
        "from theratwin.dynamics.expressions.expression import ONE, Binding, symbol\n"
        "x = symbol('x', Binding.STATE)\n"
        "engine = Engine(System((State('x', ONE, -symbol('k') * x),), {'k': 1.5}))\n"
        "print(engine.solve({}, [1.0])['x'].tobytes().hex())\n"
    )
    command = [sys.executable, "-c", program]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    results = [process.communicate()[0] for process in both]
    assert all(process.returncode == 0 for process in both)
    assert results[0] == results[1]
    assert len(list(folder.glob("*.o"))) == 1
    assert len(list(folder.glob("*.json"))) == 1
    assert not list(folder.glob(".making-*"))


def test_an_unknown_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation.platform, "machine", lambda: "vax")
    target.cache_clear()
    with pytest.raises(UnsupportedError, match="vax"):
        target()
    target.cache_clear()


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """What is known of this machine is forgotten before a test, and what it pretended after."""
    for known in (target, compilation.toolchain):
        known.cache_clear()
    yield
    for known in (target, compilation.toolchain):
        known.cache_clear()


@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize("lacking", ["fma", "avx2"])
def test_a_processor_without_its_instructions_is_refused(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    import llvmlite.binding as llvm

    present = dict.fromkeys(compilation.TARGETS["x86_64"][1], True)
    monkeypatch.setattr(compilation.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: {**present, lacking: False})
    # No slow path, no other bytes: the refusal says what is missing, and what to do.
    with pytest.raises(UnsupportedError, match=f"lacks {lacking},") as refused:
        Engine(model("one-compartment").system()).solve({}, [1.0])
    assert "2013 or later" in str(refused.value)


@pytest.mark.usefixtures("asked_anew")
def test_a_processor_with_them_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite.binding as llvm

    present = dict.fromkeys(compilation.TARGETS["x86_64"][1], True)
    monkeypatch.setattr(compilation.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: present)
    assert target().cpu == "x86-64-v3"
