"""Code found again without its equations: fast, and never the wrong one."""

from __future__ import annotations

import ast
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from theratwin.dynamics import Engine, State, System
from theratwin.dynamics.expressions.expression import ONE, Binding, symbol
from theratwin.dynamics.llvm import compile as compilation
from theratwin.dynamics.llvm import ready as readiness
from theratwin.dynamics.llvm import sources
from theratwin.dynamics.llvm.ready import Interface, ready
from theratwin.dynamics.llvm.sources import FILES, ROOMS, sources_digest
from theratwin.dynamics.solving.status import Status

X, K = symbol("x", Binding.STATE), symbol("k")
DECAY = System((State("x", ONE, -K * X),), {"k": 1.5}, observables={"half": 0.5 * X})
HOME = Path(sources.__file__).parent.parent


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    # Whatever was edited a moment ago: that is tested on copies.
    monkeypatch.setattr(readiness, "sources_digest", lambda: "version 1")
    forget(monkeypatch)
    return tmp_path / "theratwin" / "engine"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "_LOADED", {})
    monkeypatch.setattr(readiness, "_KNOWN", {})


def never() -> None:
    raise AssertionError("it was built anew")


class Watched(Engine):
    """An engine that tells whether it needed its equations."""

    @property
    def worked(self) -> bool:
        return "operations" in vars(self)


def solved(engine: Engine) -> bytes:
    found = engine.solve({"k": [0.5, 2.0]}, [0.0, 1.0, 3.0], sensitivities=["k"])
    return found["x"].tobytes() + found["half"].tobytes() + found.slopes["k"]["x"].tobytes()


def test_a_hit_needs_no_equations_and_gives_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = Watched(DECAY)
    expected = solved(cold)
    forget(monkeypatch)
    warm = Watched(DECAY)
    assert solved(warm) == expected
    assert cold.worked
    assert not warm.worked
    assert warm.code(("k",))[1].cached
    assert warm.code(("k",))[0] == cold.code(("k",))[0]
    assert len(list(folder.glob("*.json"))) == 1


def test_the_fallback_works_on_a_hit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Engine(DECAY).solve({}, [1.0], most_steps=3)
    assert first.status.tolist() == [Status.FALLBACK]
    forget(monkeypatch)
    engine = Watched(DECAY)
    again = engine.solve({}, [1.0], most_steps=3)
    assert again.status.tolist() == [Status.FALLBACK]
    assert again["half"].tobytes() == first["half"].tobytes()
    assert not engine.worked


def test_other_defaults_share_the_code_and_not_the_result(folder: Path) -> None:
    first, second = Watched(DECAY), Watched(replace(DECAY, parameters={"k": 3.0}))
    values = [float(engine.solve({}, [1.0])["x"][0, 0]) for engine in (first, second)]
    # exp(-1.5) and exp(-3), to a hundred times the tolerance of 1e-6.
    assert values == pytest.approx([0.22313016, 0.04978707], rel=1e-4)
    assert not second.worked


def test_other_names_share_the_object_alone(folder: Path) -> None:
    z = symbol("z", Binding.STATE)
    renamed = System((State("z", ONE, -K * z),), {"k": 1.5}, observables={"half": 0.5 * z})
    first, second = Watched(DECAY), Watched(renamed)
    assert first.code()[0].key == second.code()[0].key
    assert second.worked
    assert len(list(folder.glob("*.o"))) == 1
    assert len(list(folder.glob("*.json"))) == 2


