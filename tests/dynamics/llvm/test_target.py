"""The machine that is compiled for: known, and able to do what the code needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Engine, model
from theratwin.dynamics.llvm import target as targeting
from theratwin.dynamics.llvm.target import TARGETS, processor_flags, target


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    target.cache_clear()
    yield
    target.cache_clear()


def test_an_unknown_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targeting.platform, "machine", lambda: "vax")
    with pytest.raises(UnsupportedError, match="vax"):
        target()


#: As Linux lists them.
LISTED = frozenset({"fpu", "fma", "avx2", "avx", "bmi1", "bmi2", "f16c", "abm", "movbe"})
#: As LLVM does.
PRESENT = dict.fromkeys(TARGETS["x86_64"][1], True)


@pytest.mark.parametrize("lacking", ["fma", "avx2"])
@pytest.mark.parametrize("listed", [True, False])
def test_a_processor_without_its_instructions_is_refused(
    monkeypatch: pytest.MonkeyPatch, lacking: str, listed: bool
) -> None:
    import llvmlite.binding as llvm

    monkeypatch.setattr(targeting.platform, "machine", lambda: "x86_64")
    flags = LISTED - {lacking} if listed else frozenset()
    monkeypatch.setattr(targeting, "processor_flags", lambda: flags)
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: {**PRESENT, lacking: False})
    # No slow path, no other bytes: the refusal says what is missing, and what to do.
    with pytest.raises(UnsupportedError, match=f"lacks {lacking},") as refused:
        Engine(model("one-compartment").system()).solve({}, [1.0])
    assert "2013 or later" in str(refused.value)


@pytest.mark.parametrize("listed", [True, False])
def test_a_processor_with_them_is_taken(monkeypatch: pytest.MonkeyPatch, listed: bool) -> None:
    import llvmlite.binding as llvm

    monkeypatch.setattr(targeting.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(targeting, "processor_flags", lambda: LISTED if listed else frozenset())
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: PRESENT)
    assert target().cpu == "x86-64-v3"


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
    features = llvm.get_host_cpu_features()
    for name in TARGETS["x86_64"][1]:
        assert (targeting.ON_LINUX.get(name, name) in flags) == features[name], name


def test_the_triple_is_that_of_llvm() -> None:
    import llvmlite.binding as llvm

    assert target().triple == llvm.get_process_triple()
