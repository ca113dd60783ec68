"""Write a reference page for each package: every public name, found and documented."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, get_args

from sphinx.application import Sphinx

from public_names import packages, public_names

FOLDER = Path("reference") / "rooms"


def write_pages(app: Sphinx) -> None:
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{package.__name__}.rst": page(package) for package in packages()}
    for stale in {path.name for path in folder.iterdir()} - set(pages):
        (folder / stale).unlink()
    for name, text in pages.items():
        _write_if_changed(folder / name, text)


def page(package: ModuleType) -> str:
    """Return the reStructuredText of a package: its own docstring, then its public names."""
    title = package.__name__
    lines = [title, "=" * len(title), "", f".. automodule:: {title}", ""]
    passed_on = []
    for name in sorted(public_names(package)):
        home = _home(package, name)
        if home is None:
            lines += [_entry(package, name), ""]
        else:
            passed_on.append(f"- :py:obj:`{title}.{name} <{home}>`")
    if passed_on:
        lines += [".. rubric:: From the rooms below", "", *passed_on, ""]
    return "\n".join(lines)


def _entry(package: ModuleType, name: str) -> str:
    target = f"{package.__name__}.{name}"
    value = getattr(package, name)
    if inspect.isclass(value):
        return f".. autoclass:: {target}\n   :members:"
    if inspect.isroutine(value):
        return f".. autofunction:: {target}"
    if isinstance(value, UnionType):
        members = ", ".join(f"``{member.__name__}``" for member in get_args(value))
        return f".. py:data:: {target}\n\n   Any of {members}."
    kind = type(value)
    if kind.__module__.partition(".")[0] not in {"builtins", "theratwin"}:
        return f".. py:data:: {target}\n\n   An object of ``{kind.__module__}.{kind.__name__}``."
    return f".. autodata:: {target}\n   :no-value:"


def _home(package: ModuleType, name: str) -> str | None:
    """Return the path of a name that a package only passes on from a room of its own."""
    value = getattr(package, name)
    for room in packages():
        is_below = room.__name__.startswith(f"{package.__name__}.")
        if is_below and name in public_names(room) and getattr(room, name) is value:
            return f"{room.__name__}.{name}"
    return None


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
