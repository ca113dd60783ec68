"""What README and pages show is so: Python runs, commands and options exist, files are there."""

from __future__ import annotations

import importlib.util
import re
import shlex
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from theratwin.cli import app
from theratwin.cli.demo.command import copy_files
from theratwin.io import check_case

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND_LINE = ROOT / "docs" / "command_line.md"
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
]
KINDS = ("sh", "console")


def blocks(text: str, *languages: str) -> list[str]:
    named = "|".join(languages)
    return re.findall(rf"^```(?:{named})\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def shell_lines(text: str) -> list[list[str]]:
    lines = "".join(blocks(text, *KINDS)).splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@cache
def program() -> Any:
    return typer.main.get_command(app)


def commands(command: Any = None, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Return every command that does something, by its words."""
    command = command or program()
    below = getattr(command, "commands", None)
    if below is None:
        return {path: command}
    return {k: v for name in below for k, v in commands(below[name], (*path, name)).items()}


def options(command: Any) -> set[str]:
    return {name for option in command.params for name in option.opts} | {"--help"}


def test_the_python_block_runs_after_the_demo(tmp_path, monkeypatch, capsys):
    copy_files(tmp_path / "out" / "demo")
    monkeypatch.chdir(tmp_path)
    (block,) = blocks(README, "python")
    exec(compile(block, "README.md", "exec"), {})
    assert "Absorbed dose" in capsys.readouterr().out
    assert "Not a medical device" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_case_file_is_one(tmp_path):
    (block,) = blocks(README, "toml")
    assert len(block.splitlines()) == 12
    (tmp_path / "case.toml").write_text(block)
    columns = re.search(r"# (region,.*)$", block, re.MULTILINE)
    assert columns is not None
    row = "kidneys,cycle 1,24 h,150 MBq,5 %,scan"
    (tmp_path / "cycle1.csv").write_text(f"{columns[1]}\n{row}\n")
    case, warnings = check_case(tmp_path / "case.toml")
    assert len(case.measurements) == 1
    assert warnings == ("case.toml: lesion 'lesion_1' was never measured",)


def test_make_targets_exist():
    named = {words[1] for words in shell_lines(README) if words[0] == "make"}
    named |= set(re.findall(r"`make (\w+)`", "".join(page.read_text("utf-8") for page in PAGES)))
    assert {"demo", "test"} <= named
    rules = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named <= set(rules)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_options_exist(page):
    known = commands()
    for words in shell_lines(page.read_text(encoding="utf-8")):
        name, *rest = words
        if name.rpartition("/")[2] != "theratwin":
            assert page.name == "README.md", f"{words}: not theratwin's"
            assert name == "make"
            continue
        path = next((path for path in known if tuple(rest[: len(path)]) == path), None)
        assert path is not None, f"no such command: {words}"
        used = {word for word in rest[len(path) :] if word.startswith("-")}
        assert used <= options(known[path]), words


def test_every_command_has_its_example():
    shown = [words[1:] for words in shell_lines(COMMAND_LINE.read_text(encoding="utf-8"))]
    missing = [
        " ".join(path)
        for path in commands()
        if not any(tuple(words[: len(path)]) == path for words in shown)
    ]
    assert not missing


def test_every_schema_is_named():
    source = "".join(p.read_text("utf-8") for p in (ROOT / "src/theratwin/cli").rglob("*.py"))
    used = set(re.findall(r'emit\w*[(,]\s*"([\w-]+/\d+)"', source))
    assert len(used) > 10
    named = set(re.findall(r"`theratwin/([\w-]+/\d+)`", COMMAND_LINE.read_text(encoding="utf-8")))
    assert named == used


def test_files_named_are_there():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(targets) > 5
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert not missing


def test_it_says_what_it_is_not_and_what_is_simulated():
    assert "Research use only. Not a medical device." in README
    for part in ("simulated", "examples/generate.py", "Kletting et al. 2016"):
        assert part in README


@pytest.fixture(scope="module", name="picture")
def _picture() -> ModuleType:
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "images" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_can_be_drawn_anew(picture, tmp_path):
    from theratwin import calibrate, load_case, load_measurements, save_twin, update

    copy_files(tmp_path)
    case = load_case(tmp_path / "case.toml")
    twin = calibrate(case, seed=1, draws=200)
    twin = update(twin, load_measurements(tmp_path / "cycle2.csv", case))
    save_twin(twin, tmp_path / "twin")
    picture.main(str(tmp_path / "twin"), str(tmp_path / "demo.png"))
    drawn = (tmp_path / "demo.png").read_bytes()
    shipped = (ROOT / "docs" / "images" / "demo.png").read_bytes()
    # The same size and kind; bytes differ with the version of matplotlib, and with fewer draws.
    assert drawn[:24] == shipped[:24]
    assert len(shipped) < 200_000