def test_another_version_lanes_or_level_is_another_entry(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Engine(DECAY).code()
    for options in ({"lanes": 8}, {"level": 0}):
        changed = Watched(DECAY, **options)
        changed.code()
        assert changed.worked
    monkeypatch.setattr(readiness, "sources_digest", lambda: "version 2")
    newer = Watched(DECAY)
    newer.code()
    assert newer.worked
    monkeypatch.setattr(readiness, "toolchain", lambda: "another compiler")
    elsewhere = Watched(DECAY)
    elsewhere.code()
    assert elsewhere.worked
    assert len(list(folder.glob("*.json"))) == 5


@pytest.mark.parametrize("ending", ["json", "o"])
@pytest.mark.parametrize("damage", ["short", "changed", "empty", "foreign", "gone"])
def test_what_is_damaged_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str, damage: str
) -> None:
    expected = Engine(DECAY).solve({}, [1.0])["x"].tobytes()
    (kept,) = folder.glob(f"*.{ending}")
    content = kept.read_bytes()
    Engine(replace(DECAY, observables={})).code()
    (other,) = (file for file in folder.glob(f"*.{ending}") if file != kept)
    put = {
        "short": content[:-5],
        "changed": content[:40] + bytes([content[40] ^ 1]) + content[41:],
        "empty": b"",
        "foreign": other.read_bytes(),
    }
    kept.unlink()
    if damage in put:
        kept.write_bytes(put[damage])
    forget(monkeypatch)
    anew = Watched(DECAY)
    assert anew.solve({}, [1.0])["x"].tobytes() == expected
    assert anew.worked
    assert kept.read_bytes() == content


def test_without_a_certain_version_nothing_is_kept_by_system(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "sources_digest", lambda: None)
    for _ in range(2):
        engine = Watched(DECAY)
        engine.code()
        assert engine.worked
    assert not list(folder.glob("*.json"))


def test_what_changes_while_it_is_built_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter(["version 1", "version 2"])
    monkeypatch.setattr(readiness, "sources_digest", lambda: next(versions))
    Engine(DECAY).code()
    assert not list(folder.glob("*.json"))


def test_the_interface_survives_its_text() -> None:
    interface, _ = Engine(DECAY).code()
    assert Interface.from_json(interface.to_json()) == interface


def test_the_second_time_in_a_process_nothing_is_read(folder: Path) -> None:
    first = ready("one thing", 1, lambda: Engine(DECAY)._module(()))
    shutil.rmtree(folder)
    again = ready("one thing", 1, never)  # pyright: ignore[reportArgumentType]
    assert again == first


def copied(tmp_path: Path) -> Path:
    home = tmp_path / "dynamics"
    shutil.copytree(HOME, home)
    return home


def test_every_source_belongs_to_the_version(tmp_path: Path) -> None:
    home, late = copied(tmp_path), time.time_ns() + 10**12
    known = {sources_digest(home, late)}
    files = [home / name for name in FILES]
    files += [f for room in ROOMS for f in (home / room).glob("*.*") if f.suffix != ".pyc"]
    assert len(files) > 30
    for file in files:
        content = file.read_bytes()
        file.write_bytes(content + b" ")
        known.add(sources_digest(home, late))
        file.write_bytes(content)
    assert len(known) == 1 + len(files)
    assert sources_digest(home, late) in known


def test_a_source_newer_than_the_process_makes_it_uncertain(tmp_path: Path) -> None:
    home = copied(tmp_path)
    assert sources_digest(home, time.time_ns() + 10**12) is not None
    assert sources_digest(home, time.time_ns() - 10**12) is None
    # An old date of change does not hide it.
    for path in home.rglob("*.py"):
        os.utime(path, (0, 0))
    if os.name != "nt":
        assert sources_digest(home, time.time_ns() - 10**12) is None
    assert sources_digest(tmp_path / "nowhere", time.time_ns() + 10**12) is None


def test_the_sources_import_nothing_of_the_room_that_is_not_among_them() -> None:
    covered = {"system", *(room for room in ROOMS if "/" not in room)}
    for room in sorted(covered - {"system"}):
        for file in sorted((HOME / room).glob("*.py")):
            for name in _imported(file):
                parts = name.split(".")
                if parts[:2] == ["theratwin", "dynamics"]:
                    assert parts[2] in covered, f"{file.name} imports {name}"
                elif parts[0] == "theratwin":
                    assert parts[1] == "core", f"{file.name} imports {name}"


def _imported(file: Path) -> list[str]:
    """Return the modules that a file imports when it runs, type checking aside."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    checked = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    nodes = [node for node in ast.walk(tree) if id(node) not in checked]
    found = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return found + [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]
