"""The house rules that a machine can check: floors, light import, public names, short functions."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import theratwin

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "theratwin"
HEAVY = ("jax", "xarray", "pandas", "matplotlib", "scipy.integrate", "scipy.stats", "pint")
LONGEST_FUNCTION = 60  # lines, the docstring left out: what fits in a glance

# Character classes keep the patterns from finding themselves.
FORBIDDEN = {
    "placeholder": r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K|NotImplemente[d]Error)\b",
    "path of one machine": r"(?<![\w.~$])/(tm[p]|hom[e]|op[t]|roo[t]|wor[k]|User[s])/",
    "address of a package index": r"pyp[i]\.(org|python)|pythonhoste[d]|simpl[e]/$",
    "merge mark": r"^(<{7}|>{7}) ",
}
BRITISH = (
    r"\b(tumo[u]r|optimi[s]|labelle[d]|labellin[g]|modelle[d]|modellin[g]|normali[s]e|colou[r]"
    r"|fractionati[s]|haema[t]|oede[m]a|summari[s]e|minimi[s]e|maximi[s]e)"
)


def rooms() -> list[str]:
    """Return every package below theratwin, and theratwin itself."""
    found = pkgutil.walk_packages(theratwin.__path__, prefix="theratwin.")
    return ["theratwin", *(room.name for room in found if room.ispkg)]


def public_names(package: ModuleType) -> list[str]:
    return [name for name in getattr(package, "__all__", ()) if not name.startswith("__")]


def theratwin_objects() -> Iterator[tuple[str, object]]:
    """Yield the public classes and functions that theratwin itself defines."""
    for room in rooms():
        package = importlib.import_module(room)
        for name in public_names(package):
            value = getattr(package, name)
            is_documentable = inspect.isclass(value) or inspect.isroutine(value)
            if is_documentable and str(value.__module__).startswith("theratwin"):
                yield f"{room}.{name}", value


def python_files() -> list[Path]:
    folders = (ROOT / "src", ROOT / "tests", ROOT / "docs", ROOT / "examples", ROOT / "benchmarks")
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def text_files() -> list[Path]:
    suffixes = {".py", ".md", ".toml", ".txt", ".csv", ".cff", ".yml", ".sh", ".j2", ".html"}
    names = ("src", "tests", "docs", "examples", "benchmarks", "tools")
    folders = [ROOT / name for name in names]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]
    made = (ROOT / "docs" / "_build", ROOT / "docs" / "reference" / "rooms")
    own = [path for path in files if not any(path.is_relative_to(folder) for folder in made)]
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    return sorted([*own, *top, ROOT / ".ci" / "run"])


def modules_loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_imports_go_down_the_floors() -> None:
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("entrance", ["theratwin", "theratwin.cli"])
def test_start_is_light(entrance: str) -> None:
    if entrance not in {"theratwin", *rooms()}:
        pytest.skip(f"{entrance} has not been built yet")
    loaded = modules_loaded_by(f"import {entrance}")
    assert loaded.isdisjoint(HEAVY), f"{entrance} loads {sorted(loaded.intersection(HEAVY))}"


@pytest.mark.parametrize("room", rooms())
def test_public_names_are_listed_and_exist(room: str) -> None:
    package = importlib.import_module(room)
    for name in public_names(package):
        assert hasattr(package, name), f"{room}.__all__ lists {name}, which does not exist"
    is_entrance = room == "theratwin"
    assert is_entrance or hasattr(package, "__all__"), f"{room} has no __all__"


def test_public_objects_have_a_docstring() -> None:
    bare = [
        name
        for name, value in theratwin_objects()
        if not re.match(r".+[.:]$", (value.__doc__ or "").strip().split("\n\n")[0], re.DOTALL)
    ]
    assert not bare, f"no first sentence that ends with a period: {bare}"


def test_modules_have_a_docstring() -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not bare


def function_lengths(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node) is not None
            doc = (node.body[0].end_lineno - node.body[0].lineno + 1) if documented else 0
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1 - doc


def test_functions_fit_in_a_glance() -> None:
    lengths = [found for path in SOURCE.rglob("*.py") for found in function_lengths(path)]
    assert lengths or not rooms()[1:]
    long = [f"{name} ({lines} lines)" for name, lines in lengths if lines > LONGEST_FUNCTION]
    assert not long, f"longer than {LONGEST_FUNCTION} lines: {long}"


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_forbidden_words(kind: str) -> None:
    pattern = re.compile(FORBIDDEN[kind], re.MULTILINE)
    hits = [
        f"{path.relative_to(ROOT)}: {match[0]!r}"
        for path in text_files()
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not hits, f"{kind}: {hits}"


def test_spelling_is_american() -> None:
    """Names and prose of the code; titles of publications, in data files, stay as they are."""
    pattern = re.compile(BRITISH, re.IGNORECASE)
    hits = [
        f"{path.relative_to(ROOT)}: {match[0]!r}"
        for path in python_files()
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not hits


def test_forbidden_words_are_found() -> None:
    """The patterns above do find what they are for."""
    examples = {
        "placeholder": "# TO-DO: later",
        "path of one machine": "open('/t-mp/x')",
        "address of a package index": "https://p-ypi.org/x",
        "merge mark": "-" + "<" * 7 + " HEAD",
    }
    for kind, pattern in FORBIDDEN.items():
        assert re.search(pattern, examples[kind].replace("-", ""), re.MULTILINE)
    assert re.search(BRITISH, "a tu-mour".replace("-", ""), re.IGNORECASE)
